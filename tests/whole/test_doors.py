"""Every button opens for its reader: each link of each kind of letter, opened by whoever got it, with nothing but the letter."""

import re

import pytest

from store.tables import LetterRow
from tests.rig.letter_autumn import Autumn, live
from tests.rig.letter_kinds import kinds_written
from tests.rig.pages.doors import Doors
from tests.rig.pages.letter_pictures import EVERY, every_kind, main
from tests.rig.paths import ROOT
from tests.rig.raw_names import raw_names

#: followed where they are written, at a price that is paid there already
ELSEWHERE = {
    "ändrad bokföring": "tests/actions/underlag/test_reopening.py",
    "avvikelse": "tests/actions/underlag/test_weighing.py",
    "avvikelse-over": "tests/actions/underlag/test_weighing.py",
    "begärs inte längre": "tests/actions/underlag/test_weighing.py",
}
#: to the ekonomikontor's own mailbox alone, by a fault or a rule of a file; they have the page's own address, as all to it
OFFICES_OWN = {"budgetavvikelse", "inte nådd", "formulär", "notis", "brev kom inte fram"}
#: they hold no address of ours
WITHOUT_LINK = {"kod", "skickat prov"}
#: what stands unseen before the letter's head
PREHEADER = r'overflow:hidden;mso-hide:all;">[^<]{20,}'
TELEPHONE = 40  #: characters of a subject that it shows in its list


def test_each_link_of_each_kind_of_letter_opens_for_its_reader_what_it_names():
    autumn = Autumn(lambda _town, when: doors.follow(when))
    doors = Doors(autumn.town)
    live(autumn)
    assert doors.kinds >= kinds_written() - ELSEWHERE.keys() - OFFICES_OWN - WITHOUT_LINK
    for kind, file in ELSEWHERE.items():
        followed = [line for line in (ROOT / file).read_text(encoding="utf-8").splitlines() if ".kinds" in line]
        assert any(f'"{kind}"' in line for line in followed), kind
    subjects = {row.subject for row in autumn.town.rows(LetterRow)}
    vague = [each for each in subjects if len(each) > TELEPHONE and not each[:TELEPHONE].partition(": ")[2]]
    assert vague == [], "a telephone shows what it is about"
    laid = list(every_kind(autumn))
    assert {each.kind for each in laid} == kinds_written(), "each kind is laid out for somebody to look at"
    raw = raw_names(autumn.town.office.definition)
    told = {each.name: re.sub(r"<[^>]*>", " ", each.html.partition("<body")[2].replace("<wbr>", "")) for each in laid}
    assert [(name, found[0]) for name, words in told.items() if (found := raw.search(words))] == [], "no id"
    shown = {each.kind for each in laid if re.search(PREHEADER, each.html)}
    assert {each.kind for each in laid} - shown == {"kod"}, (
        "beside the subject a telephone shows what it is about; of a code, the code"
    )


@pytest.mark.nightly
def test_no_letter_of_any_kind_nor_of_a_careless_year_breaks_a_word_or_is_wider_than_its_screen(tmp_path):
    assert main(tmp_path, EVERY, "hedemora") == 0
