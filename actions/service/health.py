"""How the parts of the service stand, as the store knows it: beats, jobs that fail, the mailbox, the post.

The same words for ``/health``, the pages and the word that the ekonomikontor gets by mail. A new part is one more
entry in what :func:`store_parts` returns.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from arshjul.swedish import instant_text, listing
from store.database import Session
from store.post.holding import held_by, holds_all
from store.post.state import stuck_since, told_fault
from store.service.installation import MAILBOX, installed
from store.service.leases import RUNNER, beats, clock_of, failing
from store.service.rotten import known_rotten

WATCHER, OUTBOX, FILES = "väktare", "utkorg", "filer"
MOST_NAMED = 5  #: files in one word
SILENT_AFTER = {
    WATCHER: timedelta(minutes=3),
    OUTBOX: timedelta(minutes=1),
    RUNNER: timedelta(minutes=3),
    MAILBOX: timedelta(minutes=10),  # many and large mails take their time
}
AHEAD = timedelta(seconds=30)  #: a beat further ahead than this was made before the clock was set back
FAILING_AFTER = timedelta(minutes=3)  #: a job that has failed each time for so long is a fault


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthPart:
    """Whether one part of the service does its work."""

    ok: bool
    text: str  #: Swedish: "Prefect svarar", or what is wrong and what to do
    since: datetime | None = None  #: when it was last seen at work, or since when it is wrong
    warning: bool = False  #: it does its work, and yet somebody has something to do


def store_parts(
    session: Session, now: datetime, real_now: datetime, *, has_mailbox: bool, utskick: str | None = None
) -> dict[str, HealthPart]:
    """Return how each part stands. ``now`` is the service's clock, ``real_now`` the machine's, by which parts beat."""
    seen, failed = beats(session), failing(session)
    real_now = clock_of(session, real_now)
    found = {
        part: _beating(part, seen.get(part), real_now, longest)
        for part, longest in SILENT_AFTER.items()
        if part != MAILBOX or has_mailbox
    }
    for job, since in failed.items():
        if real_now - since >= FAILING_AFTER:
            words = f"Jobbet ”{job}” misslyckas sedan {instant_text(since)}. Tjänstens logg säger varför."
            found[job] = HealthPart(ok=False, text=words, since=since)
    mailbox_fault = installed(session, MAILBOX)
    if MAILBOX in found and found[MAILBOX].ok and mailbox_fault:
        found[MAILBOX] = HealthPart(ok=False, text=mailbox_fault, since=found[MAILBOX].since)
    if found[OUTBOX].ok and (part := _post(session, now, utskick)):
        found[OUTBOX] = part
    if lost := known_rotten(session):  # no fault of the service's, and it may never be mended: no alarm hides behind it
        found[FILES] = HealthPart(ok=True, text=rotten_words(lost), warning=True)
    return found


def rotten_words(lost: Sequence[str]) -> str:
    """Tell that kept files are not what they were when they came, and what to do."""
    named = listing([f"{each[:16]}…" for each in lost[:MOST_NAMED]]) + (" med flera" if len(lost) > MOST_NAMED else "")
    one = len(lost) == 1
    return (
        f"{'En sparad fil' if one else f'{len(lost)} sparade filer'} stämmer inte med sin kontrollsumma (SHA-256 {named}): "
        f"{'den' if one else 'de'} har ändrats eller skadats, och lämnas inte ut. Hämta {'den' if one else 'dem'} ur en "
        "säkerhetskopia från tiden före (”arshjul verify-log” visar hela summan), eller be den som lämnade in om det igen."
    )


def _post(session: Session, now: datetime, utskick: str | None) -> HealthPart | None:
    """Return what there is to say of the outbox beyond that it beats."""
    if fault := told_fault(session, now):
        words = f"Inga brev går sedan {instant_text(fault.since)}. {fault.words}"
        return HealthPart(ok=False, text=words, since=fault.since)
    if holds_all(session, utskick):
        who = held_by(session)
        return HealthPart(ok=True, text=f"Utkorgen arbetar. Breven hålls ({who})." if who else "Utskick är av.")
    if since := stuck_since(session, now):
        words = f"Ett brev väntar sedan {instant_text(since)}. Se om e-postservern svarar."
        return HealthPart(ok=False, text=words, since=since)
    return None


def _beating(part: str, last: datetime | None, now: datetime, longest: timedelta) -> HealthPart:
    if last is None:
        return HealthPart(ok=False, text=f"{part.capitalize()} har inte börjat arbeta. Kör 'arshjul up'.")
    if last - now > AHEAD:
        words = (
            f"{part.capitalize()} arbetade senast {instant_text(last)}, enligt klockan, och det har inte varit än. "
            "Ställ serverns klocka rätt (NTP) och starta om tjänsten."
        )
        return HealthPart(ok=False, text=words, since=last)
    if now - last > longest:
        words = f"{part.capitalize()} har varit tyst sedan {instant_text(last)}. Starta om tjänsten och se loggen."
        if part == RUNNER:
            words = (
                f"Körningar i Prefect har inte utförts sedan {instant_text(last)}. Breven går ändå, genom väktaren, men det "
                "som skickas in i Prefects formulär blir liggande. Starta om tjänsten och se loggen körningar.log."
            )
        return HealthPart(ok=False, text=words, since=last)
    return HealthPart(ok=True, text=f"{part.capitalize()} arbetar.", since=last)


def faults(parts: Mapping[str, HealthPart]) -> list[str]:
    """Return the words of the parts that do not do their work."""
    return [part.text for part in parts.values() if not part.ok]
