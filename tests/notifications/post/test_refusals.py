"""Whose fault a server's answer is: the recipient's, the letter's, ours, or the server's own."""

import pytest

from notifications.post.refusals import Blame, Stage, judge, remedy, same_words
from tests.rig.answers import ATTRIBUTION, BAD_SENDER, BASIC_AUTH, MAPI, SEND_AS, STOREDRV

MAIL, RCPT, DATA, LOGIN = Stage.MAIL, Stage.RCPT, Stage.DATA, Stage.LOGIN
RECIPIENT, UNPROVEN, LETTER = Blame.RECIPIENT, Blame.UNPROVEN, Blame.LETTER
SENDER, SERVER, CROWDED = Blame.SENDER, Blame.SERVER, Blame.CROWDED


@pytest.mark.parametrize("stage", [MAIL, RCPT, DATA, LOGIN])
@pytest.mark.parametrize(
    ("code", "words"),
    [
        (550, SEND_AS), (554, MAPI), (550, ATTRIBUTION), (550, BAD_SENDER), (554, STOREDRV), (550, BASIC_AUTH),
        (535, "5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant."),
        (530, "5.7.57 Client not authenticated to send mail."), (530, "5.7.0 Must issue a STARTTLS command first"),
        (550, "5.7.501 Access denied, spam abuse detected"), (550, "5.7.705 Access denied, tenant has exceeded threshold"),
        (550, "5.7.606 Access denied, banned sending IP"), (534, "5.7.9 Authentication mechanism is too weak"),
    ],
)  # fmt: skip
def test_a_refusal_of_us_is_ours_at_whatever_stage(code: int, words: str, stage: Stage) -> None:
    assert judge(code, words, stage) is SENDER


@pytest.mark.parametrize(
    ("code", "words", "stage", "blame"),
    [
        (550, "5.1.1 No such user", RCPT, RECIPIENT),
        (550, "5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup", RCPT, RECIPIENT),
        (550, "5.2.1 Mailbox disabled", RCPT, RECIPIENT),
        (552, "5.2.2 Mailbox full", RCPT, RECIPIENT),
        (550, "5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup", RCPT, RECIPIENT),
        (550, "No such user here", RCPT, RECIPIENT),
        (550, "5.1.1 No such user", DATA, RECIPIENT),
        (550, "5.7.1 Unable to relay", RCPT, UNPROVEN),
        (554, "5.7.1 <a@example.com>: Relay access denied", RCPT, UNPROVEN),
        (550, "5.4.1 Recipient address rejected: Access denied", RCPT, UNPROVEN),
        (550, "Requested action not taken", RCPT, UNPROVEN),
        (554, "5.7.1 Spam", DATA, LETTER),
        (552, "5.3.4 Message size exceeds fixed limit", MAIL, LETTER),
        (552, "Message too large", DATA, LETTER),
        (550, "5.6.0 Message content", DATA, LETTER),
        (550, "5.7.1 Sender address rejected", MAIL, SENDER),
        (501, "5.1.7 Bad sender address syntax", MAIL, SENDER),
        (450, "4.2.1 Mailbox busy", RCPT, RECIPIENT),
        (452, "4.2.2 Mailbox full", RCPT, RECIPIENT),
        (451, "4.7.1 Greylisted, try again later", RCPT, RECIPIENT),
        (450, "Greylisted", RCPT, RECIPIENT),
        (451, "4.7.500 Server busy", RCPT, SERVER),
        (452, "4.3.1 Insufficient system storage", DATA, SERVER),
        (450, "4.1.8 Sender domain not found", RCPT, SERVER),
        (451, "4.3.0 Temporary failure", MAIL, SERVER),
        (452, "4.5.3 Too many recipients", RCPT, SERVER),
        (432, "4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded", DATA, CROWDED),
        (432, "4.3.2 Concurrent connections limit exceeded", LOGIN, CROWDED),
        (421, "4.3.2 The maximum number of concurrent server connections has exceeded a limit", LOGIN, CROWDED),
        (421, "Too many connections from your host", MAIL, CROWDED),
        (421, "4.4.2 Connection dropped due to timeout", MAIL, SERVER),
    ],
)  # fmt: skip
def test_each_answer_is_about_the_one_that_it_names(code: int, words: str, stage: Stage, blame: Blame) -> None:
    assert judge(code, words, stage) is blame


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (f"550 {SEND_AS}", "ARSHJUL_MAIL_FROM"),
        (f"550 {ATTRIBUTION}", "IP-adress"),
        (f"550 {BASIC_AUTH}", "xoauth2"),
        (f"550 {BAD_SENDER}", "häv spärren"),
        ("550 5.7.705 tenant", "häv spärren"),
        ("550 nej", "ARSHJUL_SMTP_URL"),
    ],
)
def test_a_refusal_of_us_names_what_to_do(words: str, says: str) -> None:
    assert says in remedy(words)


def test_the_same_words_are_the_same_whatever_address_time_or_session_stands_in_them() -> None:
    one = "550 5.7.1 <a@example.se>: nej tack [AM0PR01MB123 2027-09-14T08:00:01Z]"
    other = "550 5.7.1 <b@example.se>: nej tack [VI1PR08MB977 2027-09-14T08:00:07Z]"
    assert same_words({"a@example.se": one, "b@example.se": other})
    assert not same_words({"a@example.se": one})
    assert not same_words([("a@example.se", one), ("A@example.se", other)])  # one and the same person
    assert not same_words({"a@example.se": one, "b@example.se": "550 5.1.1 No such user"})
