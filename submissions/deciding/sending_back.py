"""Återremiss and approval: what a person decides about an underlag that has been handed in.

An återremiss takes back what was complete: every version that would count gets a finding of severity ``stopp`` with
the reasons, so that an older one does not count in its place, and the enhet gets a frist to mend it by. A version
that is handed in afterwards is judged as any other. An approval changes nothing of the versions; it stands in the
log with them, and counts for as long as the same ones do.
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from arshjul.errors import RefusedError
from arshjul.keys import ObligationKey
from arshjul.swedish import STOCKHOLM, day_text, instant_text, local, local_date
from arshjul.year.leaning import concerned
from arshjul.year.wheel import Obligation, PartOwed, Wheel
from store.database import Session
from store.handins import answers
from store.handins import versions as submissions
from store.handins.resting import resting
from store.log.writing import log
from store.plan import recording
from store.plan.obligations import hold
from store.plan.planning import wake
from store.savepoints import settle
from store.tables import Submission
from submissions.finding import STOP, Finding, finding_of
from submissions.standing import version as standing
from submissions.standing.completeness import PartState, is_complete, part_states

RULE = "aterremitterad"
MEND = "Åtgärda det som skälen säger, och lämna in på nytt på din sida."


@dataclass(frozen=True, slots=True, kw_only=True)
class SentBack:
    """An underlag that was sent back: which parts, in which versions, why, and until when to mend it."""

    obligation: Obligation
    parts: tuple[tuple[PartOwed, int], ...]  #: each with its newest version
    why: str
    frist: datetime
    moved: bool  #: the frist is a new one


def latest_mending(wheel: Wheel, one: Obligation, now: datetime) -> datetime | None:
    """Return the latest frist that an återremiss at ``now`` can give; None when nothing bounds it.

    The latest anstånd while it is still ahead; after that the next body's moment, at its agenda's closing, or at
    its meeting when the agenda has closed. Never past the law's day of the frist while that is ahead.
    """
    host = _host(wheel, one)
    bounds = [host.limit] if host.limit and host.limit > now else [*_next_body(wheel, host, now)]
    law = host.deadline.lawful_until
    if law and (last := local(law, host.deadline.at.astimezone(STOCKHOLM).time())) > now:
        bounds.append(last)
    return min(bounds, default=None)


def send_back(
    session: Session,
    wheel: Wheel,
    key: ObligationKey,
    parts: Collection[str],
    until: date,
    why: str,
    by: str,
    now: datetime,
) -> SentBack:
    """Send an underlag's parts back with reasons (all that is handed in when ``parts`` is empty).

    The frist becomes ``until`` at the same clock time, unless the one that stands is later. Raises RefusedError,
    with the bound and what to do, for a day that has been or lies past :func:`latest_mending`, when nothing is
    handed in, and when it is sent back already.
    """
    by, why, one = recording.stated(by), recording.reason(why), recording.obligation(wheel, key)
    host = _host(wheel, one)
    hold(session, concerned(wheel, one))
    versions = submissions.versions(session, [one.key])
    handed_in = [part for part in one.parts if versions.get((one.key, part.id))]
    if not handed_in:
        raise RefusedError(f"{one.unit_name} har inte lämnat in något att återremittera. Påminn, eller ge anstånd.")
    unknown = set(parts) - {part.id for part in handed_in}
    if unknown:
        raise RefusedError("Välj bland de delar som är inlämnade.")
    chosen = [part for part in handed_in if not parts or part.id in parts]
    fresh = [part for part in chosen if not _is_back(session, versions[one.key, part.id][0])]
    if not fresh:
        raise RefusedError("Det är redan återremitterat, och ingen ny version har kommit in.")
    frist = new_frist(wheel, one, until, now)
    for part in fresh:
        _take_back(session, one, part, versions[one.key, part.id], why)
    sent = SentBack(
        obligation=one,
        parts=tuple((part, versions[one.key, part.id][0].version) for part in fresh),
        why=why,
        frist=max(frist, host.deadline.at),
        moved=frist > host.deadline.at,
    )
    detail = {"parts": [[part.id, version] for part, version in sent.parts], "why": why, "until": frist.isoformat()}
    log(session, now, by, "submission.sent_back", one.key, detail)
    recording.give_time(session, wheel.definition, {host.key: frist} if sent.moved else {}, why, by, now)
    wake(session, concerned(wheel, one), now)
    return sent


def approve(session: Session, wheel: Wheel, key: ObligationKey, note: str, by: str, now: datetime) -> None:
    """Approve an underlag as it stands, in the log with its versions; what was sent back is taken as it is.

    Raises RefusedError while something is missing, with what.
    """
    by, one = recording.stated(by), recording.obligation(wheel, key)
    hold(session, concerned(wheel, one))
    _withdraw(session, one)
    states = part_states(session, [one])[one.key]
    if not is_complete(states):
        missing = ", ".join(state.part.name for state in states if not state.complete)
        raise RefusedError(f"Underlaget är inte komplett och kan inte godkännas. Det här återstår: {missing}.")
    detail = {"versions": versions_of(states), "note": " ".join(note.split())}
    log(session, now, by, "underlag.approved", one.key, detail)
    wake(session, concerned(wheel, one), now)


def versions_of(states: Sequence[PartState]) -> dict[str, int | None]:
    """Return which version counts of each part: an approval holds while they are the same."""
    return {state.part.id: state.version for state in states}


def new_frist(wheel: Wheel, one: Obligation, until: date, now: datetime) -> datetime:
    """Return the frist of an återremiss: ``until`` at the clock time that stands, or at the bound's on its day. Raises RefusedError past the bounds."""
    host = _host(wheel, one)
    frist, latest = local(until, host.deadline.at.astimezone(STOCKHOLM).time()), latest_mending(wheel, one, now)
    if latest and local_date(latest) == until:
        frist = min(frist, latest)  # on the bound's own day, its clock time
    if frist <= now:
        raise RefusedError(f"{instant_text(frist)} har redan varit; välj en senare dag.")
    if not wheel.workdays.is_workday(until):
        raise RefusedError(f"{day_text(until)} är ingen arbetsdag; välj en som är det.")
    if latest and frist > latest:
        raise RefusedError(
            f"Enheten kan få längst till {instant_text(latest)}, så att det hinner behandlas. Välj en tidigare dag, "
            "eller flytta mötet."
        )
    return frist


def _next_body(wheel: Wheel, one: Obligation, now: datetime) -> list[datetime]:
    for moment in wheel.occurrence(*one.occurrence).milestones:
        if moment.body is None or moment.unit is not None or moment.at <= now:
            continue
        day = moment.at.astimezone(STOCKHOLM).date()
        held = [each for each in wheel.meetings.of_year(moment.body, day.year) if each.day == day]
        return [each.agenda_closes if each.agenda_closes > now else each.at for each in held] or [moment.at]
    return []


def _take_back(session: Session, one: Obligation, part: PartOwed, versions: Sequence[Submission], why: str) -> None:
    newest = versions[0]
    for row in versions:
        if row is not newest and not row.complete:
            continue
        message = f"Återremitterad: {why}"
        if row is not newest:  # else an older version would count in its place
            message = f"Versionen är ersatt av version {newest.version}, som är återremitterad: {why}"
        found = Finding(
            rule=RULE, severity=STOP, place=part.name, message=message, mend=MEND, lagrum=part.lagrum.text or one.lagrum.text
        )  # fmt: skip
        submissions.replace_finding(session, row.id, RULE, asdict(found))
        row.complete = False
    settle(session)


def _withdraw(session: Session, one: Obligation) -> None:
    """Take an återremiss of the newest versions back, and judge them by what is left."""
    newest = submissions.newest(session, [one.key])
    for row in newest.values():
        if _is_back(session, row):
            submissions.replace_finding(session, row.id, RULE, None)
            left = [finding_of(each) for each in submissions.findings(session, [row.id]).get(row.id, [])]
            answered = answers.answers(session, [row.id]).get(row.id, {})
            row.complete = standing.is_complete(left, answered, resting(session))
    settle(session)


def _is_back(session: Session, row: Submission) -> bool:
    return any(each.rule == RULE for each in submissions.findings(session, [row.id]).get(row.id, []))


def _host(wheel: Wheel, one: Obligation) -> Obligation:
    return wheel.obligations[one.host] if one.host else one
