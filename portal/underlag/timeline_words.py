"""What a time line says of a row of the log: its name, its detail in words, and its colour."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from arshjul.ladder.standing import state_of
from arshjul.swedish import day_text, instant_text, listing
from arshjul.year.wheel import PartOwed
from portal.web.looks import look

#: what is told of the log, in people's words; hand-ins, letters and decisions have rows of their own
WORDS = {
    "anstand.asked": "Anstånd begärdes",
    "anstand.granted": "Ny frist",
    "anstand.refused": "Anstånd nekades",
    "frist.moved": "Fristen flyttades",
    "frist.confirmed_earlier": "Tidigare frist bekräftad",
    "obligation.opened": "Öppnad, fast tiden för den var ute",
    "obligation.state": "Läget ändrades",
    "reminder.sent": "Påminnelse skickades för hand",
    "quiet.vila": "Breven vilar",
    "quiet.håll": "Eskaleringen hålls",
    "submission.refused": "En fil togs inte emot",
    "submission.reopened": "Öppnad på nytt av bokföringen",
    "submission.restored": "Stämmer med bokföringen igen",
    "submission.changed_too_late": "Bokföringen ändrades för sent för att öppna det",
    "submission.sent_back": "Återremiss",
    "submission.gallrad": "Gallrad",
    "submission.taken_away": "Borttagen",
    "underlag.approved": "Godkänt",
    "matter.raised": "Ärendet väcktes",
    "matter.moved": "Ärendet bytte möte",
    "matter.återkallat": "Ärendet återkallades",
    "matter.kompletterat": "Ärendet kompletterades",
    "matter.avgjort": "Ärendet avgjordes",
    "matter.handed_on": "Ärendet överlämnades",
    "paper.changed": "Tjänsteskrivelsen ändrades",
    "paper.released": "Tjänsteskrivelsen släpptes",
    "decision.recorded": "Beslut",
    "diarienummer.recorded": "Diarienummer",
    "report.handed_on": "Rapporten överlämnades",
    "utlatande.received": "Revisorernas utlåtande kom in",
}
TINTS = {
    "anstand.asked": "anstand", "anstand.granted": "anstand", "quiet.vila": "anstand", "quiet.håll": "anstand", "underlag.approved": "complete",
    "submission.sent_back": "late", "submission.reopened": "late", "anstand.refused": "late",
    "matter.raised": "escalated", "matter.handed_on": "escalated", "report.handed_on": "escalated", "decision.recorded": "complete",
    "submission.refused": "incomplete",
}  # fmt: skip


def detail_text(what: str, detail: Mapping[str, Any], owed: Sequence[PartOwed] = ()) -> str:
    """Return what a log row's detail says, in words."""
    why = detail.get("why", "")
    if not detail:
        return ""
    match what:
        case "anstand.asked":
            return f"Till {_day(detail['until'])}. Skäl: {why}"
        case "anstand.granted":
            return f"Till {_instant(detail['until'])}. Skäl: {why}"
        case "anstand.refused":
            return f"Fristen står fast: {_instant(detail['frist'])}. Skäl: {why}"
        case "frist.moved":
            return f"Från {_instant(detail['from'])} till {_instant(detail['to'])}."
        case "reminder.sent":
            return f"Till {detail['to']}."
        case "quiet.vila" | "quiet.håll":
            return f"Till och med {day_text(date.fromisoformat(detail['until']))}. Skäl: {why}"
        case "submission.sent_back":
            names = {part.id: part.name.partition(" (")[0] for part in owed}
            parts = listing([f"{names.get(part, part)}, version {version}" for part, version in detail["parts"]])
            return f"{parts}. Lämnas in igen senast {_instant(detail['until'])}. Skäl: {why}"
        case "submission.gallrad":
            return f"{_part_name(detail['part'], owed)}: {detail['rule']}. Beslut: {why}"
        case "submission.taken_away":
            named = f"{_part_name(detail['part'], owed)}, version {detail['version']}"
            return f"{named}. Skäl: {detail['reason']}. {why}"
        case "obligation.state":
            return f"Från {detail['from']} till {detail['to']}."
        case "underlag.approved":
            return str(detail.get("note", ""))
        case "matter.raised":
            return f"Till mötet {_day(detail['meeting'])}." if detail.get("meeting") else "Till ordföranden direkt."
        case "matter.moved":
            return f"Från {_day(detail['from'])} till {_day(detail['to'])}."
        case "matter.handed_on" | "report.handed_on":
            return f"Till {detail['body_name']}{', mötet ' + _day(detail['meeting']) if detail.get('meeting') else ''}."
        case "utlatande.received":
            number = f", dnr {detail['diarienummer']}" if detail.get("diarienummer") else ""
            return f"{str(detail['what']).capitalize()}, {_day(detail['received_on'])}{number}."
        case "decision.recorded":
            told = [
                detail.get("outcome", ""),
                _day(detail["decided_on"]),
                detail.get("paragraf"),
                detail.get("diarienummer"),
            ]
            law = detail.get("law")
            return ", ".join(filter(None, told)) + (f", {law}" if law else "") + (f". Skäl: {why}" if why else ".")
        case "diarienummer.recorded":
            return str(detail.get("diarienummer") or "Borttaget.")
        case _:
            return str(why)


def _part_name(part: str, owed: Sequence[PartOwed]) -> str:
    return next((each.name.partition(" (")[0] for each in owed if each.id == part), part)


def meeting_text(detail: Mapping[str, Any]) -> str:
    """Return how a meeting was changed: moved, cancelled or added."""
    was, then, why = detail.get("original"), detail.get("day"), detail.get("why", "")
    if was and then:
        said = f"Flyttat från {_day(was)} till {_day(then)}."
    else:
        said = f"Inställt: {_day(was)}." if was else f"Extra möte: {_day(str(then))}."
    return f"{said} Skäl: {why}"


def state_tint(detail: Mapping[str, Any]) -> str:
    state = state_of(str(detail.get("to", "")))
    return look(state).kind if state else ""


def _instant(read: str) -> str:
    return instant_text(datetime.fromisoformat(read))


def _day(read: str) -> str:
    try:
        return day_text(date.fromisoformat(read))
    except ValueError:
        return "inget möte"  # "None": it goes to the ordförande directly
