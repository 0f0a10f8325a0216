"""Whose fault a mail server's "no" is: the recipient's, the letter's, the sender's, or the server's own.

Pure: a code, an enhanced status code (RFC 3463) and words in, one blame out. The enhanced codes are those of RFC 3463
and of Exchange Online's list of non-delivery reports; a plain code is judged by its words. What could be either is
``UNPROVEN``: the outbox then asks whether the server takes letters to others (:mod:`notifications.post.outbox`).
"""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum

CROWDED_CODE = 432


class Stage(StrEnum):
    """Where in the conversation it was said."""

    LOGIN = "inloggning"
    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"


class Blame(StrEnum):
    """Whom an answer is about."""

    RECIPIENT = "mottagaren"  #: this address, and no other
    UNPROVEN = "oklart"  #: this address, or anybody whom we write to
    LETTER = "brevet"  #: this letter, whoever it is for: too large, not liked
    SENDER = "avsändaren"  #: us: nobody gets anything until a setting is mended
    SERVER = "servern"  #: the server, for now
    CROWDED = "trängsel"  #: we talk over too many connections


#: at whatever stage: our address, our login, our network or our tenant is what the server does not take
_SENDER = re.compile(
    r"5\.1\.[78]"  # the sender's address; Exchange: "bad outbound sender"
    r"|5\.2\.252"  # SendAsDenied
    r"|5\.7\.(3|8|9|11|30|57|60|64|139)"  # login, basic auth switched off, SendAsDenied, no connector for us
    r"|5\.7\.(50[1-8]|511|6[0-4]\d|70\d|75\d)"  # account, address or tenant barred
)
_SENDER_WORDS = re.compile(
    r"send\s?as\s?denied|storedrv\.submission|smtpclientauthentication is disabled", re.IGNORECASE
)
_RECIPIENT = re.compile(r"5\.1\.([0-4]|6|10)|5\.2\.[1-4]|5\.7\.(124|129|133|134|135|136)")
_RECIPIENT_WORDS = re.compile(r"no such user|user unknown|unknown user|does not exist|okänd mottagare", re.IGNORECASE)
_LETTER = re.compile(r"5\.3\.4|5\.6\.\d+|5\.2\.3")
_CROWDED_WORDS = re.compile(r"too many|concurrent|(connection|thread)s? (limit|count)|maximum number of", re.IGNORECASE)
_RECIPIENT_FOR_NOW = re.compile(r"4\.1\.[1-6]|4\.2\.\d+|4\.7\.1")
_ENHANCED = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_PLAIN = re.compile(r"(?<![\d.])[45]\d\d(?![\d.])")

LOGIN_CODES = frozenset({530, 534, 535, 538})


def judge(code: int, words: str, stage: Stage) -> Blame:
    """Return whom an answer of 400 or more is about; ``words`` are the server's own, with or without the code."""
    found = _ENHANCED.search(words)
    enhanced = found.group(1) if found else ""
    if _is_crowded(code, enhanced, words):
        return Blame.CROWDED
    if code < 500:
        return _for_now(code, enhanced, words, stage)
    if code in LOGIN_CODES or stage is Stage.LOGIN or _names_sender(code, enhanced, words):
        return Blame.SENDER
    if stage is not Stage.RCPT and (_LETTER.fullmatch(enhanced) or (code == 552 and not enhanced)):
        return Blame.LETTER
    if _RECIPIENT.fullmatch(enhanced) or (not enhanced and _RECIPIENT_WORDS.search(words)):
        return Blame.SENDER if stage is Stage.MAIL else Blame.RECIPIENT
    return {Stage.MAIL: Blame.SENDER, Stage.DATA: Blame.LETTER}.get(stage, Blame.UNPROVEN)


def is_of_sender(words: str) -> bool:
    """Tell whether a letter that was taken first came back for good because of us; ``words`` are those of the bounce."""
    codes = [int(code) for code in _PLAIN.findall(words)]
    return judge(next((code for code in codes if code >= 500), 550), words, Stage.RCPT) is Blame.SENDER


def remedy(words: str) -> str:
    """Return in Swedish what to do when the sender was refused with these words."""
    found = _ENHANCED.search(words)
    match found.group(1) if found else "":
        case "5.7.60" | "5.2.252" | "5.2.0" | "5.1.7":
            return "ge kontot i ARSHJUL_SMTP_URL rätt att skicka som adressen i ARSHJUL_MAIL_FROM"
        case "5.7.64" | "5.7.54":
            return "låt e-postservern ta emot post från den här datorn (en koppling för dess IP-adress)"
        case "5.7.30" | "5.7.139" | "5.7.57" | "5.7.3" | "5.7.8" | "5.7.9" | "5.7.11" | "5.7.0":
            return (
                "kontrollera inloggning och kryptering i ARSHJUL_SMTP_URL; tar servern inte lösenord, logga in med "
                "?auth=xoauth2"
            )
        case "5.1.8":
            return "kontot eller adressen i ARSHJUL_MAIL_FROM är spärrad för att skicka: häv spärren i e-postsystemet"
        case each if each.startswith(("5.7.5", "5.7.6", "5.7.7")):
            return "avsändaren är spärrad i e-postsystemet: häv spärren"
        case _:
            return "kontrollera kontot i ARSHJUL_SMTP_URL och adressen i ARSHJUL_MAIL_FROM"


def same_words(answers: Mapping[str, str] | Iterable[tuple[str, str]]) -> bool:
    """Tell whether at least two addresses were answered, and all in the same words but for names and numbers."""
    pairs = list(answers.items()) if isinstance(answers, Mapping) else list(answers)
    addresses = {address.casefold() for address, _ in pairs}
    return len(addresses) > 1 and len({_bare(words) for _, words in pairs}) == 1


def _is_crowded(code: int, enhanced: str, words: str) -> bool:
    if code == CROWDED_CODE:
        return True
    return code in (421, 450, 451, 452, 454) and (
        (code == 421 and enhanced == "4.3.2")
        or bool(_CROWDED_WORDS.search(words) and "recipients" not in words.lower())
    )


def _names_sender(code: int, enhanced: str, words: str) -> bool:
    return bool(_SENDER.fullmatch(enhanced) or (code == 554 and enhanced == "5.2.0") or _SENDER_WORDS.search(words))


def _for_now(code: int, enhanced: str, words: str, stage: Stage) -> Blame:
    if _RECIPIENT_FOR_NOW.fullmatch(enhanced) and stage is not Stage.MAIL:
        return Blame.RECIPIENT
    if stage is Stage.RCPT and ((not enhanced and code in (450, 451)) or re.search(r"gr[ae]y", words, re.IGNORECASE)):
        return Blame.RECIPIENT
    return Blame.SERVER


def _bare(words: str) -> str:
    """Leave out addresses, and whatever has a digit in it but the codes: session ids, times, queue names."""
    code, _, rest = words.partition(" ")
    found = _ENHANCED.search(rest)
    plain = re.sub(r"\S*[@\d]\S*|[^\w\s]", " ", rest.casefold())
    return " ".join([code, found.group(1) if found else "", *plain.split()])
