"""What must hold after every step of a simulated year. Each invariant yields (obligation's key or None, Swedish words)."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from sqlalchemy import select

from arshjul.definition.declared import SendingHours
from arshjul.ladder.due import A_MOMENT, BEFORE, Standing, due, is_sending_time
from arshjul.swedish import instant_text, local_date
from arshjul.workdays import Workdays
from arshjul.year.wheel import Obligation
from flows.service.outbox_job import AT_ONCE
from store.log.log_verdict import verify
from store.plan.matters import COMPLETED, RAISED, SETTLED, WITHDRAWN
from store.post.letter_states import BOUNCED
from store.post.notices import MOVED, UNHEARD
from store.tables import Decision, LetterRow, LogRow, NoticeRow
from submissions.standing.completeness import all_complete
from tests.simulation.registering import follows_the_registers
from tests.simulation.seeing import View, Word
from tests.simulation.world import OFFICE

Found = Iterator[tuple[str | None, str]]
Invariant = Callable[[View], Found]

ASKED_FOR = ("inloggning", "kod")  #: kinds that go to their reader whatever utskick is
SLACK = 4  #: good working days that a word may take beyond its own day
#: what completes an underlag at another hour than the hand-in's own
COMPLETING = ("underlag.approved", "finding.answered", "submission.restored", "rule.rested", "submission.taken_away")


def no_rung_twice(view: View) -> Found:
    """No rung reaches the same person twice for one frist, but for the one letter that a death may repeat.

    And for a matter that ended in between, and is raised anew; and for a word that came back, which nobody has had.
    """
    repeated = view.world.repeated
    for word, _ in view.words:
        same = (word.rung, word.due_at, word.address)
        for before in _before(view, word):
            if (before.rung, before.due_at, before.address) == same and not (
                (before.letter == word.letter and word.letter in repeated)
                or (word.rung == "ksau" and _fell_since(view, word.key, before.at))
                or _came_back(view, before.letter)
            ):
                yield word.key, f"{word.rung} når {word.address} två gånger: {before.letter} och {word.letter}"


def _came_back(view: View, letter: str) -> bool:
    return view.session.scalar(select(LetterRow.state).where(LetterRow.key == letter)) == BOUNCED


def _fell_since(view: View, key: str, at: datetime) -> bool:
    ended = LogRow.what.in_(("matter.återkallat", "matter.kompletterat"))
    return view.session.scalar(select(LogRow.id).where(ended, LogRow.key == key, LogRow.at >= at).limit(1)) is not None


def one_rung_a_day(view: View) -> Found:
    """Never two rungs of one obligation on a day, but for a rung that was taken before and is told to who is new in the role.

    What is owed is told such a one the same day, also when a higher rung that waited for the post reaches its own reader then.
    """
    for word, one in view.words:
        if word.rung != MOVED and not _is_told_anew(view, word, one):
            others = {
                before.rung + ("" if before.due_at == word.due_at else " för den förra fristen")
                for before in _before(view, word)
                if before.day == word.day
                and before.rung != MOVED
                and (before.rung, before.due_at) != (word.rung, word.due_at)
                and not _is_told_anew(view, before, one)
            }
            if others:
                yield word.key, f"{word.rung} går samma dag som {', '.join(sorted(others))}"


def _is_told_anew(view: View, word: Word, one: Obligation) -> bool:
    """Is it the late word to one who has had none, of a frist whose late word another had on an earlier day?

    Or a reminder to one who has had no word at all, when another had one on an earlier day: the frist moved since.
    """
    earlier = [each for each in _before(view, word) if each.rung != MOVED]
    if _is_reminder(one, word.rung):
        return all(each.person != word.person for each in earlier) and any(each.day < word.day for each in earlier)
    return _is_first_late(view, word) and any(
        (each.rung, each.due_at) == (word.rung, word.due_at) and each.day < word.day for each in earlier
    )


def _is_reminder(one: Obligation, rung: str) -> bool:
    return any(each.id == rung and each.kind in BEFORE for each in (one.ladder.rungs if one.ladder else ()))


def _is_first_late(view: View, word: Word) -> bool:
    """Is it the late word to one who has had none but this very letter, which a death repeats, or whose own came back?"""
    theirs = [
        before
        for before in _before(view, word)
        if before.person == word.person
        and (before.rung, before.due_at) == (word.rung, word.due_at)
        and not (before.letter == word.letter and word.letter in view.world.repeated)
    ]
    return word.rung == "sen" and (not theirs or any(_came_back(view, before.letter) for before in theirs))


def in_order(view: View) -> Found:
    """The rungs of a frist go in the ladder's order, but for the late word to one who has had none, or whose own came back."""
    for word, one in view.words:
        if _is_first_late(view, word):
            continue  # as one who comes back to a role, and had reminders of it before a deputy had the late word
        place = _place(one, word.rung)
        for before in _before(view, word):
            earlier = _place(one, before.rung)
            if before.due_at == word.due_at and place is not None and earlier is not None and earlier > place:
                yield word.key, f"{word.rung} går efter {before.rung}"
                break


def nobody_to_ksau_unheard(view: View) -> Found:
    """KSAU hears of, and a matter is raised for, nobody but who was handed a word that it was late, for this frist."""
    sharp = view.world.office.utskick == "skarpt"
    told = [(word.key, word.due_at) for word, _ in view.words if word.rung == "ksau"]
    told += [(m.obligation_key, m.due_at) for m in view.matters if sharp and m.id not in view.witness.raised]
    for key, due_at in dict.fromkeys(told):
        every = [*view.witness.words[key], *(word for word, _ in view.words if word.key == key)]
        if not any(each.due_at == due_at and each.rung in ("sen", "sista-ord") for each in every):
            yield key, "går till KSAU utan att den som är sen har fått ett ord"


def within_sending_hours(view: View) -> Found:
    """Nothing leaves outside the sending hours but what somebody waits for."""
    hours, workdays = view.world.office.definition.sending_hours, view.scene.wheel.workdays
    for seen in view.fresh:
        if seen.row.kind not in AT_ONCE and not is_sending_time(seen.handed.at, workdays, hours):
            yield None, f"{seen.row.key} går {instant_text(seen.handed.at)}"


def nothing_about_what_is_complete(view: View) -> Found:
    """What is complete when a letter is sent is not told as missing in it."""
    for word, one in view.words:
        if word.rung != MOVED and view.sight.complete(one):
            yield word.key, f"{word.rung} till {word.address} om det som är komplett ({word.letter})"


def what_is_over_is_silent(view: View) -> Found:
    """Nothing is told of what came after its frist, is decided or has ended; and no matter about it, or about what is gone, stays open."""
    for word, one in view.words:
        if word.rung != MOVED and one.key in view.sight.silences:
            yield word.key, f"{word.rung} till {word.address} fast {view.sight.silences[one.key]} ({word.letter})"
    if view.world.busy or view.world.down_until is not None:
        return  # no round has looked since
    for matter in view.matters:
        key = matter.obligation_key
        gone = key not in view.scene.wheel.obligations
        if matter.state == RAISED and (gone or key in view.sight.silences):
            row = view.sight.rows.get(key)
            if gone or (row and not (row.wake_at and row.wake_at <= view.scene.now)):
                yield key, f"ärendet står kvar fast {view.sight.silences.get(key, 'kravet inte finns längre')}"


def reminders_before_the_frist(view: View) -> Found:
    """A reminder reaches its reader before the frist that it tells, and that frist is the one in force."""
    for word, one in view.words:
        if _is_reminder(one, word.rung) and word.at > word.due_at:
            yield word.key, f"{word.rung} går först efter fristen {instant_text(word.due_at)}"
        if word.due_at != one.deadline.at and word.kind != "eskalering":
            yield word.key, f"{word.rung} säger {instant_text(word.due_at)}, fristen är {instant_text(one.deadline.at)}"


def utskick_holds(view: View) -> Found:
    """In ``av`` nothing leaves; in ``skugga`` everything goes to the ekonomikontor alone."""
    utskick = view.world.office.utskick
    for seen in view.fresh:
        if seen.row.kind in ASKED_FOR:
            continue
        if utskick == "av":
            yield None, f"{seen.row.key} går fast utskick är av"
        elif utskick == "skugga" and set(seen.handed.recipients) - {OFFICE}:
            yield None, f"{seen.row.key} går till {', '.join(seen.handed.recipients)} fast utskick är skugga"


def one_daily_letter(view: View) -> Found:
    """A person gets at most one letter of the day on a day."""
    repeated = view.world.repeated
    every = [
        seen for seen in [*view.witness.letters, *view.fresh] if seen.row.kind == "dagens brev" and not seen.row.shadow
    ]
    for number, seen in enumerate(every):
        if seen not in view.fresh:
            continue
        for before in every[:number]:
            same = set(before.row.to) & set(seen.row.to) & set(before.handed.recipients) & set(seen.handed.recipients)
            again = before.row.key == seen.row.key and seen.row.key in repeated
            if same and not again and local_date(before.handed.at) == local_date(seen.handed.at):
                yield None, f"{', '.join(sorted(same))} får både {before.row.key} och {seen.row.key} samma dag"


def ksau_reads_what_stands(view: View) -> Found:
    """A matter that has ended is not told to KSAU afterwards."""
    stands = {matter.obligation_key for matter in view.matters if matter.state == RAISED}
    for word, _ in view.words:
        if word.kind == "eskalering" and word.key not in stands:
            yield word.key, f"{word.letter} går fast ärendet är avslutat"


def matters_end_by_the_agenda(view: View) -> Found:
    """A matter is withdrawn if and only if all came in before the agenda closed, or its frist is another; settled by a body alone."""
    for matter in view.matters:
        one = view.scene.wheel.obligations.get(matter.obligation_key)
        if one is None or matter.id in view.witness.ended:
            continue
        parts = view.sight.with_hosted(one)
        complete = all_complete(parts)
        if matter.state == RAISED:
            if complete and not view.world.down_until:
                yield one.key, "ärendet står kvar fast allt är inne"
            continue
        view.witness.ended.add(matter.id)
        if matter.state == SETTLED:
            key = one.milestone_key("ksau")
            decided = view.session.scalar(select(Decision.id).where(Decision.milestone_key == key).limit(1))
            if decided is None and one.key not in view.sight.silences:
                yield one.key, "ärendet är avgjort fast inget organ har beslutat"
            continue
        if not complete or matter.due_at != one.deadline.at or _completed_otherwise(view, one, matter.raised_at):
            continue
        came = max(part.received_at for part in parts if part.received_at)
        in_time = matter.agenda_closes_at is not None and came <= matter.agenda_closes_at
        expected = WITHDRAWN if in_time else COMPLETED
        if matter.state != expected:
            closes = instant_text(matter.agenda_closes_at) if matter.agenda_closes_at else "–"
            yield one.key, f"ärendet blev {matter.state}: allt kom {instant_text(came)}, dagordningen stängde {closes}"


def late_ones_reach_ksau(view: View) -> Found:
    """What stays late is before KSAU within a bounded number of working days on which word could go out."""
    witness = view.witness
    for one in view.sight.obligations:
        top = next((rung for rung in (one.ladder.rungs if one.ladder else ()) if rung.reaches_body), None)
        standing = view.sight.standing(one)
        held = standing.held_until is not None and standing.held_until >= view.scene.today
        late = top and one.deadline.at < view.scene.now and standing.owing and not _is_old(view, one)
        if not late or held or view.is_silent(one) or view.world.office.utskick != "skarpt" or standing.unheard:
            witness.late_since.pop(one.key, None)
            continue
        due_at, since = witness.late_since.setdefault(one.key, (one.deadline.at, view.scene.today))
        if due_at != one.deadline.at:
            witness.late_since[one.key] = one.deadline.at, view.scene.today
            continue
        assert top
        good = witness.good_since(since, *_concerned(view, one, standing))
        if good > top.workdays + SLACK and not _is_before_ksau(view, one):
            yield one.key, f"är sen sedan {since} och har inte nått KSAU på {good} goda arbetsdagar"


def _is_before_ksau(view: View, one: Obligation) -> bool:
    """Tell whether a matter was raised for the frist, or the ekonomikontor has got the case of whom no letter reached."""
    if any(m.obligation_key == one.key and m.due_at == one.deadline.at for m in view.matters):
        return True
    unheard = (NoticeRow.obligation_key == one.key, NoticeRow.rung == UNHEARD, NoticeRow.due_at == one.deadline.at)
    return view.session.scalar(select(NoticeRow.id).where(*unheard).limit(1)) is not None


def told_frist_never_earlier(view: View) -> Found:
    """A frist that was told is never earlier without a confirmation."""
    for one in view.sight.obligations:
        words = view.witness.words.get(one.key, ())
        if not words or words[-1].due_at <= one.deadline.at:
            continue
        last = words[-1]
        where = (LogRow.what == "frist.confirmed_earlier", LogRow.key == one.key, LogRow.at >= last.at)
        if view.session.scalar(select(LogRow.id).where(*where)) is None:
            yield one.key, f"fristen {instant_text(last.due_at)} är sagd, och är nu {instant_text(one.deadline.at)}"


def moved_frist_is_told(view: View) -> Found:
    """Who was told a frist, and still owes what is not over, hears within a few good days that it is another."""
    witness = view.witness
    for one in view.sight.obligations:
        words = witness.words.get(one.key, ())
        if not words:
            continue
        standing = view.sight.standing(one)
        owing = {person for role in standing.owing if (person := standing.holders.get(role))}
        latest = {word.person: word for word in words if word.rung != "ksau" and word.person in owing}
        for person, word in latest.items():
            mark = (one.key, str(person))
            quiet = view.is_silent(one) or _is_old(view, one) or view.world.office.utskick != "skarpt"
            reached = [word.address, *(each.address for each in view.scene.people.seats.values() if each.id == person)]
            if word.due_at == one.deadline.at or quiet:
                witness.moved_since.pop(mark, None)
                continue
            frist, since = witness.moved_since.setdefault(mark, (one.deadline.at, view.scene.today))
            if frist != one.deadline.at:
                witness.moved_since[mark] = one.deadline.at, view.scene.today
            elif witness.good_since(since, *reached) > SLACK:
                now = instant_text(one.deadline.at)
                yield one.key, f"{word.address} fick {instant_text(word.due_at)} och har inte hört att fristen är {now}"


def shown_is_so(view: View) -> Found:
    """The state that is shown is the one worked out from nothing."""
    for one in view.sight.obligations:
        row = view.sight.rows.get(one.key)
        if row is None or (row.wake_at and row.wake_at <= view.scene.now):
            continue
        state = view.sight.state(one).word
        if row.state != state and view.world.down_until is None:
            yield one.key, f"visas som {row.state} men är {state}, och sover till {row.wake_at}"


def nothing_sleeps(view: View) -> Found:
    """The index of wakes equals thinking of everything: nothing that would come to something is slept past."""
    hours, workdays = view.world.office.definition.sending_hours, view.scene.wheel.workdays
    for one in view.sight.obligations:
        row = view.sight.rows.get(one.key)
        if row is None or view.world.down_until is not None or (row.wake_at and row.wake_at <= view.scene.now):
            continue
        if view.is_silent(one):
            continue
        standing, now = view.sight.standing(one), view.scene.now
        if rung := due(one, standing, workdays, hours, now).rung:
            yield one.key, f"{rung.id} är aktuell men sover till {row.wake_at}"
        elif missed := slept_past(one, standing, workdays, hours, now, row.wake_at):
            yield one.key, f"ska tänkas på {instant_text(missed)} men sover till {row.wake_at}"


def nothing_fails(view: View) -> Found:
    """No act, round or letter fails with anything but a refusal."""
    failures = view.world.failures
    for words in failures[view.witness.failures :]:
        yield None, words
    view.witness.failures = len(failures)


def chain_is_whole(view: View) -> Found:
    """The log's chain fits, from its first row to its remembered head."""
    verdict = verify(view.session)
    if verdict.broken:
        yield None, verdict.broken.words


def _before(view: View, word: Word) -> list[Word]:
    """Everything that was told of the word's obligation before it, also by letters of this step that left before."""
    earlier = list(view.witness.words[word.key])
    for other, _ in view.words:
        if other is word or other == word:
            break
        if other.key == word.key:
            earlier.append(other)
    return earlier


def _place(one: Obligation, rung: str) -> int | None:
    rungs = one.ladder.rungs if one.ladder else ()
    return next((number for number, each in enumerate(rungs) if each.id == rung), None)


def _concerned(view: View, one: Obligation, standing: Standing) -> list[str]:
    """Return the addresses that the ladder needs to reach."""
    roles = {
        *standing.owing,
        *(role for rung in (one.ladder.rungs if one.ladder else ()) for role in rung.recipients(one.unit_kind)),
    }
    return [person.address for role in roles if (person := view.scene.people.who(role, one.unit))]


def slept_past(
    one: Obligation, standing: Standing, workdays: Workdays, hours: SendingHours, now: datetime, until: datetime | None
) -> datetime | None:
    """Return the first instant before ``until`` at which thinking of it again comes to something; None: there is none.

    On the day of a word the ladder asks again the next morning, whatever comes next: so one that was told by a clock that
    went ahead may, by the right one, sleep on to its next rung's own day. ``until`` None is for ever.
    """
    wake = due(one, standing, workdays, hours, now).wake
    while wake and until and wake < until:
        answer = due(one, standing, workdays, hours, wake)
        if answer.rung or answer.withheld or wake == one.deadline.at + A_MOMENT:
            return wake
        wake = answer.wake
    return None if until else wake


def _is_old(view: View, one: Obligation) -> bool:
    return one.key in view.sight.silences


def _completed_otherwise(view: View, one: Obligation, since: datetime) -> bool:
    hosted = [each.key for each in view.scene.wheel.hosted.get(one.key, ())]
    where = (LogRow.what.in_(COMPLETING), LogRow.key.in_([one.key, *hosted, None]), LogRow.at >= since)
    return view.session.scalar(select(LogRow.id).where(*where)) is not None


#: after every step, by the name that a violation is told with
INVARIANTS: Mapping[str, Invariant] = {
    "inget trappsteg två gånger": no_rung_twice,
    "ett trappsteg om dagen": one_rung_a_day,
    "trappstegen i ordning": in_order,
    "ingen till KSAU utan ett ord": nobody_to_ksau_unheard,
    "inom utskickstiderna": within_sending_hours,
    "inget om det som är komplett": nothing_about_what_is_complete,
    "det som är över tiger": what_is_over_is_silent,
    "påminnelsen före fristen": reminders_before_the_frist,
    "utskick gäller": utskick_holds,
    "ett dagens brev": one_daily_letter,
    "KSAU läser det som står": ksau_reads_what_stands,
    "återkallat när det kom i tid": matters_end_by_the_agenda,
    "det sena når KSAU": late_ones_reach_ksau,
    "sagd frist aldrig tidigare": told_frist_never_earlier,
    "flyttad frist sägs": moved_frist_is_told,
    "det som visas är så": shown_is_so,
    "inget sover": nothing_sleeps,
    "det som begärs följer registren": follows_the_registers,
    "inget går fel": nothing_fails,
}
#: now and then, and at the end
SELDOM: Mapping[str, Invariant] = {"loggens kedja är hel": chain_is_whole}
