"""What bodies and the revisorer read: matters, what they decide, what is handed over."""

from dataclasses import replace
from textwrap import dedent

import pytest

from notifications.letters import compose
from tests.rig.letter_examples import ALL
from tests.rig.letter_views import (
    HANDED,
    MATTER,
    PAGE,
    SIGRID,
)


def test_ksau_is_told_what_is_missing_and_what_it_needs_to_do() -> None:
    letter = ALL["escalation"]
    assert letter.subject == ("KSAU 5 okt: underlag saknas till delårsrapporten per den 31 augusti 2027")
    assert letter.text.startswith(
        dedent("""\
        Underlag saknas till delårsrapporten per den 31 augusti 2027
        ============================================================

        Hej Sigrid Exempelsson!

        Bildningsnämnden och kommunstyrelsen har inte lämnat in allt. Därför
        lämnas ärendet till kommunstyrelsens arbetsutskott. En tjänsteskrivelse
        är bifogad.

        Möte:       tisdag 5 oktober 2027 kl. 08.30
        Dagordning: Stänger onsdag 29 september 2027 kl. 12.00
        Enligt:     KL 6 kap. 12 §; KL 11 kap. 16 §; Hedemora styrmodell,
                    ”Delårsrapport”

        Det här behöver göras
        ---------------------

        - Sekreteraren registrerar tjänsteskrivelsen och tar upp ärendet på
          dagordningen.
        - Ordföranden behöver inte göra något nu.

        Det här saknas
        --------------

        Bildningsnämnden: underlag till delårsrapporten, frist tisdag
        21 september 2027 kl. 16.00:
        - Ekonomi (utfall, utfall föregående år, budget och prognos) – kolumnen
          Prognos är tom på rad 12 (förvaltningschef; LKBR 13 kap. 3 §; Hedemora
          styrmodell, ”Delårsrapport”)
        """)
    )
    assert [file.filename for file in letter.attachments] == ["Tjänsteskrivelse delårsrapport augusti 2027.docx"]


@pytest.mark.parametrize("name", ["escalation", "withdrawn", "completed"])
def test_letters_about_a_matter_lead_to_the_sammanstallning(name: str) -> None:
    assert f"Öppna läget och sammanställningen:\n{PAGE}\n" in ALL[name].text


def test_the_ekonomikontor_is_told_that_the_page_asks_for_a_login() -> None:
    letter = compose.withdrawn(replace(SIGRID, page="https://arshjul.example.se/lage", logs_in=True), MATTER)
    said = " ".join(letter.text.split())
    assert "Du behöver logga in." in said and "Länken är din" not in said
    assert "Öppna läget" not in compose.withdrawn(replace(SIGRID, page=""), MATTER).text


def test_without_an_open_agenda_the_chair_is_told_at_once() -> None:
    assert ALL["at once"].subject == (
        "KSAU, till ordföranden: underlag saknas till delårsrapporten per den 31 augusti 2027"
    )
    assert "Möte:   Ingen dagordning är öppen i tid\n" in ALL["at once"].text


def test_a_matter_is_withdrawn_or_completed_in_so_many_words() -> None:
    withdrawn, completed = (" ".join(ALL[name].text.split()) for name in ("withdrawn", "completed"))
    assert ALL["withdrawn"].subject == "Ärendet återkallas: delårsrapporten per den 31 augusti 2027, allt har kommit in"
    assert (
        "Ärendet återkallas: allt har kommit in innan dagordningen stänger, onsdag 29 september 2027 kl. 12.00."
        in withdrawn
    )
    later = compose.withdrawn(SIGRID, replace(MATTER, is_closed=True)).text
    assert "allt har kommit in innan dagordningen stängde" in " ".join(later.split())
    assert ALL["completed"].subject == "Komplettering inkommen: delårsrapporten per den 31 augusti 2027"
    assert (
        "Det som saknades från bildningsnämnden och kommunstyrelsen har nu kommit in, efter att dagordningen stängde onsdag 29 september 2027 kl. 12.00."
        in completed
    )


def test_a_body_is_told_what_it_decides_by_which_day_and_how_the_report_stands() -> None:
    letter = ALL["hand-over"]
    assert letter.subject == "Inför KS 19 okt: delårsrapporten per den 31 augusti 2027, 2 av 4 enheter klara"
    said = " ".join(letter.text.split())
    for words in (
        "Dagordningen till mötet tisdag 19 oktober 2027 kl. 13.30 har stängt.",
        "KS överlämnar delårsrapporten till KF och revisorerna Sista dag enligt lag är måndag 1 november 2027. "
        "Enligt KL 11 kap. 16 §",
        "KSAU får preliminära siffror: godkändes den 5 oktober 2027, § 45.",
        "- Preliminär, i väntan på nämndens eller styrelsens beslut: Bildningsnämnden",
        "- Försenad: Omsorgsnämnden, frist tisdag 21 september, saknar Ekonomi (förvaltningschef)",
        "- Ofullständig: Energibolaget AB, frist torsdag 14 oktober, ska lämna Bolagets rapport (VD)",
        "Ärenden som har lyfts till mötet",
        f"Öppna handlingarna och sammanställningen: {PAGE} Sammanställningen finns där som Word och Excel",
    ):
        assert words in said


def test_of_what_nobody_asks_for_it_says_each_reason_that_there_can_be() -> None:
    report = HANDED.reports[0]
    stands = replace(report.standing[0], not_ours=("Energibolaget AB",))
    said = compose.hand_over(SIGRID, replace(HANDED, reports=(replace(report, standing=(stands,)),))).text
    why = "fristen låg före införandet, rapporten är beslutad eller enheten har upphört"
    assert f"Begärs inte in ({why}): Energibolaget AB" in " ".join(said.split())


def test_a_letter_about_several_reports_names_them_as_a_sentence_does() -> None:
    named = [
        replace(HANDED.reports[0], report=name) for name in ("budgeten för 2028", "ägardirektiven", "delårsrapporten")
    ]
    letter = compose.hand_over(SIGRID, replace(HANDED, reports=tuple(named)))
    assert letter.text.startswith("Budgeten för 2028, ägardirektiven och delårsrapporten till KS\n")
    assert letter.subject == "Inför KS 19 okt: budgeten för 2028, ägardirektiven och delårsrapporten"  # no count of one
    four = compose.hand_over(SIGRID, replace(HANDED, reports=(*named, HANDED.reports[0])))
    assert four.text.startswith("4 rapporter till KS\n") and four.subject == "Inför KS 19 okt: 4 rapporter"


def test_a_matter_about_the_protokoll_alone_says_so() -> None:
    late = tuple(replace(each, krav_name="beslut om delårsrapporten") for each in MATTER.late)
    only = compose.escalation(SIGRID, replace(MATTER, late=late))
    assert only.subject.startswith("KSAU 5 okt: beslut saknas till delårsrapporten")
    assert "Beslut saknas till delårsrapporten per den 31 augusti 2027" in only.text
    mixed = compose.escalation(SIGRID, replace(MATTER, late=(*MATTER.late, *late)))
    assert mixed.subject.startswith("KSAU 5 okt: underlag saknas till")
