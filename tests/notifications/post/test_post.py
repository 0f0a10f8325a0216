"""Post leaves by SMTP as the server's answers say, or into a Maildir that holds each letter once."""

import asyncio
import mailbox
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from arshjul.errors import RefusedError
from notifications.letters.mime import build
from notifications.letters.views.composed import Attachment, Composed
from notifications.post.mail_url import parse_smtp_url, without_password
from notifications.post.maildir import MaildirPost
from notifications.post.post import (
    CrowdedError,
    Delivery,
    LetterRefusedError,
    ListPost,
    Post,
    PostDownError,
    PostError,
    SenderRefusedError,
)
from notifications.post.smtp_post import SmtpPost
from tests.rig.outbox_letters import SENDER, letter
from tests.rig.servers.ports import free_port
from tests.rig.servers.smtp_sink import Certificates, Sink, TokenSmtp, make_certificates
from tests.rig.servers.standing_clock import late

pytestmark = pytest.mark.whole

A, B, C = "a@example.se", "b@example.se", "c@example.se"
MIME = letter(1).mime


def deliver(post: Post, *recipients: str, mime: bytes = MIME) -> Delivery:
    return asyncio.run(delivered(post, *recipients, mime=mime))


async def delivered(post: Post, *recipients: str, mime: bytes = MIME) -> Delivery:
    async with post:
        return await post.deliver(SENDER, recipients or (A,), mime)


# The URL


@pytest.mark.parametrize(
    ("url", "host", "port", "tls"),
    [
        ("smtp://relay.example.se", "relay.example.se", 25, "offered"),
        ("smtp://relay.example.se:2525/", "relay.example.se", 2525, "offered"),
        ("smtp+starttls://u:p@smtp.example.se", "smtp.example.se", 587, "required"),
        ("smtps://u:p@smtp.example.se", "smtp.example.se", 465, "implicit"),
        ("smtp://[::1]:1025", "::1", 1025, "offered"),
    ],
)
def test_the_scheme_says_protection_and_usual_port(url: str, host: str, port: int, tls: str) -> None:
    server = parse_smtp_url(url)
    assert (server.host, server.port, server.tls) == (host, port, tls)


def test_user_and_password_are_percent_decoded() -> None:
    server = parse_smtp_url("smtps://arshjul%40example.se:p%2F%40ss%23@smtp.example.se")
    assert (server.user, server.password) == ("arshjul@example.se", "p/@ss#")


def test_the_urls_timeout_wins_over_the_callers() -> None:
    assert parse_smtp_url("smtp://relay.example.se?timeout=15", timeout=30).timeout == 15
    assert parse_smtp_url("smtp://relay.example.se", timeout=30).timeout == 30


def test_three_connections_are_made_at_most_unless_the_url_says_otherwise() -> None:
    assert SmtpPost.from_url("smtp://relay.example.se").connections == 3
    assert SmtpPost.from_url("smtp://relay.example.se?connections=8").connections == 8


def test_xoauth2_takes_a_command_or_a_file() -> None:
    by_command = parse_smtp_url(
        "smtp+starttls://arshjul%40example.se@smtp.example.se?auth=xoauth2&token_command=/usr/local/bin/token+--fresh"
    )
    assert by_command.token_command == ("/usr/local/bin/token", "--fresh")
    by_file = parse_smtp_url("smtps://arshjul@smtp.example.se?auth=xoauth2&token_file=/run/token")
    assert by_file.token_file == Path("/run/token")


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("relay.example.se", "börjar inte med smtp://"),
        ("http://relay.example.se", "börjar inte med smtp://"),
        ("smtp://", "en server och en port"),
        ("smtp://relay.example.se:0", "en server och en port"),
        ("smtp://relay.example.se/inbox", "utan sökväg"),
        ("smtp://relay.example.se:99999", "går inte att läsa"),
        ("smtps://u:xy/zzy@smtp.example.se", "går inte att läsa"),
        ("smtps://u:xy#zzy@smtp.example.se", "%23"),
        ("smtps://u@smtp.example.se", "båda, eller inget"),
        ("smtps://:xyzzy@smtp.example.se", "båda, eller inget"),
        ("smtp://u:xyzzy@relay.example.se", "kan gå oskyddat"),
        ("smtp://relay.example.se?verify=no", "kontrolleras alltid"),
        ("smtp://127.0.0.1?verify=kanske", "ska vara yes eller no"),
        ("smtp://relay.example.se?timout=5", "menade du 'timeout'?"),
        ("smtp://relay.example.se?connections=0", "1 till 20"),
        ("smtp://relay.example.se?connections=många", "1 till 20"),
        ("smtp://relay.example.se?timeout=", "saknar värde"),
        ("smtp://relay.example.se?timeout=5&timeout=6", "står två gånger"),
        ("smtp://relay.example.se?timeout=evigt", "ska vara sekunder"),
        ("smtp://relay.example.se?timeout=-1", "ska vara sekunder"),
        ("smtp://relay.example.se?timeout=nan", "ska vara sekunder"),
        ("smtps://u:xyzzy@smtp.example.se?auth=plain", "kan bara vara xoauth2"),
        ("smtps://u@smtp.example.se?auth=xoauth2", "ett av token_command och token_file"),
        ("smtps://u@smtp.example.se?token_file=/run/token", "ett av token_command och token_file"),
        ("smtps://u:xyzzy@smtp.example.se?auth=xoauth2&token_file=/t", "utan lösenord"),
        ("smtps://u@smtp.example.se?auth=xoauth2&token_command='x", "citattecken"),
    ],
)
def test_a_bad_url_is_refused_with_the_remedy_and_without_the_password(url: str, says: str) -> None:
    with pytest.raises(RefusedError) as refused:
        SmtpPost.from_url(url)
    message = str(refused.value)
    assert says in message
    assert without_password(url) in message
    assert "zzy" not in message
    assert refused.value.__cause__ is None


def test_the_password_is_not_in_the_repr() -> None:
    assert "xyzzy" not in repr(parse_smtp_url("smtps://u:xyzzy@smtp.example.se"))


def test_a_ca_file_that_cannot_be_read_is_told_at_start(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match=r"ca\.pem går inte att läsa"):
        SmtpPost.from_url(f"smtps://smtp.example.se?ca={tmp_path}/ca.pem")
    (tmp_path / "ca.pem").write_text("inget certifikat")
    with pytest.raises(RefusedError, match="PEM-fil"):
        SmtpPost.from_url(f"smtps://smtp.example.se?ca={tmp_path}/ca.pem")


# The Maildir and the list


def test_a_maildir_holds_each_letter_once_as_it_stood(tmp_path: Path) -> None:
    post = MaildirPost(tmp_path / "post" / "maildir")
    assert deliver(post, A, B) == Delivery(accepted=(A, B))
    deliver(post, A, B)
    deliver(post, C, mime=letter(2).mime)
    box = mailbox.Maildir(post.folder, create=False)
    assert sorted(str(message["Message-ID"]) for message in box) == [
        "<001@arshjul.example.se>",
        "<002@arshjul.example.se>",
    ]
    assert MIME in {file.read_bytes() for file in (post.folder / "new").iterdir()}
    assert not list((post.folder / "tmp").iterdir())


def test_a_letter_that_was_read_is_not_doubled_by_a_repeat(tmp_path: Path) -> None:
    post = MaildirPost(tmp_path)
    deliver(post)
    (new,) = (tmp_path / "new").iterdir()
    new.rename(tmp_path / "cur" / f"{new.name}:2,S")
    deliver(post)
    assert len(mailbox.Maildir(tmp_path)) == 1


def test_a_maildir_that_cannot_be_written_says_so_and_the_letter_waits(tmp_path: Path) -> None:
    (tmp_path / "fil").write_text("")
    with pytest.raises(PostDownError, match=r"går inte att skriva i .* kontrollera att disken har plats"):
        deliver(MaildirPost(tmp_path / "fil" / "maildir"))


def test_the_list_keeps_what_was_sent_to_those_who_were_taken() -> None:
    post = ListPost()
    post.refused[B] = "550 okänd"
    post.deferred[C] = "451 senare"
    assert deliver(post, A, B, C) == Delivery(accepted=(A,), refused={B: "550 okänd"}, deferred={C: "451 senare"})
    assert post.sent == [(SENDER, (A,), MIME)]


# SMTP, against a real server


def url(sink: Sink, scheme: str = "smtp", login: str = "", options: str = "") -> str:
    return f"{scheme}://{login}127.0.0.1:{sink.port}?{options}"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("ca"))


@pytest.mark.slow
def test_a_letter_arrives_as_the_bytes_that_were_frozen() -> None:
    dotted = MIME + b".en rad som b\xc3\xb6rjar med punkt\r\n"
    with Sink() as sink:
        assert deliver(SmtpPost.from_url(url(sink)), A, B, mime=dotted) == Delivery(accepted=(A, B))
    (got,) = sink.accepted
    assert (got.sender, got.recipients, got.content) == (SENDER, (A, B), dotted)


@pytest.mark.slow
def test_files_arrive_under_their_swedish_names() -> None:
    names = [
        "Tjänsteskrivelse delårsrapport augusti 2027.docx",
        "Delårsrapport 2027-08 Miljö- och samhällsbyggnadsnämnden Mål- och resultatuppföljning för året.docx",
    ]
    files = tuple(Attachment(filename=name, media_type="application/x", content=b"x") for name in names)
    letter = build(
        Composed(subject="Å", text="ä", html="ö", attachments=files), sender=A, to=[B], key="k", message_id="<1@example.se>",
        now=datetime(2027, 9, 14, 5, tzinfo=UTC),
    )  # fmt: skip
    with Sink() as sink:
        deliver(SmtpPost.from_url(url(sink)), B, mime=letter)
    (got,) = sink.accepted
    assert got.content.isascii()  # no server has to know SMTPUTF8 (RFC 6531)
    for way in (policy.default, policy.compat32):
        read = message_from_bytes(got.content, policy=way)
        assert [part.get_filename() for part in read.walk() if part.get_filename()] == names
    assert b"filename*0*=utf-8''Tj%C3%A4nsteskrivelse" in got.content  # RFC 2231, which takes a long name in pieces


def test_each_recipient_has_their_own_answer() -> None:
    with Sink(at_rcpt={B: "550 5.1.1 No such user", C: "451 4.7.1 Greylisted"}) as sink:
        got = deliver(SmtpPost.from_url(url(sink)), A, B, C, "åsa@example.se", "två ord@example.se")
    assert got.accepted == (A,)
    assert got.refused[B] == "550 5.1.1 No such user"
    assert set(got.refused) == {B, "åsa@example.se", "två ord@example.se"}
    assert got.deferred == {C: "451 4.7.1 Greylisted"}
    assert [message.recipients for message in sink.accepted] == [(A,)]


@pytest.mark.slow
def test_when_nobody_is_taken_nothing_is_sent_and_the_connection_goes_on() -> None:
    async def two(post: SmtpPost) -> tuple[Delivery, Delivery]:
        async with post:
            return await post.deliver(SENDER, (B,), MIME), await post.deliver(SENDER, (A,), MIME)

    with Sink(at_rcpt={B: "550 5.1.1 No such user"}) as sink:
        first, second = asyncio.run(two(SmtpPost.from_url(url(sink))))
    assert first == Delivery(refused={B: "550 5.1.1 No such user"})
    assert second == Delivery(accepted=(A,))
    assert len(sink.handler.sessions) == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("manners", "expected"),
    [
        ({"at_data": {A: "554 5.7.1 Spam"}}, LetterRefusedError),
        ({"at_data": {A: "554 5.2.0 STOREDRV.Submission"}}, SenderRefusedError),
        ({"at_mail": "550 5.7.1 Sender"}, SenderRefusedError),
        ({"at_mail": "552 5.3.4 Too large"}, LetterRefusedError),
        ({"at_rcpt": {A: "550 5.7.64 Attribution", B: "550 5.7.64 Attribution"}}, SenderRefusedError),
        ({"at_data": {A: "432 4.3.2 Slower"}}, CrowdedError),
        ({"at_mail": "421 4.3.2 Too many connections"}, CrowdedError),
    ],
)
def test_what_is_said_of_us_or_of_the_letter_is_no_recipients(
    manners: dict[str, Any], expected: type[PostError]
) -> None:
    with Sink(**manners) as sink, pytest.raises(expected) as raised:
        deliver(SmtpPost.from_url(url(sink)), A, B)
    assert type(raised.value) is expected
    assert not sink.accepted


@pytest.mark.slow
@pytest.mark.parametrize(
    "manners", [{"at_data": {A: "452 4.3.1 Full"}}, {"at_mail": "452 4.3.1 Full"}], ids=["data", "mail"]
)
def test_what_the_server_puts_off_as_a_whole_waits_for_all_and_proves_nothing_of_them(manners: dict[str, Any]) -> None:
    both = {A: "452 4.3.1 Full", B: "452 4.3.1 Full"}
    with Sink(**manners) as sink:
        assert deliver(SmtpPost.from_url(url(sink)), A, B) == Delivery(deferred=both, unproven=frozenset(both))


@pytest.mark.slow
def test_what_one_is_refused_while_another_is_taken_is_that_ones_own() -> None:
    with Sink(at_rcpt={B: "550 5.7.1 Access denied", C: "550 5.7.60 no"}) as sink:
        got = deliver(SmtpPost.from_url(url(sink)), A, B, C)
        assert (got.accepted, sorted(got.refused), got.unproven) == ((A,), [B, C], frozenset())
        assert deliver(SmtpPost.from_url(url(sink)), B).unproven == {B}


@pytest.mark.slow
@pytest.mark.parametrize("answer", ["530 5.7.0 Authentication required", "530 5.7.0 Must issue a STARTTLS"])
def test_a_server_that_wants_login_or_tls_is_no_fault_of_the_letter(answer: str) -> None:
    with (
        Sink(at_mail=answer) as sink,
        pytest.raises(PostDownError, match="kontrollera inloggning och kryptering"),
    ):
        deliver(SmtpPost.from_url(url(sink)))


@pytest.mark.slow
def test_bytes_that_are_no_text_in_an_answer_can_be_kept_and_shown() -> None:
    with Sink(at_rcpt={A: "550 5.1.1 Ok\udce4nd"}) as sink:
        (said,) = deliver(SmtpPost.from_url(url(sink))).refused.values()
    said.encode("utf-8")


@pytest.mark.slow
def test_an_unreachable_server_is_named_with_the_remedy() -> None:
    port = free_port()
    with pytest.raises(PostDownError, match=f"127.0.0.1:{port} går inte att nå .* ARSHJUL_SMTP_URL"):
        deliver(SmtpPost.from_url(f"smtp://127.0.0.1:{port}"))


@pytest.mark.slow
def test_a_silent_server_is_given_up_after_the_timeout() -> None:
    with Sink(slow=(600, 600)) as sink, pytest.raises(PostDownError, match=r"inte emot brevet inom 9 sekunder"):
        late(delivered(SmtpPost.from_url(url(sink, options="timeout=9"))), lambda: bool(sink.handler.sessions), 10)


@pytest.mark.slow
def test_a_connection_lost_after_data_is_for_now() -> None:
    with Sink(hang_up_after_data=1) as sink:
        post = SmtpPost.from_url(url(sink))
        with pytest.raises(PostError, match="bröts") as lost:
            deliver(post)
        assert not isinstance(lost.value, PostDownError)
        assert deliver(post).accepted == (A,)
    assert len(sink.accepted) == 1


@pytest.mark.slow
def test_a_connection_dropped_between_letters_is_made_again_at_once() -> None:
    async def two(post: SmtpPost) -> None:
        async with post:
            await post.deliver(SENDER, (A,), MIME)
            await asyncio.sleep(0.2)
            await post.deliver(SENDER, (B,), MIME)

    with Sink(hang_up_when_idle=True) as sink:
        asyncio.run(two(SmtpPost.from_url(url(sink))))
    assert [message.recipients for message in sink.accepted] == [(A,), (B,)]


@pytest.mark.slow
def test_a_connection_is_used_for_many_letters() -> None:
    async def many(post: SmtpPost) -> None:
        async with post:
            for _ in range(10):
                await asyncio.gather(post.deliver(SENDER, (A,), MIME), post.deliver(SENDER, (B,), MIME))

    with Sink() as sink:
        asyncio.run(many(SmtpPost.from_url(url(sink))))
    assert len(sink.accepted) == 20
    assert len(sink.handler.sessions) == 2


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["smtp", "smtp+starttls"])
def test_starttls_is_checked_against_our_own_ca(certificates: Certificates, scheme: str) -> None:
    with Sink(starttls=certificates.server, require_starttls=True) as sink:
        assert deliver(SmtpPost.from_url(url(sink, scheme, options=f"ca={certificates.ca}"))).accepted == (A,)
        with pytest.raises(PostDownError, match=r"inget certifikat som går att lita på .*\?ca="):
            deliver(SmtpPost.from_url(url(sink, scheme)))
    assert len(sink.accepted) == 1


@pytest.mark.slow
def test_implicit_tls_is_checked_against_our_own_ca(certificates: Certificates) -> None:
    with Sink(implicit_tls=certificates.server) as sink:
        assert deliver(SmtpPost.from_url(url(sink, "smtps", options=f"ca={certificates.ca}"))).accepted == (A,)
        with pytest.raises(PostDownError, match="inget certifikat som går att lita på"):
            deliver(SmtpPost.from_url(url(sink, "smtps")))
        assert deliver(SmtpPost.from_url(url(sink, "smtps", options="verify=no"))).accepted == (A,)


@pytest.mark.slow
def test_a_certificate_for_another_name_is_refused(tmp_path: Path) -> None:
    elsewhere = make_certificates(tmp_path, host="annan.example.se")
    with Sink(starttls=elsewhere.server) as sink, pytest.raises(PostDownError, match="går att lita på"):
        deliver(SmtpPost.from_url(url(sink, options=f"ca={elsewhere.ca}")))
    assert not sink.accepted


@pytest.mark.slow
def test_required_starttls_that_is_not_offered_sends_nothing() -> None:
    with Sink() as sink, pytest.raises(PostDownError, match="STARTTLS"):
        deliver(SmtpPost.from_url(url(sink, "smtp+starttls")))
    assert not sink.accepted


@pytest.fixture
def locked(certificates: Certificates) -> Iterator[Sink]:
    with Sink(starttls=certificates.server, login=("arshjul", "hem/lig"), token_login=True) as sink:
        yield sink


@pytest.mark.slow
def test_login_opens_the_server(locked: Sink, certificates: Certificates) -> None:
    post = SmtpPost.from_url(url(locked, "smtp+starttls", "arshjul:hem%2Flig@", f"ca={certificates.ca}"))
    assert deliver(post).accepted == (A,)
    assert locked.handler.logins == ["arshjul"]


@pytest.mark.slow
def test_a_wrong_password_is_told_without_the_password(locked: Sink, certificates: Certificates) -> None:
    post = SmtpPost.from_url(url(locked, "smtp+starttls", "arshjul:felaktigt@", f"ca={certificates.ca}"))
    with pytest.raises(PostDownError, match=r"godtog inte inloggningen .*535") as refused:
        deliver(post)
    assert "felaktigt" not in str(refused.value)


@pytest.mark.slow
def test_xoauth2_logs_in_with_the_token_of_a_command_or_a_file(
    locked: Sink, certificates: Certificates, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text(TokenSmtp.good_token + "\n")
    for source in (f"token_command=cat+{tmp_path}/token", f"token_file={tmp_path}/token"):
        options = f"auth=xoauth2&{source}&ca={certificates.ca}"
        post = SmtpPost.from_url(url(locked, "smtp+starttls", "arshjul%40example.se@", options))
        assert deliver(post).accepted == (A,)
    assert locked.handler.logins == ["arshjul@example.se"] * 2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("token_command=false", "gav ingen token .kod 1."),
        ("token_command=/finns/inte", "går inte att köra"),
        ("token_file=/finns/inte", "går inte att läsa"),
        ("token_command=echo+stale", "godtog inte inloggningen"),
    ],
)
def test_a_token_that_does_not_come_holds_the_post(
    locked: Sink, certificates: Certificates, source: str, says: str
) -> None:
    options = f"auth=xoauth2&{source}&ca={certificates.ca}"
    with pytest.raises(PostDownError, match=says):
        deliver(SmtpPost.from_url(url(locked, "smtp+starttls", "arshjul@", options)))


@pytest.mark.slow
def test_a_command_that_gives_no_token_in_time_holds_the_post(
    locked: Sink, certificates: Certificates, tmp_path: Path
) -> None:
    command, asked = tmp_path / "token", tmp_path / "asked"
    command.write_text(f"#!/bin/sh\ntouch {asked}\nexec sleep 600\n")
    command.chmod(0o700)
    options = f"auth=xoauth2&token_command={command}&timeout=9&ca={certificates.ca}"
    post = SmtpPost.from_url(url(locked, "smtp+starttls", "arshjul@", options))
    with pytest.raises(PostDownError, match=r"inom 9 sekunder"):
        late(delivered(post), asked.exists, 10)
