"""What happens, as events of Prefect's: for the municipality's own automations (a webhook, a message in Teams).

An event names what it is about and where to read more. Why somebody did something, and who, stays in our own log.
"""

from collections.abc import Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from prefect.events.schemas.events import Event

from arshjul.definition.model import Definition
from arshjul.errors import RefusedError
from arshjul.keys import PlannedKey, StepId, UnitId, beginning, names_in
from arshjul.periods import Period
from flows.naming import Whose
from store.tables import LogRow

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
    about = _about(row, definition)
    resource = {
        "prefect.resource.id": f"arshjul.{whose.slug}.{'.'.join(about.values()) or name.rpartition('.')[2]}",
        "prefect.resource.name": _title(about, definition) or words,
        "arshjul.kommun": whose.slug,
        "arshjul.installation": whose.installation,
        **{f"arshjul.{part}": value for part, value in about.items()},
    }
    if row.what == "obligation.state":
        resource["arshjul.lage"] = told["till"]  # by which an automation is narrowed: it sees no payload
    payload: dict[str, Any] = {"vad": words, **told}
    if "rapport" in about:
        payload["sida"] = f"{public_url}/lage/{about['rapport']}/{about['period']}"
    return Event.model_validate(
        {
            "id": uuid5(NAMESPACE_URL, f"{whose.installation}/{row.number}/{row.digest}"),
            "occurred": row.at,
            "event": name,
            "resource": resource,
            "payload": payload,
        }
    )


def _about(row: LogRow, definition: Definition) -> dict[str, str]:
    """Return the report, period, enhet and krav or moment that a row is about; nothing for a letter: it names a reader."""
    if not row.key or row.what == "letter.frozen":
        return {}
    try:
        key = PlannedKey(beginning(row.key))
    except RefusedError:
        return {}
    unit = {"enhet": key.unit} if key.unit in definition.units else {}
    return {"rapport": key.step, "period": key.period, **unit, "galler": names_in(key)[4]}


def _title(about: Mapping[str, str], definition: Definition) -> str:
    """Return ``Delårsrapport augusti 2027 · Omsorgsnämnden``, or as much of it as there is."""
    step = definition.steps.get(StepId(about.get("rapport", "")))
    unit = definition.units.get(UnitId(about.get("enhet", "")))
    names = [f"{step.name} {Period.parse(about['period']).text}" if step else "", unit.name if unit else ""]
    return " · ".join(filter(None, names))
