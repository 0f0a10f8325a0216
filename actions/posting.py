"""A letter about something that may happen at any hour: frozen now, and handed over when the sending hours open."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from actions.scene import Scene
from arshjul.keys import OccurrenceKey, RoleId
from notifications.letters import compose
from notifications.letters.freezing import freeze
from notifications.letters.views.composed import Composed
from store.post.correspondence import free_key
from store.post.letter_keys import LetterKey
from store.tables import LetterRow, NoticeRow, Person

NOTE = "notis"  #: the kind of a note


def write(
    scene: Scene,
    *,
    key: LetterKey,
    kind: str,
    composed: Composed,
    to: Person | None,
    cc: Iterable[str] = (),
    rung: str | None = None,
    thread: OccurrenceKey | None = None,
    notices: Iterable[NoticeRow] = (),
    run_id: str | None = None,
    not_before: datetime | None = None,
) -> LetterRow | None:
    """Freeze a letter that leaves within the sending hours: what came in on a Saturday is told on Monday.

    None as :func:`notifications.letters.freezing.freeze`, whose arguments these are.
    """
    return freeze(
        scene.session, scene.office, scene.now, key=key, kind=kind, composed=composed, to=to, cc=cc, rung=rung,
        thread=thread, notices=notices, run_id=run_id, not_before=not_before or scene.opens,
    )  # fmt: skip


def write_each(
    scene: Scene,
    readers: Iterable[tuple[RoleId, Person | None]],
    *,
    key: Callable[[Person | None], LetterKey],
    kind: str,
    composed: Callable[[RoleId, Person | None], Composed],
    rung: str | None = None,
    thread: OccurrenceKey | None = None,
    run_id: str | None = None,
) -> list[LetterRow]:
    """Write to each reader (role, person) a letter of what may happen again: a key that is taken gets the next number."""
    letters = [
        write(
            scene, key=free_key(scene.session, key(person)), kind=kind, composed=composed(role, person), to=person,
            rung=rung, thread=thread, run_id=run_id,
        )
        for role, person in readers
    ]  # fmt: skip
    return [letter for letter in letters if letter]


def note(
    scene: Scene,
    key: LetterKey,
    subject: str,
    words: Sequence[str | Sequence[str]],
    to: Person | None,
    kind: str = NOTE,
    run_id: str | None = None,
) -> LetterRow | None:
    """Write a note of a few sentences; ``to`` None is the ekonomikontor's own address, whoever holds the role."""
    composed = compose.note(subject, words, scene.office.sender, hello=to.name if to else "")
    return write(scene, key=key, kind=kind, composed=composed, to=to, run_id=run_id)
