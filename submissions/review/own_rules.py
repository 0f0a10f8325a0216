"""The rules that a definition's sheets carry themselves (``regler``), carried out: what each holds, finds and advises.

They are said in :mod:`arshjul.definition.sheets.sheet_rules`, without any code; their findings stand among the others.
"""

from collections.abc import Iterator, Mapping
from functools import partial

from arshjul.definition.asked import Check
from arshjul.definition.sheets import sheet_rules as asks
from arshjul.definition.sheets.sheet import Sheet
from arshjul.definition.sheets.sheet_rules import SheetRule
from submissions.files.figures import exact_text
from submissions.finding import Finding
from submissions.review.case import Case, Judge, Registered
from submissions.review.review_words import counted, named, shown
from submissions.review.sheets.kept_rules import Offence, offences


def own_rules(sheets: Mapping[str, Sheet]) -> Iterator[tuple[Registered, Check]]:
    """Give the rules of these sheets, each with its entry: ``matt-nasta-matning`` is rule *nasta-matning* of *matt*."""
    for sheet in sheets.values():
        for key, asked in sheet.rules.items():
            rule = partial(_judged, sheet_id=sheet.id, asked=asked)
            entry = Check.model_construct(
                severity=asked.severity, since=asked.since, until=asked.until, numbers={}, source=asked.source
            )
            yield Registered(id=own_rule_id(sheet.id, key), holds=holds(sheet, asked), grade="H", rule=rule), entry


def own_rule_id(sheet_id: str, key: str) -> str:
    """Return the id under which a sheet's rule is found, answered and taken out of force."""
    return f"{sheet_id}-{key}"


def _judged(case: Case, judge: Judge, *, sheet_id: str, asked: SheetRule) -> Finding | None:
    sheet = case.sound.get(sheet_id)
    rows = case.known.rows.get(sheet_id, ())
    asked = asked.of(case.one.unit) if isinstance(asked, asks.AtLeast) else asked
    off = list(offences(sheet, asked, case.one.period, rows)) if sheet else []
    if sheet is None or not off:
        return None
    return judge.found(
        named([each.place for each in off]), _message(sheet.sheet, asked, off), _mend(sheet.sheet, asked)
    )


def holds(sheet: Sheet, asked: SheetRule) -> str:
    """Say what must be so, in one sentence."""
    on = f"på bladet {sheet.title}"
    title = partial(_title, sheet)
    match asked:
        case asks.AtLeast(per=None):
            return f"Det finns minst {counted(asked.count, 'rad', 'rader')}{_more(asked)} {on}."
        case asks.AtLeast():
            many = f"{counted(asked.count, 'rad', 'rader')}{_more(asked)}"
            return f"Det finns minst {many} för varje {title(asked.per).lower()} {on}."
        case asks.InOrder():
            return f"{_then(sheet, asked)} står i den ordningen på varje rad {on}."
        case asks.OneOf():
            return f"I {title(asked.column)} {on} står {_or(asked.words)}."
        case asks.FilledWhen(words=()):
            return f"{title(asked.column)} är ifyllt där {title(asked.when)} är det, {on}."
        case asks.FilledWhen():
            return f"{title(asked.column)} är ifyllt där {title(asked.when)} är {_or(asked.words)}, {on}."
        case asks.Unique():
            return f"Ingen rad {on} har samma {named([title(each).lower() for each in asked.together])} som en annan."
        case asks.Within():
            where = f", för {named([sheet.lines_by_id[each].title for each in asked.lines])}" if asked.lines else ""
            return f"{title(asked.column)} {on} är {_limits(asked)}{where}."
        case asks.NoNewData():
            return f"{title(asked.column)} {on} har ett värde, eller {shown(asked.words)} och året för nästa mätning."
        case asks.ToldLater():
            return f"Det som är märkt {asked.mark} {on} redovisas senare, och sägs."
        case asks.AllEntries():
            return f"Det som stod {on} i mallen, ur registret, är redovisat."
        case asks.SexesInRows() | asks.SexesInColumns():
            how = "summan av kvinnors och mäns" if asked.how == "summan" else "mellan kvinnors och mäns"
            return f"Värdet för alla är {how} {on}."


def _message(sheet: Sheet, asked: SheetRule, off: list[Offence]) -> str:
    told = named([each.told for each in off], "; ")
    match asked:
        case asks.AtLeast():
            return f"För få rader på bladet {sheet.title}: {told}."
        case asks.InOrder():
            return f"{_then(sheet, asked)} står inte i ordning: {told}."
        case asks.OneOf():
            return f"{told} är inget av {_or(asked.words)}."
        case asks.FilledWhen():
            return f"{_title(sheet, asked.column)} är inte ifyllt: {told}."
        case asks.Unique():
            return f"Samma sak står på flera rader: {told}."
        case asks.Within():
            return f"{_title(sheet, asked.column)} ska vara {_limits(asked)}: {told}."
        case asks.NoNewData():
            return f"Det finns varken ett värde eller ett år för nästa mätning: {told}."
        case asks.ToldLater():
            return f"Det här redovisas senare ({asked.mark}): {told}."
        case asks.AllEntries():
            return f"Det här är inte redovisat på bladet {sheet.title}: {told}."
        case asks.SexesInRows() | asks.SexesInColumns():
            return f"Värdet för alla stämmer inte med kvinnors och mäns: {told}."


def _mend(sheet: Sheet, asked: SheetRule) -> str:
    match asked:
        case asks.AtLeast():
            return "Lägg till de rader som fattas. Finns det inga fler, svara med varför."
        case asks.InOrder():
            return "Rätta det som är fel, eller byt plats på dem."
        case asks.OneOf():
            return f"Skriv {_or(asked.words)}."
        case asks.FilledWhen():
            return f"Fyll i {_title(sheet, asked.column)} på raden."
        case asks.Unique():
            return "Ta bort den ena raden, eller lägg ihop dem till en."
        case asks.Within():
            return "Kontrollera talet. Är det rätt, svara med vad det beror på."
        case asks.NoNewData():
            year = _title(sheet, asked.next_year)
            return (
                f"Fyll i värdet, eller skriv {shown(asked.words)} och vilket år nästa mätning görs i kolumnen {year}."
            )
        case asks.ToldLater():
            return "Inget behöver göras nu. Lämna värdena när de finns."
        case asks.AllEntries():
            return "Hämta mallen igen, eller skriv en rad för vart och ett, med samma namn som i registret."
        case asks.SexesInRows() | asks.SexesInColumns():
            right = "är summan av kvinnors och mäns" if asked.how == "summan" else "ligger mellan kvinnors och mäns"
            return f"Värdet för alla {right}. Kontrollera de tre talen."


def _title(sheet: Sheet, column_id: str | None) -> str:
    column = sheet.column(column_id or "")
    return column.title if column else ""


def _more(asked: asks.AtLeast) -> str:
    return ", större enheter fler," if asked.of_units else ""


def _then(sheet: Sheet, asked: asks.InOrder) -> str:
    return " före ".join(_title(sheet, each) for each in asked.order)


def _or(words: tuple[str, ...]) -> str:
    quoted = [shown(each) for each in words]
    return f"{', '.join(quoted[:-1])} eller {quoted[-1]}" if len(quoted) > 1 else quoted[0]


def _limits(asked: asks.Within) -> str:
    if asked.most is None:
        return f"minst {exact_text(asked.least, 6)}" if asked.least is not None else ""
    if asked.least is None:
        return f"högst {exact_text(asked.most, 6)}"
    return f"{exact_text(asked.least, 6)} till {exact_text(asked.most, 6)}"
