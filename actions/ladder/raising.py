"""What the ladder brings up to KSAU: the matter, the meeting it is meant for, and the letter with its paper."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from actions.act import by_service
from actions.alone import alone
from actions.papers.before_body import body_for, body_of, meeting_in_time, meeting_of, placed_at
from actions.papers.filled_paper import with_paper
from actions.papers.matter_telling import matter_view
from actions.papers.paper_copies import write_copies
from actions.readers import occurrence_path, reader_of
from actions.recipients import registrator
from actions.scene import Scene, Sight
from arshjul.definition.ladders import Rung
from arshjul.definition.model import Body
from arshjul.definition.reach import body_told, top_rung
from arshjul.keys import BodyId, ObligationKey, OccurrenceKey, PersonId
from arshjul.year.wheel import Obligation
from notifications.letters import compose
from notifications.letters.freezing import freeze
from notifications.letters.views.composed import Composed
from store.people.holders import person_of
from store.plan.matters import open_matters, raise_matter
from store.plan.obligations import think_at
from store.post.correspondence import letters_beside
from store.post.letter_keys import LetterKey, in_key
from store.post.told_notices import notices_in
from store.tables import LetterRow, Matter, NoticeRow, Person

logger = logging.getLogger(__name__)


def bring_up_matter(scene: Scene, one: Obligation, rung: Rung) -> Matter:
    """Record the matter, for the next meeting whose agenda is open, if that is not too late for the report."""
    body_id, _ = body_told(scene.office.definition, rung)
    meeting = meeting_in_time(scene, one, body_id)
    matter = raise_matter(scene.session, one, meeting, scene.now)
    waiting = [each.key for each in scene.wheel.obligations.values() if each.requires == one.key]
    think_at(scene.session, waiting, scene.now)  # what waited for it (the anvisningar) waits no longer
    day = meeting.day.isoformat() if meeting else None
    by_service(scene).log("matter.raised", one.key, {"meeting": day})
    return matter


def write_escalations(sight: Sight, notices: Sequence[NoticeRow], run_id: str | None) -> list[LetterRow]:
    """Freeze one letter for each reader, occurrence, body and meeting, with the tjänsteskrivelse that names all its late enheter."""
    if not notices:
        return []
    scene = sight.scene
    matters = dict(open_matters(scene.session, {notice.obligation_key for notice in notices}))
    notices = [notice for notice in notices if notice.obligation_key in matters]
    letters: list[LetterRow] = []
    groups = list(_grouped(scene, notices, matters))
    for (person_id, paper), rows in groups:
        late = [scene.wheel.obligations[notice.obligation_key] for notice in rows]
        matter, occurrence = matters[late[0].key], paper.occurrence
        body = scene.office.definition.bodies[paper.body]
        person = person_of(scene.session, person_id)
        first = _registered([each for (_, same), each in groups if same == paper], body)
        cc = registrator(scene.people) if rows is first else []
        about = occurrence.of_kommun(scene.office.definition.kommun.id)
        key = LetterKey.of(about, "eskalering", scene.today, paper.day, paper.body, in_key(person_id))
        write = partial(_write, sight, key, person, cc, occurrence, rows, matter, run_id)
        letter = alone(scene, f"ärendet om {late[0].report} till {body.said}", write)
        letters += [letter] if letter else []
    for together in _papers(groups):
        late = [scene.wheel.obligations[key] for key in together]
        readers = {row.person_id for _, rows in groups for row in rows if row.obligation_key in together}
        copied = partial(write_copies, sight, late, matters[late[0].key], readers, run_id)
        letters += alone(scene, f"kopiorna av skrivelsen om {late[0].report}", copied) or []
    return letters


class _Paper(NamedTuple):
    """What one tjänsteskrivelse is about: a report before one body at one of its meetings, or before its chair."""

    occurrence: OccurrenceKey
    body: BodyId
    day: str


_Group = tuple[tuple[PersonId | None, _Paper], list[NoticeRow]]  #: what one reader is told of one paper


def _papers(groups: Iterable[_Group]) -> list[list[ObligationKey]]:
    """Return what each tjänsteskrivelse is about, once, whoever reads it."""
    found: dict[_Paper, dict[ObligationKey, None]] = {}
    for (_, paper), rows in groups:
        found.setdefault(paper, {}).update(dict.fromkeys(row.obligation_key for row in rows))
    return [list(keys) for keys in found.values()]


def compose_escalation(sight: Sight, person: Person | None, notices: Sequence[NoticeRow], matter: Matter) -> Composed:
    """Compose the letter that brings some late obligations of one occurrence before the body, as things stand.

    When the municipality's own template cannot be filled in, ours is, and the ekonomikontor is told: KSAU waits for none.
    """
    scene = sight.scene
    late = [scene.wheel.obligations[notice.obligation_key] for notice in notices]
    rung = top_rung(late[0].ladder)
    if rung is None:
        raise LookupError(f"trappan för {late[0].key} når inte längre något organ")
    body_id, _ = body_for(scene.office.definition, rung, matter)
    view = matter_view(
        sight, late, meeting_of(scene, body_id, matter), matter.raised_at, body_id, placed_at=placed_at(scene, matter)
    )
    reader = reader_of(scene, person, notices[0].role, page=occurrence_path(late[0].occurrence))
    return with_paper(scene, lambda template: compose.escalation(reader, view, template))


def _write(
    sight: Sight,
    key: LetterKey,
    person: Person | None,
    cc: Sequence[str],
    occurrence: OccurrenceKey,
    rows: Sequence[NoticeRow],
    matter: Matter,
    run_id: str | None,
) -> LetterRow | None:
    scene = sight.scene
    return freeze(
        scene.session,
        scene.office,
        scene.now,
        key=key,
        kind="eskalering",
        composed=compose_escalation(sight, person, rows, matter),
        to=person,
        cc=cc,
        rung=rows[0].rung,
        thread=occurrence,
        notices=rows,
        run_id=run_id,
    )


def _registered(letters: Sequence[list[NoticeRow]], body: Body) -> list[NoticeRow]:
    """Return which of the letters with one tjänsteskrivelse the registrator reads: the secretary's, else the first."""
    return next((rows for rows in letters if rows[0].role == body.secretary), letters[0])


def escalation_copies(scene: Scene, letter: LetterRow, notices: Sequence[NoticeRow]) -> list[str]:
    """Return who reads a copy of an escalation that is written anew: of each tjänsteskrivelse the registrator reads one."""
    rung, alike = (
        top_rung(scene.wheel.obligations[notices[0].obligation_key].ladder),
        letters_beside(scene.session, letter),
    )
    if any(each.cc for each in (letter, *alike)):
        return registrator(scene.people) if letter.cc else []
    rows = {letter.id: list(notices)} | {each.id: list(notices_in(scene.session, each)) for each in alike}
    written = [rows[number] for number in sorted(rows) if rows[number]]
    _, body = body_told(scene.office.definition, rung) if rung else (None, None)
    return registrator(scene.people) if body is None or _registered(written, body) is rows[letter.id] else []


def _grouped(scene: Scene, notices: Sequence[NoticeRow], matters: Mapping[ObligationKey, Matter]) -> Iterable[_Group]:
    """Group notices by reader, report, body, and the meeting of that body's; none of what goes to no body any more."""

    def key(notice: NoticeRow) -> tuple[PersonId, _Paper] | None:
        matter = matters[notice.obligation_key]
        body = body_of(scene, matter)
        day = str(matter.meeting_day or "direkt")
        return (notice.person_id or PersonId(""), _Paper(notice.obligation_key.occurrence, body, day)) if body else None

    keyed = [(found, notice) for notice in notices if (found := key(notice))]
    for (person_id, paper), rows in groupby(sorted(keyed, key=itemgetter(0)), itemgetter(0)):
        yield (person_id or None, paper), [notice for _, notice in rows]
