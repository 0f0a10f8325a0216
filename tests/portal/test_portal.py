"""The personal page, the status pages and the letters: what each shows, and whom each turns away."""

import logging
import re
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from portal.web.context import HealthPart
from portal.web.limits import Limit
from portal.web.redaction import HideTokens
from store.access.links import renew, revoke, sign
from store.people.people_import import import_people
from store.tables import Link, LogRow, ObligationRow, Submission
from submissions.files.parts import KINDS, MAX_BYTES
from tests.rig.handins import (
    BIN_PROGNOS,
    BIN_PROTOKOLL,
    BIN_UNDERLAG,
    KS_UNDERLAG,
    NOW,
    OMN_UNDERLAG,
    PDF,
    PROTECTED,
    docx,
    home,
    people_csv,
    xlsx,
)
from tests.rig.hedemora import whole_hedemora
from tests.rig.pages.bench import CHIEF, EKONOMI, SECRET, csrf, hand_in, path
from tests.rig.pages.logging_in import log_in, press

pytestmark = pytest.mark.whole

MAL = "delarsrapport.underlag.mal-och-resultat"
PROGNOS = "prognos.underlag.planerade-atgarder"
PROTOKOLL = "delarsrapport.protokoll.protokollsutdrag"


def told(browser, answer):
    """Follow the answer back to the page, and return what it tells."""
    assert answer.status_code == 303, answer.text
    page = browser.get(answer.headers["location"].partition("#")[0]).text
    section = re.search(r'<section class="answer".*?</section>', page, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", section[0].replace("<wbr>", "")).split())


def test_a_link_read_by_a_mail_scanner_changes_nothing(office):
    browser, token = office.client(), office.token()
    logged = len(office.rows(LogRow))
    for ask in (browser.get, browser.head, browser.get):
        answer = ask(f"/l/{token}")
        assert answer.status_code == 200
        assert "arshjul=" not in answer.headers["set-cookie"]  # only what binds the button to the browser
    assert [link.opened_at for link in office.rows(Link)] == [None]
    assert len(office.rows(LogRow)) == logged
    assert browser.get("/mina").status_code == 403


def test_opening_sets_a_cookie_that_scripts_and_other_sites_never_see(office):
    answer = press(office.client(), f"/l/{office.token()}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/mina")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie and "secure" not in cookie
    assert [link.opened_at for link in office.rows(Link)] == [NOW]


def test_over_https_the_cookie_is_secure_and_bound_to_the_host(office):
    answer = press(office.client(public_url="https://arshjul.example.se"), f"/l/{office.token()}")
    assert answer.headers["set-cookie"].startswith("__Host-arshjul=")
    assert "secure" in answer.headers["set-cookie"].lower()


def test_every_page_carries_its_guards(office, chief):
    for url in (f"/l/{office.token()}", "/mina", "/lage", "/finnsinte", "/health"):
        headers = chief.get(url).headers
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_no_page_has_a_script_or_a_style_of_its_own(office, chief):
    log_in(chief, office.town.store, SECRET, NOW)
    for url in ("/lage", "/lage/delarsrapport/2027-08", "/logga-in"):  # /mina: tests/portal/mine/test_drafts.py
        page = chief.get(url, follow_redirects=True).text
        assert "<script" not in page and "style=" not in page and " on" + "click" not in page


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (lambda office, link: "forged." + sign(b"another secret of enough length!", link), "ändrats"),
        (lambda office, link: sign(SECRET, link)[:-2], "ändrats"),
    ],
)
def test_a_forged_link_opens_nothing(office, spoil, word):
    token = spoil(office, office.link())
    pressed = press(office.client(), f"/l/{token}", shown="/logga-in")
    for answer in (office.client().get(f"/l/{token}"), pressed):
        assert answer.status_code == 403 and word in answer.text and "ekonomikontoret om en ny länk" in answer.text


def test_an_expired_link_opens_nothing_and_neither_does_its_cookie(office, chief):
    token = office.token()
    with office.town.store.begin() as session:
        session.scalars(select(Link)).one().expires_at = NOW + timedelta(hours=1)
    office.now = NOW + timedelta(hours=1)
    assert "gällde till" in press(office.client(), f"/l/{token}", shown="/logga-in").text
    assert chief.get("/mina").status_code == 403


@pytest.mark.parametrize("how", [revoke, renew])
def test_a_revoked_or_replaced_link_shuts_the_page_that_is_open(office, chief, how):
    token = csrf(chief)
    with office.town.store.begin() as session:
        how(session, session.scalars(select(Link)).one().id, NOW, "ekonomikontoret")
    assert chief.get("/mina").status_code == 403
    assert hand_in(chief, BIN_UNDERLAG, {EKONOMI: ("a.xlsx", xlsx())}, token=token).status_code == 403
    assert office.rows(Submission) == []


def test_a_cookie_ends_after_twelve_hours_and_a_forged_one_opens_nothing(office, chief):
    office.now = NOW + timedelta(hours=12)
    assert "Öppna länken i ditt senaste brev" in chief.get("/mina").text
    other = office.client()
    other.cookies.set("arshjul", chief.cookies["arshjul"][:-1] + "x")
    assert other.get("/mina").status_code == 403


def test_the_page_shows_what_this_person_owes_and_nothing_of_others(chief):
    page = chief.get("/mina").text
    assert "Underlag till delårsrapporten, augusti 2027" in page
    assert "tisdag 21 september 2027 kl. 16.00" in page and "om 7 arbetsdagar" in page
    assert "LKBR 13 kap. 3 §" in page and "KSAU tisdag 5 oktober 2027" in page
    assert "Bildningsnämnden" in page and "Omsorgsnämnden" not in page and "Energibolaget" not in page
    assert "årsbokslutet, 2026" not in page  # its frist was before we began


def test_the_soonest_stands_first(chief):
    page = chief.get("/mina").text
    places = [
        page.index(f'id="{key}"')
        for key in (
            "delarsrapport-2027-08-bildningsnamnden-underlag",
            "delarsrapport-2027-08-bildningsnamnden-protokoll",
            "manadsrapport-2027-09-bildningsnamnden-underlag",
        )
    ]
    assert places == sorted(places)


def test_no_two_fields_share_an_id_though_the_same_part_is_owed_for_several_periods(chief):
    page = chief.get("/mina").text
    ids = re.findall(r' id="([^"]+)"', page)
    assert page.count('name="manadsrapport.underlag.ekonomisk-uppfoljning.fil"') > 1
    assert len(set(ids)) == len(ids) and set(re.findall(r' for="([^"]+)"', page)) <= set(ids)


def test_a_role_that_owes_one_part_sees_that_part_and_who_owes_the_others(office):
    browser = office.client()
    press(browser, f"/l/{office.token('hr-chef@example.se', 'hr_chef')}")
    page = browser.get("/mina").text
    assert 'name="delarsrapport.underlag.personalberattelse.fil"' in page
    assert f'name="{EKONOMI}.fil"' not in page
    assert "kommundirektören, ska lämnas in" in page


def test_several_parts_are_handed_in_at_once_with_one_kvittens(office, chief):
    answer = hand_in(
        chief,
        BIN_UNDERLAG,
        {EKONOMI: ("ekonomi.xlsx", xlsx()), PROGNOS: ("prognos.docx", docx(b"2"))},
        {f"{MAL}.ej": "Nämnden har inga egna mål i år."},
    )
    text = told(chief, answer)
    assert text.startswith("Tack, det är mottaget") and CHIEF in text
    assert [letter.to for letter in office.receipts] == [[CHIEF], ["registrator@example.se"]]  # the prognos is complete
    assert {(row.obligation_key.step, row.part) for row in office.rows(Submission)} == {
        ("delarsrapport", "ekonomi"),
        ("delarsrapport", "mal-och-resultat"),
        ("prognos", "planerade-atgarder"),
    }


def test_a_complete_hand_in_is_preliminary_until_the_decision_comes(chief):
    files = {
        EKONOMI: ("a.xlsx", xlsx()),
        MAL: ("b.docx", docx()),
        "delarsrapport.underlag.riskanalys-och-intern-kontroll": ("c.pdf", PDF),
        PROGNOS: ("e.pdf", PDF),
    }
    told(chief, hand_in(chief, BIN_UNDERLAG, files))
    page = chief.get("/mina").text
    assert "Preliminär" in page and "beslut om delårsrapporten, senast torsdag 30 september 2027" in page
    decision = {f"{PROTOKOLL}.paragraf": "45", f"{PROTOKOLL}.datum": "2027-09-09", f"{PROTOKOLL}.justerad": "ja"}
    told(chief, hand_in(chief, BIN_PROTOKOLL, {PROTOKOLL: ("p.pdf", PDF)}, decision))
    page = chief.get("/mina").text
    assert "Preliminär" not in page and "§ 45, den 9 september 2027, omedelbart justerad" in page


def test_a_file_of_the_wrong_kind_is_told_and_not_kept(office, chief):
    text = told(chief, hand_in(chief, BIN_UNDERLAG, {EKONOMI: ("ekonomi.xlsx", docx())}))
    assert "Det här blev inte inlämnat" in text and "Filen är Word" in text and "Spara den som Excel" in text
    assert office.rows(Submission) == [] and office.receipts == []


def test_a_protokollsutdrag_without_a_date_is_kept_and_says_what_is_missing(chief):
    text = told(chief, hand_in(chief, BIN_PROTOKOLL, {PROTOKOLL: ("p.pdf", PDF)}, {f"{PROTOKOLL}.paragraf": "45"}))
    assert "Mottaget, men något behöver ändras" in text and "datum saknas" in text
    mended = hand_in(chief, BIN_PROTOKOLL, data={f"{PROTOKOLL}.paragraf": "§ 45", f"{PROTOKOLL}.datum": "2027-09-09"})
    assert "Tack, det är mottaget" in told(chief, mended)


def test_the_same_file_twice_is_recognised(office, chief):
    for expected in ("Tack, det är mottaget", "Det var redan inlämnat"):
        assert expected in told(chief, hand_in(chief, BIN_UNDERLAG, {EKONOMI: ("a.xlsx", xlsx())}))
    assert len(office.rows(Submission)) == len(office.receipts) == 1


def test_a_hand_in_after_the_frist_is_taken_and_said_to_be_late(office, chief):
    office.now = datetime(2027, 9, 22, 8, 0, tzinfo=NOW.tzinfo)  # the Wednesday after
    press(chief, f"/l/{office.token()}")
    assert "1 arbetsdag sen" in chief.get("/mina").text
    assert "efter fristen" in told(chief, hand_in(chief, BIN_UNDERLAG, {EKONOMI: ("a.xlsx", xlsx())}))
    assert office.rows(Submission)[0].late


def test_a_question_about_a_new_version_is_asked_and_answered_though_an_older_one_counts(office, chief):
    hand_in(chief, BIN_UNDERLAG, {MAL: ("mål.docx", docx())})
    hand_in(chief, BIN_UNDERLAG, {MAL: ("mål.pdf", PROTECTED)})
    page = chief.get("/mina").text
    assert "version 1 gäller tills det här är klart" in page
    (question,) = set(re.findall(rf'name="({re.escape(MAL)}\.svar\d+)"', page))
    office.now += timedelta(minutes=1)
    answer = hand_in(chief, BIN_UNDERLAG, data={question: "Den öppnas utan lösenord hos oss."})
    assert "Dina svar är mottagna, och delen är komplett." in told(chief, answer)
    page = chief.get("/mina").text
    assert "räknas inte än" not in page
    assert "Ditt svar: Den öppnas utan lösenord hos oss." in page
    assert len(office.receipts) == 3


def test_an_answer_that_says_too_little_is_not_called_a_hand_in(office, chief):
    told(chief, hand_in(chief, BIN_UNDERLAG, {MAL: ("mål.pdf", PROTECTED)}))
    question = re.search(rf'name="{re.escape(MAL)}\.(svar\d+)"', chief.get("/mina").text)[1]
    text = told(chief, hand_in(chief, BIN_UNDERLAG, data={f"{MAL}.{question}": "ok"}))
    assert text.startswith("Svaret är inte sparat") and "säger för lite" in text
    both = hand_in(chief, BIN_UNDERLAG, {EKONOMI: ("e.xlsx", docx())}, {f"{MAL}.{question}": "ok"})
    assert told(chief, both).startswith("Det här blev inte inlämnat")


def test_ej_aktuellt_without_substance_is_told_and_what_was_typed_stays(office, chief):
    answer = hand_in(chief, BIN_UNDERLAG, data={f"{MAL}.ej": "ej aktuellt"})
    page = chief.get(answer.headers["location"].partition("#")[0]).text
    assert "Motiveringen säger inte varför" in page and ">ej aktuellt</textarea>" in page
    assert office.rows(Submission) == []


def test_nothing_filled_in_and_both_at_once_are_told(chief):
    assert "Inget var ifyllt" in told(chief, hand_in(chief, BIN_UNDERLAG, data={f"{MAL}.ej": "  "}))
    both = hand_in(chief, BIN_UNDERLAG, {MAL: ("a.pdf", PDF)}, {f"{MAL}.ej": "Nämnden har inga egna mål."})
    assert "antingen en fil eller ej aktuellt" in told(chief, both)


def test_a_name_that_climbs_or_carries_markup_is_shown_harmless(chief):
    told(chief, hand_in(chief, BIN_UNDERLAG, {MAL: ("../../<b>räk</b>.pdf", PDF)}))
    page = chief.get("/mina").text
    assert "../" not in page.replace("../static", "") and "<b>räk" not in page and "-räk" not in page.split("<main")[0]


@pytest.mark.parametrize(
    ("key", "name", "status"),
    [
        (OMN_UNDERLAG, EKONOMI, 403),  # another nämnd's
        (KS_UNDERLAG, EKONOMI, 403),
        (BIN_UNDERLAG.replace("2027-08", "2027-07"), EKONOMI, 404),
        (BIN_UNDERLAG, "delarsrapport.underlag.personalberattelse", 403),  # another role's part
        (BIN_UNDERLAG, PROTOKOLL, 403),  # another obligation's part
        (BIN_UNDERLAG, "delarsrapport.underlag.finns-inte", 403),
    ],
)
def test_anothers_obligation_or_part_is_denied_and_logged(office, chief, key, name, status):
    answer = hand_in(
        chief, key, {name: ("a.xlsx", xlsx()), **({EKONOMI: ("b.xlsx", xlsx())} if name != EKONOMI else {})}
    )
    assert answer.status_code == status
    assert office.rows(Submission) == []
    assert ("portal.denied" in [row.what for row in office.rows(LogRow)]) == (status == 403)


def test_a_form_without_its_token_or_with_anothers_is_denied(office, chief):
    other = office.client()
    press(other, f"/l/{office.token()}")
    for token in ("", "0" * 64, "å", csrf(other)):
        answer = hand_in(chief, BIN_UNDERLAG, {EKONOMI: ("a.xlsx", xlsx())}, token=token)
        assert answer.status_code == 403 and "ladda om sidan" in answer.text
    assert office.rows(Submission) == []


def test_a_form_from_another_site_is_denied(office, chief):
    for url in (path(BIN_UNDERLAG), f"/l/{office.token()}", "/stang"):
        assert chief.post(url, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_a_file_over_the_limit_is_told_and_a_flood_is_turned_away(office, chief):
    big = PDF + b" " * MAX_BYTES
    assert "större än 20 MB" in told(chief, hand_in(chief, BIN_PROTOKOLL, {PROTOKOLL: ("stor.pdf", big)}))
    token = csrf(chief)
    flood = chief.post(
        path(BIN_PROTOKOLL), data={"csrf": token}, files={f"{PROTOKOLL}.fil": ("a.pdf", big + b" " * 2_000_000)}
    )
    assert flood.status_code == 413 and "Inget har tagits emot" in flood.text
    assert office.rows(Submission) == []


def test_more_files_than_parts_and_a_broken_form_are_refused(chief):
    token = csrf(chief)
    files = [(f"{PROTOKOLL}.fil", (f"{n}.pdf", PDF)) for n in range(5)]
    assert chief.post(path(BIN_PROTOKOLL), data={"csrf": token}, files=files).status_code == 400
    broken = {"content-type": "multipart/form-data; boundary=x"}
    assert chief.post(path(BIN_PROTOKOLL), content=b"--y\r\nnonsense", headers=broken).status_code in (400, 403)
    assert (
        chief.post(path(BIN_PROTOKOLL), content=b"{}", headers={"content-type": "application/json"}).status_code == 415
    )


def test_what_was_handed_in_can_be_fetched_by_its_own_alone_and_never_runs(office, chief):
    told(chief, hand_in(chief, BIN_UNDERLAG, {MAL: ('räkning "1".pdf', PDF)}))
    number = office.rows(Submission)[0].id
    answer = chief.get(f"/mina/fil/{number}")
    assert answer.content == PDF and answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert "sandbox" in answer.headers["content-security-policy"]
    other = office.client()
    press(other, f"/l/{office.token('forvaltningschef.omsorg@example.se')}")
    assert other.get(f"/mina/fil/{number}").status_code == 404
    assert chief.get("/mina/fil/9999").status_code == 404
    assert chief.get("/mina/fil/x").status_code == 404


def test_each_part_has_its_mall_which_only_its_own_can_fetch(office):
    chief = office.client(sourced=whole_hedemora())
    press(chief, f"/l/{office.token()}")
    page = chief.get("/mina").text
    where = path(BIN_UNDERLAG).replace("/mina/", "/mina/mall/") + "/ekonomi"
    assert f'href="{where}"' in page
    assert f'href="{path(BIN_PROGNOS).replace("/mina/", "/mina/mall/")}/planerade-atgarder"' in page
    assert (
        "Helårsprognos lämnas inte för sig: den tas ur Ekonomi." in page
        and "2027-08/bildningsnamnden/underlag/helarsprognos" not in page
    )
    assert "/protokoll/protokollsutdrag" not in page  # a protokollsutdrag has no mall
    answer = chief.get(where)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == KINDS["xlsx"].media_type
    assert (
        "filename*=UTF-8''Del%C3%A5rsrapport%202027-08%20Bildningsn%C3%A4mnden%20Ekonomi.xlsx"
        in (answer.headers["content-disposition"])
    )
    assert load_workbook(BytesIO(answer.content)).sheetnames[0] == "Ekonomi"
    other = office.client(sourced=whole_hedemora())
    assert other.get(where).status_code == 403
    press(other, f"/l/{office.token('forvaltningschef.omsorg@example.se')}")
    assert other.get(where).status_code == 404
    for wrong in (
        f"{where}x",
        path(BIN_PROTOKOLL).replace("/mina/", "/mina/mall/") + "/protokollsutdrag",
        "/mina/mall/a/b/c/d/e",
    ):
        assert chief.get(wrong).status_code == 404


def test_a_deputy_in_force_sees_the_role_and_hands_it_in(office):
    text = people_csv().replace(f"{CHIEF},,,,,,", f"{CHIEF},,,Ersättare,ers@example.se,2027-09-01,2027-09-30")
    with office.town.store.begin() as session:
        import_people(session, text, "p.csv", home().definition, NOW, "test")
    browser = office.client()
    press(browser, f"/l/{office.token('ers@example.se')}")
    assert "Underlag till delårsrapporten" in browser.get("/mina").text
    told(browser, hand_in(browser, BIN_UNDERLAG, {EKONOMI: ("a.xlsx", xlsx())}))
    assert office.rows(Submission)[0].by == "Ersättare"
    office.now = datetime(2027, 10, 1, 8, 0, tzinfo=NOW.tzinfo)
    press(browser, f"/l/{office.token('ers@example.se')}")
    assert "Du har i dag ingen av de roller" in browser.get("/mina").text
    assert hand_in(browser, BIN_UNDERLAG, {EKONOMI: ("b.xlsx", xlsx())}, token="x").status_code == 403


def test_a_frist_before_we_began_is_shown_when_somebody_opened_it(office, chief):
    key = "strandby/manadsrapport/2027-05/bildningsnamnden/underlag"
    assert "maj 2027" not in chief.get("/mina").text
    with office.town.store.begin() as session:
        session.get(ObligationRow, key).opened = True
    assert "Underlag till månadsrapporten, maj 2027" in chief.get("/mina").text


def test_a_link_used_far_too_often_waits_while_others_pass(office, chief):
    answers = [chief.get("/mina").status_code for _ in range(62)]
    assert answers[0] == 200 and answers[-1] == 429
    other = office.client()
    press(other, f"/l/{office.token('forvaltningschef.omsorg@example.se')}")
    assert other.get("/mina").status_code == 200  # the same address, another link
    office.now += timedelta(seconds=30)
    assert chief.get("/mina").status_code == 200


def test_a_clock_that_jumps_backwards_neither_opens_nor_shuts_the_limit():
    limit = Limit(burst=2, per_second=1)
    assert [limit.allows("a", NOW) for _ in range(3)] == [True, True, False]
    assert not limit.allows("a", NOW - timedelta(hours=1))
    assert limit.allows("a", NOW + timedelta(seconds=2))


def test_closing_the_page_forgets_the_cookie(chief):
    assert chief.post("/stang", data={"csrf": "0"}).status_code == 403  # another page's button
    assert "Sidan är stängd" in chief.post("/stang", data={"csrf": csrf(chief)}).text
    assert chief.get("/mina").status_code == 403


def test_a_personal_link_never_reaches_the_access_log():
    record = logging.LogRecord(
        "uvicorn.access",
        20,
        "",
        0,
        '%s - "%s %s HTTP/%s" %d',
        ("127.0.0.1:1", "GET", "/l/abc.DEF-1?x=1", "1.1", 200),
        None,
    )
    assert HideTokens().filter(record)
    assert record.getMessage() == '127.0.0.1:1 - "GET /l/***?x=1 HTTP/1.1" 200'


def test_the_status_page_counts_and_names_no_personal_link(office, chief):
    hand_in(chief, BIN_UNDERLAG, {EKONOMI: ("a.xlsx", xlsx())})
    assert office.client().get("/").headers["location"] == "/lage"
    page = office.inside().get("/lage").text
    assert "Delårsrapport augusti 2027" in page and "0 av 7 inlämningar inne" in page
    assert "/l/" not in page and CHIEF not in page


def test_an_occurrence_shows_each_enhet_with_its_state_and_its_moments(office, chief):
    hand_in(chief, BIN_UNDERLAG, {EKONOMI: ("hemlig.xlsx", xlsx())})
    inside = office.inside()
    page = inside.get("/lage/delarsrapport/2027-08").text
    for word in (
        "Bostadsbolaget AB",
        "VD",
        "Ofullständig",
        "Före införandet",
        "KSAU får preliminära siffror",
        "sista dag enligt lag",
    ):
        assert word in page, word
    assert "hemlig.xlsx" not in page and "/l/" not in page
    assert inside.get("/lage/delarsrapport/1999-08").status_code == 404
    assert inside.get("/lage/manadsrapport/2027-02").status_code == 200


def test_health_is_200_or_503_as_json(office):
    assert office.client().get("/health").json()["status"] == "ok"
    office.parts["utkorgen"] = HealthPart(ok=False, text="har stått stilla i 10 minuter", since=NOW)
    answer = office.client().get("/health")
    assert (answer.status_code, answer.json()["parts"]["utkorgen"]["ok"]) == (503, False)


def test_the_letters_are_shown_marked_as_never_sent(office, maildir):
    browser = office.inside(maildir=maildir)
    page = browser.get("/brev").text
    assert "Provbrevlåda: inget brev har lämnat den här datorn" in page
    assert "Påminnelse &lt;om&gt; delårsrapporten" in page and page.count('href="/brev/') == 2
    letter = browser.get("/brev/two.arshjul").text
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in letter
    assert '<a href="http://testserver/l/abc" rel="noopener noreferrer" target="_blank">' in letter
    assert browser.get("/brev/one.arshjul/bilaga/1").content == b"BEGIN:VCALENDAR"


def test_a_letters_html_stands_in_a_sandbox_without_scripts(office, maildir):
    answer = office.inside(maildir=maildir).get("/brev/one.arshjul/html")
    policy = answer.headers["content-security-policy"]
    assert "sandbox allow-popups" in policy and "default-src 'none'" in policy and "script" not in policy
    assert '<a target="_blank" rel="noopener noreferrer" href=' in answer.text


@pytest.mark.parametrize("name", ["..%2Fsecret", "secret", "%2e%2e", "x" * 300, "one.arshjul%00"])
def test_no_other_file_is_shown_as_a_letter(office, maildir, name):
    inside = office.inside(maildir=maildir)
    assert inside.get(f"/brev/{name}").status_code == 404
    assert inside.get("/brev/one.arshjul/bilaga/7").status_code == 404


def test_without_a_maildir_there_are_no_letters_to_show(office):
    inside = office.inside()
    assert inside.get("/brev").status_code == 404
    assert "Provbrevlådan" not in inside.get("/lage").text


def test_an_error_is_a_friendly_page_in_swedish(office):
    for url, status in (("/finnsinte", 404), ("/mina", 403)):
        answer = office.client().get(url)
        assert answer.status_code == status and '<html lang="sv">' in answer.text
        assert "Not Found" not in answer.text
    assert office.client().delete("/mina").status_code == 405
