"""Who only reads of another's lateness gets the names of many missing parts in one line, and what follows once."""

from dataclasses import replace

from notifications.letters import compose
from notifications.office import Letterhead
from tests.rig.letter_views import EKONOMI, ERIK, KARIN, LAST_WORD, MATTER, SIGRID, TUESDAY

KOMMUN = Letterhead("Hedemora kommun")
TWELVE = tuple(
    replace(EKONOMI, name=f"Del {number}", handed_in=False, what="har inte lämnats in") for number in range(1, 13)
)


def test_a_letter_to_those_above_tells_many_missing_parts_in_one_line_and_what_follows_once() -> None:
    two = [replace(LAST_WORD, key=f"a{number}", recipient_owes=False, missing=TWELVE) for number in (1, 2)]
    text = " ".join(compose.daily(ERIK, two, TUESDAY, KOMMUN).text.split())
    assert text.count("12 delar har inte lämnats in: Del 1, Del 2,") == 2 and "Del 11 och Del 12." in text
    assert text.count("med en tjänsteskrivelse.") == 1 and text.count("Finns det skäl att vänta?") == 1


def test_who_is_to_hand_in_reads_of_each_part() -> None:
    own = compose.daily(KARIN, [replace(LAST_WORD, missing=TWELVE)], TUESDAY, KOMMUN).text
    assert "delar har inte lämnats in:" not in own and own.count("Del 12") == 1


def test_a_matters_letter_tells_many_missing_parts_in_one_line_and_a_faulty_one_by_itself() -> None:
    late = replace(MATTER.late[0], missing=(*TWELVE, EKONOMI))
    text = " ".join(compose.escalation(SIGRID, replace(MATTER, late=(late,))).text.split())
    assert "12 delar har inte lämnats in: Del 1," in text and f"{EKONOMI.name} – {EKONOMI.what}" in text
