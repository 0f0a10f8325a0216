"""The log in Swedish: what each kind of row is called, what its details mean, and what its key is about."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from arshjul.definition.model import Definition
from arshjul.keys import following, joined, planned_in
from arshjul.periods import Period
from arshjul.swedish import day_text, instant_text
from store.acting import OUTSIDE, SERVICE, Way
from store.post.letter_keys import LetterKey
from store.post.letter_states import BOUNCED, HANDED, REFUSED, TAKEN_BACK
from store.post.notices import ASIDE, beside_name
from store.tables import LogRow

#: every kind that is logged, in groups as the page's list shows them
GROUPS: Mapping[str, Mapping[str, str]] = {
    "Brev": {
        "letter.frozen": "brev skrivet",
        "letter.failed": "brev kunde inte skrivas",
        "letter.sent": "brev överlämnat",
        "letter.refused": "brev avvisat",
        "letter.deferred": "brev väntar på nytt försök",
        "letter.bounced": "brev studsade",
        "letter.rewritten": "brev skrivet om före utskick",
        "letter.copy_dropped": "kopia går inte längre ut",
        "letter.taken_back": "brev återtaget",
        "ladder.withheld": "trappan väntar på ett besked",
        "mail.handled": "inkommet mejl hanterat",
    },
    "Inlämning": {
        "submission.received": "inlämning mottagen",
        "submission.ej_aktuellt": "ej aktuellt angivet",
        "submission.refused": "inlämning nekad",
        "submission.reopened": "inlämning öppnad på nytt",
        "submission.restored": "inlämning återställd",
        "submission.changed_too_late": "inlämning ändrad för sent att öppnas",
        "submission.sent_back": "inlämning återremitterad",
        "submission.gallrad": "handling gallrad",
        "submission.taken_away": "handling borttagen",
        "handling.read": "handling läst",
        "withheld.begun": "spärrat",
        "withheld.opened": "spärrat innehåll öppnat",
        "withheld.named": "ändrat vilka som får öppna det spärrade",
        "withheld.lifted": "spärr hävd",
        "underlag.approved": "underlag godkänt",
        "ledger.taken": "bokföringsfil inläst",
        "finding.answered": "fråga besvarad",
        "rule.rested": "kontroll satt ur kraft",
        "rule.resumed": "kontroll åter i kraft",
    },
    "Frister och lägen": {
        "obligation.state": "läge ändrat",
        "obligation.opened": "krav öppnat",
        "obligation.gone": "krav borttaget ur planen",
        "part.added_afterwards": "del tillkom efter fristen",
        "frist.moved": "frist flyttad",
        "frist.confirmed_earlier": "tidigare frist bekräftad",
        "anstand.asked": "anstånd begärt",
        "anstand.granted": "anstånd beviljat",
        "anstand.refused": "anstånd nekat",
        "reminder.sent": "påminnelse skickad för hand",
        "quiet.vila": "påminnelser vilar",
        "quiet.håll": "eskalering hålls",
        "period.closed": "period stängd",
        "happening.recorded": "händelse registrerad",
        "happening.taken_back": "händelse återtagen",
        "happening.opened": "avvikelse öppnad",
        "happening.closed": "avvikelse återtagen",
        "register.added": "post införd i register",
        "register.changed": "post i register ändrad",
        "register.removed": "post borttagen ur register",
        "tidplan.fixed": "tidplan fastställd",
    },
    "Ärenden och beslut": {
        "matter.raised": "ärende väckt",
        "matter.moved": "ärende flyttat till annat möte",
        "matter.handed_on": "ärende överlämnat till annat organ",
        "matter.återkallat": "ärende återkallat",
        "matter.kompletterat": "ärende kompletterat",
        "matter.avgjort": "ärende avgjort",
        "paper.changed": "tjänsteskrivelse ändrad",
        "paper.released": "tjänsteskrivelse släppt",
        "decision.recorded": "beslut registrerat",
        "diarienummer.recorded": "diarienummer registrerat",
        "report.handed_on": "rapport överlämnad till organ",
        "meeting.changed": "möte ändrat",
        "utlatande.received": "revisorernas utlåtande inkommet",
    },
    "Personer och inloggning": {
        "people.imported": "personer inlästa",
        "role.held": "roll tilldelad",
        "person.phone": "telefonnummer ändrat",
        "link.sent": "länk skickad",
        "letter.again": "brev skickat igen",
        "role.ended": "roll lämnad tom",
        "deputy.named": "ersättare inlagd",
        "deputy.ended": "ersättare avslutad",
        "vacancy.told": "vakans meddelad",
        "calendar.renewed": "kalenderadress bytt",
        "code.sent": "kod skickad",
        "link.opened": "personlig länk öppnad",
        "link.renewed": "personlig länk förnyad",
        "link.revoked": "personlig länk återkallad",
        "visit.closed": "besök stängt",
        "register.extracted": "registerutdrag uttaget",
        "access.revoked": "åtkomst återkallad",
        "login.asked": "inloggningslänk begärd",
        "session.began": "inloggad",
        "session.ended": "utloggad",
        "portal.denied": "försök nekat",
    },
    "Tjänsten": {
        "installation.set": "inställning ändrad",
        "form.given_up": "formulär inte registrerat",
        "deployment.put_right": "ändring i Prefect återställd",
        "log.gallrad": "uppgifter i loggen gallrade",
        "personal.gallrad": "brev, mejl, logguppgifter eller personer gallrade",
        "log.withheld": "uppgifter i loggen spärrade",
        "round.asked": "avstämning nu begärd",
        "archive.made": "arkivpaket uttaget",
    },
}
KINDS: Mapping[str, str] = {kind: words for group in GROUPS.values() for kind, words in group.items()}

#: what became of a letter; of all others it waits
LETTER_STATES: Mapping[str, str] = {
    HANDED: "skickat", REFUSED: "avvisat", BOUNCED: "kom tillbaka", TAKEN_BACK: "togs tillbaka",
}  # fmt: skip

DETAILS: Mapping[str, str] = {
    "added": "nya",
    "agenda_closes": "dagordningen stänger",
    "answers": "svar från servern",
    "attempt": "försök",
    "before": "förut",
    "body": "organ",
    "body_name": "organets namn",
    "by": "av",
    "changed": "ändrade",
    "changes": "ändringar",
    "clock": "klockslag",
    "closed_on": "stängd",
    "complete": "fullständig",
    "count": "antal",
    "day": "dag",
    "days_late": "dagar efter sista dag enligt lag",
    "decided_on": "beslutad",
    "decision": "beslut och stöd",
    "detail": "uppgift",
    "diarienummer": "diarienummer",
    "ej_aktuellt": "motivering",
    "ended": "avslutade",
    "error": "fel",
    "fields": "fält",
    "file": "filens nummer",
    "filename": "fil",
    "files": "filer",
    "findings": "anmärkningar",
    "frist": "frist",
    "from": "från",
    "generation": "adressens nummer",
    "gone": "finns inte längre i årshjulet",
    "handed_over_at": "överlämnad",
    "incoming": "mejlets nummer",
    "kind": "slag",
    "lagrum": "lagrum",
    "late": "försenad",
    "links": "personliga länkar",
    "letter": "brevets nyckel",
    "letters": "brev",
    "law": "enligt lagen",
    "login_links": "inloggningslänkar",
    "lost": "saknas i paketet",
    "meeting": "möte",
    "message_id": "brevets id",
    "motivering": "motivering",
    "moved": "flyttade frister",
    "not_before": "nytt försök tidigast",
    "note": "att veta",
    "notices": "varsel",
    "original": "ursprunglig dag",
    "outcome": "beslut",
    "paragraf": "paragraf",
    "part": "del",
    "parts": "delar",
    "period": "period",
    "person": "person",
    "place": "plats",
    "reason": "skäl",
    "received_at": "kom in",
    "received_on": "inkom",
    "recipients": "mottagare",
    "register": "register",
    "registered_by": "registrerad av",
    "persons": "kontrollsumma på det som är kvar",
    "readers": "får öppna",
    "roles": "roller",
    "rows": "rader",
    "rule": "kontroll",
    "rules": "kontroller",
    "run": "körning i Prefect",
    "sessions": "inloggningar",
    "sha256": "SHA-256",
    "since": "från och med",
    "source": "källa",
    "state": "läge",
    "to": "till",
    "unchanged": "oförändrade",
    "until": "till och med",
    "unwritten": "fler försök som inte skrevs ut",
    "vacant": "utan innehavare",
    "version": "version",
    "versions": "versioner",
    "via": "väg in",
    "what": "vad",
    "why": "varför",
    "withheld": "spärrens nummer",
    "year": "år",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a row is about, as people read it, and the page that shows it."""

    text: str
    href: str | None = None


def kind_text(kind: str) -> str:
    """Return the Swedish words for a kind; one from another version of the service is told as it stands."""
    return KINDS.get(kind, kind)


def kinds_like(word: str) -> tuple[str, ...]:
    """Return the kinds whose Swedish words hold ``word``."""
    return tuple(kind for kind, words in KINDS.items() if word.lower() in words.lower())


def about(definition: Definition, key: str | None) -> About:
    """Return what a key is about; one that is no obligation's or moment's stands as it is."""
    if not key:
        return About(text="")
    match LetterKey(key).of_day:
        case "brev", day, whose, *_ if key.startswith(joined(definition.kommun.id, "")):
            return About(text=f"Dagens brev {day} till {whose}")
        case "vecka", week if key.startswith(joined(definition.kommun.id, "")):
            return About(text=f"Måndagsbrevet {week}")
    planned = planned_in(key)
    step = definition.steps.get(planned.step) if planned and planned.kommun == definition.kommun.id else None
    if planned is None or step is None:
        return About(text=key)
    try:
        period = Period.parse(planned.period)
    except ValueError:
        return About(text=key)
    unit, last = definition.units.get(planned.unit), planned.last
    name = step.krav[last].name if last in step.krav else ""
    name = name or (step.moments[last].name if last in step.moments else beside_name(last))
    of_unit = unit.name if unit else beside_name(planned.unit) if planned.unit in ASIDE else ""
    words = [f"{step.name} {period.text}", of_unit, name, *map(beside_name, following(key))]
    return About(text=" · ".join(filter(None, words)), href=f"/lage/{planned.occurrence.path}")


def acting_text(row: LogRow) -> str:
    """Return who a row's name was, and by which way: "anna@example.se, inloggning 3f2a…"; "" where nobody knows.

    The session is told by its beginning, enough to tell two visits of a day apart.
    """
    if row.way == Way.SERVICE or not (row.subject or row.way):
        return ""
    subject = row.subject if row.subject not in (None, row.who, OUTSIDE.subject, SERVICE.subject) else None
    way = " ".join(filter(None, (row.way, row.session and row.session[:8])))
    return ", ".join(filter(None, (subject, way)))


def details(detail: Mapping[str, Any] | None) -> tuple[tuple[str, str], ...]:
    """Return a row's details as labels and values; empty ones are left out."""
    told = ((DETAILS.get(name, name), _value(value)) for name, value in (detail or {}).items())
    return tuple((label, value) for label, value in told if value)


def _value(value: Any) -> str:
    match value:
        case None | "":
            return ""
        case bool():
            return "ja" if value else "nej"
        case str():
            return _dated(value)
        case list():
            return ", ".join(_value(each) for each in value)
        case dict():
            return "; ".join(f"{name}: {_value(each)}" for name, each in value.items())
    return str(value)


def _dated(text: str) -> str:
    """Return an instant or a day in Swedish, anything else as it stands."""
    if len(text) < 10 or not text[:4].isdigit():
        return text
    try:
        if len(text) == 10:
            return day_text(date.fromisoformat(text))
        instant = datetime.fromisoformat(text)
        return instant_text(instant) if instant.tzinfo else text
    except (ValueError, OverflowError):  # what somebody wrote may look like an instant at the calendar's very edge
        return text
