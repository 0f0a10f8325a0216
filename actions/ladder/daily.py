"""The letter of the day: all that one reader is told on one day, in one letter."""

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import datetime

from actions.ladder.enclosures import calendar_files, mall_files
from actions.ladder.staleness import still_so
from actions.papers.unsent import drafts_for
from actions.readers import link_for, occurrence_path, reader_of
from actions.recipients import EKONOMIKONTORET, copies
from actions.scene import Scene, Sight
from actions.telling import notice_view
from arshjul.definition.ladders import LAST_WORD, RUNG_ORDER, UPWARD
from arshjul.keys import OccurrenceKey, PersonId
from arshjul.ladder.due import owing_persons
from arshjul.swedish import local
from arshjul.workdays import ONE_DAY
from arshjul.year.wheel import Obligation
from notifications.letters import compose
from notifications.letters.freezing import freeze
from notifications.letters.views.composed import Composed
from notifications.letters.views.notice_view import NoticeView
from store.people.holders import person_of
from store.post.correspondence import free_key, has_daily, take_back, unsent_dailies
from store.post.letter_keys import LetterKey, in_key
from store.post.letter_states import may_have_come
from store.post.notices import MOVED
from store.post.told_notices import frist_told_before
from store.tables import LetterRow, NoticeRow, Person

KIND = "dagens brev"
MOVED_KIND = "frist flyttad"  #: a letter of nothing but moved frister: it takes no reminder's place that day


@dataclass(frozen=True, slots=True, kw_only=True)
class Daily:
    """A letter of the day, composed."""

    composed: Composed
    to: Person | None
    cc: Sequence[str]
    rung: str  #: the highest in it
    thread: OccurrenceKey


def write_daily(
    sight: Sight, person_id: PersonId | None, notices: list[NoticeRow], run_id: str | None
) -> LetterRow | None:
    """Freeze the person's letter of the day; None when today's has already gone, or an earlier one is on its way.

    Letters of earlier days that nobody has got yet are taken back: what they say and is still so stands in this one. One
    that may have come is on its way: it goes again as itself, and what is new waits for the next day's.
    """
    scene, session = sight.scene, sight.scene.session
    reader_key = person_id or EKONOMIKONTORET
    if all(notice.rung == MOVED for notice in notices):
        return _write_moved(sight, person_id, notices, run_id)
    if has_daily(session, reader_key, scene.today):
        return None
    earlier = unsent_dailies(session, person_id, (KIND, MOVED_KIND))
    if earlier is None:
        return None
    now_in_shadow = scene.office.utskick == "skugga"
    if any(may_have_come(letter) and letter.shadow == now_in_shadow for letter in earlier):
        return None
    for letter in earlier:
        if may_have_come(letter) and not letter.shadow:
            continue  # it goes again when utskick is skarpt again
        live = still_so(scene, letter)
        if take_back(session, letter, "ersatt av ett senare brev", scene.now):
            notices = [*live, *notices]
    sight = scene.look({notice.obligation_key for notice in notices}) if earlier else sight
    return _freeze(sight, person_id, notices, run_id, "brev", KIND)


def _write_moved(
    sight: Sight, person_id: PersonId | None, notices: list[NoticeRow], run_id: str | None
) -> LetterRow | None:
    """Freeze the word that frister have moved, when there is nothing else to tell; with tomorrow's letter, if there is one.

    On a day whose letter has gone it waits for the next, unless a frist comes before that.
    """
    scene = sight.scene
    if has_daily(scene.session, person_id or EKONOMIKONTORET, scene.today) and not cannot_wait(scene, notices):
        return None
    return _freeze(sight, person_id, notices, run_id, "flyttad-frist", MOVED_KIND)


def cannot_wait(scene: Scene, notices: Iterable[NoticeRow]) -> bool:
    """Tell whether a frist that notices tell comes before the letter of the next day."""
    return any(scene.now <= notice.due_at < next_morning(scene) for notice in notices)


def next_morning(scene: Scene) -> datetime:
    """Return when the letters of the next workday go."""
    hours, workdays = scene.office.definition.sending_hours, scene.wheel.workdays
    return local(workdays.next(scene.today + ONE_DAY), hours.start)


def _freeze(
    sight: Sight, person_id: PersonId | None, notices: list[NoticeRow], run_id: str | None, name: str, kind: str
) -> LetterRow | None:
    scene = sight.scene
    daily = compose_daily(sight, person_id, notices)
    return freeze(
        scene.session,
        scene.office,
        scene.now,
        key=free_key(
            scene.session,  # one may have gone to nobody today, and a frist may move twice in a day
            LetterKey.of(scene.office.definition.kommun.id, name, scene.today, in_key(person_id)),
        ),
        kind=kind,
        composed=daily.composed,
        to=daily.to,
        cc=daily.cc,
        rung=daily.rung,
        thread=daily.thread,
        notices=notices,
        daily=kind == KIND,
        run_id=run_id,
    )


def compose_daily(sight: Sight, person_id: PersonId | None, notices: Sequence[NoticeRow]) -> Daily:
    """Compose the letter that tells a person these notices, as things stand in ``sight``."""
    scene = sight.scene
    person = person_of(scene.session, person_id)
    moved = {notice.obligation_key for notice in notices if notice.rung == MOVED}
    views = [_view(sight, notice, person, moved) for notice in _one_each(notices)]
    told = [scene.wheel.obligations[notice.obligation_key] for notice in _one_each(notices)]
    owed = [one for one, view in zip(told, views, strict=True) if view.recipient_owes]
    read = [one for one, view in zip(told, views, strict=True) if not view.recipient_owes]
    also = tuple(also_late(scene, person, told))
    link = link_for(scene, person) if owed or also else None
    reader = reader_of(scene, person, notices[0].role, link, page=_page_of(read) if read else None)
    sender = scene.office.sender
    last = [
        (one, view.body_at)
        for one, view in zip(told, views, strict=True)
        if view.rung_kind == LAST_WORD and view.body_at
    ]
    drafts = drafts_for(sight, person, last)
    calendar, malls = calendar_files(sight, person_id, owed, moved), mall_files(sight, person_id, owed)
    return Daily(
        composed=compose.daily(reader, views, scene.today, sender, calendar, malls, also, drafts),
        to=person,
        cc=[]
        if drafts
        else copies([one.unit for one in owed], person, scene.people),  # the link signs: it is nobody else's
        rung=max(views, key=_height).rung,
        thread=told[0].occurrence,
    )


def _page_of(told: Sequence[Obligation]) -> str:
    """Return the path of the page that shows all of what somebody above is told of."""
    occurrences = {one.occurrence for one in told}
    if len(told) == 1:
        return f"/lage/{told[0].key.path}"
    return occurrence_path(told[0].occurrence) if len(occurrences) == 1 else "/lage"


def also_late(scene: Scene, person: Person | None, told: Sequence[Obligation]) -> Iterator[NoticeView]:
    """Give what else the reader owes that is late, though no rung of it is due today."""
    keys, sight = {one.key for one in told}, scene.late
    for one in sight.obligations if person else ():
        if one.key not in keys and person and person.id in owing_persons(sight.standing(one)):
            word = next((rung.id for rung in (one.ladder.rungs if one.ladder else ()) if rung.kind == "sen"), "sen")
            yield notice_view(sight, one, word, one.milestone_key(word), person)


def _one_each(notices: Iterable[NoticeRow]) -> list[NoticeRow]:
    """Keep one notice for each obligation and reader: the highest."""
    best: dict[str, NoticeRow] = {}
    for notice in notices:
        if notice.obligation_key not in best or best[notice.obligation_key].rung == MOVED:
            best[notice.obligation_key] = notice
    return list(best.values())


def _view(sight: Sight, notice: NoticeRow, person: Person | None, moved: Set[str]) -> NoticeView:
    one = sight.scene.wheel.obligations[notice.obligation_key]
    moved_from = frist_told_before(sight.scene.session, notice) if one.key in moved else None
    return notice_view(sight, one, notice.rung, notice.key, person, moved_from=moved_from)


def _height(view: NoticeView) -> tuple[int, int]:
    is_rung = view.rung_kind in RUNG_ORDER
    return (RUNG_ORDER.index(view.rung_kind), view.rung_days if view.rung_kind == UPWARD else 0) if is_rung else (-1, 0)
