"""Whether a mail is from whom it says: a table of what mail servers write, and what is believed of it."""

import pytest

from notifications.mailbox.genuine import NOT_SET, judge
from notifications.mailbox.mail_reading import read_mail
from notifications.mailbox.stamps import LONGEST
from notifications.trust import Trust
from tests.rig.files.mails import CHIEF, answer

OURS = Trust(servers=frozenset({"mx.example.se"}))
CLOUD = Trust(also=frozenset({"compauth", "internal"}))
CHAIN = Trust(servers=frozenset({"mx.example.se"}), also=frozenset({"arc"}))
PASS = "dmarc=pass header.from=example.se"
HOP = "Received: from a by b; Mon, 13 Sep 2027 08:30:00 +0200"


def said(*lines: str) -> str:
    """Lines on a mail, the newest first: one without a colon is a result of ours."""
    return "\r\n".join(
        line if ": " in line.split(";")[0] else f"Authentication-Results: mx.example.se; {line}" for line in lines
    )


def judged(lines: str, trust: Trust = OURS, sender: str = CHIEF):
    raw = f"{lines}\r\n".encode() + answer(sender=sender, passed="").as_bytes()
    mail = read_mail(raw.lstrip(b"\r\n"))
    assert mail.sender == sender
    return judge(mail.stamps, mail.sender, trust)


GENUINE = {
    "dmarc passes": said(PASS),
    "dmarc in a line of its own": said("dkim=none", PASS),
    "above and below the border's own Received": said(PASS, HOP, "dkim=pass header.d=example.org"),
    "with a version, a comment, other letters and blanks": said(
        "Authentication-Results: MX.example.se 1; DMARC = Pass (p=reject; dmarc=fail) header.from=Example.se"
    ),
    "folded": said("spf=pass\r\n\tsmtp.mailfrom=example.se;\r\n\tdmarc=pass\r\n header.from=example.se"),
    "dmarc passes though the signature is another's": said(f"dkim=fail header.d=example.org; spf=none; {PASS}"),
    "no policy, signed by the very domain": said("dmarc=none header.from=example.se; dkim=pass header.d=example.se"),
    "no word of dmarc, SPF of the very domain": said("spf=pass smtp.mailfrom=ombud@example.se; dkim=none"),
    "one of two signatures is the domain's": said("dkim=pass header.d=x.example.org; dkim=pass header.d=example.se"),
    "a stranger's line beside ours": said("Authentication-Results: evil.example.org; dmarc=fail", PASS),
    "long before it comes to dmarc": said("x-note=pass (" + "a" * 9_000 + f"); {PASS}"),
}


@pytest.mark.parametrize("lines", GENUINE.values(), ids=GENUINE)
def test_an_explicit_pass_of_our_own_server_is_genuine(lines):
    assert judged(lines).genuine


NOT = {
    "no line at all": ("", "har inte intygat"),
    "another server's": (said(f"Authentication-Results: mx.example.org; {PASS}"), "har inte intygat"),
    "a server whose name ends as ours": (said(f"Authentication-Results: evil-mx.example.se; {PASS}"), "har inte intygat"),
    "our name in a comment": (said(f"Authentication-Results: evil.se (mx.example.se); {PASS}"), "har inte intygat"),
    "no name": (said(f"Authentication-Results: {PASS}; compauth=pass"), "har inte intygat"),
    "fail": (said("dmarc=fail header.from=example.se"), "kommer från example.se (dmarc=fail)"),
    "fail in the second": (said("dkim=none", "dmarc=fail (p=none dis=none) header.from=example.se"), "(dmarc=fail)"),
    "pass and fail": (said(PASS, "dmarc=fail header.from=example.se"), "(dmarc=fail)"),
    "fail below a hop": (said(PASS, HOP, "dmarc=fail header.from=example.se"), "(dmarc=fail)"),
    "fail far into a line": (said("x-note=pass (" + "a" * 9_000 + "); dmarc=fail"), "(dmarc=fail)"),
    "pass below a hop": (said("spf=none", HOP, PASS), "kan inte intyga"),
    "none": (said("dmarc=none header.from=example.se; spf=none; dkim=none"), "kan inte intyga"),
    "an error": (said("dmarc=temperror header.from=example.se; dkim=pass header.d=example.se"), "(dmarc=temperror)"),
    "the pass of another domain": (said("dmarc=pass header.from=example.org"), "kan inte intyga"),
    "another domain's signature": (said("dmarc=none; dkim=pass header.d=example.org"), "kan inte intyga"),
    "a signature of the domain above": (said("dkim=pass header.d=se"), "kan inte intyga"),
    "a signature that says two domains": (said("dkim=pass header.d=example.se header.d=x.se"), "kan inte intyga"),
    "SPF of another domain": (said("spf=pass smtp.mailfrom=x@example.org"), "kan inte intyga"),
    "SPF of the greeting": (said("spf=pass smtp.helo=example.se"), "kan inte intyga"),
    "a pass in a comment": (said("spf=none (; dmarc=pass header.from=example.se)"), "kan inte intyga"),
    "a pass in a quoted name": (said('spf=none smtp.mailfrom="x; dmarc=pass header.from=example.se"@x.se'), "kan inte"),
    "a comment that never ends": (said(f"{PASS}; spf=none (x"), "kan inte intyga"),
    "a quotation that never ends": (said(f'{PASS}; spf=none "x'), "kan inte intyga"),
    "more than is read": (said(f"x=y ({'a' * LONGEST})", PASS), "har inte intygat"),
    "passed, is what it says": (said("dmarc=passed header.from=example.se"), "kan inte intyga"),
    "a policy": (said("dmarc=none policy.dmarc=pass"), "kan inte intyga"),
    "ARC that was not asked for": (said(f"ARC-Authentication-Results: i=1; mx.example.se; {PASS}"), "har inte intygat"),
    "Exchange's mark that was not asked for": ("X-MS-Exchange-Organization-AuthAs: Internal", "har inte intygat"),
}  # fmt: skip


@pytest.mark.parametrize(("lines", "word"), NOT.values(), ids=NOT)
def test_all_else_is_for_a_person_with_the_reason(lines, word):
    verdict = judged(lines)
    assert not verdict.genuine and word in verdict.why and verdict.why.endswith("innan du registrerar.")


EXO = "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=example.se; dkim=none; dmarc=bestguesspass action=none header.from=example.se;compauth="


@pytest.mark.parametrize(
    ("lines", "genuine"),
    [
        (f"Authentication-Results: {EXO}pass reason=109", True),
        (f"Authentication-Results: {EXO}softpass reason=201", False),
        (f"Authentication-Results: {EXO}fail reason=001", False),
        (f"Authentication-Results: {EXO}none reason=405", False),
        (f"Authentication-Results: {EXO}pass reason=109\r\nAuthentication-Results: {EXO}fail reason=000", False),
        (f"{HOP}\r\nAuthentication-Results: {EXO.replace('from=example.se', 'from=x.se')}pass reason=100", False),
        (f"Authentication-Results: {PASS}", False),  # no verdict of Exchange's
        ("X-MS-Exchange-Organization-AuthAs: Internal", True),
        ("X-MS-Exchange-Organization-AuthAs: Anonymous", False),
        ("X-MS-Exchange-Organization-AuthAs: Internal\r\nX-MS-Exchange-Organization-AuthAs: Anonymous", False),
        (said(PASS), False),  # a name that is not set
    ],
)
def test_exchanges_own_verdict_and_mark_count_where_they_are_set(lines, genuine):
    assert judged(lines, CLOUD).genuine is genuine


def chain(server: str = "mx.example.se", sealer: str = "example.se", result: str = PASS, ours: str = "arc=pass") -> str:
    return said(
        f"{ours}; dmarc=fail header.from=example.se",
        f"ARC-Seal: i=2; a=rsa-sha256; d={sealer}; s=x; cv=pass; b=abc=",
        f"ARC-Authentication-Results: i=2; {server}; {result}",
        "ARC-Seal: i=1; a=rsa-sha256; d=example.org; s=x; cv=none; b=abc=",
        f"ARC-Authentication-Results: i=1; mx.example.org; {PASS}",
    )


@pytest.mark.parametrize(
    ("lines", "trust", "genuine"),
    [
        (chain(), CHAIN, True),
        (chain(), OURS, False),  # not set
        (chain(ours="arc=fail"), CHAIN, False),
        (chain(ours="spf=none"), CHAIN, False),  # nobody has looked at the chain
        (chain(sealer="example.org"), CHAIN, False),  # our name in a link of somebody else's
        (chain(sealer="se"), CHAIN, False),
        (chain(server="mx.example.org"), CHAIN, False),
        (chain(result="dmarc=fail header.from=example.se"), CHAIN, False),
        (said("arc=pass; dmarc=fail"), CHAIN, False),  # no chain
    ],
)
def test_an_arc_chain_counts_where_it_is_set_found_whole_and_sealed_last_by_us(lines, trust, genuine):
    assert judged(lines, trust).genuine is genuine


def test_without_the_setting_nothing_is_genuine_and_the_reason_names_it():
    verdict = judged(said(PASS), Trust())
    assert (verdict.genuine, verdict.why) == (False, NOT_SET) and "ARSHJUL_MAIL_AUTHSERV" in NOT_SET


def test_lines_are_read_whole_and_every_one_of_them():
    raw = b"".join(
        b"Authentication-Results: mx.example.se; x=y (%s); dmarc=fail\r\n" % (b"a" * 8_000) for _ in range(5)
    )
    stamps = read_mail(raw + b"\r\n").stamps
    assert len(stamps) == 5 and all(stamp.value.endswith("dmarc=fail") for stamp in stamps)


@pytest.mark.parametrize(
    "head",
    [
        b"X-Note: a\rAuthentication-Results: mx.example.se; dmarc=pass header.from=example.se\r\nFrom: ombud@example.se",
        b"Authentication-Results: mx.example.se; dmarc=pass\r\nFrom : a@example.org\r\nFrom: ombud@example.se",
        "Authentication-Results: mx.example.se; dmarc=pass\r\nFrom: ombud@example\u200b.se".encode(),
        "Authentication-Results: mx.example.se; dmarc=pass\r\nFrom: ombud@exampleö.se".encode(),
        b"Authentication-Results: mx.example.se; dmarc=pass\r\nFrom: ombud@example\xf6.se, x@example.org",
    ],
    ids=["a line that servers do not see", "two of From", "an invisible sign", "a sign that is lost", "one of two"],
)
def test_what_we_would_read_otherwise_than_the_mail_server_is_for_a_person(head):
    mail = read_mail(head + b"\r\nTo: x@example.se\r\n\r\nhej\r\n")
    assert not judge(mail.stamps, mail.sender, OURS).genuine
    assert mail.sender == ("ombud@example.se" if b"From: ombud@example.se" in head.split(b"\r\n") else "")


def test_a_name_may_have_any_signs():
    mail = read_mail(said(PASS).encode() + "\r\nFrom: Örjan Ö <ombud@example.se>\r\n\r\nhej\r\n".encode())
    assert mail.sender == "ombud@example.se" and judge(mail.stamps, mail.sender, OURS).genuine
