"""What a hand-in says of the year's ram: a deviation opens the händelser that the definition's limits name, by itself.

It is weighed after every hand-in. A later version that no longer says so closes what the earlier one opened; what a
person has said of it stands whatever comes in. Nothing is opened twice for one enhet and period.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from actions.act import by_service
from actions.plan.gone import tell_gone
from actions.posting import note, write
from actions.readers import body_readers, occurrence_path, reader_of
from actions.scene import Scene
from arshjul.definition.declared import Trigger
from arshjul.definition.registers.opening import Opening
from arshjul.keys import BodyId, ObligationKey
from arshjul.swedish import instant_text, listing
from arshjul.year.wheel import Milestone, Obligation, PartOwed
from notifications.letters import compose
from notifications.letters.views import Attachment
from store.acting import BY_SERVICE
from store.handins import removals, versions, withheld
from store.plan.in_step import Moved
from store.post.correspondence import free_key
from store.post.letter_keys import LetterKey, in_key
from store.registers.openings import Openings, add_opening, openings
from store.tables import Submission
from submissions.compilation.deviation_paper import DeviationCase, deviation_paper
from submissions.files.filled import Filled
from submissions.ledger.known import known_of
from submissions.review.case import case_of
from submissions.review.ram_outcome import RamOutcome, ram_outcome
from submissions.templates.mall_paper import MEDIA_TYPE

KIND = "avvikelse"
CLOSED = "avvikelse-over"
PAGE = "register"  #: where the ekonomikontor takes a mistaken one back


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """A händelse that a hand-in opens, or closes."""

    happening: str
    one: Obligation
    source: str
    said: str
    gone: bool


def weigh(scene: Scene, keys: Iterable[ObligationKey]) -> list[Moved]:
    """Weigh what stands of these obligations, and tell what it opened and closed; return the frister that follow."""
    opening = {key: each for key, each in scene.office.definition.happenings.items() if each.opening}
    if not opening:
        return []
    owed = [one for key in dict.fromkeys(keys) if (one := scene.wheel.obligations.get(key))]
    found = [each for one in owed for each in _weighed(scene, one, opening)]
    if not found:
        return []
    before, plan = _holding(scene), scene.wheel
    for each in found:
        key = each.one.key
        add_opening(
            scene.session, each.happening, key.unit, key.period, scene.today, each.said, BY_SERVICE, scene.now,
            handin=each.source, gone=each.gone,
        )  # fmt: skip
        detail = {"what": opening[each.happening].name, "detail": each.said}
        by_service(scene).log("happening.closed" if each.gone else "happening.opened", key, detail)
    moved, after = scene.replan(), _holding(scene)
    first = {_key(each): each for each in reversed(found)}  # two parts that say the same are told of once
    tell_gone(scene, plan, moved, "Det som nu är inlämnat säger inte längre det som en tidigare version sa.")
    new = [each for key, each in first.items() if key in after - before]
    over = [each for key, each in first.items() if key in before - after]
    for one in owed:
        if mine := [each for each in new if each.one is one]:
            _tell_opened(scene, one, mine, opening)
        if ended := [each for each in over if each.one is one]:
            _tell_closed(scene, one, ended, opening)
    return moved


def _holding(scene: Scene) -> set[tuple[str, str, str]]:
    return {_of(each) for each in openings(scene.session) if each.holds}


def _weighed(scene: Scene, one: Obligation, opening: Mapping[str, Trigger]) -> Iterator[Weighed]:
    asked = {key: each.opening for key, each in opening.items() if each.opening and one.step in each.opening.steps}
    if not asked:
        return
    known = {_of(each): each for each in openings(scene.session)}
    counting = versions.counting(scene.session, [one.key])
    for part in one.parts:
        row = counting.get((one.key, part.id))
        if row is not None and row.content is None and _is_kept_out(scene, row):
            continue  # it says what it said
        source, outcome = f"{one.key}/{part.id}", _outcome(scene, one, part, row)
        for happening, limits in asked.items():
            before = known.get((happening, one.unit, one.period.key))
            says, said = _opens(limits, outcome), bool(before and source in before.sources)
            if says != said and not (says and before and before.withdrawn):
                yield Weighed(happening=happening, one=one, source=source, said=outcome.words, gone=not says)


def _is_kept_out(scene: Scene, row: Submission) -> bool:
    """Tell whether what a version holds is there for nobody to read, though it counts: it is withheld, or gallrad."""
    return bool(withheld.of_versions(scene.session, [row.id]) or removals.gallrade(scene.session, [row.id]))


def _outcome(scene: Scene, one: Obligation, part: PartOwed, row: Submission | None) -> RamOutcome:
    """Return what a version says. The figures of one that is not complete may be mended: its own no counts, they do not."""
    if row is None or not row.content or not part.sheets:
        return RamOutcome()
    definition = scene.office.definition
    known = known_of(scene.session, definition, one)
    read = ram_outcome(case_of(definition, one, part, Filled.from_json(row.content), known))
    return read if row.complete else RamOutcome(broken=read.broken)


def _opens(limits: Opening, outcome: RamOutcome) -> bool:
    large = limits.deficit is not None and limits.deficit.is_exceeded(outcome.budget, outcome.deviation)
    return large or (limits.ram and outcome.broken)


def _of(each: Openings) -> tuple[str, str, str]:
    return each.happening.happening, each.happening.unit, each.happening.period.key


def _key(each: Weighed) -> tuple[str, str, str]:
    return each.happening, each.one.unit, each.one.period.key


def _tell_opened(scene: Scene, one: Obligation, new: Sequence[Weighed], opening: Mapping[str, Trigger]) -> None:
    """Tell the ekonomikontor what is opened and what follows, and the bodies that the definition names, with a paper."""
    words = [
        f"{one.unit_name} lämnade {instant_text(scene.now)} in {one.report}, och {new[0].said}.",
        f"Det öppnar av sig självt: {listing([opening[each.happening].name for each in new])}.",
        *_follows(scene, one, new),
        f"Är det ett misstag, ta tillbaka det på sidan Register: {scene.office.public_url}/{PAGE}",
    ]
    subject = f"Avvikelse: {one.unit_name}, {one.step_name} {one.period.text}"
    note(scene, free_key(scene.session, LetterKey.of(one.key, KIND, "kontoret")), subject, words, None)
    bodies = [body for each in new for body in _told(opening[each.happening])]
    if bodies:
        _tell_bodies(scene, one, new, [*dict.fromkeys(bodies)], opening[new[0].happening])


def _tell_bodies(scene: Scene, one: Obligation, new: Sequence[Weighed], bodies: Sequence[BodyId], why: Trigger) -> None:
    definition = scene.office.definition
    named = [definition.bodies[body].said for body in bodies]
    case = DeviationCase(
        unit_name=one.unit_name, unit_said=one.unit_said, report=one.report, said=new[0].said,
        handed_in=instant_text(scene.now), days=_follows(scene, one, new), lagrum=why.source.text, bodies=named,
    )  # fmt: skip
    content = deviation_paper(case, definition.kommun.name, definition.office_name, scene.now)
    paper = Attachment(filename=f"avvikelse-{one.unit}-{one.period.key}.docx", media_type=MEDIA_TYPE, content=content)
    readers = {
        person.id if person else None: (role, person) for body in bodies for role, person in body_readers(scene, body)
    }
    words = [
        f"{one.unit_name} {new[0].said}, i {one.report}.",
        f"Ärendet går till {named[-1]}" + (f" genom {listing(named[:-1])}." if named[1:] else "."),
        *_follows(scene, one, new),
        f"Skrivelsen är bilagd. Grund: {why.source.text}.",
    ]
    subject = f"Avvikelse som {named[-1]} ska ta ställning till: {one.unit_name}"
    for person_id, (role, person) in readers.items():
        reader = reader_of(scene, person, role, page=occurrence_path(one.occurrence))
        composed = compose.note(subject, words, scene.office.sender, reader, "Se det som är inlämnat")
        composed = replace(composed, attachments=(paper,))
        key = free_key(scene.session, LetterKey.of(one.key, KIND, in_key(person_id)))
        write(scene, key=key, kind=KIND, composed=composed, to=person, thread=one.occurrence)


def _tell_closed(scene: Scene, one: Obligation, over: Sequence[Weighed], opening: Mapping[str, Trigger]) -> None:
    """Tell the ekonomikontor, and the bodies that were told, that what stands now no longer says so."""
    names = listing([opening[each.happening].name for each in over])
    words = [
        f"Det som {one.unit_name} nu har lämnat till {one.report} säger inte längre det som en tidigare version sa.",
        f"Det här är därför återtaget: {names}. Det som skulle lämnas och beslutas för dess skull begärs inte längre.",
    ]
    subject = f"Avvikelsen återtagen: {one.unit_name}, {one.step_name} {one.period.text}"
    note(scene, free_key(scene.session, LetterKey.of(one.key, CLOSED, "kontoret")), subject, words, None)
    bodies = dict.fromkeys(body for each in over for body in _told(opening[each.happening]))
    readers = {person.id if person else None: person for body in bodies for _, person in body_readers(scene, body)}
    for person_id, person in readers.items():
        note(
            scene,
            free_key(scene.session, LetterKey.of(one.key, CLOSED, in_key(person_id))),
            subject,
            words,
            person,
            CLOSED,
        )


def _told(trigger: Trigger) -> tuple[BodyId, ...]:
    return trigger.opening.tells if trigger.opening else ()


def _follows(scene: Scene, one: Obligation, new: Sequence[Weighed]) -> list[str]:
    """Return the days that come of it: each moment and frist of the enhet in the steps that go by these händelser."""
    opened = {key for key, each in scene.office.definition.happenings.items() if each.opening}
    steps = {key for key, step in scene.office.definition.steps.items() if step.each and step.each.happening in opened}
    days = [each for each in scene.wheel.milestones if each.step in steps and _is_of(each, one)]
    named = [(owed.name if (owed := _owed(scene, each)) else each.name, each.at) for each in days] if new else []
    return [f"{name[:1].upper()}{name[1:]}: {instant_text(at)}." for name, at in named]


def _owed(scene: Scene, each: Milestone) -> Obligation | None:
    return scene.wheel.obligations.get(each.obligation) if each.obligation else None


def _is_of(each: Milestone, one: Obligation) -> bool:
    return each.period == one.period and each.unit in (None, one.unit) and not each.is_rung
