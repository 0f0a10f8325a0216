"""An occurrence's time line: everything that has happened and shall happen, in words, in the order of time."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from actions.scene import Scene
from actions.telling import letters_to_come
from arshjul.keys import BodyId, MilestoneKey, ObligationKey, planned_in
from arshjul.swedish import STOCKHOLM, day_text, listing
from arshjul.year.wheel import MUNICIPALITY, Milestone, Obligation, Occurrence, Wheel, owner_name
from portal.underlag.timeline_words import TINTS, WORDS, detail_text, meeting_text, state_tint
from store.plan import timeline
from store.plan.recorded import decisions
from store.plan.timeline import Sent, Version
from store.post.letter_states import BOUNCED, HANDED, REFUSED, TAKEN_BACK
from store.tables import LogRow
from submissions.finding import graded

GALLRAT = "Uppgifterna är gallrade."
LETTER_STATES = {
    HANDED: "",
    REFUSED: "Avvisades av mottagarens server.",
    BOUNCED: "Kom tillbaka.",
    TAKEN_BACK: "Togs tillbaka: det stämde inte längre.",
}
SEVERITIES = {"stopp": "late", "fråga": "incomplete", "upplysning": "preliminary"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One line under an event: a finding, with its severity, or an answer."""

    word: str
    text: str
    tint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEvent:
    """One point of the time line. ``unit`` None: it is everybody's."""

    at: datetime
    unit: str | None
    what: str
    text: str = ""
    who: str = ""
    tint: str = ""  #: a state's class in the stylesheet
    ahead: bool = False
    body: bool = False
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The events, oldest first: those of all, and those of each enhet."""

    common: tuple[TimelineEvent, ...]
    units: tuple[tuple[str, tuple[TimelineEvent, ...]], ...]  #: the enhet's name and its events


def timeline_of(scene: Scene, occurrence: Occurrence, only: Obligation | None = None) -> Timeline:
    """Gather an occurrence's time line, or one obligation's (``only``) with what is common to all.

    Of an occurrence that is narrowed to some enheter, what happened to the others is left out.
    """
    session, wheel, now = scene.session, scene.wheel, scene.now
    kommun = wheel.definition.kommun.id
    wanted = [one for one in occurrence.obligations if only is None or one.key == only.key]
    decided = frozenset(decisions(session, [each.key for each in occurrence.milestones if each.body]))
    gatherer = _Gatherer(
        wheel, occurrence, {one.key: one for one in wanted}, now, only, letters_to_come(scene, wanted), decided
    )
    left_out = scene.wheel.occurrence(occurrence.key).obligations != occurrence.obligations
    units = {MUNICIPALITY, *(one.unit for one in occurrence.obligations)}

    def is_told(key: str | None) -> bool:
        """Whether a key of the plan, or a longer one that begins with it, is of what is seen."""
        planned = planned_in(key)
        return not left_out or planned is None or planned.unit in units

    every = [
        *gatherer.ahead(),
        *map(gatherer.version, timeline.versions(session, [one.key for one in wanted])),
        *(
            e
            for each in timeline.letters(session, kommun, occurrence.key, only.key if only else None)
            if not each.keys or any(map(is_told, each.keys))
            for e in gatherer.letter(each)
        ),
        *(
            gatherer.logged(row)
            for row in timeline.logged(session, kommun, occurrence.key, tuple(WORDS))
            if is_told(row.key)
        ),
        *gatherer.meetings(timeline.meetings_changed(session, sorted(gatherer.bodies))),
    ]
    ordered = sorted(every, key=lambda event: event.at)
    return Timeline(
        common=tuple(event for event in ordered if event.unit is None),
        units=tuple(
            (name, mine)
            for unit, name in dict.fromkeys((one.unit, one.unit_name) for one in wanted)
            if (mine := tuple(event for event in ordered if event.unit == unit))
        ),
    )


@dataclass(frozen=True)
class _Gatherer:
    wheel: Wheel
    occurrence: Occurrence
    obligations: Mapping[ObligationKey, Obligation]
    now: datetime
    only: Obligation | None
    coming: Mapping[MilestoneKey, datetime]
    decided: frozenset[MilestoneKey]

    @property
    def bodies(self) -> set[str]:
        return {each.body for each in self.occurrence.milestones if each.body}

    def ahead(self) -> Iterator[TimelineEvent]:
        """Bodies' moments and frister whenever they are, and of the ladder the rungs that will be taken."""
        for each in self.occurrence.milestones:
            is_rung = each.is_rung
            at = self.coming.get(each.key) if is_rung else each.at
            if at is None or (each.key in self.decided and at > self.now):
                continue  # what became of it stands as a letter, or as the decision
            if self.only and each.obligation not in (None, self.only.key):
                continue
            lacking = "Om något saknas då." if is_rung else ""
            unset = (
                f"Ingen dag är satt: {each.window}, senast den här dagen."
                if each.window and each.obligation is None
                else ""
            )
            law = f"Sista dag enligt lag är {day_text(each.lawful_until)}." if each.lawful_until and each.body else ""
            yield TimelineEvent(
                at=at,
                unit=each.unit,
                what=each.name,
                text=" ".join(
                    filter(None, (lacking, unset, law, "" if each.status == "beslutad" else f"Dagen är {each.status}."))
                ),
                who=owner_name(self.wheel.definition, each) if each.unit is None else "",
                ahead=at > self.now,
                body=each.obligation is None,
            )

    def version(self, each: Version) -> TimelineEvent:
        row, one = each.row, self.obligations[each.row.obligation_key]
        part = next((part.name for part in one.parts if part.id == row.part), row.part)
        stands = "komplett" if row.complete else "inte komplett"
        late = ", efter fristen" if row.late else ""
        how = f"Ej aktuellt: {row.ej_aktuellt}" if row.ej_aktuellt else ""
        found = [
            Note(word=graded(each.severity), text=each.message, tint=SEVERITIES.get(each.severity, ""))
            for each in each.findings
        ]
        replies = [Note(word="svar", text=f"{answer.motivering} ({answer.by})") for answer in each.answers]
        if row.taken_away:
            stands = "borttagen senare"
        return TimelineEvent(
            at=row.received_at,
            unit=one.unit,
            what=f"Lämnades in: {part}, version {row.version}",
            text=f"{how} – {stands}{late}." if how else f"{stands.capitalize()}{late}.",
            who=row.by,
            tint="complete" if row.complete else "incomplete",
            notes=(*found, *replies),
        )

    def letter(self, each: Sent) -> Iterator[TimelineEvent]:
        row, to = each.row, listing(each.row.to)
        state = LETTER_STATES.get(row.state, "Väntar på att skickas.")
        if row.shadow:
            state = f"Skugga: det gick bara till {self.wheel.definition.office_said}. {state}".rstrip()
        units = dict.fromkeys(self.obligations[key].unit for key in each.keys if key in self.obligations)
        for unit in units or (None,):
            yield TimelineEvent(
                at=row.handed_at or row.made_at,
                unit=unit,
                what=f"Brev: {row.subject}",
                text=state,
                who=f"till {to}" + (f", kopia {listing(row.cc)}" if row.cc else ""),
                tint="late" if row.state in (REFUSED, BOUNCED) else "",
            )

    def logged(self, row: LogRow) -> TimelineEvent:
        key = row.key or ""
        one = self._owner(key)
        moment = self._moment(key)
        name = moment.name if moment and row.what == "decision.recorded" else one.name if one else ""
        return TimelineEvent(
            at=row.at,
            unit=one.unit if one else moment.unit if moment else None,
            what=f"{WORDS[row.what]}: {name}" if name else WORDS[row.what],
            text=detail_text(row.what, row.detail, one.parts if one else ()) if row.detail is not None else GALLRAT,
            who=row.who,
            tint=TINTS.get(row.what, "") or state_tint(row.detail or {}),
            body=row.what == "decision.recorded",
        )

    def meetings(self, rows: Iterable[LogRow]) -> Iterator[TimelineEvent]:
        moments = [each.at.astimezone(STOCKHOLM).date() for each in self.occurrence.milestones]
        first, last = min(moments, default=date.max), max(moments, default=date.min)
        for row in rows:
            if row.detail is None:
                continue  # gallrad: nobody knows any more which meeting it was
            days = [date.fromisoformat(row.detail[name]) for name in ("original", "day") if row.detail.get(name)]
            if any(first <= day <= last for day in days):
                name = self.wheel.definition.bodies[BodyId(row.key or "")].short
                yield TimelineEvent(
                    at=row.at, unit=None, what=f"Möte ändrat: {name}", text=meeting_text(row.detail), who=row.who, body=True
                )  # fmt: skip

    def _owner(self, key: str) -> Obligation | None:
        """Return the obligation whose key this is, or begins with."""
        mine = (one for one in self.obligations.values() if key.startswith(one.key))
        return max(mine, key=lambda one: len(one.key), default=None)

    def _moment(self, key: str) -> Milestone | None:
        return next((each for each in self.occurrence.milestones if each.key == key), None)
