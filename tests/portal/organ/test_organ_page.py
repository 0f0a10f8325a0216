"""KSAU, KS and KF: the dossier of a meeting, the decision afterwards, and what follows from it."""

import re
from datetime import date, timedelta
from io import BytesIO

import pytest
from docx import Document

from actions.act import Act
from actions.bodies.matter_decisions import decide_matter
from actions.bodies.recording import Decided
from actions.ladder.endings import end_matters
from actions.scene import Scene
from store.access.links import issue, sign_reading
from store.plan.matters import raise_matter
from store.tables import Decision, LetterRow, LogRow, Matter, Submission, Utlatande
from tests.rig.handins import BIN_UNDERLAG, OMN_UNDERLAG
from tests.rig.pages.chamber import AFTER, KSAU, PRELIMINARY, Chamber
from tests.rig.pages.counter import HOSTILE, told
from tests.rig.pages.hall import SECRET, words
from tests.rig.pages.logging_in import hidden
from tests.rig.swedish_words import instant

pytestmark = pytest.mark.whole


@pytest.fixture
def chamber():
    return Chamber()


def test_a_dossier_shows_what_is_treated_and_what_the_ladder_brought_up_with_its_paper(chamber):
    chamber.bring_up()
    page = chamber.text(KSAU)
    assert "Delårsrapport augusti 2027: KSAU får preliminära siffror" in page
    assert "Omsorgsnämnden: underlag till delårsrapporten" in page and "väckt" in page
    card = page.partition("Ärenden om försening")[2]
    assert "Ring förvaltningschefen" in card and 'href="mailto:forvaltningschef.omsorg@example.se"' in card
    assert "Dagordningen stänger onsdag 29 september 2027 kl. 12.00" in page
    letter = next(row.id for row in chamber.rows(LetterRow) if row.kind == "eskalering")
    answer = chamber.browser.get(f"{KSAU}/tjansteskrivelse/{letter}")
    assert answer.headers["content-disposition"].startswith("attachment;")
    paper = Document(BytesIO(answer.content))
    assert "Omsorgsnämnden" in " ".join(cell.text for table in paper.tables for row in table.rows for cell in row.cells) + " ".join(p.text for p in paper.paragraphs)  # fmt: skip


def test_the_list_of_meetings_counts_matters_and_names_moments(chamber):
    chamber.bring_up()
    page = chamber.text("/organ/ksau")
    assert "1 ärende om försening" in page and "KSAU får preliminära siffror" in page
    assert "Kommunfullmäktige" in chamber.text("/organ/kf")


def seen(chamber, page):
    """What a reader sees of a page's words."""
    return " ".join(re.sub(r"<[^>]+>", "", chamber.text(page)).split())


def test_a_decision_is_recorded_with_its_paragraph_by_whoever_is_logged_in(chamber):
    chamber.later()
    assert ">Beslutsdatum</label>" in chamber.browser.get(KSAU).text
    answer = chamber.decide(moment=PRELIMINARY)
    assert answer.headers["location"].startswith(f"{KSAU}?gjort=")
    (row,) = chamber.rows(Decision)
    assert (row.body, row.outcome, row.paragraf, row.diarienummer, row.by) == (
        "ksau", "godkänns", "§ 45", "KS 2027/12", "Ekonom E",
    )  # fmt: skip
    assert "godkändes den 5 oktober 2027, § 45, dnr KS 2027/12" in (dossier := seen(chamber, KSAU))
    shown = seen(chamber, "/lage/delarsrapport/2027-08")
    assert "Beslut: KSAU får preliminära siffror" in shown and "godkändes den 5 oktober 2027, § 45" in shown
    assert not re.search(r"2027-\d\d-\d\d", shown) and "godkänns tisdag" not in dossier
    been = seen(chamber, "/organ/ksau").partition("Möten som har varit")[2]
    assert "Dagordningen stängde onsdag 29 september 2027" in been and "Dagordningen stänger" not in been


def test_what_is_sent_back_is_open_again_until_the_day_that_was_decided_and_its_enhet_is_told_by_whom(chamber):
    chamber.hand_in()
    chamber.later()
    data = {"beslut": "återremitteras", "enhet": BIN_UNDERLAG, "till": "2027-10-08", "skal": "Redovisa åtgärderna."}
    assert chamber.decide(moment=PRELIMINARY, **data).status_code == 303  # Friday 8 October
    assert not any(row.complete for row in chamber.rows(Submission))
    assert chamber.one().deadline.at == instant("fredag 8 oktober 2027 kl. 12.00")
    letter = next(row for row in chamber.rows(LetterRow) if row.kind == "återremiss")
    said = " ".join(words(letter).split())
    assert "Kommunstyrelsens arbetsutskott (tisdag 5 oktober 2027, § 45) har återremitterat" in said
    assert "Redovisa åtgärderna." in said
    page = chamber.text(KSAU)
    assert "återremitteras" in page
    log = [row for row in chamber.rows(LogRow) if row.what == "decision.recorded"]
    assert log[0].detail["why"] == "Redovisa åtgärderna."


@pytest.mark.parametrize(
    ("data", "word"),
    [
        ({"beslut": "återremitteras", "till": "2027-10-08", "skal": "Redovisa åtgärderna."}, "vilka enheter"),
        ({"beslut": "återremitteras", "enhet": BIN_UNDERLAG, "till": "2027-10-08", "skal": ""}, "Skriv varför"),
        (
            {"beslut": "återremitteras", "enhet": BIN_UNDERLAG, "skal": "Redovisa åtgärderna."},
            "till exempel 2027-10-05",
        ),
        ({"beslut": "återremitteras", "enhet": BIN_UNDERLAG, "till": "2027-12-01", "skal": "Redovisa."}, "längst till"),
        ({"beslut": "återremitteras", "enhet": "a/b/c", "till": "2027-10-08", "skal": "Redovisa."}, "bland de enheter"),
        ({"beslut": "överlämnas"}, "vilket organ"),
        ({"beslut": "bränns"}, "beslutet kan inte bli ”bränns”"),
        ({"beslutad": "2027-10-20"}, "har inte varit än"),
        ({"moment": "strandby/delarsrapport/2027-08/kommunen/kf"}, "Välj vad beslutet gäller"),
    ],
)
def test_a_decision_that_cannot_be_is_told_and_nothing_is_recorded(chamber, data, word):
    chamber.hand_in()
    chamber.later()
    answer = chamber.decide(**({"moment": PRELIMINARY} | data))
    assert answer.status_code == 400 and word in told(answer)
    assert chamber.rows(Decision) == [] and all(row.complete for row in chamber.rows(Submission))
    assert not [row for row in chamber.rows(LetterRow) if row.kind == "återremiss"]


def test_a_matter_handed_on_lies_before_the_next_body_and_its_readers_are_told(chamber):
    chamber.bring_up()
    chamber.later()
    data = {"beslut": "överlämnas", "till_organ": "ks", "skal": "Tredje gången i rad."}
    assert chamber.decide(arende=str(chamber.matter().id), **data).status_code == 303
    row = chamber.matter()
    assert (row.body, row.state) == ("ks", "väckt")
    letters = [each for each in chamber.rows(LetterRow) if each.kind == "överlämnat ärende"]
    assert letters and "till kommunstyrelsen" in " ".join(words(letters[0]).split())
    assert "Omsorgsnämnden" in chamber.text(f"/organ/ks/{row.meeting_day}")
    here = chamber.text(KSAU)
    assert "överlämnades till KS" in here and "ligger nu hos ett annat organ" in here
    with chamber.hall.town.store.begin() as session:  # a round leaves it where it is
        end_matters(Scene(session, chamber.hall.office(), chamber.hall.now).look([OMN_UNDERLAG]), None)
    assert (chamber.matter().body, chamber.matter().meeting_day) == ("ks", row.meeting_day)


def test_a_matter_handed_on_to_a_body_for_the_second_time_is_told_to_its_readers_again(chamber):
    chamber.bring_up()
    chamber.later()
    number = chamber.matter().id
    with chamber.hall.town.store.begin() as session:
        scene = Scene(session, chamber.hall.office(), chamber.hall.now)
        matter = session.get_one(Matter, number)
        for to in ("ks", "ksau", "ks"):
            decided = Decided(on=scene.today, outcome="överlämnas")
            decide_matter(Act(scene, "ekonomen", "Hör hemma där."), matter, decided, to=to)
    told = [row for row in chamber.rows(LetterRow) if row.kind == "överlämnat ärende"]
    to_ks = [(row.person_id, row.key) for row in told if "/overlamnat/" in row.key and "-ks/" in row.key]
    assert to_ks and {key for _, key in to_ks if key.endswith("/2")} == {
        f"{key}/2" for _, key in to_ks if key[-2:] != "/2"
    }


def test_a_matter_sent_back_gives_a_new_frist_and_is_settled_by_the_body(chamber):
    chamber.bring_up()
    chamber.later()
    data = {"beslut": "återremitteras", "till": "2027-10-08", "skal": "Lämna in det som saknas."}
    assert chamber.decide(arende=str(chamber.matter().id), **data).status_code == 303
    assert chamber.one(OMN_UNDERLAG).deadline.at == instant("fredag 8 oktober 2027 kl. 12.00")
    assert chamber.matter().state == "avgjort"
    assert "avgjort" in chamber.text(KSAU)
    assert "behöver inget beslut" in told(chamber.decide(arende=str(chamber.matter().id)))


def test_a_moment_past_the_laws_day_says_so(chamber):
    # the law's day for the delårsrapport's hand-over: two months from 31 August is Sunday 31 October, so 1 November
    key = "strandby/delarsrapport/2027-08/kommunen/overlamnande"
    page = next(
        f"/organ/ks/{each.day}"
        for each in reversed(chamber.wheel_now().meetings.of_year("ks", 2027))
        if each.day <= date(2027, 10, 31)
    )
    assert "Sista dag enligt lag är måndag 1 november 2027" in chamber.text(page)
    chamber.later(instant("onsdag 10 november 2027 kl. 09.00"))
    assert "har passerat utan beslut" in chamber.text(page)
    chamber.decide(page, moment=key, beslutad="2027-11-09", beslut="överlämnas")
    assert "8 dagar efter sista dag enligt lag, måndag 1 november 2027 (KL 11 kap. 16 §)." in chamber.text(page)


def test_a_matter_that_no_meeting_is_in_time_for_is_listed_as_gone_to_the_chair(chamber):
    with chamber.hall.town.store.begin() as session:
        raise_matter(session, chamber.wheel(session).obligations[OMN_UNDERLAG], None, chamber.hall.now)
    page = chamber.text("/organ/ksau")
    assert "Direkt till ordföranden" in page and "Omsorgsnämnden: underlag till delårsrapporten" in page
    assert "Ring förvaltningschefen" in page and 'href="mailto:forvaltningschef.omsorg@example.se"' in page
    assert "Direkt till ordföranden" not in chamber.text("/organ/ks")


SECRETARY_OF = "ksau.sekreterare@example.se"


def test_a_secretary_records_what_her_own_body_decided_and_no_other_bodys(chamber):
    chamber.bring_up()
    chamber.later()
    assert chamber.browser.post(f"{KSAU}/beslut", data={"moment": PRELIMINARY, "beslut": "godkänns"}).status_code == 403
    secretary = chamber.hall.inside(address=SECRETARY_OF, name="Sekreterare")
    page = secretary.get(KSAU)
    assert "Registrera beslutet" in page.text and "Flytta eller ställ in mötet" not in page.text
    data = {"csrf": hidden(page.text), "moment": PRELIMINARY, "beslut": "godkänns", "beslutad": "2027-10-05"}
    assert secretary.post(f"{KSAU}/beslut", data=data).status_code == 303
    (row,) = chamber.rows(Decision)
    assert (row.body, row.outcome, row.by) == ("ksau", "godkänns", "Sekreterare")
    other = chamber.hall.inside(address="kommunsekreterare@example.se", name="Kommunsekreterare")
    data["csrf"] = hidden(other.get("/lage").text)
    assert other.post(f"{KSAU}/beslut", data=data).status_code == 403
    assert other.post(f"{KSAU}/utlatande", data=data).status_code == 403
    assert len(chamber.rows(Decision)) == 1


def test_what_lies_before_another_body_is_not_decided_nor_shown_on_ones_own_bodys_page(chamber):
    chamber.bring_up()
    chamber.later()
    data = {"beslut": "överlämnas", "till_organ": "ks", "skal": "Tredje gången i rad."}
    chamber.decide(arende=str(chamber.matter().id), **data)
    secretary = chamber.hall.inside(address=SECRETARY_OF, name="Sekreterare")
    form = {"csrf": hidden(secretary.get(KSAU).text), "arende": str(chamber.matter().id), "beslutad": "2027-10-06"}
    answer = secretary.post(f"{KSAU}/beslut", data=form | {"beslut": "läggs till handlingarna"})
    assert answer.status_code == 400 and "ligger inte inför det här organet" in told(answer)
    given = form | {"moment": "strandby/delarsrapport/2027-08/kommunen/kf", "inkom": "2027-10-06"}
    answer = secretary.post(f"{KSAU}/utlatande", data=given)  # what the revisorer owe fullmäktige
    assert answer.status_code == 400 and "lämnas till ett annat organ" in told(answer)
    assert [row.body for row in chamber.rows(Decision)] == ["ksau"] and chamber.rows(Utlatande) == []
    assert chamber.matter().state == "väckt"
    (number,) = [row.id for row in chamber.rows(Decision)]
    assert "Beslutet är registrerat" in secretary.get(f"{KSAU}?gjort={number}").text
    office = chamber.browser.get(f"/organ/ks/{chamber.matter().meeting_day}?gjort={number}")
    assert office.status_code == 200 and "Beslutet är registrerat" not in office.text


def test_who_came_by_a_letters_link_reads_and_is_shown_the_way_to_record(chamber):
    chamber.later()
    with chamber.hall.town.store.begin() as session:
        token = sign_reading(SECRET, issue(session, SECRETARY_OF, ["ksau_sekreterare"], chamber.hall.now))
    reader = chamber.hall.browser()
    form = {"csrf": hidden(reader.get(f"/se/{token}").text), "till": KSAU}
    assert reader.post(f"/se/{token}", data=form).headers["location"] == KSAU
    page = reader.get(KSAU).text
    assert "Registrera beslutet" not in page and f'href="/logga-in?till={KSAU}"' in page
    data = {"csrf": hidden(page), "moment": PRELIMINARY, "beslut": "godkänns", "beslutad": "2027-10-05"}
    assert reader.post(f"{KSAU}/beslut", data=data).status_code == 403
    assert chamber.rows(Decision) == []
    assert reader.get(f"/logga-in?till={KSAU}").status_code == 200  # and does not lead back


def test_one_press_records_that_the_body_decided_as_the_paper_proposes_for_all_its_enheter(chamber):
    for key in (OMN_UNDERLAG, BIN_UNDERLAG):
        chamber.bring_up(key)
    assert "Enligt förslaget" not in chamber.text(KSAU)  # the meeting is ahead
    chamber.later()
    secretary = chamber.hall.inside(address=SECRETARY_OF, name="Sekreterare")
    page = secretary.get(KSAU).text
    assert "Då registreras alla 2 på en gång" in page and 'value="delarsrapport/2027-08"' in page
    form = {"csrf": hidden(page), "rapport": "delarsrapport/2027-08", "paragraf": "§ 45"}
    answer = secretary.post(f"{KSAU}/beslut", data=form)
    assert (
        "Beslutet är registrerat: ärendet beslutades enligt förslaget den 5 oktober 2027."
        in secretary.get(answer.headers["location"]).text
    )
    rows = chamber.rows(Decision)
    assert [(row.outcome, row.paragraf, str(row.decided_on)) for row in rows] == [
        ("enligt förslaget", "§ 45", "2027-10-05")
    ] * 2
    assert {row.state for row in chamber.rows(Matter)} == {"väckt"}  # they wait until it is done
    assert "Då registreras" not in secretary.get(KSAU).text
    again = secretary.post(f"{KSAU}/beslut", data=form)
    assert "Inget ärende om rapporten väntar" in told(again) and len(chamber.rows(Decision)) == 2


def test_what_is_tabled_goes_to_the_bodys_next_meeting_and_its_readers_are_told(chamber):
    chamber.bring_up()
    chamber.later()
    data = {"beslut": "bordläggs", "paragraf": "§ 9"}
    answer = chamber.decide(arende=str(chamber.matter().id), **data)
    assert answer.status_code == 303
    assert str(chamber.matter().meeting_day) == "2027-11-02"  # the next whose agenda is open, a Tuesday
    assert "Ärendet tas upp" in chamber.text(KSAU) and "Omsorgsnämnden: underlag" in chamber.text(
        "/organ/ksau/2027-11-02"
    )
    letters = [row for row in chamber.rows(LetterRow) if row.kind == "flyttat"]
    assert [row.to[0] for row in letters] == [SECRETARY_OF, "ksau.ordforande@example.se"]
    assert "Det tas upp tisdag 2 november 2027." in " ".join(words(letters[0]).split())


def test_reasons_and_paragraphs_are_words_only(chamber):
    chamber.bring_up()
    chamber.later()
    data = {"beslut": "överlämnas", "till_organ": "ks", "skal": HOSTILE, "paragraf": HOSTILE}
    chamber.decide(arende=str(chamber.matter().id), **data)
    assert "<script>" not in chamber.text(KSAU) and "<script>" not in chamber.text("/lage/delarsrapport/2027-08")
    assert all(b"\nBcc:" not in row.mime for row in chamber.rows(LetterRow))


@pytest.mark.parametrize(
    "page",
    ["/organ/x", "/organ/ksau/2027-10-06", "/organ/ksau/i-dag", f"{KSAU}/tjansteskrivelse/99", "/organ/x/2027-10-05"],
)
def test_what_is_not_there_is_told(chamber, page):
    assert chamber.browser.get(page).status_code == 404


def test_a_matter_that_is_not_there_is_told(chamber):
    chamber.later(AFTER + timedelta(days=1))
    for number in ("99", "x", "9" * 40):
        assert "Ärendet finns inte" in told(chamber.decide(arende=number))
