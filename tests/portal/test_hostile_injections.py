"""Hostile words: what anybody may write becomes no markup, header, property, query or colour anywhere that it is shown or sent."""

import json
import logging
import re
from email import message_from_bytes, policy
from io import BytesIO

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from lxml import html

from actions.ladder.rounds import bring_up
from actions.scene import Scene
from notifications.letters.mime import build, message_id
from notifications.letters.views.composed import Composed
from notifications.plain import one_line
from portal.app import create_app
from portal.web.denials import Denials
from portal.web.pages import HEADERS
from portal.web.redaction import HideTokens
from store.tables import LetterRow, LogRow, Submission
from tests.rig.examples import examples
from tests.rig.handins import NOW
from tests.rig.pages.client import Client
from tests.rig.pages.hostile import BREAKS, CHIEF, HIDES, MARKUP, SQL, UNDERLAG, poisoned, swedish
from tests.rig.pages.logging_in import hidden
from tests.rig.swedish_words import instant

pytestmark = pytest.mark.whole

#: what a page has when somebody's words became a part of it; the one script there is comes from our own files
ARMED = [
    "script",
    "img",
    # a letter as its reader sees it lies in a frame of its own address, in which nothing runs
    "iframe[not(starts-with(@src, '/skickat/') or starts-with(@src, '/brev/')) or not(@sandbox) or @srcdoc]",
    "iframe[contains(@sandbox, 'script') or contains(@sandbox, 'same-origin')]",
    "object",
    "embed",
    "base",
    "meta[@http-equiv]",
    "*[@onerror]",
    "*[@onload]",
    "*[@style]",
]


#: what is no page and no file to save: what machines ask, and what calendar programs fetch
HIDING = set("\u202e\u2066\x07\x1b\x85\u2028")
SHOWN = ("/health", "/kalender/{token}.ics", "/prefect/ui-settings")


@pytest.fixture(scope="module")
def siege(tmp_path_factory):
    here = poisoned(maildir=tmp_path_factory.mktemp("brev"))
    here.hall.now = instant("tisdag 14 september 2027 kl. 07.05")
    with here.hall.town.store.begin() as session:  # the day's letters, to whoever holds the roles now
        bring_up(Scene(session, here.hall.office(), here.hall.now))
    return here


@pytest.fixture
def insider(siege):
    return siege.insider()


def letters(siege):
    found = [message_from_bytes(row.mime, policy=policy.default) for row in siege.rows(LetterRow)]
    assert len(found) > 6
    return found


def test_no_page_shows_what_somebody_wrote_as_its_own_and_every_page_is_guarded(siege, insider):
    shown = ""
    for method, route, path in siege.routes:
        if method != "get" or path.startswith("/logga-in/lank"):
            continue
        answer = siege.ask(insider, "GET", path)
        assert answer.status_code < 500, path
        for name, value in HEADERS.items():
            if name not in ("Content-Security-Policy", "Cache-Control"):
                assert answer.headers[name] == value, (route, name)
        allowed = answer.headers["content-security-policy"]
        assert allowed.startswith("default-src 'none'") and "unsafe-eval" not in allowed, route
        assert "unsafe-inline" not in allowed or "sandbox" in allowed, route
        if "html" not in answer.headers.get("content-type", ""):
            given = answer.headers.get("content-disposition", "")
            assert given.startswith("attachment;") or "sandbox" in allowed or route in SHOWN or answer.is_redirect, (
                route
            )
            continue
        tree = html.fromstring(answer.text)
        # a letter, which has its looks in it, lies where nothing of it can do more than look
        looks = {"*[@style]"} if "sandbox" in allowed else set()
        armed = [each for what in ARMED if what not in looks for each in tree.xpath(f"//{what}")]
        assert [each for each in armed if not str(each.get("src", "")).startswith("/static/")] == [], route
        assert not set(answer.text) & HIDING, route
        shown += answer.text
    assert "&lt;script&gt;alert(1)" in shown and "{{7*7}}${7*7}" in shown  # it is there, as words


def test_no_page_of_a_fault_or_a_file_is_without_its_guards(siege, insider):
    siege.hall.now = siege.hall.now.replace(hour=8)
    broken = siege.hall.desk()
    object.__setattr__(broken, "health", lambda: 1 / 0)
    fault = Client(create_app(broken), raise_server_exceptions=False).get("/health")
    assert fault.status_code == 500 and swedish(fault.text)
    answers = [fault, *(siege.ask(siege.anybody(), *each) for each in (
        ("GET", f"/{MARKUP}"), ("GET", "/static/arshjul.css"), ("GET", "/static/x"), ("PUT", "/lage"), ("GET", "/lage"), ("GET", "/mina"),
        ("POST", "/logga-in"), ("GET", "/kalender/x.ics"), ("GET", "/lage%00")))]  # fmt: skip
    for answer in answers:
        for name, value in HEADERS.items():
            assert answer.headers[name] == value or name == "Cache-Control", (answer.url, name)
        assert "<script>" not in answer.text and "ZeroDivision" not in answer.text


def test_what_an_address_asks_for_is_shown_as_words(siege, insider):
    for page, names in {
        "/loggen": ("q", "vem", "om", "fran", "till", "vad"), "/loggen/kontroll": ("summa",), "/lage": ("rapport", "enhet", "lage", "period"),
        "/mote": ("organ", "dag"), "/kalender": ("ny",), "/mina": ("svar",), "/registrera/1": ("krav",), "/logga-in": ("till",),
        "/bokforing": ("svar",), "/personer": ("svar",), "/kontroller": ("svar",),
    }.items():  # fmt: skip
        for name in names:
            answer = siege.ask(insider, "GET", page, params={name: f"{MARKUP}{BREAKS}{SQL}"})
            assert answer.status_code in (200, 303, 400) and "<script>" not in answer.text and "<img" not in answer.text
            assert "set-cookie" not in answer.headers and "evil" not in answer.headers.get("location", "")
    assert siege.rows(LogRow)


def test_no_letter_has_a_header_or_markup_that_somebody_wrote(siege):
    ours = {"date", "from", "reply-to", "to", "cc", "subject", "message-id", "in-reply-to", "references", "x-arshjul-key", "x-arshjul-sign", "x-arshjul-log", "x-arshjul-forseglat",
            "auto-submitted", "x-auto-response-suppress", "content-language", "mime-version", "content-type", "content-transfer-encoding"}  # fmt: skip
    said = ""
    for row, mail in zip(siege.rows(LetterRow), letters(siege), strict=True):
        assert {name.lower() for name in mail} <= ours and not mail.defects
        assert len(mail.get_all("from")) == len(mail.get_all("subject")) == 1
        assert not set(row.to + row.cc) & {"ond@example.org"}
        assert all(len(line) <= 998 and line.isascii() for line in row.mime.split(b"\r\n"))
        page, text = (mail.get_body((kind,)).get_content() for kind in ("html", "plain"))
        tree = html.fromstring(page)
        assert not tree.xpath("//script|//img|//iframe|//form|//*[@onerror]")
        assert {each.split(":")[0] for each in tree.xpath("//a/@href")} <= {"http", "https"}
        assert not any(each.startswith("http://evil") for each in tree.xpath("//a/@href"))
        assert not re.search(r"^(Bcc|X-Ond|MAIL FROM|Set-Cookie)|^\.\s*$", text, re.MULTILINE)
        assert not set(text + page) & HIDING
        said += text
    assert "DROP TABLE" in said and "<script>alert(1)</script>" in said  # in plain text it is but words


@settings(max_examples=examples(40))
@given(
    st.text(max_size=80),
    st.text(max_size=80),
    st.sampled_from([BREAKS, HIDES, "\r", "\n", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\ud800"]),
)
def test_no_words_at_all_end_a_line_of_a_letters_head(name, subject, evil):
    composed = Composed(subject=subject + evil + name, text="Hej\n", html="<p>Hej</p>", attachments=())
    raw = build(composed, sender="a@example.se", sender_name=name + evil, to=[(evil + name, "b@example.se")], key="k",
                message_id=message_id("k", "example.se", b"hemlig"), now=NOW)  # fmt: skip
    mail = message_from_bytes(raw, policy=policy.default)
    assert mail["Bcc"] is None and mail["X-Ond"] is None and mail["To"].addresses[0].addr_spec == "b@example.se"
    assert len(mail["From"].addresses) == len(mail["To"].addresses) == 1
    assert not any(re.search(r"[\0-\x1f\x7f-\x9f\u2028\u2029]", str(mail[head])) for head in ("Subject", "From", "To"))


def test_no_answer_has_a_header_that_somebody_wrote(siege, insider):
    tries = [
        ("GET", "/logga-in", {"till": f"/lage{BREAKS}"}), ("GET", "/logga-in", {"till": "/\\evil.example"}), ("GET", "/logga-in", {"till": "//evil.example"}),
        ("GET", "/kalender", {"ny": BREAKS}), ("GET", "/lage.xlsx", {"enhet": BREAKS}), ("GET", "/loggen.csv", {"q": BREAKS}),
    ]  # fmt: skip
    for browser in (insider, siege.anybody()):
        for method, path, params in tries:
            answer = siege.ask(browser, method, path, params=params)
            assert not {"bcc", "x-ond", "set-cookie"} & set(answer.headers) or (
                path == "/logga-in" and "Bcc" not in str(answer.headers)
            )
            assert re.match(r"/(?![/\\])", answer.headers.get("location", "/")), params
            assert all(value.isprintable() for value in answer.headers.values())


def test_no_paper_or_feed_is_broken_or_written_into(siege, insider):
    (row,) = [row for row in siege.rows(LetterRow) if row.kind == "eskalering"][:1]
    paper = Document(BytesIO(siege.ask(insider, "GET", f"/organ/ksau/2027-10-05/tjansteskrivelse/{row.id}").content))
    assert not list(paper.element.iter("{*}fldSimple", "{*}instrText"))
    for kind in ("docx",):
        made = siege.ask(insider, "GET", f"/lage/delarsrapport/2027-08/sammanstallning.{kind}")
        assert not list(Document(BytesIO(made.content)).element.iter("{*}fldSimple", "{*}instrText"))
    feed = siege.ask(insider, "GET", f"/kalender/{siege.feed()}.ics").content
    assert not Calendar.from_ical(feed).errors
    known = b"BEGIN END VERSION PRODID METHOD CALSCALE NAME X-WR DESCRIPTION REFRESH X-PUBLISHED TZ DT RRULE UID SEQUENCE LAST SUMMARY URL STATUS CLASS TRANSP X-MICROSOFT"  # fmt: skip
    for line in feed.split(b"\r\n"):
        assert not line or line.startswith((b" ", *known.split())), line


def test_words_of_a_query_are_words(siege, insider):
    count = len(siege.rows(Submission))
    for word in (SQL, "' OR '1'='1", "%", "_", "\\", "1; DELETE FROM submission", '" UNION SELECT * FROM link --'):
        for path, name in (
            ("/loggen", "q"),
            ("/loggen", "om"),
            ("/loggen.csv", "vem"),
            ("/lage", "enhet"),
            ("/logga-in", "till"),
        ):
            assert siege.ask(insider, "GET", path, params={name: word}).status_code in (200, 303)
        browser = siege.anybody()
        form = {"csrf": hidden(siege.ask(browser, "GET", "/logga-in").text), "adress": word, "till": word}
        assert siege.ask(browser, "POST", "/logga-in", data=form).status_code == 200
        page = siege.ask(insider, "GET", f"/lage/{word.replace('/', '')}/2027-08")
        assert page.status_code == 404
    assert "inga rader" in siege.ask(insider, "GET", "/loggen", params={"om": "%_%"}).text.lower() or count == len(
        siege.rows(Submission)
    )


def test_a_denied_try_is_one_line_of_the_log_whatever_was_tried(siege):
    siege.ask(siege.anybody(), "GET", "/mina/fil/1?x=1%0d%0a2027-09-14 Ekonom E loggade in")
    siege.ask(siege.anybody(), "GET", "/lage/a%0d%0a2027-09-14%20Ekonom%20E%20loggade%20in/b")
    Denials(siege.hall.town.store).write(f"okänd{BREAKS}", f"/l/hemlig{BREAKS}{HIDES}", "inte inloggad", siege.hall.now)
    for row in siege.rows(LogRow)[-3:]:
        assert row.who == one_line(row.who) and row.key == one_line(row.key) and "hemlig" not in row.key


def test_the_machines_own_log_shows_no_token_and_no_line_of_anothers():
    record = logging.LogRecord(
        "uvicorn.access", 20, "", 0, '%s "%s"', ("1.2.3.4", "GET /l/hemlig.x%0aY HTTP/1.1"), None
    )
    assert HideTokens().filter(record) and "hemlig" not in record.getMessage() and "\n" not in record.getMessage()


def test_the_chain_and_the_details_hold_whatever_was_written(siege, insider):
    answer = siege.ask(insider, "GET", "/loggen/kontroll")
    assert answer.status_code == 200
    assert any(
        row.detail and MARKUP in json.dumps(row.detail, ensure_ascii=False).replace('\\"', '"')
        for row in siege.rows(LogRow)
    )


def test_an_answer_to_a_question_that_nobody_can_have_is_not_one(siege):
    browser = siege.with_link(CHIEF)
    for number in ("9" * 5000, "999999999999", "1", "0", "\N{SUPERSCRIPT TWO}", "-1"):
        answer = siege.post(
            browser, UNDERLAG, shown="/mina", data={f"delarsrapport.underlag.ekonomi.svar{number}": "Ja, så är det."}
        )
        assert answer.status_code == 303, number[:20]
