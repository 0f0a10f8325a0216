"""Who signs a tjänsteskrivelse has its draft with the ladder's last word, and can change it, hold it and let it go."""

import io
from datetime import date

import pytest
from docx import Document

from actions.act import Act
from actions.ladder.rounds import bring_up
from actions.papers.signing import Words, change_words, hold_paper, let_go
from actions.papers.unsent import unsent
from actions.scene import Scene
from arshjul.errors import RefusedError
from arshjul.keys import BodyId, OccurrenceKey
from store.plan.matters import every_open
from store.tables import LetterRow, LogRow, Matter
from tests.rig.climbing import AFTER, CHIEF_OF, LATE, SECRETARY, climb, month
from tests.rig.rounds import House, attached, body
from tests.rig.swedish_words import instant

pytestmark = pytest.mark.whole

FEW = ("bildningsnamnden", "omsorgsnamnden", "kommunstyrelsen")  # few, so that a round is cheap
PAPER = "Tjänsteskrivelse månadsrapport september 2027.docx"
DRAFT = f"Utkast till t{PAPER[1:]}"
REPORT, KSAU = OccurrenceKey.of("manadsrapport", "2027-09"), BodyId("ksau")
LAST_WORD = "onsdag 20 oktober 2027"
GOES = "torsdag 21 oktober 2027"
WORDS = Words(
    background="Förvaltningen har bytt ekonomisystem.\n\nBytet blev klart i september.",
    assessment="Siffrorna bedöms kunna komma före mötet.",
    points="Att uppföljningen redovisas muntligt.\nge ekonomichefen i uppdrag att återkomma.",
)


@pytest.fixture(scope="module")
def told() -> House:
    """The ladder's last word has been said."""
    town = month(units=FEW)
    climb(town, AFTER[:-1])
    return town


def words(town: House, name: str, file: str) -> str:
    files = [
        part for mail in town.to(name) for part in mail.iter_attachments() if str(part.get_filename()).endswith(file)
    ]
    return " ".join("\n".join(each.text for each in Document(io.BytesIO(files[-1].get_content())).paragraphs).split())


def signing(town: House, what, when: str = f"{LAST_WORD} kl. 10.00", by: str = "Ekonomichef", why: str = ""):
    with town.store.begin() as session:
        return what(Act(Scene(session, town.office, instant(when)), by, why))


def signer(town: House) -> str:
    with town.store.read() as session:
        return unsent(Scene(session, town.office, instant(f"{LAST_WORD} kl. 10.00")), REPORT, KSAU).signer.name


def raised(town: House) -> list[str]:
    with town.store.read() as session:
        return [row.obligation_key for row in every_open(session)]


def test_the_ekonomichef_has_the_draft_and_its_page_before_it_goes_and_nobody_else_has(told: House) -> None:
    (letter,) = [mail for mail in told.to("ekonomichef") if DRAFT in attached(mail)]
    assert "Du står som handläggare" in body(
        letter
    ) and "ändra orden, hålla den med ett skäl, eller låta den gå" in body(letter)
    assert "?till=/skrivelse/manadsrapport/2027-09/ksau" in body(letter).replace(" ", "")
    assert "Sista påminnelsen" in str(letter["Subject"])
    others = [mail for mail in told.mails() if mail is not letter]
    assert [mail["To"] for mail in others if DRAFT in attached(mail) or "/skrivelse/" in body(mail)] == []
    assert "Utkast. Skrivelsen lämnas till kommunstyrelsens arbetsutskott torsdag" in words(told, "ekonomichef", DRAFT)


def test_unattended_it_goes_at_its_hour_and_says_so(told: House) -> None:
    town = told.copy()
    town.morning(GOES)
    said = words(town, SECRETARY, PAPER)
    assert (
        "fick utkastet den 20 oktober 2027. Kommunens årshjul lämnade skrivelsen vid sin tid, utan att någon hade släppt den."
        in said
    )
    assert "Utkast." not in said


def test_it_goes_with_the_signers_words_and_the_services_facts_and_says_who_let_it_go(told: House) -> None:
    town = told.copy()
    done = signing(town, lambda act: let_go(act, REPORT, KSAU, WORDS), by=signer(town))
    assert (
        done == "Skrivelsen är släppt. Den går torsdag 21 oktober 2027 kl. 07.00, om det som saknas inte har kommit in."
    )
    town.round(f"{LAST_WORD} kl. 11.00")
    assert raised(town) == []  # those who are late were told the hour
    town.morning(GOES)
    said = words(town, SECRETARY, PAPER)
    for each in (
        "Förvaltningen har bytt ekonomisystem.",
        "Bytet blev klart i september.",
        "Siffrorna bedöms kunna komma före mötet.",
    ):
        assert each in said
    assert "kan inte bli fullständig förrän" not in said and "Fristen gick ut den 14 oktober 2027" in said
    last = "att uppföljningen redovisas muntligt, att ge ekonomichefen i uppdrag att återkomma, och att paragrafen förklaras omedelbart justerad."
    assert last in said.replace("Att upp", "att upp")
    assert "med stöd av 6 kap. 12 § kommunallagen" in said
    assert f"{signer(told)} läste skrivelsen och lät den gå den 20 oktober 2027." in said
    assert "utan att någon" not in said


def test_words_that_were_only_kept_go_and_what_has_come_in_since_is_said(told: House) -> None:
    town = told.copy()
    signing(town, lambda act: change_words(act, REPORT, KSAU, WORDS))
    town.hand_in(LATE, f"{LAST_WORD} kl. 12.00")
    town.morning(GOES)
    said = words(town, SECRETARY, PAPER)
    assert "ändrade i skrivelsen den 20 oktober 2027. Sedan dess ingår bildningsnämnden inte längre." in said
    assert "utan att någon hade släppt den" in said and "Siffrorna bedöms" in said
    assert "från bildningsnämnden" not in said


def test_held_it_waits_with_a_reason_the_office_is_told_and_then_it_goes_by_itself(told: House) -> None:
    town = told.copy()
    until = date(2027, 10, 26)
    done = signing(
        town, lambda act: hold_paper(act, REPORT, KSAU, until, tells_office=True), why="Nämnden sammanträder på måndag."
    )
    assert done == (
        "Skrivelsen hålls till och med tisdag 26 oktober 2027. Sedan går onsdag 27 oktober 2027 till KSAU tisdag 2 november 2027, "
        "om något fortfarande saknas."
    )
    town.round(f"{LAST_WORD} kl. 10.01")
    (note,) = [mail for mail in town.to("ekonomikontoret") if str(mail["Subject"]).startswith("Hålls:")]
    assert "Skäl: Nämnden sammanträder på måndag." in body(note) and done in body(note)
    town.morning(GOES)
    town.morning("tisdag 26 oktober 2027")
    assert raised(town) == []
    town.morning("onsdag 27 oktober 2027")
    assert LATE in raised(town)
    assert "Nämnden sammanträder" not in words(town, SECRETARY, PAPER)  # the reason stands in the log alone
    holds = [row for row in town.rows(LogRow) if row.what == "quiet.håll"]
    assert {(row.who, row.detail["why"]) for row in holds} == {("Ekonomichef", "Nämnden sammanträder på måndag.")}


def test_each_day_to_hold_says_where_it_goes_then_past_the_agenda_too(told: House) -> None:
    def tries(until):
        return signing(
            told.copy(), lambda act: hold_paper(act, REPORT, KSAU, until, tells_office=False), why="Vi väntar."
        )

    assert "som extra ärende till KSAU tisdag 2 november 2027, vars dagordning stänger onsdag 27 oktober" in tries(
        date(2027, 10, 28)
    )
    with pytest.raises(
        RefusedError, match="Välj en arbetsdag från torsdag 21 oktober 2027 till onsdag 3 november 2027"
    ):
        tries(date(2027, 11, 4))
    with pytest.raises(RefusedError, match="Skriv varför"):
        signing(told.copy(), lambda act: hold_paper(act, REPORT, KSAU, date(2027, 10, 22), tells_office=False))


def test_what_is_held_goes_at_once_when_it_is_let_go(told: House) -> None:
    town = told.copy()
    signing(town, lambda act: hold_paper(act, REPORT, KSAU, date(2027, 10, 29), tells_office=False), why="Vi väntar.")
    town.morning(GOES)
    assert raised(town) == []
    done = signing(town, lambda act: let_go(act, REPORT, KSAU, Words()), when=f"{GOES} kl. 13.00", by=signer(town))
    assert done == "Skrivelsen är släppt. Den går inom någon minut."
    town.round(f"{GOES} kl. 13.01")
    assert LATE in raised(town)
    assert "läste skrivelsen och lät den gå den 21 oktober 2027" in words(town, SECRETARY, PAPER)
    with pytest.raises(RefusedError, match="väntar inte längre"):
        signing(town, lambda act: let_go(act, REPORT, KSAU, Words()), when=f"{GOES} kl. 13.02")


def test_who_signs_and_those_it_names_get_copies_as_it_went(told: House) -> None:
    town = told.copy()
    before = {name: len(town.to(name)) for name in ("ekonomichef", CHIEF_OF, "kommundirektor")}
    town.morning(GOES)
    signed, owes, uppdrag = (town.to(name)[count:] for name, count in before.items())
    assert [PAPER in attached(mail) for mail in (*signed, *owes, *uppdrag)] == [True] * 3
    assert str(signed[0]["Subject"]).startswith(
        "Har gått till KSAU: skrivelsen om"
    ) and "Du står som handläggare" in body(signed[0])
    assert str(owes[0]["Subject"]).startswith("Hos KSAU:") and "/l/" in body(owes[0])
    assert words(town, CHIEF_OF, PAPER) == words(town, SECRETARY, PAPER) == words(town, "ekonomichef", PAPER)


def test_nobody_gets_a_copy_of_what_came_in_before_it_left(told: House) -> None:
    town = told.copy()
    with town.store.read() as session:
        keys = [
            one.key for one in unsent(Scene(session, town.office, instant(f"{LAST_WORD} kl. 10.00")), REPORT, KSAU).late
        ]
    with town.store.begin() as session:
        bring_up(Scene(session, town.office, instant(f"{GOES} kl. 07.00")))  # nothing is handed over
    for key in keys:
        town.hand_in(key, f"{GOES} kl. 07.30")
    sent = len(town.mails())
    town.round(f"{GOES} kl. 08.00")
    assert [mail for mail in town.mails()[sent:] if PAPER in attached(mail)] == []
    assert {row.state for row in town.rows(LetterRow) if row.kind == "kopia av skrivelse"} == {"återtaget"}
    assert {row.state for row in town.rows(Matter)} == {"återkallat"}
