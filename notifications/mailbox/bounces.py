"""Bounces: which of our letters came back, from whom, and whether for good.

By RFC 3464 (a ``message/delivery-status`` part) where there is one; else as Exchange, Exim, qmail and others
write them in plain words. A delay (4.x, "kommer att försöka igen") is told apart from a return.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import Message

from notifications.mailbox import parsing
from notifications.plain import one_line

LONGEST_WORDS = 300
MOST = 50  #: recipients of one bounce

_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])")
_STATUS = re.compile(r"(?<![\d.])([245])\.\d{1,3}\.\d{1,3}(?![\d.])")
_CODE = re.compile(r"(?<![\d.])([45])\d\d(?=[ -][^\d])")
_DAEMON = re.compile(
    r"(?:mailer[._-]?daemon|postmaster|mail-daemon|mdaemon|mail[._-]?delivery(?:[._-]?(?:sub)?system)?|bounces?(?:[+=-][^@]*)?"
    r"|microsoftexchange[0-9a-f]*)@",
    re.IGNORECASE,
)
_RETURNED = re.compile(
    r"undeliver|not? be delivered|delivery (?:status|fail|has failed|incomplete)|returned mail|failure notice|mail delivery"
    r"|returned to sender|kan inte leverera|gick inte att leverera|kunde inte leverera|olevererb|leveransmeddelande"
    r"|(?:message|mail|e-?mail|attachment)s? (?:was|were|has been|have been|is)? ?(?:rejected|blocked|refused|dropped)|rejected by"
    r"|(?:meddelande|mejl|brev|e-post|bilaga)\w* (?:har )?(?:avvisa|blockera|stoppa)[dt]\w*|(?:avvisades|blockerades|stoppades) av"
    r"|leveransfel|gick inte att nå|mail failure|failed permanently|incorrectly constructed|malformed (?:recipient )?address",
    re.IGNORECASE,
)
_DELAYED = re.compile(
    r"delayed|\(delay\)|warning message only|be retried for|delivery (?:is )?delay|will (?:keep|continue|be) (?:re)?try|still (?:trying|being)|warning: message"
    r"|fördröj|försen(?:ad|ing) leverans|försöker (?:fortfarande|igen)|kommer att försöka",
    re.IGNORECASE,
)
#: a server that has given up; its other words may tell of the delay before
_FINAL = re.compile(
    r"fail(?:ed|ure)|undeliver|returned (?:mail|to)|not? be delivered|permanent (?:error|fatal)|kan inte leverera"
    r"|gick inte att leverera|kunde inte leverera|olevererb|leveransfel|gick inte att nå",
    re.IGNORECASE,
)
#: a filter that keeps a letter back until somebody lets it through
_HELD = re.compile(
    r"quarantin|karantän|held (?:for|until|pending|back)|(?:is|was|has been|being) (?:held|withheld)\b|awaiting (?:moderat|approv)|moderat(?:or|ion) approval"
    r"|(?:confirm|verify|prove) (?:that )?(?:you|your (?:e-?mail|message|identity))|to (?:deliver|release) your (?:message|e-?mail)"
    r"|bekräfta (?:att du|ditt (?:mejl|meddelande)|din (?:e-?post)?adress)|(?:hålls|hållits|lagts|ligger|fastnat) (?:kvar |tillbaka )?i (?:skräppost|spam|väntan)"
    r"|innan (?:det|ditt (?:mejl|meddelande)) (?:kan )?(?:levereras|släpps)|inte (?:har )?levererats|har inte (?:kunnat )?levererats",
    re.IGNORECASE,
)
_OUR_ID = re.compile(r"<[0-9a-f]{32}\.arshjul@[A-Za-z0-9.-]{1,250}>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """One recipient whom a letter did not reach."""

    address: str  #: as the server says it; a forwarded letter's may be one that we never wrote to
    asked: str  #: the address that was asked for, where the server says it; "" otherwise
    permanent: bool  #: it came back; False: it is late, and the server goes on trying
    words: str  #: the server's, on one line


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """What a mail server tells of a letter of ours."""

    failed: tuple[Failed, ...]  #: empty when the server does not say whom
    by_status: bool = (
        False  #: each of ``failed`` is a recipient, as RFC 3464 tells; else some may be anybody's addresses
    )

    @property
    def permanent(self) -> bool:
        """Whether anybody's letter came back for good."""
        return any(each.permanent for each in self.failed)


def read_bounce(message: Message, subject: str, sender: str, text: str) -> Bounce | None:
    """Return what a mail tells as a bounce; None when it is something else, also a receipt of delivery."""
    status = _status(message)
    if status is not None:
        return _by_status(status, text)
    return _in_words(message, subject, sender, text)


def has_status(message: Message) -> bool:
    """Tell whether a mail carries a status by RFC 3464."""
    return _status(message) is not None


def is_of_a_server(message: Message, sender: str) -> bool:
    """Tell whether a mail server wrote a mail, and no person or person's program."""
    return bool(
        parsing.header(message, "X-Failed-Recipients")
        or _DAEMON.match(sender)
        or parsing.header(message, "X-MS-Exchange-Message-Is-Ndr")
        or parsing.kind(message) == "multipart/report"
    )


def is_held_back(subject: str, text: str) -> bool:
    """Tell whether a program's mail says that the letter waits in a filter, and nobody has read it."""
    return bool(_HELD.search(subject) or _HELD.search(_before_the_letter(text)[:3_000]))


def is_thrown_away(message: Message) -> bool:
    """Tell whether a report of reading (RFC 8098) says that a program did away with the letter, or says nothing readable.

    Dovecot tells so of a mailbox that is full. What a person deletes unread is that person's own act.
    """
    for part, _ in parsing.walk(message, enclosed=False):
        if parsing.kind(part) == "message/disposition-notification":
            told = (parsing.header(each, "Disposition").lower() for each in parsing.children(part))
            mode, _, kind = next(filter(None, told), "").partition(";")
            seen = kind.strip().startswith(("displayed", "dispatched", "processed"))
            return not seen and not (mode.startswith("manual-action") and kind.strip().startswith("deleted"))
    return False


def has_empty_path(message: Message) -> bool:
    """Tell whether nobody is to be told if a mail does not arrive: a server's own, or an answer that a program sent."""
    return parsing.header(message, "Return-Path") == "<>"


def _status(message: Message) -> Message | None:
    return next((part for part, _ in parsing.walk(message, enclosed=False) if _is_status(part)), None)


def our_ids(text: str) -> tuple[str, ...]:
    """Return the Message-IDs in a text that are formed as ours."""
    return tuple(dict.fromkeys(_OUR_ID.findall(text)))


def _is_status(part: Message) -> bool:
    return parsing.kind(part) in ("message/delivery-status", "message/global-delivery-status")


def _by_status(part: Message, text: str) -> Bounce | None:
    """Read RFC 3464: one block about the letter, then one for each recipient."""
    blocks = parsing.children(part)[: MOST + 1] or _blocks_of(part)
    failed = []
    for block in blocks:
        final = _typed(parsing.header(block, "Final-Recipient"))
        if not final:
            continue
        action = parsing.header(block, "Action").lower()
        code, words = _status_of(parsing.header(block, "Status")), _typed(parsing.header(block, "Diagnostic-Code"))
        if action in ("delivered", "relayed", "expanded") or code == "2":
            continue
        permanent = action == "failed" or (action != "delayed" and code != "4")
        said = one_line(f"{parsing.header(block, 'Status')} {words}")[:LONGEST_WORDS] or "inget skäl angivet"
        asked = _typed(parsing.header(block, "Original-Recipient"))
        failed.append(Failed(address=final, asked=asked, permanent=permanent, words=said))
    if failed or not blocks:
        return Bounce(failed=tuple(failed), by_status=True)
    told = any(parsing.header(block, "Final-Recipient") for block in blocks)
    return None if told else Bounce(failed=_named(text, permanent=not _DELAYED.search(text)))


def _blocks_of(part: Message) -> list[Message]:
    """Return the blocks of a status that came encoded, which the standard parser does not open."""
    blocks = re.split(rb"\r?\n\r?\n", parsing.content(part)[:200_000])
    return [read for block in blocks[: MOST + 1] if (read := parsing.parse(block + b"\r\n\r\n")) is not None]


def _in_words(message: Message, subject: str, sender: str, text: str) -> Bounce | None:
    """Read a bounce that has no status part: from a mail server, and saying that something did not arrive."""
    told = parsing.header(message, "X-Failed-Recipients")
    kind = parsing.parameter(message, "report-type").lower()
    surely = is_of_a_server(message, sender)
    server = (surely or has_empty_path(message)) and kind in ("", "delivery-status")
    says = _RETURNED.search(subject) or _DELAYED.search(subject) or _RETURNED.search(text[:5_000])
    if not (server and (told or says)):
        return None
    own_words = _before_the_letter(text)
    if not surely and sender and sender.casefold() in own_words.casefold():
        return None  # no server writes in the name of whom it could not reach: an answer that tells of its sender
    given_up = _FINAL.search(subject) or re.search(r"failed permanently|permanent (?:error|failure)", own_words)
    delayed = bool(_DELAYED.search(subject) or (_DELAYED.search(own_words) and not given_up))
    if told:
        listed = [each for each in _ADDRESS.findall(told)][:MOST]
        return Bounce(failed=tuple(_said_of(each, own_words, permanent=not delayed) for each in listed))
    return Bounce(failed=_named(own_words, permanent=not delayed))


def _before_the_letter(text: str) -> str:
    """Return a bounce's own words, without the copy of the letter that follows them."""
    text = text[:20_000]
    found = re.search(
        r"^.{0,3}(?:-{3,}.{0,60}(?:copy|original|kopia|ursprunglig|returned|below).{0,80}|(?:Original message headers|"
        r"Ursprungliga brevhuvuden|Ursprungligt brevhuvud).{0,20})$",
        text,
        re.IGNORECASE | re.MULTILINE,
    )
    return text[: found.start()] if found else text


def _named(text: str, *, permanent: bool) -> tuple[Failed, ...]:
    found = [each for each in dict.fromkeys(_ADDRESS.findall(text[:20_000])) if not _DAEMON.match(f"{each}@")]
    return tuple(_said_of(each, text, permanent=permanent) for each in found[:MOST])


def _said_of(address: str, text: str, *, permanent: bool) -> Failed:
    """Return what the words near an address say: a status, a code, else the line itself."""
    at = text.casefold().find(address.casefold())
    near = text[max(at, 0) : max(at, 0) + 600]
    code = _status_of(near) or (found[1] if (found := _CODE.search(near)) else "")
    lines = [line for line in near.splitlines() if _STATUS.search(line) or _CODE.search(line)]
    words = one_line(lines[0] if lines else near[len(address) :].strip(" <>:\r\n"))[:LONGEST_WORDS]
    for_good = permanent if not code or code == "2" else code == "5" and permanent
    return Failed(address=address, asked="", permanent=for_good, words=words or "inget skäl angivet")


def _status_of(text: str) -> str:
    found = _STATUS.search(text)
    return found[1] if found else ""


def _typed(text: str) -> str:
    """Return the value of ``rfc822; name@example.se`` or ``smtp; 550 ...``."""
    kind, semicolon, value = text.partition(";")
    return one_line(value if semicolon else kind).strip("<> ")


def matching(failed: Failed, recipients: Iterable[str]) -> str | None:
    """Return which of a letter's recipients is meant; the only one when the server names one we never wrote to."""
    every = list(dict.fromkeys(recipients))
    named = {failed.address.casefold(), failed.asked.casefold()}
    found = next((each for each in every if each.casefold() in named), None)
    return found or (every[0] if len(every) == 1 else None)
