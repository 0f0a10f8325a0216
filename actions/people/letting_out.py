"""Letting somebody out at once."""

from actions.act import Act
from arshjul.errors import RefusedError
from store.access import revoking
from store.access.revoking import Revoked


def let_out(act: Act, who: str) -> Revoked:
    """End all that opens something for ``who`` at once: an address, or a subject as the log and the page tell it.

    Raises RefusedError for one who is not known at all, and without a reason.
    """
    scene, why = act.scene, act.reason
    done = revoking.revoke(scene.session, scene.office.definition, who, scene.now, act.by, why)
    if done is None:
        raise RefusedError(
            f"Ingen med beteckningen '{who.strip()}' är känd. Skriv adressen, eller det som loggen visar under namnet."
        )
    return done


def ended_words(done: Revoked) -> str:
    """Return what ended, in Swedish."""
    told = [
        _many(done.links, "personlig länk", "personliga länkar"),
        _many(done.sessions, "inloggning", "inloggningar"),
        _many(done.login_links, "oanvänd inloggningslänk", "oanvända inloggningslänkar"),
        _many(done.codes, "kod", "koder"),
        _many(done.feeds, "kalenderadress", "kalenderadresser"),
    ]
    return f"Avslutat: {', '.join(filter(None, told)) or 'inget, för inget var öppet'}."


def _many(count: int, one: str, more: str) -> str:
    return "" if not count else f"1 {one}" if count == 1 else f"{count} {more}"
