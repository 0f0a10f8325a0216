"""Reading a mail in a process of its own: no mail, and no fault of the process, reaches the service."""

import sys
from dataclasses import replace

import pytest

from notifications.mailbox.mail_reading import read_mail
from notifications.mailbox.mail_wire import told
from notifications.mailbox.read_apart import LIMITS, heard, read_mail_apart
from tests.rig.files.mails import CHIEF, answer, dsn, forwarded
from tests.rig.handins import PDF, xlsx

REPLY = answer(
    name="Chef Å", files=[("å ä ö.xlsx", xlsx()), ("tom.pdf", b""), ("a.pdf", PDF)],
    Received="from relay.example.se; Fri, 10 Sep 2027 09:00:00 +0200",
).as_bytes()  # fmt: skip
BOUNCE = dsn(CHIEF, answer().as_bytes())


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", f"import sys; sys.stdin.buffer.read(); {code}")


@pytest.mark.parametrize("raw", [REPLY, BOUNCE, forwarded(answer(files=[("a.pdf", PDF)])).as_bytes(), b"", b"\x00\xff"])
def test_a_mail_is_the_same_when_another_process_has_told_of_it(raw: bytes) -> None:
    mail = read_mail(raw)
    assert heard(told(mail)) == mail


@pytest.mark.parametrize(
    "said",
    [b"", b"hej", b"{}\n", b'{"mail": {}, "sizes": []}\n', told(read_mail(REPLY))[:-1], told(read_mail(REPLY)) + b"x",
     told(read_mail(REPLY)).replace(b'"sizes": [', b'"sizes": [-1, ', 1), b"\xff" * 99],
)  # fmt: skip
def test_what_is_not_a_mail_is_not_heard(said: bytes) -> None:
    with pytest.raises(ValueError, match=r"MailLine|long as"):
        heard(said)


@pytest.mark.slow
def test_a_reply_and_a_bounce_are_read_apart_as_they_are_here() -> None:
    assert read_mail_apart(REPLY) == read_mail(REPLY)
    assert read_mail_apart(BOUNCE) == read_mail(BOUNCE)


@pytest.mark.slow
def test_a_mail_that_kills_its_reader_is_unreadable_and_not_lost() -> None:
    killed = read_mail_apart(REPLY, command=python("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"))
    assert (killed.kind, killed.files) == ("oläsligt", ()) and "Be avsändaren" in killed.unread[0]
    assert read_mail_apart(REPLY, command=python("print('hej')")) == killed
    assert read_mail_apart(REPLY, limits=replace(LIMITS, memory=1)) == killed
    assert read_mail_apart(REPLY, command=("/finns/inte",)) == killed
