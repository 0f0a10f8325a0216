"""The tjänsteskrivelse, read back as Word reads it."""

import io
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zipfile import ZipFile

import pytest
from docx import Document
from docx.shared import Cm

from notifications.letters import compose
from notifications.letters.views.matter_view import MatterView
from tests.rig.letter_views import MATTER, SENT, SIGRID

pytestmark = pytest.mark.whole


def paper(matter: MatterView = MATTER) -> bytes:
    return compose.escalation(SIGRID, matter).attachments[0].content


def paragraphs(content: bytes) -> list[str]:
    return [each.text.replace("\u00a0", " ") for each in Document(io.BytesIO(content)).paragraphs if each.text]


def table(content: bytes, number: int) -> list[list[str]]:
    rows = Document(io.BytesIO(content)).tables[number].rows
    return [[cell.text.replace("\u00a0", " ") for cell in row.cells] for row in rows]


def test_it_has_the_parts_of_a_tjansteskrivelse_in_order() -> None:
    document = Document(io.BytesIO(paper()))
    assert [each.text for each in document.paragraphs if each.style.name in ("Title", "Heading 1", "Heading 2")] == [
        "Underlag saknas till delårsrapporten per den 31\xa0augusti 2027",
        "Förslag till beslut",
        "Sammanfattning",
        "Ärendet",
        "Brev som har lämnats över",
        "Bildningsnämnden",
        "Kommunstyrelsen",
        "Bedömning",
        "Lagrum",
        "Sammanträde",
        "Beslutsunderlag",
        "Beslutet skickas till",
    ]
    said = paragraphs(paper())
    assert said[-3:] == ["Erik Exempelsson", "Ekonomichef", "Upprättad av kommunens årshjul för ekonomichefen."]
    assert said[said.index("Beslutsunderlag") + 1 : -3] == [
        "Tjänsteskrivelse den 28 september 2027",
        "Sammanställning av det som har kommit in till delårsrapporten augusti 2027",
        "Beslutet skickas till",
        "Bildningsnämnden",
        "Kommundirektören",
    ]


def test_its_head_says_from_whom_to_whom_when_and_leaves_room_for_the_diarienummer() -> None:
    assert table(paper(), 0) == [
        [
            "Hedemora kommun\nEkonomichef\n\nTill\nKommunstyrelsens arbetsutskott",
            "Tjänsteskrivelse\nDatum: 28 september 2027\nDnr: \nHandläggare: Erik Exempelsson, ekonomichef",
        ]
    ]


def test_it_names_the_late_enheter_and_what_is_missing() -> None:
    assert table(paper(), 1) == [
        ["Enhet", "Det som saknas", "Frist"],
        [
            "Bildningsnämnden\nFörvaltningschef",
            "Ekonomi (utfall, utfall föregående år, budget och prognos) – kolumnen Prognos är tom på rad 12 "
            "(LKBR 13 kap. 3 §; Hedemora styrmodell, ”Delårsrapport”)\n"
            "Mål- och resultatuppföljning (Hedemora styrmodell, ”Tidsplan för uppföljningar”)",
            "21 september 2027 kl. 16.00",
        ],
        [
            "Kommunstyrelsen\nHR-chef",
            "Personalberättelse (Hedemora styrmodell, ”Årsplanering för målarbetet”)",
            "21 september 2027 kl. 16.00",
        ],
    ]


def test_it_names_the_letters_when_and_to_whom_and_says_nothing_of_whose_link_was_opened() -> None:
    assert table(paper(), 2) == [
        ["Överlämnat", "Brev", "Till"],
        [
            "10 september 2027",
            "Första brevet",
            "Förvaltningschef Karin Exempelsson",
        ],
        [
            "14 september 2027",
            "Påminnelse 5 arbetsdagar före",
            "Förvaltningschef Karin Exempelsson",
        ],
    ]
    assert "öppnad" not in "".join(paragraphs(paper()))
    silent = replace(MATTER, late=tuple(replace(each, sent_before=()) for each in MATTER.late))
    said = paragraphs(paper(silent))
    assert said.count("Inga brev har lämnats över.") == 2 and not any("Överlämnat betyder" in each for each in said)


def test_it_claims_only_the_reminders_that_went() -> None:
    said = paragraphs(paper())
    assert said[said.index("Sammanfattning") + 1] == (
        "Underlag till delårsrapporten per den 31 augusti 2027 saknas delvis från bildningsnämnden. "
        "Fristen gick ut den 21 september 2027 kl. 16.00. Påminnelse skickades den 14 september 2027."
    )
    assert said[said.index("Sammanfattning") + 2] == (
        "Underlag till delårsrapporten per den 31 augusti 2027 saknas från kommunstyrelsen. "
        "Fristen gick ut den 21 september 2027 kl. 16.00."
    )
    twice = tuple(
        replace(each, handed_at=each.handed_at + timedelta(days=17 * n)) for n, each in enumerate(SENT[1:] * 2)
    )
    late = (replace(MATTER.late[0], sent_before=(*SENT, *twice[1:])),)
    said = paragraphs(paper(replace(MATTER, late=late, came=((4, 6),))))
    assert "Påminnelse skickades den 14 september och den 1 oktober 2027." in said[said.index("Sammanfattning") + 1]
    assert said[said.index("Sammanfattning") + 2] == "4 av 6 enheter har lämnat in allt."


def test_a_letter_to_several_is_one_line() -> None:
    to_two = tuple(replace(each, to=f"HR-chef {n}") for n, each in enumerate(SENT[:1] * 2))
    late = (replace(MATTER.late[0], sent_before=to_two),)
    assert table(paper(replace(MATTER, late=late)), 2)[1:] == [
        ["10 september 2027", "Första brevet", "HR-chef 0 och HR-chef 1"]
    ]


def test_an_extra_ärende_says_that_the_agenda_has_closed_and_who_lets_it_be_taken_up() -> None:
    words = paragraphs(paper(replace(MATTER, is_extra=True)))
    assert (
        "Ärendet är avsett för kommunstyrelsens arbetsutskott tisdag 5 oktober 2027 kl. 08.30. Dagordningen stängde onsdag 29 "
        "september 2027 kl. 12.00. Ärendet lämnas därför som extra ärende, och ordföranden avgör om det tas upp."
    ) in words


def test_it_proposes_a_decision_and_names_the_lagrum_and_the_meeting() -> None:
    words = paragraphs(paper())
    first = words.index("Förslag till beslut")
    assert words[first + 1].startswith("Kommunstyrelsens arbetsutskott uppmanar Bildningsnämnden och Kommunstyrelsen")
    assert words[first + 2] == "Kommunstyrelsens arbetsutskott uppdrar åt kommundirektören att återrapportera."
    assert "KL 6 kap. 12 §; KL 11 kap. 16 §; Hedemora styrmodell, ”Delårsrapport”" in words
    assert (
        "Ärendet är avsett för kommunstyrelsens arbetsutskott tisdag 5 oktober 2027 kl. 08.30. "
        "Dagordningen stänger onsdag 29 september 2027 kl. 12.00. Kommer allt in dessförinnan återkallas ärendet."
    ) in words
    at_once = paragraphs(paper(replace(MATTER, meeting_at=None, agenda_closes=None)))
    assert (
        "Ingen dagordning hos kommunstyrelsens arbetsutskott är öppen i tid. "
        "Ärendet lämnas därför direkt till ordföranden."
    ) in at_once


def test_the_law_is_said_to_be_missed_only_when_it_was() -> None:
    assert not any("Sista dag enligt lag" in each for each in paragraphs(paper()))
    late = replace(MATTER.late[0], law_missed=True, lawful_until=datetime(2027, 11, 1, tzinfo=UTC).date())
    assert (
        "Sista dag enligt lag för underlag till delårsrapporten från bildningsnämnden var måndag 1 november 2027."
    ) in paragraphs(paper(replace(MATTER, late=(late,))))


def test_it_is_an_a4_in_swedish_with_page_numbers() -> None:
    document = Document(io.BytesIO(paper()))
    section = document.sections[0]
    assert (round(section.page_width, -4), round(section.page_height, -4)) == (
        round(Cm(21), -4),
        round(Cm(29.7), -4),
    )
    assert document.core_properties.language == "sv-SE"
    assert 'w:lang w:val="sv-SE"' in document.styles.element.xml
    assert re.findall(r'w:instr="(\w+)"', section.header._element.xml) == ["PAGE", "NUMPAGES"]
    assert "Tjänsteskrivelse\t28 september 2027" in section.footer.paragraphs[0].text


def test_the_same_matter_is_the_same_bytes_whatever_the_clock() -> None:
    content = paper()
    assert paper() == content
    with ZipFile(io.BytesIO(content)) as parts:
        assert {each.date_time for each in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    properties = Document(io.BytesIO(content)).core_properties
    assert properties.created == properties.modified == datetime(2027, 9, 28, tzinfo=UTC)
    assert properties.author == "Hedemora kommun, ekonomichef"
    assert properties.comments == ""


@pytest.mark.parametrize(
    "words",
    ['=HYPERLINK("https://example.se")', "{ INCLUDETEXT /etc/passwd }", "<w:fldSimple/>", "a\x00\x0b\ud800b\r\nc"],
)
def test_words_from_outside_become_no_field_and_break_no_file(words: str) -> None:
    late = replace(MATTER.late[0], unit_name=words, missing=(replace(MATTER.late[0].missing[0], what=words),))
    content = paper(replace(MATTER, late=(late,), municipality=words, meeting_name=words, proposal=words))
    xml = Document(io.BytesIO(content)).element.xml
    assert "w:instr" not in xml
    assert "w:hyperlink" not in xml
    tame = "a bc" if "\x00" in words else words
    assert table(content, 1)[1][0].split("\n")[0].replace(" c", "c").replace("a  b", "a b") == tame


def test_its_file_name_is_plain() -> None:
    odd = replace(MATTER, step_name="Års\u2028redovisning/..", period_text="2027")
    assert compose.escalation(SIGRID, odd).attachments[0].filename == "Tjänsteskrivelse års redovisning-.. 2027.docx"


def test_whom_the_decision_goes_to_stands_on_one_page_with_who_signs() -> None:
    document = Document(io.BytesIO(paper()))
    heading = next(n for n, each in enumerate(document.paragraphs) if each.text == "Beslutet skickas till")
    lines = document.paragraphs[heading + 1 : heading + 1 + len(MATTER.sent_to)]
    assert [each.text for each in lines] == list(MATTER.sent_to)
    assert all(each.paragraph_format.keep_with_next for each in lines)
