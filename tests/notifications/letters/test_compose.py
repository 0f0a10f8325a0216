"""What people read: the letters' words, that html and text say the same, and that nothing from outside gets through."""

import re
from dataclasses import replace
from datetime import date, time
from html.parser import HTMLParser
from pathlib import Path
from textwrap import dedent

import pytest
from jinja2 import UndefinedError

from arshjul.swedish import local
from notifications.letters import compose, wording
from notifications.letters.views.composed import Attachment, Composed
from notifications.letters.views.notice_view import NoticeView
from notifications.letters.views.week_view import LogHead, WeekCounts, WeekLine, WeekView
from notifications.office import Letterhead
from tests.rig.letter_views import (
    ABOVE,
    EKONOMI,
    ERIK,
    HANDED,
    HANDED_ON,
    KARIN,
    LAST_WORD,
    LATE,
    LINK,
    MAL,
    MATTER,
    MOVED,
    PAGE,
    RECEIPT,
    REMINDER,
    SIGRID,
    START,
    TUESDAY,
)
from tests.rig.load import shipped

TEMPLATES = Path(compose.__file__).parent / "templates"
KOMMUN = Letterhead("Hedemora kommun")
OTHER = replace(ABOVE, key="annat", unit_name="Energibolaget AB", owing=("VD",))
#: when each kind of word goes out about the frist of Tuesday 21 September 2027
DAYS = {
    "start": date(2027, 9, 10),  # Friday
    "påminnelse": TUESDAY,
    "flyttad": TUESDAY,
    "sen": date(2027, 9, 22),  # Wednesday
    "uppåt": date(2027, 9, 23),  # Thursday
    "sista ord": date(2027, 9, 27),  # Monday
}
WEEK = WeekView(
    week="v. 37",
    counts=WeekCounts(due=1, late=0, escalated=0),
    status_url="https://arshjul.example.se/lage",
    top_names="KSAU",
    due=(
        WeekLine(
            what="Delårsrapport augusti 2027: underlag till delårsrapporten",
            when="tisdag 21 september 2027 kl. 16.00",
            note="Bildningsnämnden",
        ),
    ),
    late=(),
    escalated=(),
    decisions=(),
    undelivered=(
        WeekLine(what="Till karin@example.se", when="tisdag 14 september 2027", note="550 adressen finns inte"),
    ),
    notes=(),
    lives="Tjänsten är i gång: 12 brev har lämnats över sedan förra veckan.",
    prefect_url="https://prefect.example.se",
)


def told(notice: NoticeView) -> Composed:
    """Return the letter of the day it is sent on: the last word goes out on the Monday after, and so on."""
    return compose.daily(KARIN if notice.recipient_owes else ERIK, [notice], DAYS[notice.rung_kind], KOMMUN)


ALL = {
    "start": told(START),
    "reminder": told(REMINDER),
    "late": told(LATE),
    "above": told(ABOVE),
    "last word": told(LAST_WORD),
    "last word above": told(replace(LAST_WORD, recipient_owes=False)),
    "moved": told(MOVED),
    "several": compose.daily(KARIN, [REMINDER, MOVED, LATE], TUESDAY, KOMMUN),
    "mixed": compose.daily(KARIN, [REMINDER, OTHER], TUESDAY, KOMMUN),
    "escalation": compose.escalation(SIGRID, MATTER),
    "at once": compose.escalation(SIGRID, replace(MATTER, meeting_at=None, agenda_closes=None)),
    "withdrawn": compose.withdrawn(SIGRID, MATTER),
    "completed": compose.completed(SIGRID, MATTER),
    "hand-over": compose.hand_over(SIGRID, HANDED),
    "handed on": compose.handed_on(SIGRID, HANDED_ON),
    "handed on nowhere": compose.handed_on(
        SIGRID, replace(HANDED_ON, meeting_at=None, agenda_closes=None, why="Tredje gången.", law="")
    ),
    "hand-over by law": compose.hand_over(
        replace(SIGRID, role_name="revisorerna"),
        replace(HANDED, meeting_at=None, day=date(2027, 10, 29), matters=()),
    ),
    "receipt": compose.receipt(KARIN, RECEIPT, KOMMUN),
    "weekly": compose.weekly(WEEK, KOMMUN),
    "note": compose.note("Rollen HR-chef har ingen innehavare", ["Brev till rollen går till dig."], KOMMUN),
    "note to a reader": compose.note("Ärendet flyttas", ["Det går till nästa möte."], KOMMUN, SIGRID, "Öppna mötet"),
    "links": compose.links(KARIN, PAGE, KOMMUN),
    "login": compose.login(KARIN, local(TUESDAY, time(9, 15)), KOMMUN),
    "shadow": compose.shadow(told(REMINDER), ["karin@example.se", "controller@example.se"]),
}


def test_a_reminder_says_what_by_when_why_and_what_is_missing() -> None:
    assert ALL["reminder"].subject == "Påminnelse 21 sept: underlag till delårsrapporten, augusti 2027"
    assert ALL["reminder"].text == dedent("""\
        Lämna underlag till delårsrapporten
        ===================================

        5 arbetsdagar kvar

        Hej Karin Exempelsson!

        Underlag till delårsrapporten från bildningsnämnden ska vara framme
        senast tisdag 21 september 2027 kl. 16.00. Det är 2 delar.

        Öppna din sida och lämna in:
        https://arshjul.example.se/l/token-som-ar-personlig

        Länken är till dig och dem som får brevet på kopia. Den kräver ingen
        inloggning: skicka den inte vidare.

        Delårsrapport augusti 2027: Bildningsnämnden
        --------------------------------------------

        Lämnas in: Underlag till delårsrapporten
        Senast:    tisdag 21 september 2027 kl. 16.00
        Behandlas: KSAU tisdag 5 oktober 2027
        Enligt:    KL 11 kap. 16 §; LKBR 13 kap. 1 §; Hedemora styrmodell,
                   ”Delårsrapport”

        Det här ska lämnas in:
        - Ekonomi (utfall, utfall föregående år, budget och prognos) – kolumnen
          Prognos är tom på rad 12
          Gör så här: fyll i helårsprognosen och lämna in filen igen
          Enligt LKBR 13 kap. 3 §; Hedemora styrmodell, ”Delårsrapport”
        - Mål- och resultatuppföljning
          Enligt Hedemora styrmodell, ”Tidsplan för uppföljningar”

        Om något fortfarande saknas går frågan vidare till ekonomichefen torsdag
        23 september 2027 och till KSAU tisdag 28 september 2027.

        Räcker inte tiden? Be om anstånd på sidan före fristen, eller svara på
        brevet och berätta varför. Ekonomikontoret kan ge anstånd som längst
        till torsdag 23 september 2027.

        --\x20
        Svara på det här brevet så når du ekonomikontoret i Hedemora kommun.
        Brevet är skrivet av kommunens årshjul. Du får det som förvaltningschef.
        Läget gäller den 14 september 2027.
        """)


def test_the_first_letter_says_nothing_of_the_ladder_or_of_the_last_day_for_anstand() -> None:
    words = " ".join(compose.daily(KARIN, [START], TUESDAY, KOMMUN).text.split())
    assert "Är det något som hindrar, hör av dig i god tid" in words
    for word in ("KSAU tisdag 28", "ekonomichefen torsdag", "som längst till", "saknas"):
        assert word not in words


def test_a_letter_says_which_of_the_parts_are_its_readers() -> None:
    mine, theirs = replace(MAL, own=True), replace(EKONOMI, role="HR-chef")
    words = " ".join(compose.daily(KARIN, [replace(REMINDER, missing=(mine, theirs))], TUESDAY, KOMMUN).text.split())
    assert "Det är 2 delar, varav 1 är din." in words
    late = " ".join(compose.daily(KARIN, [replace(LATE, missing=(mine, theirs))], TUESDAY, KOMMUN).text.split())
    assert "och 2 delar saknas fortfarande, varav 1 är din." in late


def test_what_else_is_late_stands_first_in_the_same_letter() -> None:
    other = replace(LATE, krav_name="månadsrapporten", period_text="juli 2027", missing=(replace(MAL, own=True),))
    words = " ".join(compose.daily(KARIN, [REMINDER], TUESDAY, KOMMUN, also_late=(other,)).text.split())
    assert "Också försenat" in words and "månadsrapporten, juli 2027: skulle ha kommit" in words
    assert words.index("Också försenat") < words.index("Det här ska lämnas in")


def test_who_is_late_is_told_kindly_that_it_can_still_be_mended() -> None:
    assert ALL["late"].subject == "Försenat: underlag till delårsrapporten, augusti 2027"
    assert ALL["late"].text.startswith(
        dedent("""\
        Försenat: underlag till delårsrapporten
        =======================================

        1 arbetsdag försenat

        Hej Karin Exempelsson!

        Fristen gick ut i går kl. 16.00, och 2 delar saknas fortfarande. Lämna
        in så snart du kan: även en sen inlämning tas emot.

        Öppna din sida och lämna in:
        """)
    )


def test_who_is_above_is_told_who_is_late_and_that_a_nudge_is_enough() -> None:
    assert ALL["above"].subject == "Försenat: Bildningsnämnden, underlag till delårsrapporten, augusti 2027"
    assert (
        ALL["above"]
        .text.replace(PAGE, "PAGE")
        .startswith(
            dedent("""\
        Försenat från bildningsnämnden: underlag till delårsrapporten
        =============================================================

        2 arbetsdagar försenat

        Hej Erik Exempelsson!

        Bildningsnämnden har inte lämnat allt till delårsrapporten per den
        31 augusti 2027. Fristen gick ut i tisdags kl. 16.00.

        Se vad som saknas:
        PAGE

        Länken är din och kräver ingen inloggning. Den visar, men ändrar inget.
        Skicka den inte vidare.

        Du behöver inte lämna in något. Det som behövs är att den som är
        ansvarig blir påmind: ett samtal eller ett mejl räcker.

        Delårsrapport augusti 2027: Bildningsnämnden
        --------------------------------------------

        Lämnas in: Underlag till delårsrapporten
        Senast:    tisdag 21 september 2027 kl. 16.00
        Ansvarig:  Förvaltningschef
        """)
        )
    )
    assert LINK not in ALL["above"].text + ALL["above"].html


def test_the_last_word_says_when_it_goes_to_ksau_and_how_to_stop_it() -> None:
    assert ALL["last word"].subject == "Sista påminnelsen: underlag till delårsrapporten, augusti 2027"
    assert (
        "2 delar saknas fortfarande. Lämnar du in före tisdag 28 september 2027\n"
        "kl. 07.00 stannar ärendet hos dig. Annars går det till KSAU, med en\ntjänsteskrivelse.\n"
    ) in ALL["last word"].text
    above = " ".join(ALL["last word above"].text.split())
    assert (
        "Finns det skäl att vänta? Svara på brevet och berätta varför, så kan ekonomikontoret vänta med ärendet."
        in above
    )
    assert "inte har kommit in före tisdag 28 september 2027 kl. 07.00 går ärendet till KSAU" in above


def test_the_last_word_promises_nothing_that_others_parts_decide() -> None:
    """Whoever hands in their own part alone keeps no matter from going on."""
    shared = replace(LAST_WORD, missing=(replace(MAL, own=True), replace(EKONOMI, role="HR-chef")))
    words = " ".join(told(shared).text.split())
    assert "2 delar saknas fortfarande, varav 1 är din." in words
    assert (
        "Kommer allt in före tisdag 28 september 2027 kl. 07.00 går det inte vidare. Annars går det till KSAU" in words
    )
    assert "stannar ärendet hos dig" not in words


def test_a_reminder_says_what_is_left_when_some_has_come_in() -> None:
    some = " ".join(told(replace(REMINDER, missing=(MAL,), parts=4)).text.split())
    assert "kl. 16.00. 1 del återstår." in some and "Det är 1 del" not in some
    none = " ".join(told(replace(REMINDER, parts=2)).text.split())
    assert "Det är 2 delar." in none and "återstår" not in none


def test_a_moved_frist_says_from_when_to_when_and_why() -> None:
    assert ALL["moved"].subject == "Ny frist 24 sept: underlag till delårsrapporten, augusti 2027"
    assert (
        "Fristen är flyttad från tisdag 21 september 2027 kl. 16.00 till fredag 24 september 2027 kl. 16.00. "
        "Augusti stängdes fredag 10 september 2027."
    ) in " ".join(ALL["moved"].text.split())


def test_the_most_pressing_stands_first() -> None:
    far = replace(START, key="långt fram", unit_name="Långt", due_at=local(date(2027, 10, 1), time(16)))
    units = {LAST_WORD: "Sista", LATE: "Sen", ABOVE: "Ovan", REMINDER: "Snart"}
    notices = [far, *(replace(one, unit_name=name, key=name) for one, name in units.items())]
    text = compose.daily(KARIN, notices, TUESDAY, KOMMUN).text
    order = re.findall(r"^Delårsrapport augusti 2027: (\w+)$", text, re.M)
    assert order == ["Sista", "Ovan", "Sen", "Snart", "Långt"]


def test_letters_about_several_say_how_many_and_which_is_nearest() -> None:
    def subject(*notices: NoticeView) -> str:
        return compose.daily(KARIN, notices, TUESDAY, KOMMUN).subject

    beslut = replace(MOVED, krav_name="beslut om delårsrapporten")
    assert subject(REMINDER, START, MOVED) == ("3 underlag att lämna, närmast 21 sept: delårsrapport augusti 2027")
    assert subject(REMINDER, beslut).startswith("2 inlämningar att lämna, närmast")
    assert subject(REMINDER, MOVED, LATE) == (
        "Försenat: 1 av 3 underlag, delårsrapport augusti 2027 skulle ha kommit 21 sept"
    )
    assert (
        subject(ABOVE, OTHER)
        == "Försenat: 2 underlag från Energibolaget AB och Bildningsnämnden, delårsrapport augusti 2027"
    )
    assert subject(REMINDER, OTHER) == (
        "1 underlag att lämna, 1 försenat från andra, närmast 21 sept: delårsrapport augusti 2027"
    )
    assert subject(REMINDER, LAST_WORD) == "Sista påminnelsen: 1 underlag saknas, delårsrapport augusti 2027"


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (5, "5 arbetsdagar kvar"),
        (1, "1 arbetsdag kvar"),
        (0, "Fristen är i dag"),
        (-1, "1 arbetsdag försenat"),
        (-3, "3 arbetsdagar försenat"),
    ],
)
def test_working_days_are_counted_in_words(left: int, expected: str) -> None:
    assert wording.status(replace(REMINDER, workdays_left=left)) == expected


def test_only_a_letter_after_the_laws_own_day_says_that_the_law_was_missed() -> None:
    kept = told(replace(LATE, lawful_until=date(2027, 11, 1)))
    missed = told(replace(LATE, lawful_until=date(2027, 11, 1), law_missed=True))
    assert "Lagens tid: Senast måndag 1 november 2027\n" in kept.text
    assert "Lagens tid: Senast måndag 1 november 2027. Dagen har passerat utan att\n" in missed.text
    for name in ("late", "above", "last word", "escalation"):
        assert "passerat" not in ALL[name].text


def test_no_anstand_is_offered_that_cannot_be_given() -> None:
    assert "anstånd" in ALL["reminder"].text
    assert "anstånd" not in told(replace(REMINDER, limit=None)).text
    assert "anstånd" not in ALL["late"].text


def test_another_roles_part_is_marked_with_that_role() -> None:
    parts = (replace(REMINDER.missing[1], role="HR-chef"), REMINDER.missing[1])
    text = told(replace(REMINDER, missing=parts, owing=("förvaltningschef", "HR-chef"))).text
    assert text.count("Ansvarig: HR-chef. Enligt") == 1
    assert "Ansvarig:  Förvaltningschef och HR-chef\n" in text


def test_the_personal_link_stands_once() -> None:
    for name in ("reminder", "late", "several", "mixed", "receipt"):
        assert ALL[name].text.count(LINK) == 1
        assert ALL[name].html.count(LINK) == 1


def test_calendar_files_go_with_the_letter_and_are_announced() -> None:
    file = Attachment(filename="frist.ics", media_type="text/calendar; method=PUBLISH", content=b"")
    letter = compose.daily(KARIN, [START], TUESDAY, KOMMUN, [file])
    assert letter.attachments == (file,)
    assert "Fristen ligger som kalenderfil i brevet." in letter.text
    assert "kalenderfil" not in ALL["reminder"].text
    assert compose.with_attachments(letter, [file]).attachments == (file, file)


def test_mallar_go_with_the_letter_and_are_named_in_it() -> None:
    files = [
        Attachment(filename=name, media_type="application/zip", content=b"") for name in ("Ekonomi.xlsx", "Mål.docx")
    ]
    letter = compose.daily(KARIN, [START], TUESDAY, KOMMUN, (), files)
    assert letter.attachments == tuple(files)
    assert (
        "De ligger som filer i brevet. Fyll i, spara och lämna in på din sida. De finns också att hämta där."
        in " ".join(letter.text.split())
    )
    assert "Ekonomi.xlsx" in letter.text and "Mål.docx" in letter.html
    alone = compose.daily(KARIN, [START], TUESDAY, KOMMUN, (), files[:1])
    assert "Den ligger som fil i brevet." in alone.text
    assert "Mallen" not in ALL["reminder"].text


def test_a_letter_of_the_day_about_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one notice"):
        compose.daily(KARIN, [], TUESDAY, KOMMUN)


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
        "Ärendet återkallas: allt har kommit in före dagordningen stängde, onsdag 29 september 2027 kl. 12.00."
        in withdrawn
    )
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
        "- Komplett, i väntan på nämndens eller styrelsens beslut: Bildningsnämnden",
        "- Försenat: Omsorgsnämnden, frist tisdag 21 september, saknar Ekonomi (förvaltningschef)",
        "- Inte inne än: Energibolaget AB, frist torsdag 14 oktober, saknar Bolagets rapport (VD)",
        "Ärenden som har lyfts till mötet",
        f"Öppna handlingarna och sammanställningen: {PAGE} Sammanställningen finns där som Word och Excel",
    ):
        assert words in said


def test_the_revisorer_are_told_the_laws_handing_over_and_how_to_get_the_papers() -> None:
    letter = ALL["hand-over by law"]
    assert letter.subject == "Överlämnas 29 okt: delårsrapporten per den 31 augusti 2027, till KF och revisorerna"
    said = " ".join(letter.text.split())
    assert "Beslutet är inte registrerat än." in said
    assert "Länken är din och kräver ingen inloggning. Den visar, men ändrar inget." in said
    passed = replace(HANDED.reports[0].points[1], law_missed=True)
    late = replace(HANDED, reports=(replace(HANDED.reports[0], points=(passed,)),))
    words = " ".join(compose.hand_over(SIGRID, late).text.split())
    assert "Sista dag enligt lag, den 1 november 2027, har passerat." in words


def test_a_kvittens_tells_time_version_fingerprint_and_what_remains() -> None:
    letter = ALL["receipt"]
    assert letter.subject == "Kvittens, 2 delar återstår: delårsrapport augusti 2027, Bildningsnämnden"
    for line in (
        "Mottaget:  onsdag 15 september 2027 kl. 10.32",
        "- utfall augusti.xlsx, version 2: inte komplett än",
        f"  {'ab' * 32}",
        "- Måste rättas: Kolumnen Prognos är tom på rad 12.",
        "  Gör så här: Fyll i helårsprognosen och lämna in filen igen.",
        "  Ekonomi!F12. Enligt LKBR 13 kap. 3 §",
        "- Behöver svar: Prognosen för Grundskola är densamma som förra gången.",
        "Ändrat sedan version 1:",
        "- och 3 ändringar till, som står på din sida",
        "- Märkt som ej aktuellt: Nämnden har inget bolag.",
        "  Gör så här: fyll i helårsprognosen och lämna in filen igen",
    ):
        assert f"\n{line}\n" in letter.text


def test_a_kvittens_says_when_all_is_in_when_it_is_late_and_when_it_is_preliminary() -> None:
    done = compose.receipt(KARIN, replace(RECEIPT, still_missing=(), late=True, preliminary=True))
    assert done.subject == "Kvittens, preliminär: delårsrapport augusti 2027, Bildningsnämnden"
    words = " ".join(done.text.split())
    assert "Inlämningen är mottagen och preliminär. Den är det tills protokollsutdraget" in words
    assert "efter fristen tisdag 21 september 2027 kl. 16.00. Inlämningen är märkt som sen" in words
    final = compose.receipt(KARIN, replace(RECEIPT, still_missing=()))
    assert "Du behöver inte göra något mer." in final.text


def test_a_letter_about_several_reports_names_them_as_a_sentence_does() -> None:
    named = [
        replace(HANDED.reports[0], report=name) for name in ("budgeten för 2028", "ägardirektiven", "delårsrapporten")
    ]
    letter = compose.hand_over(SIGRID, replace(HANDED, reports=tuple(named)))
    assert letter.text.startswith("Budgeten för 2028, ägardirektiven och delårsrapporten till KS\n")
    assert letter.subject == "Inför KS 19 okt: budgeten för 2028, ägardirektiven och delårsrapporten"  # no count of one
    four = compose.hand_over(SIGRID, replace(HANDED, reports=(*named, HANDED.reports[0])))
    assert four.text.startswith("4 rapporter till KS\n") and four.subject == "Inför KS 19 okt: 4 rapporter"


def test_the_weeks_letter_tells_what_is_due_and_undelivered() -> None:
    assert ALL["weekly"].subject == "Årshjulet v. 37: 1 brev ej framme, 1 frist"
    words = " ".join(ALL["weekly"].text.split())
    assert (
        "- 1 rapport har frist de närmaste två veckorna: Delårsrapport augusti 2027: underlag till delårsrapporten, "
        "tisdag 21 september 2027 kl. 16.00." in words
    )
    assert "Inget är försenat. 1 frist kommer de närmaste två veckorna." in ALL["weekly"].text
    assert (
        "- 1 brev har inte kommit fram: Till karin@example.se, tisdag 14 september 2027 (550 adressen finns inte)."
        in words
    )


def test_the_weeks_letter_says_the_weightiest_first_and_nothing_of_what_there_is_none_of() -> None:
    late = WeekLine(
        what="Månadsrapport juli 2027: underlag", when="tisdag 17 augusti 2027 kl. 16.00", note="Omsorgsnämnden"
    )
    counts = WeekCounts(due=1, late=2, escalated=1)
    busy = compose.weekly(replace(WEEK, counts=counts, late=(late,), escalated=(late,), faults=("Posten står.",)))
    assert busy.subject == "Årshjulet v. 37: fel i tjänsten, 2 försenade, 1 hos KSAU, 1 brev ej framme, 1 frist"
    assert "2 inlämningar är försenade och 1 ligger hos KSAU. 1 frist kommer" in " ".join(busy.text.split())
    places = [
        busy.text.index(title)
        for title in (
            "- Månadsrapport juli 2027: underlag\n",
            "- Månadsrapport juli 2027: underlag, hos KSAU\n",
            "Öppna läget:\n",
            "Fel i tjänsten\n",
            "1 rapport har frist",
            "Tjänsten är i gång",
        )
    ]
    assert places == sorted(places)
    several = compose.weekly(replace(WEEK, counts=counts, escalated=(late,), top_names="Vårdutskottet och KS"))
    assert several.subject == "Årshjulet v. 37: 2 försenade, 1 eskalerad, 1 brev ej framme, 1 frist"
    assert "2 inlämningar är försenade och 1 är eskalerad." in " ".join(several.text.split())
    assert "- Månadsrapport juli 2027: underlag, eskalerad\n" in several.text
    remedy = WeekLine(what="Tidplanen", when="", note="Kör arshjul fix-tidplan 2028 ÅÅÅÅ-MM-DD --vem NAMN.")
    typed = compose.weekly(replace(WEEK, unfixed=(remedy,)))
    nowrap = '<span style="white-space:nowrap;">{}</span>'.format
    assert f"fix-tidplan 2028 {nowrap('ÅÅÅÅ-MM-DD')} {nowrap('--vem')} NAMN." in typed.html.replace("\u00a0", " ")
    calm = compose.weekly(replace(WEEK, counts=WeekCounts(due=0, late=0, escalated=0), due=(), undelivered=()))
    assert calm.subject == "Årshjulet v. 37: inget att göra"
    assert "Inget är försenat. Ingen frist kommer de närmaste två veckorna." in calm.text


@pytest.mark.parametrize(
    ("late", "escalated", "named", "more"),
    [
        (9, 0, ["sen 0", "sen 1", "sen 2", "sen 3"], 5),
        (9, 1, ["sen 0", "sen 1", "sen 2", "hos 0"], 6),
        (9, 9, ["sen 0", "sen 1", "hos 0", "hos 1"], 14),
        (1, 9, ["sen 0", "hos 0", "hos 1", "hos 2"], 6),
        (0, 9, ["hos 0", "hos 1", "hos 2", "hos 3"], 5),
    ],
)
def test_the_weeks_letter_is_one_screen_in_the_worst_week_and_late_comes_first(late, escalated, named, more) -> None:
    """Four reports, a line for each other kind, and the log's newest head; the rest is counted, and stands on Läget."""

    def rows(word: str, many: int) -> tuple[WeekLine, ...]:
        return tuple(WeekLine(what=f"{word} {n}", when="7 jan", note="Kommunstyrelsen") for n in range(many))

    other = {each: rows(each, 9) for each in ("decisions", "undelivered", "waiting", "due", "notes")}
    head = LogHead(day="den 10 september 2027", number=9, digest="0b50adaba3367b47")
    letter = compose.weekly(
        replace(WEEK, late=rows("sen", late), escalated=rows("hos", escalated), log_head=head, **other)
    )
    assert re.findall(r"^- ((?:sen|hos) \d)", letter.text, re.MULTILINE) == named
    assert f"Och {more} rapporter till, med vem ni ringer: se Läget." in letter.text
    assert letter.text.count("\n") < 60 and all(letter.text.count(f"{each} 0") == 1 for each in other)


def test_in_skugga_the_same_letter_first_says_who_would_have_got_it() -> None:
    letter = ALL["shadow"]
    assert letter.subject == "Skugga: Påminnelse 21 sept: underlag till delårsrapporten, augusti 2027"
    assert letter.text.startswith("Skuggutskick: brevet har bara gått till ekonomikontoret. Skarpt hade det\n")
    assert letter.text.endswith(ALL["reminder"].text)
    assert seen(letter.html).index("Skuggutskick") < seen(letter.html).index("Lämna underlag")


class _Seen(HTMLParser):
    """What a reader of the html sees, with where its links lead."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.open: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self.words.append(" ")
        elif tag not in ("meta", "wbr"):
            self.open.append("unseen" if tag == "div" else tag)
        if tag == "a":
            self.links.append(dict(attrs)["href"] or "")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == ("unseen" if tag == "div" else tag), f"</{tag}> closes nothing"
        if tag == "a":
            self.words.append(f" {self.links[-1]} ")
        elif tag in ("p", "li", "td", "th", "h1", "h2", "h3"):
            self.words.append(" ")

    def handle_data(self, data: str) -> None:
        if "title" not in self.open and "unseen" not in self.open:
            self.words.append(data)


def seen(html: str) -> str:
    parser = _Seen()
    parser.feed(html)
    parser.close()
    assert not parser.open, f"{parser.open} are never closed"
    return "".join(parser.words).replace("\u00ad", "")  # a heading's long words may end a line at a seam


@pytest.mark.parametrize("name", sorted(ALL))
def test_html_and_text_hold_the_same_words_in_the_same_order(name: str) -> None:
    html = re.findall(r"\w+", seen(ALL[name].html))
    text = re.findall(r"\w+", ALL[name].text)
    head = re.findall(r"\w+", "Hedemora kommun Ekonomikontoret")
    assert html[: len(head)] == head
    if name == "weekly":  # the text says a column's name at each cell
        assert set(html[len(head) :]) - {"Vad", "Rapport"} == set(text)
    else:
        assert html[len(head) :] == text


@pytest.mark.parametrize("name", sorted(ALL))
def test_html_is_swedish_fetches_nothing_and_runs_nothing(name: str) -> None:
    html = ALL[name].html
    assert '<html lang="sv">' in html
    assert not re.search(r"<(img|script|link|style|iframe|object|form)\b|url\(|@import|\son\w+=|src=", html)
    assert html.count("<h1") == 1
    links = re.findall(r'href="([^"]*)"', html)
    assert set(links) <= {LINK, WEEK.prefect_url, WEEK.status_url, PAGE}


@pytest.mark.parametrize("name", sorted(ALL))
def test_text_lines_fit_and_no_paragraph_is_empty(name: str) -> None:
    text = ALL[name].text
    assert max(len(line) for line in text.replace(PAGE, "").splitlines()) <= 72  # a link is not broken
    assert "\n\n\n" not in text
    assert "None" not in text


HOSTILE = 'Eva <script>alert("1")</script>\r\nBcc: alla@example.se\n\n# Rubrik & {{ 7 * 7 }} \x00\u202e\u2028slut'
TAMED = 'Eva <script>alert("1")</script> Bcc: alla@example.se # Rubrik & {{ 7 * 7 }} slut'


def test_names_and_reasons_from_outside_are_words_and_nothing_else() -> None:
    bad = replace(REMINDER, unit_name=HOSTILE, missing=(replace(REMINDER.missing[0], what=HOSTILE, mend=HOSTILE),))
    letters = [
        compose.daily(replace(KARIN, name=HOSTILE), [bad], TUESDAY, Letterhead(HOSTILE, HOSTILE)),
        compose.daily(KARIN, [bad, replace(LATE, unit_name=HOSTILE)], TUESDAY, KOMMUN),
        compose.escalation(SIGRID, replace(MATTER, late=(bad,), proposal=HOSTILE, meeting_name=HOSTILE)),
        compose.receipt(replace(KARIN, name=HOSTILE), replace(RECEIPT, by=HOSTILE, unit_name=HOSTILE)),
        compose.note(HOSTILE, [HOSTILE]),
        compose.shadow(compose.note("Ord", []), [HOSTILE]),
    ]
    for letter in letters:
        assert "<script" not in letter.html
        assert TAMED in " ".join(letter.text.split())
        assert TAMED in " ".join(seen(letter.html).split())
        assert not re.search(r"[\x00-\x09\x0b-\x1f\u2028\u202e]", letter.subject + letter.text + letter.html)
        assert "\n" not in letter.subject


def test_a_link_that_is_no_web_address_is_refused() -> None:
    with pytest.raises(ValueError, match="is no web address"):
        compose.daily(replace(KARIN, link="javascript:alert(1)"), [REMINDER], TUESDAY, KOMMUN)


def test_a_value_that_a_template_misses_is_a_fault_and_not_a_gap() -> None:
    with pytest.raises(UndefinedError):
        wording.render("note.xml", subject="Ord")


def template_words(path: Path) -> str:
    """Return what a template says itself: its text, its labels and the phrases in its code; no code, no tags."""
    tokens = list(wording.environment().lex(path.read_text(encoding="utf-8")))
    text = "".join(value for _, kind, value in tokens if kind == "data")
    phrases = [value.strip("\"'") for _, kind, value in tokens if kind == "string" and re.search("[ A-ZÅÄÖåäö]", value)]
    return " ".join([re.sub(r"<[^>]*>", " ", text), *re.findall(r'<fact name="([^"]+)"', text), *phrases])


ENGLISH = set(
    re.findall(
        r"\w+",
        "the and of to is are was were you your for with from by on at this that not no yes please deadline late "
        "report reminder dear hello hi regards attached missing submit submission click here open link due overdue "
        "unit part parts meeting letter week view file files none true false",
    )
)


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.xml")), ids=lambda path: path.name)
def test_templates_speak_swedish_and_spell_it_right(path: Path) -> None:
    words = re.findall(r"[a-zåäöé]+", template_words(path).lower())
    assert words or path.name == "note.xml"  # which says only what it is handed
    assert not ENGLISH.intersection(words)
    for word in words:
        assert not re.match(r"påmin(?!n|d)", word), word  # påminnelse, påminna, påmind
        for folded in ("arenden", "arende", "forsenat", "sammantrade", "paminnelse", "delarsrapport", "inlamning"):
            assert not word.startswith(folded), word


@pytest.mark.parametrize("name", sorted(ALL))
def test_dates_and_times_are_written_in_the_house_format(name: str) -> None:
    words = f"{ALL[name].subject} {' '.join(ALL[name].text.split())}"
    words = words.replace(LINK, "").replace(PAGE, "")
    assert not re.search(r"\d{4}-\d{2}|\d:\d{2}|\d+/\d+|klockan", words)
    months = "januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december"
    weekdays = "måndag|tisdag|onsdag|torsdag|fredag|lördag|söndag"
    for found in re.finditer(rf"(\S+) \d{{1,2}} (?:{months})\b", words):
        assert re.fullmatch(f"{weekdays}|den", found[1]), found[0]
    for found in re.finditer(r"(\S+ )?\b\d{2}\.\d{2}\b", words):
        assert found[1] == "kl. ", found[0]


def test_a_matter_about_the_protokoll_alone_says_so() -> None:
    late = tuple(replace(each, krav_name="beslut om delårsrapporten") for each in MATTER.late)
    only = compose.escalation(SIGRID, replace(MATTER, late=late))
    assert only.subject.startswith("KSAU 5 okt: beslut saknas till delårsrapporten")
    assert "Beslut saknas till delårsrapporten per den 31 augusti 2027" in only.text
    mixed = compose.escalation(SIGRID, replace(MATTER, late=(*MATTER.late, *late)))
    assert mixed.subject.startswith("KSAU 5 okt: underlag saknas till")


def test_a_letter_says_what_its_own_municipality_calls_the_office() -> None:
    orebro = Letterhead("Örebro kommun", shipped("orebro").definition.office_said)
    letters = [
        compose.daily(KARIN, [START, REMINDER], TUESDAY, orebro),
        compose.shadow(
            compose.code(KARIN, "123456", "anstånd", local(TUESDAY, time(9, 15)), orebro), ["a@example.se"], orebro
        ),
    ]
    assert all("konomikontor" not in letter.text + letter.html for letter in letters)
    words = " ".join(letters[0].text.split())
    assert "så når du ekonomiavdelningen i Örebro kommun." in words
    assert "Ekonomiavdelningen kan ge anstånd" in words
    assert "Örebro kommun · Ekonomiavdelningen" in letters[0].html
