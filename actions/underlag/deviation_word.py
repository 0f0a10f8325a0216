"""The word of an avvikelse: to the ekonomikontor, and to the bodies that the definition names, with a paper.

A reader hears of what has changed since they last heard. The first two words of a day go at once; what changes more
often waits for the next morning, and is then what has come of it: a word that waits is taken back by the next.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from actions.posting import NOTE, write
from actions.readers import body_readers, occurrence_path, reader_of
from actions.recipients import EKONOMIKONTORET
from actions.scene import Scene
from arshjul.definition.declared import Trigger
from arshjul.file_names import file_name
from arshjul.keys import BodyId, PersonId, RoleId
from arshjul.ladder.due import next_sending_time
from arshjul.swedish import in_running_text, instant_text, listing, local
from arshjul.workdays import ONE_DAY
from arshjul.year.wheel import Milestone, Obligation
from notifications.letters import compose
from notifications.letters.views.composed import Attachment, Composed
from store.post.correspondence import free_key, letters_under, take_back
from store.post.letter_keys import LetterKey, in_key
from store.post.letter_states import TAKEN_BACK, WAITING, may_have_come
from store.tables import LetterRow, Person
from submissions.papers.deviation_paper import DeviationCase, deviation_paper
from submissions.templates.mall_paper import MEDIA_TYPE

KIND = "avvikelse"
CLOSED_KIND = "avvikelse-over"
PAGE = "register"  #: where the ekonomikontor takes a mistaken one back
MOST_AT_ONCE = 2  #: words of one underlag's avvikelser to one reader in one day that do not wait for the morning
OVERTAKEN = "ändrat igen innan det gick"
_OFFICE = "kontoret"  #: the reader of the ekonomikontor's own note


@dataclass(frozen=True, slots=True)
class DeviationWord:
    """What there is to tell of an underlag: what it says, and which händelser of its enhet and period are open."""

    scene: Scene
    one: Obligation
    said: str
    before: frozenset[str]
    holds: frozenset[str]
    why: str = ""  #: a person's reason, when it is a person and no hand-in that says so

    def trigger(self, happening: str) -> Trigger:
        """Return a händelse as the definition has it."""
        return self.scene.office.definition.happenings[happening]


@dataclass(frozen=True, slots=True)
class _Reader:
    who: str  #: as keys name them
    role: RoleId | None
    person: Person | None
    reads: frozenset[str]  #: of which händelser they are told


def tell_deviation(told: DeviationWord, changed: Collection[str]) -> None:
    """Tell each reader what is open of what has changed, and what is so no longer, as far as they have not heard it."""
    for reader in _readers(told):
        _tell_reader(told, reader, changed)


def tell_by_hand(told: DeviationWord, happening: str) -> None:
    """Tell what a person has said of a händelse: to the bodies' readers who had a word of it, and to nobody else."""
    for reader in _readers(told):
        if reader.who != _OFFICE and any(happening in _named(each) for each in _earlier(told, reader)):
            _tell_reader(told, reader, {happening})


def _tell_reader(told: DeviationWord, reader: _Reader, changed: Collection[str]) -> None:
    earlier = _earlier(told, reader)
    waiting = [
        each
        for each in earlier
        if each.state == WAITING and each.not_before > told.scene.now and not may_have_come(each)
    ]
    back = [each for each in waiting if take_back(told.scene.session, each, OVERTAKEN, told.scene.now)]
    heard = [each for each in earlier if each not in back]
    unheard = {happening for each in back for happening in _named(each)}
    about = sorted(reader.reads & {*changed, *unheard}, key=list(told.scene.office.definition.happenings).index)
    knows = {each for each in about if _knows(told, each, heard, unheard)}
    if new := [each for each in about if each in told.holds and each not in knows]:
        _write(told, reader, KIND, new, _opened(told, reader, new), heard)
    if over := [each for each in about if each in knows and each not in told.holds]:
        _write(told, reader, CLOSED_KIND, over, _closed(told, over, _hello(reader)), heard)


def _knows(told: DeviationWord, happening: str, heard: Sequence[LetterRow], unheard: Collection[str]) -> bool:
    """Tell whether a reader takes a händelse to be open."""
    words = [word for word, named in map(_said_in, heard) if happening in named]
    return words[-1] == KIND if words else happening in told.before and happening not in unheard


def _readers(told: DeviationWord) -> Iterable[_Reader]:
    """Give the ekonomikontor, and the secretary and chair of each body that is told, each person once."""
    opening = {key: each for key, each in told.scene.office.definition.happenings.items() if each.opening}
    yield _Reader(_OFFICE, None, None, frozenset(opening))
    found = dict[PersonId | None, _Reader]()
    for key, each in opening.items():
        for body in each.opening.tells if each.opening else ():
            for role, person in body_readers(told.scene, body):
                ident = person.id if person else None
                known = found.get(ident, _Reader(in_key(ident), role, person, frozenset()))
                found[ident] = replace(known, reads=known.reads | {key})
    yield from found.values()


def _earlier(told: DeviationWord, reader: _Reader) -> list[LetterRow]:
    """Return the words of it that a reader was written and that nobody took back, the oldest first."""
    words = [LetterKey.of(told.one.key, word, reader.who, "") for word in (KIND, CLOSED_KIND)]
    return [each for each in letters_under(told.scene.session, words) if each.state != TAKEN_BACK]


def _said_in(letter: LetterRow) -> tuple[str, list[str]]:
    """Return the word that one of these letters is, and the händelser that it tells of."""
    return LetterKey(letter.key).happenings


def _named(letter: LetterRow) -> list[str]:
    return _said_in(letter)[1]


def _write(
    told: DeviationWord,
    reader: _Reader,
    kind: str,
    about: Sequence[str],
    composed: Composed,
    heard: Sequence[LetterRow],
) -> None:
    scene, own = told.scene, reader.who == _OFFICE
    today = sum(each.day == scene.today for each in heard)
    key = free_key(scene.session, LetterKey.of_happenings(told.one.key, kind, reader.who, about))
    write(
        scene, key=key, kind=NOTE if own else kind, composed=composed, to=reader.person,
        thread=told.one.occurrence if kind == KIND and not own else None,
        not_before=_morning(scene) if today >= MOST_AT_ONCE else None,
    )  # fmt: skip


def _morning(scene: Scene) -> datetime:
    hours = scene.office.definition.sending_hours
    return next_sending_time(local(scene.today + ONE_DAY, hours.start), scene.wheel.workdays, hours)


def _hello(reader: "_Reader") -> str:
    return reader.person.name if reader.person else ""


def _opened(told: DeviationWord, reader: _Reader, new: Sequence[str]) -> Composed:
    if told.why:
        return _again(told, new, _hello(reader))
    return _to_office(told, new) if reader.who == _OFFICE else _to_body(told, reader, new)


def _to_office(told: DeviationWord, new: Sequence[str]) -> Composed:
    scene, one = told.scene, told.one
    words: list[str | list[str]] = [
        f"{one.unit_name} lämnade {instant_text(scene.now)} in {one.report}, och {told.said}.",
        f"Det öppnar av sig självt: {listing([told.trigger(each).name for each in new])}.",
        _follows(told),
        f"Är det ett misstag, ta tillbaka det på sidan Register: {scene.office.public_url}/{PAGE}",
    ]
    return compose.note(
        f"Avvikelse: {one.unit_name}, {in_running_text(one.step_name)} {one.period.text}", words, scene.office.sender
    )


def _to_body(told: DeviationWord, reader: _Reader, new: Sequence[str]) -> Composed:
    scene, one, definition = told.scene, told.one, told.scene.office.definition
    named = [definition.bodies[body].said for body in _bodies(told, new)]
    why = next(each for each in map(told.trigger, new) if each.opening and each.opening.tells).source.text
    case = DeviationCase(
        unit_name=one.unit_name, unit_said=one.unit_said, report=one.report, said=told.said,
        handed_in=instant_text(scene.now), days=_follows(told), lagrum=why, bodies=named,
    )  # fmt: skip
    content = deviation_paper(case, definition.kommun.name, definition.office_name, scene.now)
    name = file_name("docx", "Avvikelse", in_running_text(one.step_name), one.period.text, one.unit_name)
    paper = Attachment(filename=name, media_type=MEDIA_TYPE, content=content)
    words: list[str | list[str]] = [
        f"{one.unit_name} {told.said}, i {one.report}.",
        f"Ärendet går till {named[-1]}" + (f" genom {listing(named[:-1])}." if named[1:] else "."),
        _follows(told),
        f"Skrivelsen är bifogad. Grund: {why}.",
    ]
    subject = f"Avvikelse, {one.unit_name}: {named[-1]} ska ta ställning"
    greeted = reader_of(scene, reader.person, reader.role or EKONOMIKONTORET, page=occurrence_path(one.occurrence))
    composed = compose.note(subject, words, scene.office.sender, greeted, "Se det som är inlämnat")
    return replace(composed, attachments=(paper,))


def _again(told: DeviationWord, new: Sequence[str], hello: str) -> Composed:
    one, office = told.one, told.scene.office
    words: list[str | list[str]] = [
        f"Det här gäller igen för {one.unit_said}: {listing([told.trigger(each).name for each in new])}.",
        f"{office.definition.office_name} har registrerat det: {told.why}",
        _follows(told),
    ]
    return compose.note(
        f"Avvikelsen gäller igen: {one.unit_name}, {in_running_text(one.step_name)} {one.period.text}",
        words,
        office.sender,
        hello=hello,
    )


def _closed(told: DeviationWord, over: Sequence[str], hello: str) -> Composed:
    one, names = told.one, listing([told.trigger(each).name for each in over])
    by_hand = [
        f"{told.scene.office.definition.office_name} har tagit tillbaka det som ett tidigare brev sa om {one.unit_said} "
        f"i {one.report}. Skälet: {told.why}",
        f"Det här gäller alltså inte: {names}. Det som skulle lämnas och beslutas för dess skull begärs inte längre.",
    ]
    words = (
        by_hand
        if told.why
        else [
            f"Det som {one.unit_said} nu har lämnat till {one.report} säger inte längre det som en tidigare version sa.",
            f"Det här är därför återtaget: {names}. Det som skulle lämnas och beslutas för dess skull begärs inte längre.",
        ]
    )
    subject = f"Avvikelsen återtagen: {one.unit_name}, {in_running_text(one.step_name)} {one.period.text}"
    return compose.note(subject, words, told.scene.office.sender, hello=hello)


def _bodies(told: DeviationWord, new: Iterable[str]) -> list[BodyId]:
    openings = [each.opening for each in map(told.trigger, new) if each.opening]
    return [*dict.fromkeys(body for each in openings for body in each.tells)]


def _follows(told: DeviationWord) -> list[str]:
    """Return the days that come of it: each moment and frist of the enhet in the steps that go by these händelser."""
    scene = told.scene
    opened = {key for key, each in scene.office.definition.happenings.items() if each.opening}
    steps = {key for key, step in scene.office.definition.steps.items() if step.each and step.each.happening in opened}
    days = [each for each in scene.wheel.milestones if each.step in steps and _is_of(each, told.one)]
    named = [(owed.name if (owed := _owed(scene, each)) else each.name, each.at) for each in days]
    return [f"{name[:1].upper()}{name[1:]}: {instant_text(at)}." for name, at in named]


def _owed(scene: Scene, each: Milestone) -> Obligation | None:
    return scene.wheel.obligations.get(each.obligation) if each.obligation else None


def _is_of(each: Milestone, one: Obligation) -> bool:
    return each.period == one.period and each.unit in (None, one.unit) and not each.is_rung
