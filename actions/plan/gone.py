"""The word to those who were told of something that is no longer asked for: an uppdrag taken away, a deviation that is over."""

from collections.abc import Sequence

from actions.posting import note
from actions.recipients import EKONOMIKONTORET
from actions.scene import Scene
from arshjul.swedish import instant_text
from arshjul.year.wheel import Wheel
from store.plan.in_step import Moved
from store.post.correspondence import free_key
from store.post.letter_keys import LetterKey, in_key
from store.post.notices import ASIDE, MAYBE_TOLD, pass_over
from store.post.told_notices import notices_handed, roles_told

KIND = "begärs inte längre"


def tell_gone(scene: Scene, before: Wheel, moved: Sequence[Moved], why: str) -> None:
    """Write to whoever answers now for a role by which it was told, each person once for each krav; ``why`` is a sentence.

    ``before`` is the plan that had it. Who was told of nothing hears nothing. Nobody counts on what was taken back: if
    it is asked for again, all that was told of it is told anew.
    """
    for each in moved:
        one = before.obligations.get(each.key)
        if one is None or each.after is not None or not each.told:
            continue
        words = [
            f"{one.in_full[:1].upper()}{one.in_full[1:]} begärs inte längre av {one.unit_said}. "
            f"Fristen {instant_text(one.deadline.at)} gäller alltså inte.",
            why,
        ]
        roles = roles_told(scene.session, one.key, but=(*scene.office.definition.tops, *ASIDE))
        people = [scene.people.who(role, one.unit) or scene.people.who(EKONOMIKONTORET, None) for role in roles]
        for person in {person.id: person for person in people if person}.values():
            key = free_key(scene.session, LetterKey.of(one.key, "begars-inte", in_key(person.id)))
            note(scene, key, f"Begärs inte längre: {one.unit_name}, {one.name}", words, person, KIND)
        pass_over(scene.session, notices_handed(scene.session, one.key), MAYBE_TOLD)
