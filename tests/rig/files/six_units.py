"""A made-up kommun with six enheter that have handed in a delårsrapport: contents as they were read, and a store with them."""

from dataclasses import asdict, replace
from datetime import datetime, time
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from arshjul.definition.sheets.shipped import shipped
from arshjul.keys import OccurrenceKey
from arshjul.periods import Period
from arshjul.swedish import local
from arshjul.year.wheel import PartOwed
from store.database import Session
from store.handins.versions import Draft, add
from store.tables import Answer
from submissions.files.filled import Cell, Filled, FilledRow, FilledTable, Section
from submissions.finding import Finding
from submissions.standing.version import asked, is_faultless
from tests.rig.handins import Town, copied
from tests.rig.hedemora import town
from tests.rig.swedish_words import instant

NOW = instant("tisdag 21 september 2027 kl. 16.00")
STEP, PERIOD = "delarsrapport", "2027-08"
OCCURRENCE = OccurrenceKey.of(STEP, PERIOD)
NAMES = {
    "kommunstyrelsen": "Kommunstyrelsen",
    "bildningsnamnden": "Bildningsnämnden",
    "omsorgsnamnden": "Omsorgsnämnden",
    "miljo-och-samhallsbyggnadsnamnden": "Miljö- och samhällsbyggnadsnämnden",
    "bostadsbolaget": "Bostadsbolaget AB",
    "energibolaget": "Energibolaget AB",
}
#: utfall, utfall fg, budget helår, prognos helår, förklaring: tkr by enhet and verksamhet
ECONOMY: dict[str, dict[str, tuple[str, str, str, str, str]]] = {
    "kommunstyrelsen": {
        "Kommunledning": ("31250", "30110", "47200", "46900", "Vakanta tjänster under våren."),
        "Teknik och fastighet": ("48120.5", "46800", "70500", "72150", "Snöröjning och energi blev dyrare."),
        "Räddningstjänst": ("14900", "14350", "22300", "22300", ""),
    },
    "bildningsnamnden": {
        "Förskola": ("92400", "90150", "139800", "138600", "Färre barn än i budgeten."),
        "Grundskola": (
            "151300",
            "147900",
            "226500",
            "230900",
            "Fler elever med särskilt stöd och högre skolskjutskostnad.",
        ),
        "Gymnasium och vuxenutbildning": ("61200", "60400", "92000", "92700", ""),
        "Kultur och fritid": ("20100", "19800", "30600", "30400", ""),
    },
    "omsorgsnamnden": {
        "Äldreomsorg": ("168900", "161200", "248000", "254600", "Hemtjänsten utför fler timmar än budgeterat."),
        "Funktionsstöd": ("71300", "69900", "107400", "107100", ""),
        "Individ och familj": ("40800", "37700", "58200", "61300", "Fler placeringar av barn och unga."),
    },
    "miljo-och-samhallsbyggnadsnamnden": {
        "Miljö": ("3900", "3850", "6100", "5900", ""),
        "Plan och bygg": ("6400", "6900", "10900", "10300", "Högre bygglovsintäkter."),
    },
    "bostadsbolaget": {"Bostadsbolaget AB": ("-6400", "-7100", "-9000", "-8200", "Högre räntor.")},
    "energibolaget": {"Energibolaget AB": ("-11800", "-10900", "-15000", "-16400", "Fler anslutna kunder.")},
}
GOALS = (
    ("Alla elever ska nå gymnasiebehörighet", "Andel behöriga", "90 %", "88 %", "Nås delvis"),
    ("Kommunen ska vara en attraktiv arbetsgivare", "Medarbetarindex", "78", "80", "Nås"),
    ("Kommunens utsläpp ska halveras till 2030", "Ton koldioxid", "1 200", "1 650", "Kan inte nås"),
)


def cell(value: str | Decimal | None, place: str = "Ekonomi!B9") -> Cell:
    if isinstance(value, Decimal):
        return Cell(place=place, text=str(value), number=value)
    return Cell(place=place, text=value or "")


def row(name: str, values: dict[str, Any], **more: Any) -> FilledRow:
    cells = {key: cell(value) for key, value in values.items() if value not in (None, "")}
    return FilledRow(name=name, place="Ekonomi!A9", cells=cells, **more)


def economy(unit: str) -> FilledTable:
    """The enhet's economy as a mall filled in with care: its formulas worked out, its own total right."""
    rows = []
    for name, (utfall, fg, budget, prognos, why) in ECONOMY[unit].items():
        numbers = {
            "utfall": Decimal(utfall),
            "utfall-fg": Decimal(fg),
            "budget": Decimal(budget),
            "prognos": Decimal(prognos),
        }
        numbers["avvikelse"] = numbers["budget"] - numbers["prognos"]
        rows.append(row(name, {**numbers, "forklaring": why}))
    total = {
        key: sum((each.cells[key].number or Decimal(0) for each in rows), Decimal(0))
        for key in ("utfall", "utfall-fg", "budget", "prognos", "avvikelse")
    }
    kept = "Nej" if total["avvikelse"] < 0 else "Ja"
    return FilledTable(
        sheet="ekonomi-delar",
        title="Ekonomi",
        rows=(*rows, row("Summa", total, total=True)),
        fields={"ram-halls": cell(kept)},
    )


def investments(unit: str) -> FilledTable:
    name = f"Upprustning, {NAMES[unit]}"
    values = ("12000", "12500", "4000", "500", "3100")
    columns = ("beslutad-total", "prognos-total", "budget", "anslagsforandring", "utfall")
    numbers = dict(zip(columns, map(Decimal, values), strict=True))
    numbers["avvikelse"] = numbers["budget"] - numbers["utfall"]
    return FilledTable(
        sheet="investeringar", title="Investeringar", rows=(row(name, {**numbers, "forklaring": "Pågår."}),)
    )


def goals() -> FilledTable:
    columns = ("indikator", "malvarde", "utfall", "bedomning")
    rows = (row(goal, dict(zip(columns, rest, strict=True))) for goal, *rest in GOALS)
    return FilledTable(sheet="mal", title="Mål och indikatorer", rows=tuple(rows))


def personnel() -> FilledTable:
    numbers = (("tillsvidare", "Tillsvidareanställda", 410, 402), ("visstid", "Visstidsanställda", 38, 45))
    rows = [
        row(title, {"utfall": Decimal(now), "utfall-fg": Decimal(before)}, id=key)
        for key, title, now, before in numbers
    ]
    rows.append(row("Årsarbetare", {"utfall": Decimal("398.5"), "utfall-fg": Decimal(391)}, id="arsarbetare"))
    return FilledTable(sheet="personal", title="Personal", rows=tuple(rows))


def actions(unit: str) -> FilledTable:
    values = {
        "ansvarig": "verksamhetschefen",
        "effekt": Decimal(900),
        "effekt-helar": Decimal(2400),
        "klar": "2027-11-30",
    }
    rows = (row("Bemanna efter belagda platser", values),) if economy(unit).fields["ram-halls"].text == "Nej" else ()
    return FilledTable(sheet="atgarder", title="Åtgärder", rows=rows)


def risks() -> FilledTable:
    values = {
        "sannolikhet": "3",
        "konsekvens": "3",
        "kontroll": "Stickprov varje månad",
        "resultat": "Utan anmärkning",
        "atgard": "",
    }
    return FilledTable(
        sheet="intern-kontroll", title="Risk och intern kontroll", rows=(row("Fel i löneutbetalningen", values),)
    )


def result(unit: str) -> FilledTable:
    """A bolag's resultaträkning: its result is the net cost turned."""
    cost = Decimal(ECONOMY[unit][NAMES[unit]][0])
    lines = {
        "intakter": ("Rörelsens intäkter", Decimal(61000)),
        "kostnader": ("Rörelsens kostnader", Decimal(-48000) - cost - Decimal(13000)),
        "arets-resultat": ("Årets resultat", -cost),
    }
    rows = (row(title, {"utfall": number}, id=key) for key, (title, number) in lines.items())
    return FilledTable(sheet="resultatrakning-bolag", title="Resultaträkning", rows=tuple(rows))


def fixed(sheet_id: str, title: str, places: dict[str, str]) -> FilledTable:
    """A sheet of given rows with these amounts for the period, and nothing else in it."""
    names = {line.id: line.title for line in shipped()[sheet_id].lines}
    rows = (row(names[key], {"utfall": Decimal(amount)}, id=key) for key, amount in places.items())
    return FilledTable(sheet=sheet_id, title=title, rows=tuple(rows))


ACCOUNTS = {
    "intakter": "182000",
    "kostnader": "-861000",
    "avskrivningar": "-31000",
    "nettokostnader": "-710000",
    "skatteintakter": "489000",
    "statsbidrag": "232500",
    "verksamhetens-resultat": "11500",
}
BALANCE = {"materiella": "690000", "omsattning": "96000", "kassa": "41000", "tillgangar": "827000"}


def tables(unit: str) -> Filled:
    every = (economy(unit), investments(unit), goals(), personnel(), actions(unit), risks())
    return Filled(kind="xlsx", tables={each.sheet: each for each in every})


def texts(part: PartOwed, unit: str) -> Filled:
    def words(heading: str) -> str:
        return (
            f"{NAMES[unit]} om {heading.lower()}: verksamheten har gått som planerat under perioden. "
            "Det som avviker beror på volymer och priser, och nämnden följer det varje månad.\n"
            "Inga händelser efter periodens slut påverkar bilden."
        )

    sections = tuple(
        Section(heading=each.name, place=f"Rubriken {each.name}", id=each.id, text=words(each.name))
        for each in part.headings
    )
    return Filled(kind="docx", sections=sections, words=120)


def content_of(part: PartOwed, unit: str) -> Filled | None:
    """What a careful person's file of this part would give; None for what is not looked into."""
    if part.sheets == ("resultatrakning-bolag", "balansrakning"):
        balance = fixed("balansrakning", "Balansräkning", BALANCE)
        return Filled(kind="xlsx", tables={each.sheet: each for each in (result(unit), balance)})
    if part.sheets == ("resultatrakning", "balansrakning"):
        accounts = fixed("resultatrakning", "Resultaträkning", ACCOUNTS)
        balance = fixed("balansrakning", "Balansräkning", BALANCE)
        return Filled(kind="xlsx", tables={each.sheet: each for each in (accounts, balance)})
    if "ekonomi-delar" in part.sheets:
        return tables(unit)
    return texts(part, unit) if part.headings else None


def hand_in(
    session: Session, here: Town, unit: str, *parts: str, krav: str = "underlag", at: datetime = NOW,
    changed: dict[str, Filled | None] | None = None, findings: tuple[Finding, ...] = (), answered: bool = False,
    ej_aktuellt: str | None = None,
) -> list[int]:  # fmt: skip
    """Put these parts of an enhet (none named: all) into the store, as receive does; return the versions' ids."""
    one = here.wheel.obligations[f"hedemora/{STEP}/{PERIOD}/{unit}/{krav}"]
    found = []
    for part in one.parts:
        if parts and part.id not in parts:
            continue
        filled = (changed or {}).get(part.id, content_of(part, unit))
        draft = Draft(
            obligation_key=one.key, part=part.id, received_at=at, by="Karin Exempelsson", via="prov",
            late=at > one.deadline.at, complete=is_faultless(findings, [asked(each) for each in findings] if answered else ()),
            filename=None if ej_aktuellt else f"{part.id}.xlsx", media_type=None, sha256=None, fields={},
            ej_aktuellt=ej_aktuellt, findings=[asdict(each) for each in findings],
        )  # fmt: skip
        stored = add(session, draft)
        stored.content = filled.to_json() if filled and not ej_aktuellt else None
        session.flush()
        found.append(stored.id)
    return found


QUESTION = Finding(
    rule="prognos-oforandrad",
    severity="fråga",
    place="Ekonomi!F10",
    message="Prognosen för Grundskola är densamma som förra gången fast utfallet har ändrats.",
    mend="Ändra prognosen, eller skriv varför den står fast.",
    lagrum='styrmodell "Uppföljning- och prognosrapport"',
)


def filled_town(but: tuple[str, ...] = ()) -> Town:
    """A store where every enhet but these has handed in all its underlag, one of them with an answered fråga."""
    return copied(_filled_town(but))


@cache
def _filled_town(but: tuple[str, ...]) -> Town:
    here = town(local(NOW.date(), time(9)), whole=True)
    with here.store.begin() as session:
        for unit in NAMES:
            if unit in but:
                continue
            if unit == "bildningsnamnden":
                ids = hand_in(session, here, unit, "ekonomi", findings=(QUESTION,), answered=True)
                hand_in(session, here, unit, "mal-och-resultat", "riskanalys-och-intern-kontroll")
                session.add(
                    Answer(
                        submission_id=ids[0], rule=QUESTION.rule, place=QUESTION.place,
                        motivering="Höstens elevantal är känt först i oktober.", by="Karin Exempelsson",
                        answered_at=instant("tisdag 21 september 2027 kl. 14.10"),
                    )
                )  # fmt: skip
            else:
                hand_in(session, here, unit)
    return here


def with_cell(table: FilledTable, name: str, column: str, value: Decimal | str) -> FilledTable:
    """Return a table with one cell changed."""
    rows = tuple(
        replace(each, cells={**each.cells, column: cell(value)}) if each.name == name else each for each in table.rows
    )
    return replace(table, rows=rows)


def period() -> Period:
    return Period.parse(PERIOD)


EVIL = (
    "=HYPERLINK(A1)",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "=cmd|' /C calc'!A0",
    "\t=1",
    "\x00\x07null",
    "\ud800",
    "\u202etxt",
)


@pytest.fixture(scope="module")
def here() -> Town:
    return filled_town(but=("energibolaget",))


def evil_town() -> Town:
    """A store whose every word from outside tries to be a formula, a field or a broken file."""
    here = filled_town()
    table = economy("omsorgsnamnden")
    rows = [replace(each, name=name) for each, name in zip(table.rows[:-1], EVIL, strict=False)]
    rows = [
        replace(each, cells={**each.cells, "forklaring": row("x", {"f": name}).cells["f"]})
        for each, name in zip(rows, EVIL[3:], strict=False)
    ]
    whole = tables("omsorgsnamnden")
    ekonomi = replace(whole, tables={**whole.tables, "ekonomi-delar": replace(table, rows=(*rows, table.rows[-1]))})
    text = Filled(
        kind="docx", sections=tuple(Section(heading=each, place="s", text=f"{each}\n{each}") for each in EVIL)
    )
    asked = Finding(rule="x", severity="fråga", place=EVIL[0], message=EVIL[1], mend=EVIL[2], lagrum="LKBR")
    with here.store.begin() as session:
        changed: dict[str, Filled | None] = {"ekonomi": ekonomi, "mal-och-resultat": text}
        hand_in(
            session,
            here,
            "omsorgsnamnden",
            "ekonomi",
            "mal-och-resultat",
            changed=changed,
            findings=(asked,),
            answered=True,
        )
        hand_in(session, here, "energibolaget", "ekonomi", ej_aktuellt="=1+1")
    return here
