"""Which automatic answers say that somebody has left, or has another address; and which only that they are away."""

import pytest

from notifications.mailbox.farewell import LONGEST_SENTENCE, farewell_in
from notifications.mailbox.mail_reading import read_mail
from tests.rig.files.mails import CHIEF, answer

pytestmark = pytest.mark.whole

SAID = {
    "Hej! Jag har slutat på kommunen. Kontakta registrator@example.se.": "Jag har slutat på kommunen.",
    "Tack för ditt brev.\n\nBodil Ek har slutat sin tjänst hos oss.": "Bodil Ek har slutat sin tjänst hos oss.",
    "Jag slutade den 1 september och läser inte detta.": "Jag slutade den 1 september och läser inte detta.",
    "Jag arbetar inte längre\nkvar som förvaltningschef.": "Jag arbetar inte längre kvar som förvaltningschef.",
    "Bodil jobbar inte kvar.": "Bodil jobbar inte kvar.",
    "Jag är inte längre anställd i kommunen.": "Jag är inte längre anställd i kommunen.",
    "Jag har gått i pension!": "Jag har gått i pension!",
    "Min nya e-postadress är bodil@example.org": "Min nya e-postadress är bodil@example.org",
    "Ny mejladress: bodil@example.org": "Ny mejladress: bodil@example.org",
    "Jag har bytt adress till bodil@example.org. Hälsningar": "Jag har bytt adress till bodil@example.org.",
    "Jag slutade 31 augusti.": "Jag slutade 31 augusti.",
    "Jag slutar den 30 september, skriv till Bo.": "Jag slutar den 30 september, skriv till Bo.",
    "Sista arbetsdagen var 31 augusti.": "Sista arbetsdagen var 31 augusti.",
    "Jag har lämnat Hedemora kommun.": "Jag har lämnat Hedemora kommun.",
    "Jag har bytt tjänst.": "Jag har bytt tjänst.",
    "Jag har ny mejl: bodil@example.org": "Jag har ny mejl: bodil@example.org",
    "Jag nås numera på bodil@example.org.": "Jag nås numera på bodil@example.org.",
    "Min mejladress har ändrats.": "Min mejladress har ändrats.",
    "Den här mejladressen används inte längre.": "Den här mejladressen används inte längre.",
    "Denna e-postadress är inte längre aktiv.": "Denna e-postadress är inte längre aktiv.",
    "My new email is bodil@example.org": "My new email is bodil@example.org",
    "Brevlådan bevakas inte längre.": "Brevlådan bevakas inte längre.",
    "Kontot är avslutat.": "Kontot är avslutat.",
    "Bodil Ek no longer works here.": "Bodil Ek no longer works here.",
    "I have left the organisation. Please write to a@example.se": "I have left the organisation.",
    "Please note my new e-mail address.": "Please note my new e-mail address.",
}
OTHER_WORDS = [
    "Jag har tyvärr slutat.", "Jag har, precis, slutat.", "Jag har i dag slutat min anställning.", "Jag har i sommar slutat.", "Min anställning har upphört.",
    "Min tjänst är avslutad.", "Avslutad anställning", "Jag jobbar ej här längre.", "Jag arbetar inte här längre.",
    "Jag arbetar numera i Falun.", "Bodil är ej anställd.", "Jag är inte anställd längre.", "Jag är pensionär.",
    "Bodil är numera pensionerad.", "Jag har gått vidare till nya uppdrag.", "Jag har tillträtt en ny tjänst.",
    "Jag har börjat nytt jobb.", "Jag har sagt upp mig.", "Min efterträdare är Kim.", "Jag har ersatts av Kim.",
    "Jag lämnade kommunen i maj.", "Bodil har lämnat sin befattning.", "Du når mig numera på bodil@example.org.",
    "Min nya mejl är bodil@example.org.", "Denna adress upphör att gälla.", "E-postadressen är inte i bruk.",
    "Adressen är inaktiv.", "E-postkontot är avslutat.", "Kontot avslutas.", "My last day was 31 May.", "I don't work here any more.",
    "I am not employed here.", "This mailbox is not monitored anymore.", "I have moved on to a new role.",
    "Jag slutar min anställning den 31 augusti.", "Jag slutar min tjänst.", "Bodil Ek slutar den 12 september.",
    "Efter semestern slutar jag den 12 augusti.", "Jag har semester och slutar den 31 augusti.", "Jag slutade 31/8.",
    "Den 1 juni slutar hon sin tjänst.", "Jag slutar i Hedemora kommun.", "Mitt vikariat upphör den 1 maj.",
    "Mitt förordnande har gått ut.", "Min sista dag på jobbet är fredag.", "Min sista arbetsdag på kommunen var i går.",
    "Hennes sista dag hos oss blir den 3 maj.", "Bodil arbetar inte längre här.", "Från 1 mars har jag nytt jobb.", "Förvaltningschefen slutar den 30 juni.",
    "Teresa slutar den 30 juni.", "Julia Mårtensson har slutat.", "Utbildningschefen slutar den 3 maj.", "Projektledaren slutade den 3 maj.",
    "Jeg har sluttet.", "Jeg er ikke lenger ansatt.", "En ole enää töissä kunnassa.",
]  # fmt: skip
AWAY = [
    "Jag är på semester till och med den 14 augusti. Vid brådskande ärenden: kontakta registrator@example.se.",
    "Jag har slutat för dagen och svarar i morgon.",
    "Föräldraledig till 1 mars. Min ersättare är Kim, kim@example.se.",
    "Jag har slutat tidigare i dag.",
    "Min sista dag på semestern är den 12 juli.",
    "Min sista dag i föräldraledigheten är fredag.",
    "Kursen har inte slutat än.",
    "I have left the office and am back on Monday.",
    "Jag är inte kvar på kontoret i dag.",
    "Jag är tjänstledig till den 1 mars. Du når mig på 0225-340 00.",
    "Hun har sluttet for dagen.",
    "Mötet pågår inte längre än till 16.00.",
    "Jag läser inte min e-post i dag. Ring växeln.",
    "Jag nås på 0225-340 00 eller registrator@example.se.",
    "Jag slutar på eftermiddagarna klockan 15 och svarar i morgon.",
    "Ny tid för mötet kommer. Min adress är den vanliga.",
    "I am out of the office until Monday.",
    "I have left for the day.",
    "Tack! Ditt ärende är mottaget och får nummer 1234.",
    "Jag är borta.\n\nFrån: Ekonomikontoret\nHar chefen slutat? Lägg in den nya. Hon har slutat.",
    "Borta i dag.\n> Jag har slutat",
    "På kurs.\n-----Ursprungligt meddelande-----\nJag har slutat.",
    "Away.\nOn Mon, 13 Sep 2027 at 08:30, Ekonomi <ekonomi@example.se> wrote:\nMy new address is",
    "Semestern slutar den 12 augusti.",
    "Kursen slutar den 3 maj och då svarar jag.",
    "Min kurs har nu slutat, jag svarar i morgon.",
    "Föräldraledigheten slutar den 1 mars.",
    "Mötet har slutat, men jag reser hem.",
    "Sommarlovet slutar den 20 augusti.",
    "Jag är på en konferens som slutar den 14.",
    "Anmälan slutar den 1 oktober.",
    "Jag slutar 15 varje dag den här veckan.",
    "Jag arbetar inte längre än till 15 i dag.",
    "Jag arbetar nu på distans och svarar senare.",
    "Jag jobbar numera på halvtid, inte på fredagar.",
    "Jag jobbar nu i hemmet.",
    "Sista dagen är fredag för ansökan.",
    "Sista semesterdagen är den 12.",
    "E-tjänsten har upphört att svara.",
    "Jag har lämnat kommunen för i dag.",
    "",
]


@pytest.mark.parametrize(("text", "sentence"), SAID.items(), ids=range(len(SAID)))
def test_a_sentence_that_says_so_is_found(text, sentence):
    assert farewell_in("Automatiskt svar: Delårsrapport", text) == sentence


@pytest.mark.parametrize("text", OTHER_WORDS)
def test_it_is_found_in_the_words_that_people_choose(text):
    assert farewell_in("Automatiskt svar: Delårsrapport", text) == text


def test_it_may_stand_in_the_subject_and_a_long_one_is_cut():
    assert farewell_in("Bodil har slutat", "Hej") == "Bodil har slutat"
    assert len(farewell_in("", "Jag har slutat, " + "och " * 400)) == LONGEST_SENTENCE


@pytest.mark.parametrize("text", AWAY)
def test_who_is_only_away_or_is_quoted_says_nothing(text):
    assert farewell_in("Automatiskt svar: Delårsrapport", text) == ""


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({"Auto_Submitted": "auto-replied"}, True),
        ({"Auto_Submitted": "auto-generated", "Return_Path": "<>", "X_Auto_Response_Suppress": "All"}, True),
        ({"Content_class": "urn:content-classes:mdn"}, False),  # a receipt tells of our letter
        ({}, False),  # a person's own words are read as a whole
    ],
)
def test_only_an_automatic_answer_says_it(headers, said):
    mail = read_mail(answer(text="Jag har slutat.", **headers).as_bytes())
    assert (mail.farewell, mail.sender) == ("Jag har slutat." if said else "", CHIEF)
