"""What a body decided about a report, and what follows by itself: the next body, the law's handing over, the letters."""

import asyncio
from datetime import timedelta

import pytest

from actions.ladder.endings import end_matters
from actions.scene import Scene
from notifications.post.outbox import empty
from notifications.post.post import ListPost
from store.plan.body_rows import newest_decisions
from store.tables import Decision, LetterRow, LogRow
from tests.rig.handins import BIN_UNDERLAG, KS_UNDERLAG, OMN_UNDERLAG
from tests.rig.pages.chamber import KSAU, PRELIMINARY, Chamber
from tests.rig.pages.counter import told
from tests.rig.pages.hall import SECRETARY, words
from tests.rig.pages.logging_in import hidden
from tests.rig.swedish_words import instant

pytestmark = pytest.mark.whole

KS, KF = "/organ/ks/2027-10-19", "/organ/kf/2027-11-23"  # Tuesdays
KEY = "strandby/delarsrapport/2027-08/kommunen/"
DECEMBER = instant("onsdag 1 december 2027 kl. 09.00")


@pytest.fixture
def chamber():
    made = Chamber()
    made.hand_in()
    made.later(instant("onsdag 20 oktober 2027 kl. 09.00"))
    return made


def letters(chamber, kind="överlämnad rapport"):
    return [row for row in chamber.rows(LetterRow) if row.kind == kind]


def readers(rows):
    return [row.to[0].removesuffix("@example.se") for row in rows]


def said(row):
    return " ".join(words(row).split())


def hand_on(chamber, **data):
    return chamber.decide(moment=PRELIMINARY, beslut="överlämnas", till_organ="ks", **data)


def to_kf(chamber, **data):
    form = {
        "moment": f"{KEY}ks",
        "beslut": "överlämnas",
        "till_organ": "kf",
        "beslutad": "2027-10-19",
        "paragraf": "§ 120",
    }
    return chamber.decide(KS, **form | data)


def test_what_ksau_hands_on_lies_before_ks_and_its_readers_are_told(chamber):
    answer = hand_on(chamber)
    page = chamber.text(answer.headers["location"])
    assert "Det ligger inför KS tisdag 19 oktober 2027." in page
    assert "KSAU beslutade den 5 oktober 2027, § 45, dnr KS 2027/12." in chamber.text(KS)
    assert readers(letters(chamber)) == ["kommunsekreterare", "ksau.ordforande"]
    letter = said(letters(chamber)[0])
    assert "Kommunstyrelsens arbetsutskott beslutade den 5 oktober 2027, § 45, att överlämna" in letter
    assert "Kommunstyrelsen tisdag 19 oktober 2027 kl. 13.30" in letter and "KS beslutar om delårsrapporten" in letter
    assert "?till=/organ/ks/2027-10-19" in letter
    assert [row.detail["body"] for row in chamber.logged("report.handed_on")] == ["ks"]
    assert "Rapporten överlämnades" in chamber.text("/lage/delarsrapport/2027-08")


def test_what_ks_hands_to_kf_is_by_law_handed_to_the_revisorer_and_that_moment_is_recorded_too(chamber):
    hand_on(chamber)
    assert "Kommunfullmäktige och revisorerna" in chamber.text(KS)
    page = chamber.text(to_kf(chamber).headers["location"])
    assert "i tid enligt lagen (KL 11 kap. 16 §)" in page and "Det ligger inför KF tisdag 23 november 2027" in page
    rows = {row.milestone_key.removeprefix(KEY): row for row in chamber.rows(Decision)}
    assert (
        rows["overlamnande"].outcome == "överlämnas till KF och revisorerna"
        and rows["overlamnande"].paragraf == "§ 120"
    )
    handed = letters(chamber)[2:]
    assert readers(handed) == ["kommunsekreterare", "kf.ordforande", "revisorerna"]
    assert "I tid enligt lagen (KL 11 kap. 16 §)" in said(handed[2]) and "?till=/organ/kf/2027-11-23" in said(handed[2])
    assert chamber.text(KF).count("KS beslutade den 19 oktober 2027, § 120") == 1


def test_kf_treats_what_was_handed_over_and_the_wheel_is_closed(chamber):
    to_kf(chamber)
    chamber.later(DECEMBER)
    assert '<option value="">Välj</option><option>behandlas</option>' in chamber.text(KF)
    answer = chamber.decide(KF, moment=f"{KEY}kf", beslut="behandlas", beslutad="2027-11-23")
    assert "KF behandlar delårsrapporten: behandlades den 23 november 2027." in chamber.text(answer.headers["location"])


def test_too_late_is_told_on_the_page_in_the_dossier_the_log_and_the_letter(chamber):
    chamber.later(DECEMBER)
    page = chamber.text(to_kf(chamber, moment=f"{KEY}overlamnande", beslutad="2027-11-09").headers["location"])
    late = "8 dagar efter sista dag enligt lag, måndag 1 november 2027 (KL 11 kap. 16 §)"
    assert page.count(late) == 2  # what was just recorded, and the dossier
    assert 'class="notice" role="status"' in page  # not in the colour of what went well
    assert chamber.logged("decision.recorded")[0].detail["days_late"] == 8
    assert late in said(letters(chamber)[0])
    assert late in chamber.text("/lage/delarsrapport/2027-08")


@pytest.mark.parametrize(
    ("page", "last", "outcome", "decided_on", "word"),
    [
        (KS, "ks", "godkänns", "2027-10-04", "måndag 4 oktober 2027 ligger före tisdag 5 oktober 2027"),
        (
            KF,
            "kf",
            "behandlas",
            "2027-10-18",
            "KS överlämnar delårsrapporten till KF och revisorerna (KL 11 kap. 16 §)",
        ),
    ],
)
def test_a_day_before_what_it_must_follow_is_refused_with_why_and_nothing_is_recorded(
    chamber, page, last, outcome, decided_on, word
):
    hand_on(chamber)
    to_kf(chamber)
    chamber.later(DECEMBER)
    before = len(chamber.rows(Decision))
    answer = chamber.decide(page, moment=f"{KEY}{last}", beslut=outcome, beslutad=decided_on)
    assert answer.status_code == 400 and word in told(answer)
    assert len(chamber.rows(Decision)) == before


def test_a_handing_over_after_kf_has_treated_it_is_refused(chamber):
    chamber.later(DECEMBER)
    chamber.decide(KF, moment=f"{KEY}kf", beslut="behandlas", beslutad="2027-11-23")
    answer = to_kf(chamber, moment=f"{KEY}overlamnande", beslutad="2027-11-24")
    assert "ligger efter tisdag 23 november 2027" in told(answer) and "KF behandlar delårsrapporten" in told(answer)


def test_a_decision_that_replaces_a_handing_on_withdraws_it_everywhere_and_those_told_are_told(chamber):
    to_kf(chamber)
    form = {"beslut": "återremitteras", "enhet": BIN_UNDERLAG, "till": "2027-10-25", "skal": "Redovisa åtgärderna."}
    assert to_kf(chamber, **form).status_code == 303  # Monday 25 October
    page = chamber.text(KF)
    assert "återkallat" in page and "Nu gäller beslutet från den 19 oktober 2027: återremitterades." in page
    withdrawn = letters(chamber, "överlämnande återkallat")
    assert readers(withdrawn) == ["kommunsekreterare", "kf.ordforande", "revisorerna"]
    assert "har inte överlämnat delårsrapporten per den 31 augusti 2027 till kommunfullmäktige" in said(withdrawn[0])
    assert "Det beslut som gäller är från den 19 oktober 2027: återremitterades." in said(withdrawn[0])
    with chamber.hall.town.store.read() as session:
        newest = newest_decisions(session, [f"{KEY}overlamnande"])[f"{KEY}overlamnande", "ks"]
    assert newest.outcome == "återkallas" and newest.handed_to is None
    assert "Sista dag enligt lag är måndag 1 november 2027" in chamber.text(KS)  # the handing over is open again
    assert chamber.one().deadline.at == instant("måndag 25 oktober 2027 kl. 16.00")


def test_a_corrected_paragraph_tells_nobody_twice(chamber):
    hand_on(chamber)
    hand_on(chamber, paragraf="§ 46")
    assert len(letters(chamber)) == 2
    assert chamber.text(KS).count("KSAU beslutade den 5 oktober 2027") == 1 and "§ 46" in chamber.text(KS)


def test_an_aterremiss_by_kf_gives_a_new_frist_too(chamber):
    to_kf(chamber)
    chamber.later(DECEMBER)
    form = {"beslut": "återremitteras", "enhet": BIN_UNDERLAG, "till": "2027-12-13", "skal": "Redovisa åtgärderna."}
    assert chamber.decide(KF, moment=f"{KEY}kf", beslutad="2027-11-23", **form).status_code == 303
    assert chamber.one().deadline.at == instant("måndag 13 december 2027 kl. 16.00")
    assert "Kommunfullmäktige (tisdag 23 november 2027, § 45) har återremitterat" in said(
        letters(chamber, "återremiss")[0]
    )


def test_what_comes_after_the_agenda_has_closed_is_treated_at_the_next_meeting(chamber):
    chamber.later(instant("onsdag 13 oktober 2027 kl. 09.00"))
    hand_on(chamber, beslutad="2027-10-12")
    assert "efter att dagordningen hade stängt" in chamber.text(KS)
    late = chamber.text("/organ/ks/2027-11-16")
    assert "KS beslutar om delårsrapporten" in late and "KSAU beslutade den 12 oktober 2027" in late


def test_a_report_that_a_body_has_no_moment_for_is_decided_there_all_the_same(chamber):
    chamber.later(DECEMBER)
    month = "strandby/manadsrapport/2027-09/kommunen/ks"
    form = {"beslut": "överlämnas", "till_organ": "kf", "beslutad": "2027-11-17"}
    chamber.decide("/organ/ks/2027-11-16", moment=month, **form)
    page = "/organ/kf/2027-12-28"  # Tuesday; the agenda of 23 November closed on Tuesday the 16th
    assert "Månadsrapport september 2027: överlämnad av KS" in chamber.text(page)
    assert "Månadsrapport september 2027: överlämnad av KS" in chamber.text("/organ/kf")
    assert readers(letters(chamber)) == ["kommunsekreterare", "kf.ordforande"]  # no law hands it to the revisorer
    chamber.later(instant("onsdag 29 december 2027 kl. 09.00"))
    chamber.decide(page, moment=month, beslut="läggs till handlingarna", beslutad="2027-12-28")
    with chamber.hall.town.store.read() as session:
        rows = newest_decisions(session, [month])
    assert {body: row.outcome for (_, body), row in rows.items()} == {
        "ks": "överlämnas till KF", "kf": "läggs till handlingarna",
    }  # fmt: skip


def test_a_matter_is_decided_no_earlier_than_it_was_raised(chamber):
    chamber.bring_up()
    day = (chamber.hall.now - timedelta(days=1)).date().isoformat()
    answer = chamber.decide(KSAU, arende=str(chamber.matter().id), beslutad=day)
    assert "då ärendet väcktes" in told(answer) and chamber.rows(Decision) == []
    assert not [row for row in chamber.rows(LogRow) if row.what == "decision.recorded"]


def test_the_dossier_in_october_has_the_preliminary_figures_and_what_is_missing(chamber):
    chamber.hand_in(parts={"ekonomi"}, key=KS_UNDERLAG)
    page = chamber.text(KSAU)
    assert "Frist tisdag 21 september, saknar Mål- och resultatuppföljning, " in page
    assert "Underlag till delårsrapporten</b>: 1 av 4 enheter klara, varav 1 preliminär i väntan på nämndens" in page
    assert (
        "Frist tisdag 21 september, har inte lämnat in något.<br>Ring förvaltningschefen Förvaltningschef omsorg, "
        in page
    )
    stands = page.partition("Underlag till delårsrapporten</b>")[2].partition("</ul>")[0]
    assert "Försenad</span><br>" in stands and "försenat</span>" not in stands  # the board's own word
    assert "/lage/delarsrapport/2027-08/sammanstallning.docx" in page
    # KS decides and hands over at the same meeting: how the report stands is shown once
    assert chamber.text(KS).count("Underlag till delårsrapporten</b>") == 1


def test_kfs_dossier_says_whether_the_report_is_handed_over_and_the_revisorers_bedomning_is_there(chamber):
    chamber.later(DECEMBER)
    missing = "Revisorernas bedömning av delårsrapporten har inte registrerats som inkommen (KL 12 kap. 2 §)."
    page = chamber.text(KF)
    assert missing in page
    assert (
        "KS överlämnar delårsrapporten till KF och revisorerna, den 29 oktober 2027: inget beslut är registrerat."
        in page
    )
    to_kf(chamber)
    form = {"csrf": hidden(page), "moment": f"{KEY}kf", "inkom": "2027-11-12", "diarienummer": "KF 2027/9"}
    assert chamber.browser.post(f"{KF}/utlatande", data=form).status_code == 303
    page = chamber.text(KF)
    assert missing not in page
    assert "Revisorernas bedömning av delårsrapporten inkom den 12 november 2027, dnr KF 2027/9" in page
    assert "KS överlämnar delårsrapporten till KF och revisorerna: överlämnades till KF och revisorerna den 19 oktober 2027, § 120." in page  # fmt: skip
    assert [row.who for row in chamber.logged("utlatande.received")] == ["Ekonom E"]
    assert "Revisorernas utlåtande kom in" in chamber.text("/lage/delarsrapport/2027-08")


@pytest.mark.parametrize(
    ("last", "day", "word"),
    [
        ("kf", "2027-12-24", "har inte varit än"),
        ("kf", "2027-08-31", "ligger före periodens slut"),
        ("kf", "i går", "till exempel 2027-10-05"),
        ("ks", "2027-11-12", "lämnar inget utlåtande"),
    ],
)
def test_an_utlatande_that_cannot_be_is_told_and_not_recorded(chamber, last, day, word):
    chamber.later(DECEMBER)
    form = {"csrf": hidden(chamber.text(KF)), "moment": f"{KEY}{last}", "inkom": day}
    answer = chamber.browser.post(f"{KF}/utlatande", data=form)
    assert answer.status_code == 400 and word in told(answer)
    assert chamber.logged("utlatande.received") == []


def test_a_secretary_sees_the_same_dossier_and_records_what_her_own_body_is_given(chamber):
    assert chamber.hall.inside(address=SECRETARY, name="En nämnds sekreterare").get(KF).status_code == 404
    secretary = chamber.hall.inside(address="kommunsekreterare@example.se", name="Kommunsekreterare")
    page = secretary.get(KF)
    assert "Revisorernas bedömning" in page.text and "Registrera revisorernas bedömning" in page.text
    form = {"csrf": hidden(page.text), "moment": f"{KEY}kf", "inkom": "2027-10-01"}
    other = chamber.hall.inside(address="ksau.sekreterare@example.se", name="KSAU:s sekreterare")
    theirs = form | {"csrf": hidden(other.get("/lage").text)}
    assert other.post(f"{KF}/utlatande", data=theirs).status_code == 403
    assert secretary.post(f"{KF}/utlatande", data=form).status_code == 303


def test_a_matter_that_was_handed_on_is_withdrawn_before_both_bodies_readers(chamber):
    chamber.later(instant("onsdag 29 september 2027 kl. 09.00"))  # KSAU's agenda closes at 12
    chamber.bring_up()
    asyncio.run(empty(chamber.hall.town.store, ListPost(), lambda: chamber.hall.now, connections=1))
    chamber.later(instant("onsdag 6 oktober 2027 kl. 09.00"))
    chamber.decide(arende=str(chamber.matter().id), beslut="överlämnas", till_organ="ks", skal="Tredje gången i rad.")
    assert "väckt" in chamber.text(KS) and "Tjänsteskrivelse (.docx)" in chamber.text(KS)
    chamber.hand_in(key=OMN_UNDERLAG)
    chamber.hand_in(key=OMN_UNDERLAG.replace("delarsrapport", "prognos"))
    with chamber.hall.town.store.begin() as session:
        end_matters(Scene(session, chamber.hall.office(), chamber.hall.now).look([OMN_UNDERLAG]), None)
    assert chamber.matter().state == "återkallat"  # before KS's agenda closes on Friday 8 October
    # the chair of KSAU is KS's too
    told = ["ksau.ordforande", "ksau.sekreterare", "kommunsekreterare"]
    assert sorted(readers(letters(chamber, "återkallat"))) == sorted(told)
    assert "återkallat" in chamber.text(KS)
