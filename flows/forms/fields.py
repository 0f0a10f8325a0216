"""How each form's parameters are shown in the Prefect UI: Swedish titles, help, and the definition's choices."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from actions.plan.happened import happening_names
from actions.plan.silencing import LONGEST_HOLD_WORKDAYS
from arshjul.bodies.chain import common_bodies
from arshjul.bodies.outcomes import ANYWHERE, LAWFUL, SENT_BACK, USUAL
from arshjul.swedish import day_text
from arshjul.year.wheel import MUNICIPALITY, Wheel
from flows.forms.flows import bevilja_anstand, hall_eskalering, registrera_beslut, vila_brev
from flows.forms.form_words import body_names, moment_names, report_names, unit_names
from flows.forms.last_days import last_days

Fields = Mapping[str, Mapping[str, Any]]  #: parameter to what is laid over its JSON schema

#: what the form of decisions offers; an återremiss says whom it goes to and until when, which the body's page asks for
OUTCOMES = tuple(
    dict.fromkeys(
        (
            *USUAL,
            *(word for word in ANYWHERE if word != SENT_BACK),
            *(word for words in LAWFUL.values() for word in words),
        )
    )
)
WHY = {"title": "Varför?", "description": "Så att den som läser loggen förstår.", "minLength": 5}
REASONS = {"title": "Skäl", "description": "Organets skäl, om det finns några. De står i loggen och i brevet."}
DAY = {"format": "date"}  #: the UI shows a calendar to choose from; it does not check what is written


def report_fields(wheel: Wheel, step: str) -> Fields:
    """Return the fields of a report's own deployment, for those who start a run by hand."""
    periods = sorted(each.period.key for each in wheel.occurrences if each.step == step)
    return {
        "period": {"title": "Period", "description": "Månaden eller året som siffrorna avser.", "enum": periods},
        "moment": {"title": "Moment", "description": "Vad som väckte körningen. Den stämmer alltid av allt till nu."},
        "enheter": {"title": "Enheter", "description": "Enheternas id. Tomt betyder alla."},
    }


def form_fields(wheel: Wheel, form: str, today: date) -> Fields:
    """Return the fields of the form with this name, as they are ``today``: periods of last year to the next, and limits."""
    definition, years = wheel.definition, range(today.year - 1, today.year + 2)
    reports = report_names(definition)
    periods = sorted({each.period.key for each in wheel.occurrences if each.flow and each.period.year in years})
    moments = [name for report in reports.values() for name in moment_names(definition, report)]
    krav = sorted({krav for report in reports.values() for krav in definition.steps[report].krav})
    bodies = [body.short for body in common_bodies(wheel).values()]
    units = {"title": "Enhet", "enum": list(unit_names(definition))}
    return {
        "period": {"title": "Period", "description": "Månaden eller året som siffrorna avser.", "enum": periods},
        "stangd_den": {
            "title": "Stängd den",
            "description": "Dagen då perioden stängdes i ekonomisystemet. Den har varit, och ligger efter periodens slut.",
            **DAY,
        },
        "handelse": {"title": "Händelse", "enum": list(happening_names(definition))},
        "hande_den": {"title": "Hände den", "description": "Dagen som det räknas från. Den har varit.", **DAY},
        "ar": {"title": "År", "enum": [str(each) for each in years]},
        "beslutad_den": {"title": "Beslutad eller överlämnad den", "description": "En dag som har varit.", **DAY},
        "paragraf": {"title": "Paragraf", "description": "Till exempel § 45."},
        "diarienummer": {"title": "Diarienummer"},
        "rapport": {"title": "Rapport", "enum": list(reports)},
        "moment": {
            "title": "Moment",
            "description": "Ska höra till rapporten ovan.",
            "enum": list(dict.fromkeys(moments)),
        },
        "beslut": {
            "title": "Beslut",
            "description": "Tomt betyder momentets eget ord: fullmäktige behandlar delårsrapporten, godkänner årsredovisningen, "
            "beviljar ansvarsfrihet; annars godkänns det, eller överlämnas. En återremiss registreras på organets sida.",
            "enum": ["", *OUTCOMES],
        },
        "overlamnas_till": {
            "title": "Överlämnas till",
            "description": "Välj om beslutet är överlämnas. Överlämnandet enligt lagen går till fullmäktige av sig självt.",
            "enum": ["", *(body.name for body in common_bodies(wheel).values())],
        },
        "enhet": _or_the_body(units, bodies) if form == registrera_beslut.name else units,
        "krav": {"title": "Vad det gäller", "description": "Tomt betyder rapportens huvudkrav.", "enum": ["", *krav]},
        "till": {"title": "Till och med", "description": _limit(wheel, form, today), **DAY},
        "varfor": REASONS if form == registrera_beslut.name else WHY,
        "vem": {"title": "Vem gör detta?", "description": "Namn eller roll; skrivs i loggen.", "minLength": 2},
        "organ": {"title": "Organ", "enum": list(body_names(definition))},
        "motets_dag": {"title": "Mötets dag", "description": "Tom för ett extra möte.", **DAY},
        "ny_dag": {"title": "Ny dag", "description": "Tom för ett inställt möte.", **DAY},
        "klockslag": {"title": "Klockslag", "description": "Till exempel 08.30; tomt för samma som förut."},
    }


def _limit(wheel: Wheel, form: str, today: date) -> str:
    """Say how far a day may lie ahead, as the page does."""
    if form == bevilja_anstand.name:
        return last_days(wheel, today)
    if form == vila_brev.name:
        return "Längst till fristen."
    if form == hall_eskalering.name:
        latest = wheel.workdays.add(today, LONGEST_HOLD_WORKDAYS)
        return f"Längst till {day_text(latest)}. Sedan går den av sig själv, om något fortfarande saknas."
    return ""


def _or_the_body(units: Mapping[str, Any], bodies: Sequence[str]) -> Mapping[str, Any]:
    """A decision is recorded for an enhet's own body, or for one that the whole municipality's reports go to."""
    description = (
        f"'kommunen' för {', '.join(bodies)} och överlämnanden; annars den enhet vars nämnd eller styrelse beslutade."
    )
    return {**units, "enum": [*units["enum"], MUNICIPALITY], "description": description}
