"""What people read of what they owe: the letter of the day, its words and files, and the kvittens."""

import re
from dataclasses import replace
from datetime import date, time
from textwrap import dedent

import pytest

from arshjul.swedish import local
from notifications.letters import compose, wording
from notifications.letters.views.composed import Attachment
from notifications.letters.views.notice_view import NoticeView
from tests.rig.letter_examples import ALL, KOMMUN, OTHER, told
from tests.rig.letter_views import (
    ABOVE,
    EKONOMI,
    HANDED,
    KARIN,
    LAST_WORD,
    LATE,
    LINK,
    MAL,
    MOVED,
    PAGE,
    RECEIPT,
    REMINDER,
    SIGRID,
    START,
    TUESDAY,
)


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

    def said(*notices: NoticeView) -> str:
        return " ".join(compose.daily(KARIN, notices, TUESDAY, KOMMUN, also_late=(other,)).text.split())

    def stands(words: str, *phrases: str) -> bool:
        places = [words.index(phrase) for phrase in phrases]
        return places == sorted(places)

    july = "månadsrapporten, juli 2027:"
    assert stands(said(REMINDER), "Försenat --", f"{july} skulle ha kommit", "ska vara framme senast tisdag 21")
    assert stands(said(LATE), "Fristen gick ut", "Också försenat", f"{july} skulle ha kommit")
    assert stands(said(ABOVE), "har inte lämnat allt", "Försenat som du själv ska lämna", f"{july} skulle ha kommit")
    several = said(REMINDER, MOVED)
    assert several.startswith("Försenat: 1 av 3 inlämningar") and stands(
        several, july, "underlag till delårsrapporten, augusti 2027:"
    )


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


def test_one_part_that_is_anothers_is_told_as_one() -> None:
    theirs = replace(MAL, role="HR-chef")
    words = " ".join(compose.receipt(KARIN, replace(RECEIPT, still_missing=(theirs,))).text.split())
    assert "men 1 del återstår, den är inte din." in words


def test_the_registrator_reads_what_is_to_be_registered_and_no_thanks() -> None:
    done = replace(RECEIPT, still_missing=(), to_register=True)
    words = " ".join(compose.receipt(replace(SIGRID, role_name="registrator", page=""), done).text.split())
    assert "Delårsrapporten per den 31 augusti 2027 från bildningsnämnden är komplett och kan registreras." in words
    assert "Tack" not in words and "Du behöver inte göra något mer" not in words
