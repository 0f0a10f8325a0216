"""A later ledger file changes what was handed in: the underlag is reopened, in time to be mended, and the enhet told."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from email.message import EmailMessage
from functools import cache

import pytest
from sqlalchemy import select

from actions.act import Act
from actions.bodies.recording import Decided, record_decision
from actions.ladder.rounds import bring_up
from actions.scene import Scene
from actions.underlag.reopenings import take_in_ledger
from notifications.post.outbox import empty
from store.handins import resting as rules
from store.handins import versions as submissions
from store.tables import FindingRow, LetterRow, LogRow, Matter, ObligationRow, Submission
from submissions.files.parts import Upload
from submissions.intake.receive import receive
from submissions.ledger.ledger_reading import read_ledger
from submissions.ledger.reopening import REPLACED, RULE
from submissions.ledger.taking import TakenLedger
from submissions.standing.completeness import part_states
from tests.rig.files.books import book, filled
from tests.rig.handins import PDF
from tests.rig.hedemora import BIN_PROGNOS, BIN_UNDERLAG, OMN_UNDERLAG
from tests.rig.pages.doors import Doors
from tests.rig.rounds import House, house, name_of, only
from tests.rig.swedish_words import instant

pytestmark = pytest.mark.whole

CHIEF = "forvaltningschef.bildning"
HEDEMORAS = only(
    "delarsrapport", "prognos", town="hedemora", units=("bildningsnamnden", "omsorgsnamnden")
)  # with a ledger
#: what the ledger of August says, and the enhet hands in
FIGURES = {
    "forskola": {"utfall": "1440", "budget": "2280", "prognos": "2300"},
    "grundskola": {"utfall": "1520", "budget": "2400", "prognos": "2400"},
}


@dataclass
class Year:
    """The service in a test's hands, with the ledger and what is handed in."""

    house: House

    def ledger(self, when: str, **changes: object) -> TakenLedger:
        content = book(**changes)  # type: ignore[arg-type]
        read = read_ledger(self.house.office.definition, content, "bok.se")
        with self.house.store.begin() as session:
            return take_in_ledger(Act(Scene(session, self.house.office, instant(when)), "ekonom"), read)

    def hand_in(self, when: str, figures: Mapping[str, Mapping[str, str]] = FIGURES, key: str = BIN_UNDERLAG) -> None:
        """Hand in every part, and of what the ledger holds also what was read out of it."""
        now = instant(when)
        with self.house.store.begin() as session:
            wheel = Scene(session, self.house.office, now).wheel
            for part in wheel.obligations[key].parts:
                upload = Upload(filename="a.pdf", content=PDF + when.encode())
                receive(session, wheel, key, part.id, upload=upload, fields={}, by="chef", via="länk", now=now)
            newest = submissions.newest(session, [key])
            if (key, "ekonomi") in newest:
                newest[key, "ekonomi"].content = filled("ekonomi-delar", figures)

    def row(self, key: str = BIN_UNDERLAG) -> ObligationRow:
        (found,) = [row for row in self.house.rows(ObligationRow) if row.key == key]
        return found

    def part(self, part: str = "ekonomi", key: str = BIN_UNDERLAG):  # type: ignore[no-untyped-def]
        with self.house.store.read() as session:
            wheel = Scene(session, self.house.office, instant("fredag 24 september 2027 kl. 10.00")).wheel
            states = part_states(session, [wheel.obligations[key]])[key]
        return next(state for state in states if state.part.id == part)

    def send(self, when: str) -> None:
        now = instant(when)
        asyncio.run(empty(self.house.store, self.house.post, lambda: now, connections=1))

    def reopening_letters(self) -> list[EmailMessage]:
        return [mail for mail in self.house.mails() if "okföringen" in str(mail["Subject"])]


def complete_year(figures: Mapping[str, Mapping[str, str]] | None = None) -> Year:
    """Ledger on Wednesday 8 September; everything of Bildningsnämnden handed in on Tuesday the 14th; due the 21st."""
    return Year(_as_usual().house.copy()) if figures is None else _complete(figures)


@cache
def _as_usual() -> Year:
    return _complete(FIGURES)


def _complete(figures: Mapping[str, Mapping[str, str]]) -> Year:
    here = Year(house(HEDEMORAS))
    here.house.round("onsdag 8 september 2027 kl. 07.00")
    here.ledger("onsdag 8 september 2027 kl. 09.00")
    here.hand_in("tisdag 14 september 2027 kl. 09.00", figures)
    here.hand_in("tisdag 14 september 2027 kl. 09.00", key=BIN_PROGNOS)
    here.house.round("tisdag 14 september 2027 kl. 09.05")
    assert here.row().state in ("Komplett", "Preliminär")
    return here


def test_a_change_over_the_limit_reopens_with_every_row_and_how_to_mend_it() -> None:
    here = complete_year()
    taken = here.ledger("onsdag 15 september 2027 kl. 09.00", more={"200": 60_000, "210": 562_000, "230": 900_000})
    (reopened,) = taken.reopened
    assert (reopened.outcome, reopened.version, reopened.part.id) == ("öppnad på nytt", 1, "ekonomi")
    assert [(each.row, each.column, int(each.by)) for each in reopened.changes] == [
        ("Forskola", "Utfall perioden", 60),
        ("Grundskola", "Utfall perioden", 562),
    ]
    state = here.part()
    assert not state.complete
    (found,) = [each for each in state.findings if each.rule == RULE]
    assert found.severity == "stopp"
    assert found.place == "Ekonomi!B9, Ekonomi!B10"
    assert found.message.startswith("Bokföringen för januari–augusti 2027 har ändrats sedan ni lämnade in.")
    assert "1\u00a0440 tkr i underlaget och 1\u00a0500 tkr i bokföringen (+60 tkr)" in found.message
    assert "lämna in filen igen" in found.mend
    assert "submission.reopened" in [row.what for row in here.house.rows(LogRow)]
    doors = Doors(here.house)
    doors.follow("onsdag 15 september 2027 kl. 09.00", "ändrad bokföring")
    assert doors.kinds == {"ändrad bokföring"} and ("ändrad bokföring", "mina") in doors.opened
    here.house.round("onsdag 15 september 2027 kl. 09.01")
    assert here.row().state == "Ofullständig"


@pytest.mark.parametrize("extra", [50_000, -50_000, 0])
def test_a_change_up_to_the_limit_reopens_nothing(extra: int) -> None:
    here = complete_year()
    assert here.ledger("onsdag 15 september 2027 kl. 09.00", more={"200": extra, "230": 1}).reopened == ()
    assert here.part().complete


def test_many_small_changes_count_from_what_the_ledger_said_at_the_hand_in() -> None:
    here = complete_year()
    assert here.ledger("onsdag 15 september 2027 kl. 09.00", more={"200": 40_000}).reopened == ()
    (reopened,) = here.ledger("torsdag 16 september 2027 kl. 09.00", more={"200": 80_000}).reopened
    assert int(reopened.changes[0].by) == 80


def test_a_difference_that_was_there_at_the_hand_in_is_no_change() -> None:
    figures = {**FIGURES, "forskola": {**FIGURES["forskola"], "utfall": "1900"}}
    here = complete_year(figures)
    assert here.ledger("onsdag 15 september 2027 kl. 09.00", more={"230": 900_000}).reopened == ()
    # and one that goes to what the enhet said needs no mending
    assert here.ledger("torsdag 16 september 2027 kl. 09.00", more={"200": 450_000}).reopened == ()


def test_what_was_handed_in_before_the_first_file_is_held_against_it() -> None:
    here = Year(house(HEDEMORAS))
    here.house.round("onsdag 8 september 2027 kl. 07.00")
    here.hand_in("tisdag 14 september 2027 kl. 09.00")
    (reopened,) = here.ledger("onsdag 15 september 2027 kl. 09.00", more={"210": 100_000}).reopened
    assert [int(each.by) for each in reopened.changes] == [100]


def test_an_older_version_does_not_count_in_the_reopened_ones_place() -> None:
    here = complete_year()
    with here.house.store.begin() as session:
        row = session.scalars(select(Submission).where(Submission.part == "ekonomi")).one()
        row.version = 2
        older = {name: getattr(row, name) for name in Submission.__table__.columns.keys() if name != "id"}  # noqa: SIM118
        session.flush()
        session.add(Submission(**{**older, "version": 1}))
    (reopened,) = here.ledger("onsdag 15 september 2027 kl. 09.00", more={"200": 60_000}).reopened
    assert reopened.version == 2
    assert not here.part().complete
    rules = {(row.submission_id, row.rule) for row in here.house.rows(FindingRow)}
    assert {rule for _, rule in rules} >= {RULE, REPLACED}
    # when the ledger agrees again the newest counts, and the older one stays replaced
    (again,) = here.ledger("torsdag 16 september 2027 kl. 09.00").reopened
    assert (again.outcome, again.version) == ("återställd", 2)
    assert (here.part().complete, here.part().version) == (True, 2)


def test_a_still_later_file_tells_the_new_figures_or_takes_it_back() -> None:
    here = complete_year()
    here.ledger("onsdag 15 september 2027 kl. 09.00", more={"200": 60_000})
    (again,) = here.ledger("onsdag 15 september 2027 kl. 11.00", more={"200": 99_000}).reopened
    assert again.outcome == "ändrad igen"
    assert [each.message.count("(+99 tkr)") for each in here.part().findings if each.rule == RULE] == [1]
    (back,) = here.ledger("onsdag 15 september 2027 kl. 13.00").reopened
    assert back.outcome == "återställd"
    assert here.part().complete
    assert [each for each in here.part().findings if each.rule == RULE] == []
    here.send("onsdag 15 september 2027 kl. 13.01")
    subjects = [str(mail["Subject"]).partition(":")[0] for mail in here.reopening_letters()]
    assert subjects == ["Lämna in igen senast 21 sept", "Lämna in igen senast 21 sept", "Bokföringen stämmer igen"]


def test_the_enhet_gets_one_letter_with_all_rows_the_link_and_the_frist() -> None:
    here = complete_year()
    here.ledger("onsdag 15 september 2027 kl. 09.00", more={"200": 60_000, "210": 562_000})
    here.house.round("onsdag 15 september 2027 kl. 09.01")
    (mail,) = here.reopening_letters()
    assert name_of(mail) == CHIEF
    assert str(mail["Subject"]) == (
        "Lämna in igen senast 21 sept: bokföringen har ändrats, delårsrapport augusti 2027, Bildningsnämnden"
    )
    text = " ".join(mail.get_body(("plain",)).get_content().replace("\u00a0", " ").split())  # type: ignore[union-attr]
    assert "Forskola Utfall perioden: ni lämnade 1 440, bokföringen har 1 500 Skillnad: +60" in text
    assert "ni lämnade 1 520, bokföringen har 2 082 Skillnad: +562" in text
    assert "https://arshjul.example.se/l/" in text
    # the reminder that was due is this letter: no second one the same day
    assert [str(each["Subject"]) for each in here.house.to(CHIEF)][-1] == str(mail["Subject"])


def test_in_skugga_the_letter_goes_to_the_ekonomikontor_without_the_link() -> None:
    here = Year(house(HEDEMORAS, utskick="skugga"))
    here.house.round("onsdag 8 september 2027 kl. 07.00")
    here.ledger("onsdag 8 september 2027 kl. 09.00")
    here.hand_in("tisdag 14 september 2027 kl. 09.00")
    here.ledger("onsdag 15 september 2027 kl. 09.00", more={"200": 60_000})
    (letter,) = [row for row in here.house.rows(LetterRow) if row.kind == "ändrad bokföring"]
    assert letter.to == ["ekonomikontoret@example.se"]
    assert b"/l/" not in letter.mime


def test_at_night_the_letter_waits_for_the_morning() -> None:
    here = complete_year()
    here.ledger("onsdag 15 september 2027 kl. 23.00", more={"200": 60_000})
    (letter,) = [row for row in here.house.rows(LetterRow) if row.kind == "ändrad bokföring"]
    assert letter.not_before == instant("torsdag 16 september 2027 kl. 07.00")


# --- the ladder


def test_after_the_frist_the_enhet_gets_days_and_the_ladder_begins_anew() -> None:
    """Due Tuesday the 21st; changed Wednesday the 22nd; three working days: Monday the 27th, KSAU's own bound."""
    here = complete_year()
    (reopened,) = here.ledger("onsdag 22 september 2027 kl. 09.00", more={"200": 60_000}).reopened
    assert reopened.frist == instant("måndag 27 september 2027 kl. 12.00")
    here.house.round("onsdag 22 september 2027 kl. 09.01")
    assert here.row().state == "Ofullständig"
    assert here.row().due_at == instant("måndag 27 september 2027 kl. 12.00")
    (mail,) = here.reopening_letters()
    assert str(mail["Subject"]).startswith("Lämna in igen senast 27 sept: bokföringen har ändrats")
    assert [part.get_content_type() for part in mail.iter_attachments()] == ["text/calendar"]
    mornings = {
        day: [to for to, _ in here.house.morning(day)]
        for day in ("torsdag 23 september 2027", "fredag 24 september 2027", "måndag 27 september 2027",
                    "tisdag 28 september 2027", "onsdag 29 september 2027")
    }  # fmt: skip
    assert CHIEF not in mornings["torsdag 23 september 2027"]
    assert CHIEF in mornings["fredag 24 september 2027"]  # påminnelse one working day before
    assert CHIEF in mornings["tisdag 28 september 2027"]  # sen
    about = [row for row in here.house.rows(Matter) if row.obligation_key == BIN_UNDERLAG]
    assert about == []  # never straight to KSAU


def test_one_that_had_climbed_the_ladder_before_it_was_complete_does_not_go_straight_to_ksau() -> None:
    """Late since the 21st, all told up to the last word on Monday the 27th, complete that day, changed the 28th."""
    here = Year(house(HEDEMORAS))
    here.house.round("onsdag 8 september 2027 kl. 07.00")
    here.ledger("onsdag 8 september 2027 kl. 09.00")
    for day in ("tisdag 14", "måndag 20", "onsdag 22", "torsdag 23", "fredag 24", "måndag 27"):
        here.house.morning(f"{day} september 2027")
    here.hand_in("måndag 27 september 2027 kl. 10.00")
    here.hand_in("måndag 27 september 2027 kl. 10.00", key=BIN_PROGNOS)
    here.house.round("måndag 27 september 2027 kl. 10.01")
    (reopened,) = here.ledger("tisdag 28 september 2027 kl. 08.00", more={"200": 60_000}).reopened
    assert reopened.frist == instant("onsdag 29 september 2027 kl. 16.00")  # the bound has passed: one working day
    here.house.round("tisdag 28 september 2027 kl. 08.01")
    here.house.morning("onsdag 29 september 2027")
    here.house.morning("torsdag 30 september 2027")
    assert [row for row in here.house.rows(Matter) if row.obligation_key == BIN_UNDERLAG] == []
    assert here.row().state == "Försenad"


def test_what_was_not_complete_keeps_its_frist_and_its_ladder() -> None:
    """The prognos is missing: the enhet is late anyway, and a changed figure gives no new frist."""
    here = Year(house(HEDEMORAS))
    here.house.round("onsdag 8 september 2027 kl. 07.00")
    here.ledger("onsdag 8 september 2027 kl. 09.00")
    here.hand_in("tisdag 14 september 2027 kl. 09.00")
    (reopened,) = here.ledger("onsdag 22 september 2027 kl. 09.00", more={"200": 60_000}).reopened
    assert reopened.frist is None
    assert here.row().due_at == instant("tisdag 21 september 2027 kl. 16.00")


def test_the_mended_version_is_complete_and_not_late() -> None:
    here = complete_year()
    here.ledger("onsdag 22 september 2027 kl. 09.00", more={"200": 60_000})
    here.hand_in(
        "fredag 24 september 2027 kl. 09.00", {**FIGURES, "forskola": {**FIGURES["forskola"], "utfall": "1500"}}
    )
    state = here.part()
    assert (state.version, state.complete, state.late) == (2, True, False)
    assert here.ledger("fredag 24 september 2027 kl. 10.00", more={"200": 61_000}).reopened == ()


# --- when it is too late


def decided(here: Year, outcome: str) -> None:
    with here.house.store.begin() as session:
        now = instant("tisdag 5 oktober 2027 kl. 12.00")
        done = Act(Scene(session, here.house.office, now), "sekreterare")
        moment = done.body_moment("hedemora/delarsrapport/2027-08/kommunen/ksau")
        decided = Decided(on=date(2027, 10, 5), outcome=outcome, paragraf="§ 1")
        record_decision(done, moment, decided, outcome)


@pytest.mark.parametrize(
    ("outcome", "what"),
    [(None, "redan behandlad"), ("godkänns", "redan behandlad"), ("återremitteras", "öppnad på nytt")],
)
def test_what_ksau_has_treated_is_told_and_not_reopened_unless_it_was_sent_back(outcome: str | None, what: str) -> None:
    """KSAU meets on Tuesday 5 October."""
    here = complete_year()
    if outcome:
        decided(here, outcome)
    (told,) = here.ledger("onsdag 6 oktober 2027 kl. 09.00", more={"200": 60_000}).reopened
    assert told.outcome == what
    assert here.part().complete == (what == "redan behandlad")
    here.send("onsdag 6 oktober 2027 kl. 09.01")
    assert len(here.reopening_letters()) == (0 if what == "redan behandlad" else 1)


def test_another_enhets_underlag_stays() -> None:
    here = complete_year()
    here.hand_in("tisdag 14 september 2027 kl. 09.00", {"aldreomsorg": {"utfall": "2240"}}, key=OMN_UNDERLAG)
    here.ledger("onsdag 15 september 2027 kl. 09.00", more={"200": 60_000})
    assert here.part(key=OMN_UNDERLAG).complete
    assert not here.part().complete


def test_two_rounds_write_it_once() -> None:
    here = complete_year()
    here.ledger("onsdag 15 september 2027 kl. 09.00", more={"200": 60_000})
    here.ledger("onsdag 15 september 2027 kl. 09.10", more={"200": 60_000})
    for minute in (1, 2):
        with here.house.store.begin() as session:
            bring_up(Scene(session, here.house.office, instant(f"onsdag 15 september 2027 kl. 09.2{minute}")))
    here.send("onsdag 15 september 2027 kl. 09.30")
    assert len(here.reopening_letters()) == 1


def test_nothing_is_reopened_while_the_rule_is_out_of_force() -> None:
    here = complete_year()
    with here.house.store.begin() as session:
        now = instant("onsdag 15 september 2027 kl. 08.00")
        rules.add_rest(session, RULE, "bokföringen läses om varje natt i veckan", "ekonomichef", now)
    assert here.ledger("onsdag 15 september 2027 kl. 09.00", more={"200": 60_000}).reopened == ()
    assert here.part().complete
