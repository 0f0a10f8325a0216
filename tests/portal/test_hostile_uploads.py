"""Hostile uploads: names that climb, files that are not what they say, too large, too many, bombs; none is kept or ever runs."""

import re
from email import message_from_bytes, policy
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.web.attachments import attachment
from store.tables import Incoming, LedgerFile, LetterRow, Submission
from submissions.files.contents import clean_name, look_into
from submissions.files.parts import KINDS, MAX_BYTES, MAX_NAME
from tests.rig.files.reading_files import BOMB, OUTSIDE
from tests.rig.handins import LOCKED_EXCEL, OLD_EXCEL, PDF, archive, docx, locked_zip, odt, xlsx
from tests.rig.hedemora import whole_hedemora
from tests.rig.pages.hostile import CHIEF, EACH_WITH_SOME, UNDERLAG, Siege, swedish

pytestmark = pytest.mark.whole

EKONOMI, MAL = "delarsrapport.underlag.ekonomi.fil", "delarsrapport.underlag.mal-och-resultat.fil"
HTML = b"<!DOCTYPE html><script>alert(document.cookie)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
GIF = b"GIF89a/*" + HTML + b"*/=1;"


@pytest.fixture(scope="module")
def siege(tmp_path_factory):
    return Siege(maildir=tmp_path_factory.mktemp("brev"))


@pytest.fixture(scope="module")
def insider(siege):
    """One for all: nothing here ends a login, and no test's clock runs past its twelve hours."""
    return siege.insider()


def told(siege, browser, answer):
    """What the page tells of a hand-in, without markup."""
    assert answer.status_code == 303, answer.text
    page = siege.ask(browser, "GET", answer.headers["location"].partition("#")[0]).text
    section = re.search(r'<section class="answer".*?</section>', page, re.DOTALL)[0]
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", section).split()))


def hand_in(siege, browser, field, name, content, kind="application/octet-stream"):
    return siege.post(browser, UNDERLAG, shown="/mina", files={field: (name, content, kind)})


WRONG = {
    "html as a workbook": ("ekonomi.xlsx", HTML),
    "svg as a workbook": ("ekonomi.xlsx", SVG),
    "a picture with a script": ("ekonomi.xlsx", GIF),
    "a program": ("ekonomi.xlsx", b"MZ\x90\0" + b"\0" * 60 + b"PE\0\0"),
    "a shell script": ("ekonomi.xlsx", b"#!/bin/sh\nrm -rf /\n"),
    "a text as a workbook": ("ekonomi.xlsx", docx()),
    "a workbook of another kind's archive": ("ekonomi.xlsx", archive(**{"xl/workbook.xml": b"<workbook/>"})),
    "an empty archive": ("ekonomi.xlsx", archive()),
    "html in an archive": ("ekonomi.xlsx", archive(**{"index.html": HTML})),
    "macros": ("ekonomi.xlsx", xlsx(**{"xl/vbaProject.bin": b"x"})),
    "macros under another name": ("ekonomi.xlsx", xlsx(**{"../xl/VBAPROJECT/vbaProject.bin": b"x"})),
    "behind a password": ("ekonomi.xlsx", LOCKED_EXCEL),
    "a locked archive": ("ekonomi.xlsx", locked_zip()),
    "the old format": ("ekonomi.xlsx", OLD_EXCEL),
    "half an archive": ("ekonomi.xlsx", xlsx()[: len(xlsx()) // 2]),
    "more parts than anybody has": ("ekonomi.xlsx", b"PK\x03\x04" + b"PK\x01\x02" * 20_000),
    "nothing": ("ekonomi.xlsx", b""),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_not_a_workbook_is_told_and_not_kept(siege, insider, what):
    name, content = WRONG[what]
    before = siege.kept()
    for kind in (KINDS["xlsx"].media_type, "text/html"):
        word = told(siege, insider, hand_in(siege, insider, EKONOMI, name, content, kind))
        assert word.startswith(("Det här blev inte inlämnat", "Det var redan")) and len(word) > 60, word
    assert siege.kept() == before


def test_a_file_that_is_two_things_at_once_is_served_as_what_was_asked_for_and_never_runs(siege, insider):
    page = HTML + PDF  # a page's beginning, and a whole PDF after it: readers take it for either
    word = told(siege, insider, hand_in(siege, insider, MAL, "mål.html", page, "text/html"))
    assert word.startswith("Det här blev inte inlämnat") and "slutar på .html, men innehållet är PDF" in word
    both = PDF + HTML
    told(siege, insider, hand_in(siege, insider, MAL, "mål.html.pdf", both, "text/html"))
    row = siege.rows(Submission)[-1]
    assert (row.media_type, row.filename) == ("application/pdf", "mål.html.pdf")
    answer = siege.ask(insider, "GET", f"/mina/fil/{row.id}")
    assert answer.content == both and answer.headers["content-type"] == "application/pdf"
    never_runs(answer)


def never_runs(answer):
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"


def test_whatever_somebody_sends_is_served_to_be_saved_and_never_as_a_page(siege, insider):
    siege.post(insider, "/registrera", shown="/bokforing", files={"filer": ("sida.html", HTML, "text/html")})
    number = siege.rows(Incoming)[-1].id
    for path in (f"/registrera/{number}/fil/1", f"/registrera/{number}/brev.eml"):
        answer = siege.ask(insider, "GET", path)
        assert answer.status_code == 200 and "html" not in answer.headers["content-type"]
        never_runs(answer)


NAMES = (
    "../../etc/passwd", "..\\..\\windows\\win.ini", "/etc/shadow", "C:\\x", "a\r\nSet-Cookie: b=c.pdf", 'a"; filename="b.exe',
    "a\u202efdp.exe", "\u2066\u2069.pdf", "a\u2028b.pdf", "<img src=x onerror=alert(1)>.pdf", "=HYPERLINK(1).pdf", "CON", ".htaccess", "...",
    " ", "a\tb.pdf", "%2e%2e%2fx.pdf", "å" * 500 + ".pdf", "{{7*7}}.pdf", "a;b=c.pdf", "\N{FULLWIDTH SOLIDUS}x.pdf", "x.pdf/", "|id",
)  # fmt: skip


@EACH_WITH_SOME
def test_no_name_of_a_file_climbs_ends_a_header_or_becomes_markup(siege, insider, every):
    """By day a third of the names; each of them is tried below, before it comes to a page."""
    for number, name in enumerate(NAMES if every else NAMES[::3]):
        content = PDF + b"%" + str(number).encode()
        word = told(siege, insider, hand_in(siege, insider, MAL, name, content))
        if "inte inlämnat" in word:  # its ending claims to be what the file is not
            assert "exe" in name
            continue
        row = siege.rows(Submission)[-1]
        assert row.filename.endswith(".pdf") and not set(row.filename) & set('/\\\r\n\0<>\u202e\u2066"|'), name
        answer = siege.ask(insider, "GET", f"/mina/fil/{row.id}")
        assert answer.content == content and "set-cookie" not in answer.headers, name
        assert re.fullmatch(
            r"attachment; filename=\"[\w.-]*\"; filename\*=UTF-8''[\w.%~-]+", answer.headers["content-disposition"]
        )
        letter = message_from_bytes(
            [each for each in siege.rows(LetterRow) if each.kind == "kvittens" and CHIEF in each.to][-1].mime,
            policy=policy.default,
        )
        assert (letter["Set-Cookie"] is None and letter["To"] == f"{CHIEF} <{CHIEF}>") or CHIEF in letter["To"]
        assert "<img" not in letter.get_body(("html",)).get_content()
    page = siege.ask(insider, "GET", "/mina").text
    assert "<img" not in page and "../" not in page.replace("../static", "")


@pytest.mark.parametrize("kind", [None, *KINDS])
def test_a_hostile_name_is_kept_as_one_short_line_without_a_folder(kind):
    for name in (*NAMES, "a" * 300 + ".pdf", "\u202e\u2066\0\x85", "x.\ud800"):
        is_one_short_line(name, kind)


@given(st.text(max_size=300), st.sampled_from([None, *KINDS]))
def test_a_kept_name_is_one_short_line_without_a_folder(name, kind):
    is_one_short_line(name, kind)


def is_one_short_line(name, kind):
    kept = clean_name(name, kind, "ekonomi")
    assert 0 < len(kept) <= MAX_NAME and kept not in (".", "..") and not kept.startswith(".")
    assert not set(kept) & set('/\\<>:"|?*') and kept.isprintable() and kept == kept.strip()
    assert kind is None or kept.lower().endswith(f".{kind}")
    head = attachment(b"", kept, None).headers["content-disposition"]
    assert head.isascii() and head.isprintable() and head.count('"') == 2


@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"%PDF-", b"PK\x03\x04", b"PK\x05\x06", OLD_EXCEL[:8], xlsx()[:60], odt()[:60]]),
)
def test_any_bytes_are_looked_into_without_a_fault(content, begins):
    look_into(begins + content)


def test_another_file_than_a_ledger_or_a_list_of_people_is_told_and_changes_nothing(siege, insider):
    before = siege.kept()
    people = b"roll,enhet,namn,e-post\nforvaltningschef,bildningsnamnden,"
    tries = {
        "/bokforing": [HTML, PDF, xlsx(), b"\0" * 5000, b"#FLAGGA 0\n" * 10, b"\xff\xfe" + b"#\0" * 100, b"#FLAGGA " + b"9" * 5000],
        "/personer/las-in": [
            HTML, PDF, xlsx(), b"\0", b'roll,enhet,namn,e-post\n"' + b"a" * 190_000, b"\xff\xfe\0", people + b'"a\r\nb",x@example.se',
            *(people + f"{name},x@example.se".encode() for name in ("=1+1", "＝1", "a\u202eb", "a\u2028b", "x" * 5000, "@a", "-1", "a\x85b")),
            *(people + f"Bo,{address}".encode() for address in ("=x@example.se", "x@example.se>", "a b@example.se", "x", "x@localhost", "bo@exa\u200bmple.se")),
        ],
    }  # fmt: skip
    for path, contents in tries.items():
        for content in contents:
            answer = siege.post(insider, path, shown="/kontroller", files={"fil": ('../a"b\r\nc.csv', content)})
            assert answer.status_code in (303, 413), content[:60]
            page = siege.ask(insider, "GET", answer.headers["location"].partition("#")[0]).text
            assert re.search("Inget är inläst|Filen är inte intagen", page), content[:60]
    assert siege.kept() == before and siege.rows(LedgerFile) == []


def test_an_upload_that_is_too_large_or_too_many_is_told_logged_under_its_link_and_not_kept(siege, insider):
    before, big = siege.kept(), PDF + b" " * MAX_BYTES
    assert "större än 20 MB" in told(siege, insider, hand_in(siege, insider, MAL, "stor.pdf", big))
    protokoll = UNDERLAG.replace("/underlag", "/protokoll")
    field = "delarsrapport.protokoll.protokollsutdrag.fil"
    tries = {
        413: {"files": {field: ("a.pdf", big + b" " * 2_000_000)}},
        400: {"files": [(field, (f"{n}.pdf", PDF)) for n in range(5)]},
    }
    for status, sent in tries.items():
        answer = siege.post(insider, protokoll, shown="/mina", **sent)
        assert answer.status_code == status and swedish(answer.text)
        who, path, what = siege.hall.denied()[-1]
        assert (path, what) == (protokoll, {413: "för stort", 400: "ett trasigt formulär"}[status]) and re.fullmatch(
            r"[0-9a-f]{20}", who
        )
    assert siege.kept() == before


def test_a_mail_somebody_brings_is_laid_out_without_its_markup_and_ends_no_header(siege, insider):
    evil = (
        b"From: =?utf-8?q?A=0D=0AX=3A_b_=3Cimg_src=3Dx=3E?= <ond@example.org>\r\n"
        b"Subject: =?utf-8?q?Sv=3A_a=0D=0ABcc=3A_alla=40example=2Ese_=E2=80=AE?= <script>1</script>\r\n"
        b"Message-ID: <1@example.org>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
        b"--x\r\nContent-Type: text/plain\r\n\r\n<script>alert(1)</script>\r\n.\r\nMAIL FROM:<a@example.org>\r\n"
        b"--x\r\nContent-Type: application/pdf\r\n"
        b"Content-Disposition: attachment; filename*=utf-8''%3Cimg%20src=x%3E%E2%80%AE%0D%0A..%2F..%2Fx.pdf\r\n\r\n"
    ) + PDF + b"\r\n--x--\r\n"  # fmt: skip
    answer = siege.post(
        insider, "/registrera", shown="/bokforing", files={"filer": ("brev.eml", evil, "message/rfc822")}
    )
    page = siege.ask(insider, "GET", answer.headers["location"]).text
    assert "<script>" not in page and "<img" not in page and "\u202e" not in page
    row = siege.rows(Incoming)[-1]
    assert not re.search(r"[\r\n\0]", f"{row.subject}{row.sender}{[each['name'] for each in row.files]}")
    nested = b"Content-Type: message/rfc822\r\n\r\n" * 3000
    headers = b"".join(b"X-%d: %s\r\n" % (n, b"(" * 200) for n in range(2000)) + b"From: " + b"(" * 50_000 + b"\r\n\r\n"
    for raw in (
        nested,
        headers,
        b"\0" * 3000,
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n" * 20_000,
    ):
        answer = siege.post(insider, "/registrera", shown="/bokforing", files={"filer": ("x.eml", raw)})
        assert answer.status_code == 303 and siege.ask(insider, "GET", answer.headers["location"]).status_code == 200
    assert [row for row in siege.rows(LetterRow) if row.to == ["ond@example.org"]] == []


@pytest.mark.slow
def test_a_bomb_or_a_file_that_asks_for_others_is_told_and_not_kept():
    siege = Siege(sourced=whole_hedemora())
    browser, before = siege.with_link(CHIEF), siege.kept()
    parts = {"xl/worksheets/sheet1.xml": b"<worksheet>" + b" " * 40_000_000, "xl/worksheets/sheet2.xml": BOMB}
    for evil in (xlsx(**parts), xlsx(**{"xl/workbook.xml": OUTSIDE})):
        word = told(siege, browser, hand_in(siege, browser, EKONOMI, "ekonomi.xlsx", evil))
        assert word.startswith("Det här blev inte inlämnat") and len(word) > 60
    assert siege.kept() == before
