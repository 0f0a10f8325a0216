"""Who only reads of another's lateness gets the names of many missing parts in one line, and what follows once."""

from dataclasses import replace
from datetime import date, time

from arshjul.swedish import local
from notifications.letters import compose
from notifications.office import Letterhead
from tests.rig.letter_views import ABOVE, EKONOMI, ERIK, KARIN, LAST_WORD, LATE, MATTER, SIGRID, TUESDAY

KOMMUN = Letterhead("Hedemora kommun")
TWELVE = tuple(
    replace(EKONOMI, name=f"Del {number}", handed_in=False, what="har inte lämnats in") for number in range(1, 13)
)


def test_a_letter_to_those_above_tells_many_missing_parts_in_one_line_and_what_follows_once() -> None:
    two = [
        replace(
            LAST_WORD, key=f"a{day}", due_at=local(date(2027, 9, day), time(16)), recipient_owes=False, missing=TWELVE
        )
        for day in (20, 21)
    ]
    text = " ".join(compose.daily(ERIK, two, TUESDAY, KOMMUN).text.split())
    assert text.count("12 delar har inte lämnats in: Del 1, Del 2,") == 2 and "Del 11 och Del 12." in text
    assert text.count("med en tjänsteskrivelse.") == 1 and text.count("Finns det skäl att vänta?") == 1


def test_several_enheters_report_is_one_to_those_above_with_a_line_for_each_and_whom_to_call() -> None:
    names = [f"Nämnd {number}" for number in range(1, 7)]
    six = [
        replace(
            ABOVE, key=name, unit_name=name, unit_said=name.lower(), missing=TWELVE, contacts=(f"chefen för {name}",)
        )
        for name in names
    ]
    six[0] = replace(six[0], missing=(*TWELVE[:2], EKONOMI))
    six[5] = replace(six[5], next_told="kommundirektören i morgon")
    letter = compose.daily(ERIK, six, TUESDAY, KOMMUN)
    text = " ".join(letter.text.split())
    assert letter.html.count("<h2") == 1 and "Delårsrapport augusti 2027: 6 enheter" in text
    assert "- 6 enheter, underlag till delårsrapporten, augusti 2027: senast tisdag 21 september" in text
    assert text.count("ingen av 12 delar har lämnats in") == 5
    assert f"Nämnd 1: del 1 och del 2 har inte lämnats in; {EKONOMI.name} – {EKONOMI.what}" in text
    assert all(f"Ring chefen för {name}" in text for name in names)
    assert text.count("går frågan vidare") == 1
    assert "Vad som gäller nämnd 6 går dessförinnan till kommundirektören i morgon." in text


def test_what_the_reader_owes_is_told_by_itself() -> None:
    text = compose.daily(KARIN, [LATE, replace(LATE, key="en till", unit_name="Omsorgsnämnden")], TUESDAY, KOMMUN).text
    assert "Delårsrapport augusti 2027: Bildningsnämnden" in text and "augusti 2027: Omsorgsnämnden" in text


def test_what_is_late_again_and_again_is_one_line_that_names_each() -> None:
    late = [
        replace(LATE, key=month, krav_name="budgetinformation", period_text=month, missing=TWELVE[:1])
        for month in ("mars", "april", "maj")
    ]
    text = " ".join(compose.daily(KARIN, [LATE], TUESDAY, KOMMUN, also_late=late).text.split())
    assert "Bildningsnämnden, budgetinformation: mars, april och maj. Den första skulle ha kommit tisdag" in text
    assert "1 del saknas, varje gång." in text


def test_who_hands_in_some_reads_the_others_many_parts_by_who_hands_them_in() -> None:
    parts = (replace(EKONOMI, own=True), *(replace(each, role="HR-chef") for each in TWELVE))
    text = " ".join(compose.daily(KARIN, [replace(LATE, missing=parts)], TUESDAY, KOMMUN).text.split())
    assert f"{EKONOMI.name} – {EKONOMI.what}" in text
    assert "12 delar som HR-chef lämnar: Del 1, Del 2," in text and "Ansvarig: HR-chef" not in text


def test_who_is_to_hand_in_reads_of_each_part() -> None:
    own = compose.daily(KARIN, [replace(LAST_WORD, missing=TWELVE)], TUESDAY, KOMMUN).text
    assert "delar har inte lämnats in:" not in own and own.count("Del 12") == 1


def test_a_matters_letter_tells_many_missing_parts_in_one_line_and_a_faulty_one_by_itself() -> None:
    late = replace(MATTER.late[0], missing=(*TWELVE, EKONOMI))
    text = " ".join(compose.escalation(SIGRID, replace(MATTER, late=(late,))).text.split())
    assert "12 delar har inte lämnats in: Del 1," in text and f"{EKONOMI.name} – {EKONOMI.what}" in text
