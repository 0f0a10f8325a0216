"""What happens, as events of Prefect's: for the municipality's own automations (a webhook, a message in Teams).

An event names what it is about and where to read more. Why somebody did something, and who, stays in our own log.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from prefect.events.schemas.events import Event

from arshjul.definition.ladders import Rung
from arshjul.definition.model import Definition
from arshjul.keys import StepId, UnitId, joined, planned_in
from arshjul.periods import Period
from flows.naming import Whose
from store.tables import LogRow, NoticeRow

#: The kinds of the log that are told: the event's name, and what has happened in words.
KINDS: Mapping[str, tuple[str, str]] = {
    "submission.received": ("arshjul.inlamning", "Inlämning mottagen"),
    "submission.ej_aktuellt": ("arshjul.inlamning", "Ej aktuellt angivet"),
    "submission.sent_back": ("arshjul.inlamning", "Återremiss"),
    "obligation.state": ("arshjul.lage", "Läget ändrat"),
    "frist.moved": ("arshjul.frist", "Fristen flyttad"),
    "anstand.granted": ("arshjul.frist", "Anstånd beviljat"),
    "letter.frozen": ("arshjul.brev", "Brev skrivet"),
    "matter.raised": ("arshjul.arende", "Ärende väckt"),
    "matter.moved": ("arshjul.arende", "Ärende flyttat till annat möte"),
    "matter.handed_on": ("arshjul.arende", "Ärende överlämnat till annat organ"),
    "matter.återkallat": ("arshjul.arende", "Ärende återkallat"),
    "matter.kompletterat": ("arshjul.arende", "Ärende kompletterat"),
    "matter.avgjort": ("arshjul.arende", "Ärende avgjort"),
    "happening.opened": ("arshjul.avvikelse", "Avvikelse öppnad"),
    "happening.closed": ("arshjul.avvikelse", "Avvikelse återtagen"),
    "decision.recorded": ("arshjul.beslut", "Beslut registrerat"),
}
LETTER = "letter.frozen"
RUNG = ("arshjul.trappsteg", "Trappsteg nått")
#: What of a row's detail is told, and its name in the event.
FIELDS = {
    "from": "från",
    "to": "till",
    "meeting": "möte",
    "outcome": "beslut",
    "decided_on": "beslutsdag",
    "kind": "slag",
}


def event_of(row: LogRow, whose: Whose, definition: Definition, public_url: str) -> Event:
    """Return a row of the log as an event. The same row is the same event, however often it is sent."""
    name, words = KINDS[row.what]
    detail = row.detail or {}
    told = {FIELDS[field]: value for field, value in detail.items() if field in FIELDS and isinstance(value, str)}
    about = _about(row.key if row.what != LETTER else None, definition)  # a letter's key names its reader
    more = {}
    if row.what == "obligation.state":
        more["arshjul.lage"] = told["till"]  # by which an automation is narrowed: it sees no payload
    ident = f"{whose.installation}/{row.number}/{row.digest}"
    return _event((name, words), ident, row.at, about, more, told, (whose, definition, public_url))


def rung_event(notice: NoticeRow, at: datetime, whose: Whose, definition: Definition, public_url: str) -> Event | None:
    """Return the rung that a notice is of as an event, when its letter was handed over; None for a word beside the ladder.

    A rung that tells several readers is one event, by the obligation, the rung and the frist.
    """
    about = _about(notice.obligation_key, definition)
    rung = _rung(about, notice.rung, definition)
    if rung is None:
        return None
    ident = joined(whose.installation, notice.obligation_key, notice.rung, notice.due_at.isoformat())
    more, told = {"arshjul.trappsteg": rung.tag}, {"steg": rung.name}
    return _event(RUNG, ident, at, about, more, told, (whose, definition, public_url))


def _event(
    kind: tuple[str, str],
    ident: str,
    at: datetime,
    about: Mapping[str, str],
    more: Mapping[str, str],
    told: Mapping[str, str],
    where: tuple[Whose, Definition, str],
) -> Event:
    (name, words), (whose, definition, public_url) = kind, where
    resource = {
        "prefect.resource.id": f"arshjul.{whose.slug}.{'.'.join(about.values()) or name.rpartition('.')[2]}",
        "prefect.resource.name": _title(about, definition) or words,
        "arshjul.kommun": whose.slug,
        "arshjul.installation": whose.installation,
        **{f"arshjul.{part}": value for part, value in about.items()},
        **more,
    }
    payload: dict[str, Any] = {"vad": words, **told}
    if "rapport" in about:
        payload["sida"] = f"{public_url}/lage/{about['rapport']}/{about['period']}"
    return Event.model_validate(
        {"id": uuid5(NAMESPACE_URL, ident), "occurred": at, "event": name, "resource": resource, "payload": payload}
    )


def _about(named: str | None, definition: Definition) -> dict[str, str]:
    """Return the report, period, enhet and krav or moment that a key is about; nothing for one that is of none."""
    key = planned_in(named)
    if key is None:
        return {}
    unit = {"enhet": key.unit} if key.unit in definition.units else {}
    return {"rapport": key.step, "period": key.period, **unit, "galler": key.last}


def _title(about: Mapping[str, str], definition: Definition) -> str:
    """Return ``Delårsrapport augusti 2027 · Omsorgsnämnden``, or as much of it as there is."""
    step = definition.steps.get(StepId(about.get("rapport", "")))
    unit = definition.units.get(UnitId(about.get("enhet", "")))
    names = [f"{step.name} {Period.parse(about['period']).text}" if step else "", unit.name if unit else ""]
    return " · ".join(filter(None, names))


def _rung(about: Mapping[str, str], rung_id: str, definition: Definition) -> Rung | None:
    step = definition.steps.get(StepId(about.get("rapport", "")))
    krav = step.krav.get(about["galler"]) if step else None
    ladder = definition.ladders.get(krav.ladder or "") if krav else None
    return next((each for each in (ladder.rungs if ladder else ()) if each.id == rung_id), None)
