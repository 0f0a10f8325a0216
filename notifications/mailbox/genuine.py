"""Whether a mail is from whom it says: only when the municipality's own mail server says so, outright.

Strict, for what follows is a hand-in in somebody's name: ``dmarc=pass``, or where the domain has no DMARC record a
signature or an SPF of the very same domain. Anything else (fail, none, an error, no word at all) is laid before a
person. A server writes its results on top (RFC 8601, 4), so a pass counts only in its newest lines, those with no
``Received`` between them; a fail counts wherever it stands. A border server takes away what others have written in
its name (RFC 8601, 5): without that nothing here holds.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from notifications.mailbox.stamps import (
    ARC_RESULTS,
    ARC_SEAL,
    EXCHANGE,
    RECEIVED,
    RESULTS,
    Said,
    Stamp,
    read_results,
    read_tags,
)
from notifications.plain import one_line
from notifications.trust import Trust

SETTING, ALSO_SETTING = "ARSHJUL_MAIL_AUTHSERV", "ARSHJUL_MAIL_AUTHSERV_ALSO"

NOT_SET = (
    "Inga mejl registreras av sig själva, för ingen e-postserver är vald som intygar vem avsändaren är. "
    f"IT väljer den med inställningen {SETTING}."
)
ASK = "Hör med avsändaren på ett annat sätt än genom att svara på mejlet, innan du registrerar."

#: what a domain's own record did not decide: then an aligned signature or SPF may
_UNDECIDED = frozenset({"none", "bestguesspass"})
_WORD = re.compile(r"[a-z]{1,20}")


@dataclass(frozen=True, slots=True, kw_only=True)
class MailVerdict:
    """Whether a mail is genuine, and in Swedish why not."""

    genuine: bool
    why: str = ""


def judge(stamps: Sequence[Stamp], sender: str, trust: Trust) -> MailVerdict:
    """Judge a mail by the lines on it, the newest first; ``sender`` is the one address in From."""
    domain = sender.rpartition("@")[2].casefold()
    if not trust.anybody:
        return MailVerdict(genuine=False, why=NOT_SET)
    if not domain:
        return MailVerdict(genuine=False, why=f"Mejlet har ingen avsändare som går att läsa. {ASK}")
    marks = [stamp.value.casefold() for stamp in stamps if stamp.name == EXCHANGE]
    if "internal" in trust.also and marks == ["internal"]:
        return MailVerdict(genuine=True)
    return _by_results(stamps, domain, trust)


def _by_results(stamps: Sequence[Stamp], domain: str, trust: Trust) -> MailVerdict:
    ours = [read for stamp in stamps if stamp.name == RESULTS and _is_ours(read := read_results(stamp.value), trust)]
    newest = _newest(stamps, trust)
    if not newest:
        return _no(f"Er e-postserver har inte intygat att mejlet kommer från {_shown(domain)}", "")
    if "arc" in trust.also and _chained(stamps, newest, domain, trust):
        return MailVerdict(genuine=True)
    faults = [fault for said in ours if (fault := _fault(said))]
    if faults:
        return _no(f"Er e-postserver säger att mejlet inte kommer från {_shown(domain)}", faults[0])
    if _passes(newest, domain):
        return MailVerdict(genuine=True)
    told = next((f"{each.method}={each.result}" for said in newest for each in said.of("dmarc")), "")
    return _no(f"Er e-postserver kan inte intyga att mejlet kommer från {_shown(domain)}", told)


def _no(word: str, told: str) -> MailVerdict:
    return MailVerdict(genuine=False, why=f"{word}{f' ({told})' if told else ''}. {ASK}")


def _is_ours(said: Said, trust: Trust) -> bool:
    return said.server in trust.servers or (not said.server and "compauth" in trust.also and bool(said.of("compauth")))


def _newest(stamps: Sequence[Stamp], trust: Trust) -> list[Said]:
    """Return our server's newest lines: from its first one down to the next ``Received``."""
    mine = [stamp.name == RESULTS and _is_ours(read_results(stamp.value), trust) for stamp in stamps]
    if True not in mine:
        return []
    block = takewhile(lambda pair: pair[0].name != RECEIVED, list(zip(stamps, mine, strict=True))[mine.index(True) :])
    return [read_results(stamp.value) for stamp, is_mine in block if is_mine]


def _fault(said: Said) -> str:
    """Return the word by which a line says that the sender is another: only ``fail`` says that, of the whole mail."""
    results = said.of("compauth") or said.of("dmarc")  # Exchange's verdict has weighed its own dmarc
    return next((f"{each.method}={each.result}" for each in results if each.result in ("fail", "softfail")), "")


def _passes(newest: Sequence[Said], domain: str) -> bool:
    """Tell whether our server says that the mail comes from the domain."""
    if not all(said.whole for said in newest):
        return False
    composite = [each for said in newest if not said.server for each in said.of("compauth")]
    if composite:
        froms = [value for said in newest for each in said.of("dmarc") for value in each.values("header.from")]
        return all(each.result == "pass" for each in composite) and set(froms) <= {domain}
    dmarc = [each for said in newest for each in said.of("dmarc")]
    if any(set(each.values("header.from")) - {domain} for each in dmarc):
        return False
    if dmarc and all(each.result == "pass" for each in dmarc):
        return True
    return all(each.result in _UNDECIDED for each in dmarc) and _is_aligned(newest, domain)


def _is_aligned(newest: Sequence[Said], domain: str) -> bool:
    """Tell whether a signature, or SPF, passed for this very domain: what DMARC asks for, without its leniency."""
    for said in newest:
        if any(each.result == "pass" and each.values("header.d") == [domain] for each in said.of("dkim")):
            return True
        for each in said.of("spf"):
            mailfrom = [value.rpartition("@")[2] for value in each.values("smtp.mailfrom")]
            if each.result == "pass" and mailfrom == [domain]:
                return True
    return False


def _chained(stamps: Sequence[Stamp], newest: Sequence[Said], domain: str, trust: Trust) -> bool:
    """Tell whether our server found an ARC chain (RFC 8617) whole whose newest link is our own, and passes the mail.

    Anybody may write our name in a link of their own; so it counts only when our domain has sealed it.
    """
    arc = [each for said in newest for each in said.of("arc")]
    if not arc or any(each.result != "pass" for each in arc) or not all(said.whole for said in newest):
        return False
    links: dict[int, list[Stamp]] = {}
    for stamp in stamps:
        if stamp.name in (ARC_RESULTS, ARC_SEAL):
            number = read_tags(stamp.value).get("i", "")
            links.setdefault(int(number) if number.isdecimal() and len(number) < 4 else 0, []).append(stamp)
    last = links[max(links)] if links else []
    results = [read_results(stamp.value, arc=True) for stamp in last if stamp.name == ARC_RESULTS]
    sealers = [read_tags(stamp.value).get("d", "") for stamp in last if stamp.name == ARC_SEAL]
    if len(results) != 1 or len(sealers) != 1 or results[0].server not in trust.servers:
        return False
    ours = results[0].server == sealers[0] or results[0].server.endswith(f".{sealers[0]}")
    return ours and "." in sealers[0] and _passes(results, domain)


def _shown(domain: str) -> str:
    return one_line(domain)[:100]
