"""The cards of the personal page, gathered: what is asked, what came, and what is missing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from actions.underlag.mending import latest_mending
from arshjul.keys import ObligationKey
from arshjul.ladder.standing import State, own_state, worst
from arshjul.swedish import day_text, local_date
from arshjul.year.last_anstand import is_closed, last_anstand
from arshjul.year.wheel import Obligation, PartOwed, Wheel
from portal.mine.card_views import Card, CardSection, PartView, VersionView
from portal.mine.link_reach import Reach
from portal.web.pages import left_text
from store.database import Session
from store.handins import drafts
from store.handins import versions as submissions
from store.plan import anstand_requests
from store.plan.silences import quiet_until
from store.tables import AnstandRequest, DraftFile, DraftForm, Submission
from submissions.files.parts import form_of
from submissions.standing.completeness import (
    PartState,
    all_complete,
    attempts,
    below_words,
    carried_by,
    lacks,
    part_states,
)
from submissions.standing.states import states_of
from submissions.standing.version_history import Since, since_before
from submissions.templates.given_malls import has_mall


def cards_of(
    session: Session, wheel: Wheel, mine: Reach, shown: Sequence[Obligation], since: date, now: datetime
) -> list[Card]:
    finaliser = wheel.finalisers
    groups = {one.key: (one, *wheel.hosted.get(one.key, ())) for one in shown}
    every = {each.key: each for group in groups.values() for each in group}
    finals = {finaliser[key]: wheel.obligations[finaliser[key]] for key in every if key in finaliser}
    states = part_states(session, [*(every | finals).values(), *carried_by(every.values())])
    versions = submissions.versions(session, every)
    seen = _Seen(
        states=states,
        stands=states_of(session, wheel, list(every.values()), since, now, states),
        newer=attempts(session, states),
        versions=versions,
        since=since_before(session, wheel.definition, tuple(every.values()), versions),
        finaliser=finaliser,
        asked=anstand_requests.newest(session, groups),
        rests=quiet_until(session, groups)["vila"],
        forms=drafts.forms(session, mine.person.id, groups),
        files=drafts.files(session, mine.person.id, groups),
    )
    cards = [
        _card(wheel, mine, groups[one.key], seen, now)
        for one in sorted(shown, key=lambda one: (one.deadline.at, one.key))
    ]
    return [card for card in cards if card.total]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """A card's draft: fields by their names, and the files whose part is known."""

    fields: Mapping[str, str]
    files: Mapping[str, DraftFile]

    def of(self, part: str) -> Mapping[str, str]:
        """Return a part's fields by their names' ends."""
        mine = ((name.rpartition("."), value) for name, value in self.fields.items())
        return {field: value for (prefix, _, field), value in mine if prefix == part}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What is known of the obligations that are shown."""

    states: Mapping[ObligationKey, Sequence[PartState]]
    stands: Mapping[ObligationKey, State]
    newer: Mapping[tuple[ObligationKey, str], PartState]
    versions: Mapping[tuple[ObligationKey, str], Sequence[Submission]]
    since: Mapping[int, Since]
    finaliser: Mapping[ObligationKey, ObligationKey]
    asked: Mapping[ObligationKey, AnstandRequest]
    rests: Mapping[ObligationKey, date]
    forms: Mapping[ObligationKey, DraftForm]
    files: Sequence[DraftFile]


def _card(
    wheel: Wheel,
    mine: Reach,
    group: Sequence[Obligation],
    seen: _Seen,
    now: datetime,
) -> Card:
    one = next(iter(group))
    form = seen.forms.get(one.key)
    kept = [each for each in seen.files if each.obligation_key == one.key]
    draft = _Draft(fields=form.fields if form else {}, files={each.part: each for each in kept if each.part})
    found = [_section(wheel, mine, each, seen, draft, now) for each in group]
    sections = tuple(section for section in found if section.parts or section.within)
    parts = [part for section in sections for part in section.parts]
    missing = sum(not part.state.complete for part in parts)
    finalised_by = seen.finaliser.get(one.key)
    final = wheel.obligations.get(finalised_by) if finalised_by else None
    preliminary = any(section.state is State.PRELIMINAR for section in sections)
    word = (
        f"lämna också in {final.name}, senast {day_text(local_date(final.deadline.at))}"
        if final and preliminary
        else None
    )
    if preliminary and one.key in wheel.carriers:
        above = wheel.obligations[wheel.carriers[one.key][0]]
        word = f"{above.unit_said} godkänner det och bär det upp, senast {day_text(local_date(above.deadline.at))}"
    short = wheel.definition.bodies[one.treated.body].short if one.treated else ""
    return Card(
        anchor="-".join((one.step, one.period.key, one.unit, one.krav)),
        path=f"/mina/{one.key.path}",
        one=one,
        state=worst(section.state for section in sections),
        sections=sections,
        left=left_text(one.deadline.at, now, wheel.workdays),
        is_late=now > one.deadline.at,
        missing=missing,
        below=below_words([part.state for part in parts]),
        total=len(parts),
        treated=f"{short} {day_text(one.treated.day)}" if one.treated else None,
        preliminary=word,
        last=last.day if (last := last_anstand(wheel, one)) else None,
        no_room=is_closed(one, last, now),
        asked=seen.asked.get(one.key),
        saved_at=max([*([form.saved_at] if form else []), *(each.saved_at for each in kept)], default=None),
        unsure=tuple(each for each in kept if not each.part),
        rests=rests if (rests := seen.rests.get(one.key)) and rests >= local_date(now) else None,
    )


def _section(
    wheel: Wheel,
    mine: Reach,
    one: Obligation,
    seen: _Seen,
    draft: _Draft,
    now: datetime,
) -> CardSection:
    ids = mine.owes(one)
    here = [state for state in seen.states[one.key] if state.obligation_key == one.key]
    within = [
        state for state in seen.states[one.key] if state.obligation_key != one.key and mine.covers(state.part, one)
    ]
    own = [state for state in here if state.part.id in ids]
    waits = one.key in seen.finaliser and not all_complete(seen.states[seen.finaliser[one.key]])
    roles = wheel.definition.roles
    return CardSection(
        one=one,
        state=own_state(seen.stands[one.key], complete=all_complete((*own, *within)), finalised=not waits),
        parts=tuple(
            PartView(
                field=f"{one.step}.{one.krav}.{state.part.id}",
                form=form_of(state.part),
                state=state,
                attempt=seen.newer.get((one.key, state.part.id)),
                lacks=lacks(state),
                versions=tuple(
                    _version(row, seen.since.get(row.id)) for row in seen.versions.get((one.key, state.part.id), ())
                ),
                mall=_mall(wheel, one, state.part),
                draft=draft.of(f"{one.step}.{one.krav}.{state.part.id}"),
                kept=draft.files.get(f"{one.step}.{one.krav}.{state.part.id}"),
                below=tuple(_handed_in_below(state.part.carries, seen.states)),
                back_until=latest_mending(wheel, state.part.carries, now) if state.part.carries else None,
            )
            for state in own
        ),
        others=tuple(
            (state.part.name, roles[state.part.role].definite, state.complete)
            for state in here
            if state.part.id not in ids
        ),
        within=tuple(_within(wheel, one, state) for state in within),
    )


def _handed_in_below(
    one: Obligation | None, states: Mapping[ObligationKey, Sequence[PartState]]
) -> Iterator[PartState]:
    """Yield what an enhet has handed in, and what it has carried up itself, for who approves it."""
    for state in states.get(one.key, ()) if one else ():
        if state.part.carries:
            yield from _handed_in_below(state.part.carries, states)
        elif state.version:
            yield state


def _within(wheel: Wheel, one: Obligation, state: PartState) -> tuple[str, str]:
    by = next(each.by for each in one.fulfilled if each.part.id == state.part.id)
    names = {part.id: part.name for part in wheel.obligations[state.obligation_key].parts}
    return state.part.name, names[by].partition(" (")[0]


def _mall(wheel: Wheel, one: Obligation, part: PartOwed) -> str | None:
    where = f"/mina/mall/{one.key.path}/{part.id}"
    return where if has_mall(wheel.definition, one, part) else None


def _version(row: Submission, since: Since | None) -> VersionView:
    return VersionView(
        id=row.id,
        version=row.version,
        received_at=row.received_at,
        by=row.by,
        late=row.late,
        filename=row.filename,
        ej_aktuellt=row.ej_aktuellt,
        since=since,
    )
