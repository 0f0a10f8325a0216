"""No letter, mail, log or package that is kept holds what opens something; and what is handed over does, each time."""

import base64
import os
import quopri
import re
import shutil
import sqlite3
from dataclasses import replace
from email import message_from_bytes, policy
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from actions.inbox.sorting import open_mail
from app.archive.package import write_package
from app.run.logs import Former
from notifications.letters.mime import build, reworded
from notifications.letters.resealing import seal_maildir, seal_what_is_kept
from notifications.letters.sealing import HEADER, SealError, blot, seal, unsealed, without_seal
from notifications.letters.views.composed import Attachment, Composed
from notifications.mailbox.mail_reading import read_mail
from notifications.post.maildir import MaildirPost
from portal.web.redaction import hide_tokens
from store.access import feed_links, links, login_links
from store.log.writing import log
from store.post.correspondence import ids
from store.tables import Incoming, LetterRow, LogRow
from store.tokens import blotted_bytes, without_tokens
from tests.rig.handins import NOW
from tests.rig.hedemora import town
from tests.rig.load import file_of
from tests.rig.pages.hall import CHIEF, OFFICE, SECRET, Hall, link_in

LINK = links.sign(SECRET, SimpleNamespace(id="0123456789abcdef0123", generation=1))
READING = links.sign_reading(SECRET, SimpleNamespace(id="0123456789abcdef0123", generation=1))
FEED = feed_links.sign(SECRET, "ksau", 2)
LOGIN = f"{login_links.LOGIN_MARK}{'aB-_' * 10}xyz"
TOKENS = (LINK, READING, FEED, LOGIN)


def proofpoint(token: str) -> str:
    return (
        "https://urldefense.com/v2/url?u=https-3A__x.se_l_"
        + token.replace("-", "-2D").replace("_", "-5F")
        + "&d=DwMFaQ"
    )


QUOTED = {
    "as it is": lambda token: f"https://x.se/l/{token}",
    "encoded": lambda token: f"https%3A%2F%2Fx.se%2Fl%2F{token}",
    "encoded wholly": lambda token: "%2Fl%2F" + token.replace(".", "%2E").replace("-", "%2D").replace("_", "%5f"),
    "encoded twice": lambda token: "%252Fl%252F" + token.replace(".", "%252E").replace("-", "%252D"),
    "safe links": lambda token: f"https://eur03.safelinks.protection.outlook.com/?url=https%3A%2F%2Fx.se%2Fl%2F{token}&data=05",
    "urldefense 2": proofpoint,
    "urldefense 3": lambda token: f"https://urldefense.com/v3/__https://x.se/l/{token}__;!!Abc",
    "broken and quoted": lambda token: f"> https://x.se/l/{token[:21]}\r\n> > {token[21:]}",
    "broken in its first signs": lambda token: f"{token[:1]}\r\n{token[1:]}",
    "html": lambda token: f'<a href="https://x.se/l/{token.replace(".", "&#46;")}">här</a>',
    "html that may break": lambda token: f"{token[:30]}<wbr>{token[30:]}",
    "json": lambda token: rf"https:\/\/x.se\/l\/{token[:25]}\n{token[25:]}",
}  # fmt: skip


@pytest.mark.parametrize("token", TOKENS, ids=["link", "reading", "calendar", "login"])
@pytest.mark.parametrize("way", QUOTED)
def test_a_token_is_hidden_however_it_is_quoted_and_nothing_else_is(way, token):
    quoted = QUOTED[way](token)
    shown = without_tokens(f"Före {quoted} efter.")
    assert shown.startswith("Före ") and shown.endswith(" efter.") and "***" in shown
    left = re.sub(r"[^A-Za-z0-9]", "", shown)
    assert not any(token[at : at + 8] in left for at in range(len(token) - 8) if token[at : at + 8].isalnum())
    blotted = blotted_bytes(f"Före {quoted} efter.".encode())
    assert len(blotted) == len(f"Före {quoted} efter.".encode()) and token[-20:].encode() not in blotted


@pytest.mark.parametrize("token", TOKENS, ids=["link", "reading", "calendar", "login"])
@pytest.mark.parametrize("coded", ["8bit", "quoted-printable", "base64", "base64 in base64", "utf-16"])
def test_a_mail_that_quotes_a_token_is_kept_without_it_and_with_all_else(token, coded):
    words = f"Hej å\r\n> https://x.se/l/{token}\r\nMed vänlig hälsning\r\n"
    body = words.encode("utf-16-le" if coded == "utf-16" else "utf-8")
    match coded:
        case "quoted-printable":
            raw = quopri.encodestring(body)
            back = quopri.decodestring
        case "base64" | "utf-16":
            raw, back = base64.encodebytes(body), base64.decodebytes
        case "base64 in base64":
            raw = base64.encodebytes(b"Subject: x\r\n\r\n" + base64.encodebytes(body))
            back = lambda kept: base64.decodebytes(base64.decodebytes(kept).partition(b"\r\n\r\n")[2])  # noqa: E731
        case _:
            raw, back = body, bytes
    kept = blotted_bytes(b"Subject: Sv\r\n\r\n" + raw)
    assert len(kept) == len(raw) + 15
    assert back(kept[15:]).decode("utf-16-le" if coded == "utf-16" else "utf-8") == words.replace(
        token, "*" * len(token)
    )


def test_no_mail_makes_the_search_for_tokens_slow():
    """Each of these took minutes in a search that looks back, or that begins anew at each sign."""
    for evil in (
        b"WyI" + b"-2D" * 100_000,
        b"WyI" * 100_000,
        b"WyI\n" * 100_000,
        b"arshjulin" * 30_000,
        b"A\n" * 200_000,
    ):
        assert len(blotted_bytes(evil)) == len(evil)


def test_ordinary_words_and_checksums_stay():
    text = (
        "inloggningsuppgifterna.arshjulin WyI. " + "a" * 64 + " <0123456789abcdef0123456789abcdef.arshjul@example.se>"
    )
    assert without_tokens(text) == text


@pytest.fixture
def hall(tmp_path):
    return Hall(town())


@pytest.fixture
def letters(hall):
    """A letter with a personal link, one with a login link, and one with a code, as they lie in the outbox."""
    from actions.ladder.rounds import bring_up
    from actions.scene import Scene
    from notifications.letters.code_letter import write_code_letter
    from store.access import codes

    hall.ask(hall.browser(), OFFICE)
    with hall.town.store.begin() as session:
        bring_up(Scene(session, hall.office(), hall.now))
        link = links.issue(session, CHIEF, ["forvaltningschef"], NOW)
        code, row = codes.make(session, SECRET, link, "vila", {}, NOW)
        write_code_letter(session, hall.office(), link, row, code, "Vila brev.", NOW)
    return {row.kind: row for row in hall.rows(LetterRow)}, code


def text_of(mime):
    mail = message_from_bytes(mime, policy=policy.default)
    return "\n".join(str(part.get_content()) for part in mail.walk() if part.get_content_maintype() == "text")


def test_a_kept_letter_can_be_read_and_opens_nothing_until_it_is_handed_over(hall, letters):
    rows, code = letters
    assert {"inloggning", "kod"} <= set(rows) and len(rows) > 2
    for kind, row in rows.items():
        whole, kept = unsealed(row.mime, SECRET), without_seal(row.mime)
        assert len(whole) == len(kept) and unsealed(row.mime, SECRET) == whole  # the same each time
        if kind not in ("inloggning", "kod") and "/l/" not in text_of(whole):
            continue
        assert row.mime.startswith(HEADER) and whole != kept
        assert message_from_bytes(row.mime)["Message-ID"] == row.message_id
        assert re.sub(r"\*+", "", text_of(kept)) != text_of(whole)
        assert [line.count("*") == 0 for line in text_of(whole).splitlines()]
        assert without_tokens(text_of(kept)) == text_of(kept)
    spaced = f"{code[:3]}\\s{code[3:]}"
    assert re.search(spaced, text_of(unsealed(rows["kod"].mime, SECRET)))
    assert not re.search(spaced, text_of(rows["kod"].mime)) and code not in text_of(rows["kod"].mime)
    with pytest.raises(SealError, match="ARSHJUL_SECRET_FILE"):
        unsealed(rows["kod"].mime, b"en annan hemlighet, lika lang")
    touched = rows["kod"].mime.replace(b"Din kod", b"Min kod")
    with pytest.raises(SealError):
        unsealed(touched, SECRET)


@pytest.mark.parametrize("before", [0, 1, 17, 40, 63, 64, 65, 74, 75, 76])
def test_a_letter_is_built_once_and_kept_as_if_built_of_its_blotted_words(before):
    """Wherever the lines fold, in each of its forms; what is handed over is the letter as it was built."""
    words = f"Hej å!\n{'ö' * (before % 7)}{'x' * before} https://x.se/l/{LINK} och 123 456 = koden.\n> {LOGIN}\n"
    composed = Composed(
        subject="Påminnelse",
        text=words,
        html=f'<p>{"y" * before}<a href="https://x.se/l/{LINK}">{LINK}</a> <b>123 456</b> {words}</p>',
        attachments=(
            Attachment(filename="f.ics", media_type="text/calendar; method=PUBLISH", content=words.encode()),
            Attachment(filename="m.xlsx", media_type="application/zip", content=words.encode()),
            Attachment(filename="b.txt", media_type="text/plain", content=b"Inget hemligt.\n"),
        ),
    )
    how = {"sender": OFFICE, "to": [CHIEF], "key": "x/1", "message_id": "<1@example.se>", "now": NOW}
    blotted = blot(composed, ["123456"])
    letter = build(composed, **how)
    kept = reworded(letter, composed, blotted)
    assert kept == build(blotted, **how) != letter
    assert unsealed(seal(letter, kept, SECRET), SECRET) == letter
    assert without_seal(seal(letter, kept, SECRET)) == kept
    with pytest.raises(ValueError, match="one form"):
        reworded(letter, composed, replace(blotted, text=blotted.text + "mer"))


def candidates(*contents: bytes) -> set[str]:
    """Return everything in some bytes that could be a token, also where lines are broken."""
    form = re.compile(
        r"Wy[IJ][A-Za-z0-9_-]+\.[A-Za-z0-9_-]{20,}|arshjulin[A-Za-z0-9_-]{20,}|/(?:l|lank|kalender)/([A-Za-z0-9_.~%+=-]{6,})"
    )
    found: set[str] = set()
    for content in contents:
        for text in (content.decode("latin-1"), re.sub(r"=\r?\n|\r?\n", "", content.decode("latin-1"))):
            found |= {each[1] or each[0] for each in form.finditer(text)}
    return found


@pytest.mark.slow
def test_a_copy_of_the_database_of_a_backup_of_the_package_and_of_the_logs_opens_no_page(tmp_path, monkeypatch):
    """An installation in use: letters, a login, an answer that quotes its letter; then all that is on disk is tried."""
    import asyncio

    from actions.act import Act
    from actions.inbox.inbox import MAILBOX, take_in
    from app.settings import Settings
    from app.wiring import login_rules, open_machine, prepare
    from notifications.post.outbox import empty
    from portal.app import create_app
    from portal.web.context import PortalContext

    settings = Settings(
        data_dir=tmp_path / "data",
        now="2027-09-10T06:55",
        public_url="http://testserver",
        definition=file_of("strandby"),
    )
    prepare(settings, lambda: NOW)
    machine = open_machine(settings)
    desk = PortalContext(
        store=machine.store, office=machine.office, clock=lambda: NOW, maildir=settings.maildir, health=dict,
        login=login_rules(settings),
    )  # fmt: skip
    from tests.rig.pages.client import Client

    asked: list[str] = []
    browser = Client(create_app(desk), follow_redirects=False)
    browser.event_hooks["request"] = [lambda request: asked.append(f"INFO:     GET {request.url}")]
    page = browser.get("/logga-in", params={"till": "/lage"}).text
    fields = {name: re.search(rf'name="{name}" value="([^"]*)"', page)[1] for name in ("csrf", "till")}
    browser.post("/logga-in", data={**fields, "adress": settings.mail_from})
    with machine.store.begin() as session:
        from actions.ladder.rounds import bring_up
        from actions.scene import Scene

        bring_up(Scene(session, machine.office, NOW))
    asyncio.run(empty(machine.store, MaildirPost(settings.maildir), lambda: NOW))
    secret = machine.office.secret
    with machine.store.read() as session:
        sent = [unsealed(row.mime, secret) for row in session.scalars(select(LetterRow))]
    opens = [
        path
        for whole in sent
        for path in re.findall(r"http://testserver(/(?:l|logga-in/lank)/[^\s\"<>]+)", text_of(whole))
    ]
    assert len(opens) > 3 and all(browser.get(path).status_code == 200 for path in opens)  # what people got opens
    answer = (
        b"From: <"
        + CHIEF.encode()
        + b">\r\nMessage-ID: <sv@example.se>\r\nSubject: Sv\r\n\r\nKlart!\r\n> "
        + "\r\n> ".join(opens).encode()
    )
    opened = open_mail(machine.look, answer, NOW, read=read_mail)
    with machine.store.begin() as session:
        take_in(Act(Scene(session, machine.office, NOW), MAILBOX), opened, NOW)
        log(session, NOW, "ekonomen", "quiet.vila", opens[0], {"why": f"Se {opens[0]}"})
    with machine.store.read(still=True) as session:
        write_package(session, machine.office.definition, 2027, tmp_path / "paket", NOW, secret=secret)
    with sqlite3.connect(settings.data_dir / "arshjul.db") as db, sqlite3.connect(tmp_path / "kopia.db") as copy:
        db.backup(copy)
    shutil.copytree(settings.data_dir, tmp_path / "mapp")
    former = Former("portal")
    log_file = settings.data_dir / "portal.log"  # as up writes what its children say
    log_file.write_text("\n".join(former.form(line, "2027-09-10T08:00:00+0200") for line in asked))
    kept = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "hemlighet"]
    assert {"arshjul.db", "arshjul.db-wal", "kopia.db", "portal.log", "index.html"} <= {path.name for path in kept}
    assert "GET http://testserver/l/***" in (tmp_path / "data" / "portal.log").read_text()
    tried = candidates(*(path.read_bytes() for path in kept))
    secret_parts = {path.rpartition("/")[2][-20:] for path in opens}
    assert not [path for path in kept if any(part.encode() in path.read_bytes() for part in secret_parts)]
    for token in tried:
        for way in ("/l/{}", "/logga-in/lank/{}", "/kalender/{}.ics"):
            assert browser.get(way.format(token)).status_code >= 400, (token, way)
    machine.store.close()


def test_what_an_older_version_kept_open_is_sealed_where_it_lies(tmp_path, hall, letters):
    """Letters as they were frozen before, one that waits among them, and a mail that quotes one; on a file."""
    rows, _ = letters
    row = rows["inloggning"]
    whole = unsealed(row.mime, SECRET)
    folder = tmp_path / "brev"
    (folder / "new").mkdir(parents=True)
    (folder / "new" / "a.arshjul").write_bytes(whole)
    os.utime(folder / "new" / "a.arshjul", (1_000_000, 1_000_000))
    from actions.act import Act
    from actions.inbox.inbox import MAILBOX, take_in
    from actions.inbox.sorting import Opened
    from actions.scene import Scene

    answer = b"From: <okand@example.se>\r\nMessage-ID: <1@example.se>\r\n\r\n> " + link_in(row).encode() + b"\r\n"
    with hall.town.store.begin() as session:
        session.get_one(LetterRow, row.id).mime = whole
        take_in(Act(Scene(session, hall.office(), NOW), MAILBOX), Opened(mail=read_mail(answer), raw=answer), NOW)
    with hall.town.store.begin() as session:
        assert seal_what_is_kept(session, SECRET) == 2
        assert seal_what_is_kept(session, SECRET) == 0
        assert ids(session)
        kept = session.get_one(LetterRow, row.id).mime
        assert without_tokens(text_of(kept)) == text_of(kept) and unsealed(kept, SECRET) == whole
        from store.handins import versions as submissions

        [mail] = session.scalars(select(Incoming))
        content = submissions.content(session, mail.sha256)
        assert link_in(row).rpartition("/")[2].encode() not in content and b"/logga-in/lank/***" in content
    assert (seal_maildir(folder, SECRET), seal_maildir(folder, SECRET)) == (1, 0)
    file = folder / "new" / "a.arshjul"
    assert unsealed(file.read_bytes(), SECRET) == whole and file.stat().st_mtime == 1_000_000


def test_no_text_that_is_kept_holds_a_token_whoever_wrote_it(hall):
    with hall.town.store.begin() as session:
        log(session, NOW, f"/l/{LINK}", "x", LOGIN, {"why": f"Se https://x.se/kalender/{FEED}.ics", "list": [LINK]})
    row = hall.rows(LogRow)[-1]
    assert (row.who, row.key, row.detail) == (
        "/l/***",
        "***",
        {"why": "Se https://x.se/kalender/***.ics", "list": ["***"]},
    )


def test_what_has_no_form_of_its_own_is_hidden_by_its_address():
    assert hide_tokens("/l/halv /se/halv /logga-in/svar?code=abc&state=def /kalender/halv.ics") == (
        "/l/*** /se/*** /logga-in/svar?code=***&state=*** /kalender/***.ics"
    )
