"""Återremiss: an underlag sent back by a person or a body, with reasons and a frist, and told to those whose it is.

It takes back what was complete: every version that would count gets a finding of severity ``stopp`` with the
reasons, so that an older one does not count in its place, and the enhet gets a frist to mend it by. A version that is
handed in afterwards is judged as any other.
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime

from actions.act import Act
from actions.posting import write
from actions.readers import link_for, reader_of
from actions.recipients import EKONOMIKONTORET, copies
from actions.scene import Scene
from actions.underlag.mending import done_above, frister_above, host_of, new_frist
from actions.underlag.reopenings import taken_along
from arshjul.errors import RefusedError
from arshjul.keys import ObligationKey, RoleId
from arshjul.year.concerned import concerned
from arshjul.year.wheel import Obligation, PartOwed
from notifications.calendars.frist_calendar import frist_event
from notifications.letters import compose
from notifications.letters.views.underlag_views import SentBackView
from store.database import Session
from store.handins import versions as submissions
from store.plan.obligations import hold
from store.plan.recorded import give_time
from store.plan.waking import wake
from store.post.letter_keys import LetterKey, in_key
from store.post.notices import MOVED
from store.savepoints import settle
from store.tables import LetterRow, Submission
from submissions.finding import STOP, Finding
from submissions.standing.version import judge_again

KIND, RULE = "återremiss", "aterremitterad"
MEND = "Åtgärda det som skälen säger, och lämna in på nytt på din sida."
READ_ANEW = "Läs den nya versionen, och godkänn den."


@dataclass(frozen=True, slots=True, kw_only=True)
class SentBack:
    """An underlag that was sent back: which parts, in which versions, why, and until when to mend it."""

    obligation: Obligation
    parts: tuple[tuple[PartOwed, int], ...]  #: each with its newest version
    why: str
    frist: datetime
    moved: bool  #: the frist is a new one


def send_back_below(act: Act, above: Obligation, part: PartOwed, until: date) -> SentBack:
    """Send back what an enhet below has handed in, by who carries it up with ``part``, and take back that approval.

    What comes in its place is read and approved anew, also after the frist of the one ``above``. Raises RefusedError as
    :func:`send_back`, and for a part that approves nothing.
    """
    if part.carries is None:
        raise RefusedError("Bara det som en enhet under har lämnat in kan skickas tillbaka härifrån.")
    sent, session = send_back(act, part.carries.key, (), until, decided=above.unit_name), act.scene.session
    if approvals := submissions.versions(session, [above.key]).get((above.key, part.id)):
        _take_back(session, above, part, approvals, f"Godkännandet är taget tillbaka: {act.reason}", READ_ANEW)
    return sent


def send_back(act: Act, key: ObligationKey, parts: Collection[str], until: date, *, decided: str = "") -> SentBack:
    """Send an underlag's parts back with reasons (all that is handed in when ``parts`` is empty), and write to those whose they are.

    The frist becomes ``until`` at the same clock time, unless the one that stands is later; whoever above had approved it
    has a day more. ``decided`` is who did
    it, as the letter says: the ekonomikontor, or a body with its day and §. Raises RefusedError, with the bound and
    what to do, for a day that has been or lies past what can be given, when nothing is handed in, and when it is sent
    back already.
    """
    sent = _record(act, key, parts, until)
    if act.scene.office.utskick != "av":
        after = act.anew().scene
        for role in dict.fromkeys(part.role for part, _ in sent.parts):
            _tell(after, sent, role, decided or after.office.definition.office_name)
    return sent


def is_back(session: Session, row: Submission) -> bool:
    """Tell whether a version is sent back."""
    return any(each.rule == RULE for each in submissions.findings(session, [row.id]).get(row.id, []))


def _record(act: Act, key: ObligationKey, parts: Collection[str], until: date) -> SentBack:
    scene, session, wheel = act.scene, act.scene.session, act.scene.wheel
    why, one = act.reason, act.obligation(key)
    host = host_of(wheel, one)
    hold(session, concerned(wheel, one))
    versions = submissions.versions(session, [one.key])
    handed_in = [part for part in one.parts if versions.get((one.key, part.id))]
    if not handed_in:
        raise RefusedError(f"{one.unit_name} har inte lämnat in något att återremittera. Påminn, eller ge anstånd.")
    unknown = set(parts) - {part.id for part in handed_in}
    if unknown:
        raise RefusedError("Välj bland de delar som är inlämnade.")
    chosen = [part for part in handed_in if not parts or part.id in parts]
    fresh = [part for part in chosen if not is_back(session, versions[one.key, part.id][0])]
    if not fresh:
        raise RefusedError("Det är redan återremitterat, och ingen ny version har kommit in.")
    frist = new_frist(wheel, one, until, scene.now)
    above = done_above(scene, one)
    for part in fresh:
        _take_back(session, one, part, versions[one.key, part.id], f"Återremitterad: {why}", MEND)
    sent = SentBack(
        obligation=one,
        parts=tuple((part, versions[one.key, part.id][0].version) for part in fresh),
        why=why,
        frist=max(frist, host.deadline.at),
        moved=frist > host.deadline.at,
    )
    detail = {"parts": [[part.id, version] for part, version in sent.parts], "why": why, "until": frist.isoformat()}
    act.log("submission.sent_back", one.key, detail)
    moved = {host.key: frist} if sent.moved else {}
    moved |= frister_above(wheel, above, sent.frist, scene.now)
    give_time(session, wheel.definition, moved, why, act.by, scene.now)
    wake(session, concerned(wheel, one), scene.now)
    return sent


def _take_back(
    session: Session, one: Obligation, part: PartOwed, versions: Sequence[Submission], said: str, mend: str
) -> None:
    newest = versions[0]
    for row in versions:
        if row is not newest and not row.complete:
            continue
        old = f"Versionen är ersatt av version {newest.version}. {said}"  # else it would count in its place
        found = Finding(
            rule=RULE, severity=STOP, place=part.name, message=said if row is newest else old, mend=mend,
            lagrum=part.lagrum.text or one.lagrum.text,
        )  # fmt: skip
        submissions.replace_finding(session, row.id, RULE, asdict(found))
        judge_again(session, row)
    settle(session)


def _tell(scene: Scene, sent: SentBack, role: RoleId, decided: str) -> LetterRow | None:
    one = scene.wheel.obligations[sent.obligation.key]  # as it stands now: its frist may be the new one
    host = host_of(scene.wheel, one)
    person = scene.people.who(role, one.unit) or scene.people.who(EKONOMIKONTORET, None)
    notices = taken_along(scene, host, role, person)
    view = SentBackView(
        step_name=one.step_name,
        report=one.report,
        period_text=one.period.text,
        unit_name=one.unit_name,
        unit_said=one.unit_said,
        krav_name=one.name,
        parts=tuple(
            f"{part.name.partition(' (')[0]}, version {number}" for part, number in sent.parts if part.role == role
        ),
        why=sent.why,
        by=decided,
        due_at=host.deadline.at,
        moved=sent.moved,
        lagrum=one.lagrum.text,
    )
    calendar = [frist_event(host, scene.office, scene.now)] if sent.moved else []
    reader = reader_of(scene, person, role, link_for(scene, person))
    stamp = f"{scene.now.astimezone(UTC):%Y%m%dT%H%M%S}"
    return write(
        scene,
        key=LetterKey.of(one.key, "aterremiss", stamp, role, in_key(person.id if person else None)),
        kind=KIND,
        composed=compose.sent_back(reader, view, scene.office.sender, calendar),
        to=person,
        cc=copies([one.unit], person, scene.people),
        rung=MOVED if sent.moved else None,
        thread=one.occurrence,
        notices=notices,
    )
