"""The year's forecast: not less than what is already spent, not the old one by habit, and whether the ram holds."""

from collections.abc import Iterator
from decimal import Decimal

from arshjul.definition.sheets.column import NO, YES, SheetQuestion
from arshjul.periods import Period
from submissions.files.filled import Cell
from submissions.finding import Finding
from submissions.review.case import Case, Judge, Registered
from submissions.review.review_words import from_whom, named, percent, shown, tkr
from submissions.review.rules.sums import ROUNDING
from submissions.review.sheets.sound import Sound
from submissions.review.substance import folded

TKR, PERCENT = "tkr", "procent"
#: Lines of a resultaträkning that are costs, with minus.
_COSTS = ("kostnader", "avskrivningar", "finansiella-kostnader")
_RESULTS = ("resultaträkning", "bolagets resultaträkning")
_UNCHANGED = Decimal("0.5")  #: tkr, inclusive: the same forecast, rounded


def is_beyond(judge: Judge, amount: Decimal, whole: Decimal) -> bool:
    """Tell whether an amount (tkr, above zero) is larger than both of the entry's numbers: tkr, and procent of ``whole``."""
    return amount > judge.number(TKR) and amount * 100 > abs(whole) * judge.number(PERCENT)


def less_than_spent(case: Case, judge: Judge) -> Finding | None:
    """A year's cost that is forecast to be less than what the year has cost already. Incomes are not looked at."""
    off = [
        (sheet.at(sheet.row(row_id), sheet.of("prognos")), spent, forecast)
        for sheet, row_id, spent, forecast in _spent_and_forecast(case)
        if spent > 0 and forecast < spent - judge.number(ROUNDING)
    ]
    if not off:
        return None
    told = [f"{at.row}: prognos {tkr(forecast)}, men {tkr(spent)} är redan använt" for at, spent, forecast in off]
    return judge.found(
        named([at.place for at, _, _ in off]),
        f"Helårsprognosen är lägre än det som redan är använt. {named(told, '; ')}.",
        "Höj prognosen. Väntar ni intäkter eller minskade kostnader före årets slut, svara med vilka och hur stora.",
    )


def _spent_and_forecast(case: Case) -> Iterator[tuple[Sound, str, Decimal, Decimal]]:
    for sheet in case.sound.values():
        by_verksamhet = sheet.sheet.kind == "ekonomi"
        for row in sheet.rows:
            if row.id is None or not (by_verksamhet or (sheet.sheet.kind in _RESULTS and row.id in _COSTS)):
                continue
            spent, forecast = sheet.number(row, sheet.of("utfall")), sheet.number(row, sheet.of("prognos"))
            if spent is not None and forecast is not None:
                yield sheet, row.id, spent if by_verksamhet else -spent, forecast if by_verksamhet else -forecast


def unchanged(case: Case, judge: Judge) -> Finding | None:
    """The same forecast as last time, though the outcome has gone another way than that forecast supposed.

    It supposed what was left at an even pace; where it is not known when it was made, any move counts. The move
    must be larger than both of the entry's numbers: tkr, and procent of the forecast.
    """
    sheet, off = case.economy, []
    for row in sheet.rows if sheet else ():
        assert sheet is not None  # noqa: S101 - there are rows
        forecast, spent = sheet.number(row, sheet.of("prognos")), sheet.number(row, sheet.of("utfall"))
        last = case.known.amount(row.id or "", "prognos-fg")
        before = case.known.amount(row.id or "", "utfall-vid-prognos-fg")
        if forecast is None or spent is None or last is None or before is None or abs(forecast - last) > _UNCHANGED:
            continue
        supposed = _supposed(before, last, case.known.forecast_period, case.mall.period)
        if is_beyond(judge, abs(spent - supposed), last):
            whose = from_whom(case.known.whose(row.id or "", "prognos-fg"))
            off.append((sheet.at(row, sheet.of("prognos")), f"{tkr(last)}{whose}", before, spent, supposed))
    if not off:
        return None
    told = [
        f"{at.row}: prognosen är kvar på {last}, fast utfallet är {tkr(spent)} (då {tkr(before)}"
        f"{f', och i jämn takt nu {tkr(supposed)}' if supposed != before else ''})"
        for at, last, before, spent, supposed in off
    ]
    return judge.found(
        named([each[0].place for each in off]),
        f"Prognosen är oförändrad sedan förra gången. {named(told, '; ')}.",
        "Räkna om prognosen med det nya utfallet. Håller den ändå, svara med varför.",
    )


def _supposed(before: Decimal, forecast: Decimal, made: Period | None, now: Period) -> Decimal:
    """Return the outcome that a forecast supposed for now: what was left of it when it was made, at an even pace."""
    if made is None or made.year != now.year or not made.months < now.months:
        return before
    return before + (forecast - before) * (now.months - made.months) / (12 - made.months)


def ram_not_kept(case: Case, judge: Judge) -> Finding | None:
    """The nämnd says that it cannot keep its ram: kommunfullmäktige is to know at once."""
    answer = _answer(case)
    if answer is None or folded(answer.text) != folded(NO):
        return None
    deficit = _total(case)
    much = f" Prognosen ger {tkr(deficit[0])} mot budget." if deficit and deficit[0] < 0 else ""
    return judge.found(
        answer.place,
        f"{case.mall.unit_name} svarar att ramen inte hålls.{much}",
        f"{case.mall.office[:1].upper()}{case.mall.office[1:]} får veta det nu. Lägg fram förslag till åtgärder för kommunfullmäktige omedelbart.",
    )


def ram_said_kept(case: Case, judge: Judge) -> Finding | None:
    """It says that the ram is kept, but its own forecast says a deficit larger than both of the entry's numbers."""
    question, answer, deficit = _question(case), _answer(case), _total(case)
    if question is None or answer is None or folded(answer.text) != folded(YES) or deficit is None:
        return None
    off, budget = -deficit[0], abs(deficit[1])
    if not is_beyond(judge, off, budget):
        return None
    share = f" ({percent(off * 100 / budget)} av budgeten)" if budget else ""
    return judge.found(
        answer.place,
        f"Svaret på {shown(question.title)} är {YES}, men prognosen ger ett underskott på {tkr(off)}{share}.",
        f"Ändra svaret till {NO} eller rätta prognosen. Ska underskottet tas in före årets slut, svara med hur.",
    )


def _answer(case: Case) -> Cell | None:
    question = _question(case)
    return case.economy.table.fields.get(question.id) if question and case.economy else None


def _question(case: Case) -> SheetQuestion | None:
    """Return the question whether the ram is kept, where it is asked."""
    return next((each for each in case.economy.sheet.fields if each.role == "ram"), None) if case.economy else None


def _total(case: Case) -> tuple[Decimal, Decimal] | None:
    """Return the whole enhet's avvikelse and budget; None where a number is missing."""
    sheet = case.economy
    if sheet is None or not sheet.is_whole:
        return None
    budgets = [sheet.number(row, sheet.of("budget")) for row in sheet.rows]
    forecasts = [sheet.number(row, sheet.of("prognos")) for row in sheet.rows]
    known = [each for each in (*budgets, *forecasts) if each is not None]
    if len(known) < 2 * len(sheet.rows):
        return None
    half = len(budgets)
    return sum(known[:half], Decimal(0)) - sum(known[half:], Decimal(0)), sum(known[:half], Decimal(0))


RULES = (
    Registered(
        id="prognos-under-utfall",
        holds="Helårsprognosen är inte lägre än det som redan är använt.",
        grade="I",
        rule=less_than_spent,
        numbers=(ROUNDING,),
    ),
    Registered(
        id="prognos-oforandrad",
        holds="Prognosen är inte den gamla när utfallet har gått en annan väg än den räknade med.",
        grade="I",
        rule=unchanged,
        numbers=(TKR, PERCENT),
    ),
    Registered(
        id="ram-halls-inte",
        holds="Den som inte håller sin ram säger det, så att kommunfullmäktige får veta det omedelbart.",
        grade="H",
        rule=ram_not_kept,
    ),
    Registered(
        id="ram-mot-prognos",
        holds="Den som svarar att ramen hålls har ingen prognos med större underskott.",
        grade="I",
        rule=ram_said_kept,
        numbers=(TKR, PERCENT),
    ),
)
