"""Every letter held, by the ekonomikontor, until it lets them go; codes and links for logging in leave all the same."""

from actions.act import Act
from arshjul.errors import RefusedError
from store.post.holding import held_by, keep_hold


def hold_letters(act: Act) -> None:
    """Hold every letter in the outbox from the next one on. Raises RefusedError without a reason."""
    if not (why := " ".join(act.why.split())[:300]):
        raise RefusedError("Skriv varför breven hålls, till exempel: ”Fel frist i delårsrapporten, rättas i dag.”")
    keep_hold(act.scene.session, f"{act.by}: {why}", act.by, act.scene.now)


def release_letters(act: Act) -> bool:
    """Let the letters go again; False when nobody held them."""
    if held_by(act.scene.session) is None:
        return False
    keep_hold(act.scene.session, "", act.by, act.scene.now)
    return True
