"""Sjukfrånvaro as the law asks for it (LKBR 11 kap. 6 §).

The total, the share of 60 days or more, women and men, and three ages. A group of at most ten, or where somebody can
be recognised, must not be told: its row says ``..``, which is never refused, and nobody is asked for the figure.
"""

from decimal import Decimal

from submissions.finding import Finding
from submissions.review.case import Case, Judge, Registered
from submissions.review.review_words import named, percent, shown
from submissions.review.rules.filled_cells import cells_are, flawed
from submissions.review.sheets.sound import Sound, Spot

POINTS = "procentenheter"
#: Groups that together are everybody: the total lies between the lowest and the highest of them.
_DIVISIONS = (("kvinnor", "man"), ("alder-29", "alder-30-49", "alder-50"))


def lacks_group(case: Case, judge: Judge) -> Finding | None:
    """Each row that the law names is there, also the rows of groups that are not told."""
    sheet = case.of_kind("sjukfrånvaro")
    if sheet is None or not sheet.missing:
        return None
    lost = named([shown(line.title) for line in sheet.missing])
    return judge.found(
        sheet.table.title,
        f"Sjukfrånvaron saknar {lost}.",
        "Lägg tillbaka raden. Har gruppen högst tio anställda, eller kan någon kännas igen: skriv .. i rutan.",
    )


def out_of_range(case: Case, judge: Judge) -> Finding | None:
    """A percentage is between 0 and 100, both inclusive."""
    sheet = case.of_kind("sjukfrånvaro")
    off = [
        (sheet.at(row, column), number)
        for row in (sheet.rows if sheet else ())
        for column in _shares(sheet)
        if sheet and (number := sheet.number(row, column)) is not None and not 0 <= number <= 100
    ]
    if not off:
        return None
    told = named([f"{at.name} är {percent(number)}" for at, number in off], "; ")
    return judge.found(
        named([at.place for at, _ in off]),
        f"Sjukfrånvaron kan bara vara 0 till 100 procent: {told}.",
        "Skriv andelen i procent av ordinarie arbetstid, till exempel 6,2.",
    )


def beside_total(case: Case, judge: Judge) -> Finding | None:
    """The total lies between women and men, and between the ages, within the entry's procentenheter."""
    sheet = case.of_kind("sjukfrånvaro")
    off = (
        []
        if sheet is None
        else [each for column in _shares(sheet) for each in _beside(sheet, column, judge.number(POINTS))]
    )
    if not off:
        return None
    return judge.found(
        named([at.place for at, _ in off]),
        f"{named([told for _, told in off], '; ')}.",
        "Den totala sjukfrånvaron ligger alltid mellan gruppernas lägsta och högsta. Kontrollera talen i HR-systemet.",
    )


def _shares(sheet: Sound | None) -> list[str]:
    return [each.id for each in sheet.columns if each.kind == "procent"] if sheet else []


def _beside(sheet: Sound, column: str, tolerance: Decimal) -> list[tuple[Spot, str]]:
    total = sheet.row("total")
    whole = sheet.number(total, column)
    found = []
    for division in _DIVISIONS:
        rows = [sheet.row(each) for each in division]
        numbers = [sheet.number(row, column) for row in rows]
        known = [each for each in (*numbers, whole) if each is not None and 0 <= each <= 100]
        if whole is None or len(known) < len(division) + 1:
            continue
        lowest, highest = min(known[:-1]), max(known[:-1])
        if not lowest - tolerance <= whole <= highest + tolerance:
            groups = named(
                [f"{row.name} {percent(number)}" for row, number in zip(rows, known[:-1], strict=True) if row]
            )
            found.append((sheet.at(total, column), f"Totalen {percent(whole)} ligger utanför {groups}"))
    return found


def _not_marked(spots: list[Spot]) -> str:
    """Tell of the groups that are empty, and of those that say in other words that they are not told."""
    empty, other = [each for each in spots if not each.text.strip()], [each for each in spots if each.text.strip()]
    told = [cells_are("är tom", "är tomma")(empty)] if empty else []
    if other:
        told.append(f"{named([f'{shown(each.text)} ({each.name})' for each in other], '; ')} är ingen andel.")
    return " ".join(told)


_AS_SHARE = (
    "Skriv talen i procent: 6,8 och inte 0,068. Är en ruta formaterad som procent ska det stå 6,8 % i den. "
    "Är talen redan i procent, svara med vad som gör dem så små."
)


def _as_share(spots: list[Spot]) -> str:
    told = named([f"{shown(each.text)} ({each.name})" for each in spots], "; ")
    return f"Sjukfrånvaron ser ut att stå som andel, men ska stå i procent: {told}."


RULES = (
    Registered(
        id="sjukfranvaro-saknar-grupp",
        holds="Sjukfrånvaron har totalen, 60 dagar eller mer, kvinnor och män, och de tre åldrarna.",
        grade="L",
        rule=lacks_group,
    ),
    Registered(
        id="sjukfranvaro-tom-grupp",
        holds="En grupp som inte lämnas ut är markerad med .. och inte tom. Uppgiften själv begärs aldrig.",
        grade="I",
        rule=flawed(
            "sjukfranvaro-tom-grupp",
            _not_marked,
            "Har gruppen högst tio anställda, eller kan någon kännas igen: skriv .. i rutan. Fyll annars i andelen.",
        ),
    ),
    Registered(
        id="sjukfranvaro-dold-total",
        holds="Totalen och andelen 60 dagar eller mer lämnas alltid ut.",
        grade="L",
        rule=flawed(
            "sjukfranvaro-dold-total",
            lambda spots: f"Uppgiften är utelämnad: {named([each.name for each in spots], '; ')}.",
            "Bara uppgifter om kön och ålder får utelämnas. Fyll i andelen i procent.",
        ),
    ),
    Registered(
        id="sjukfranvaro-som-andel",
        holds="Sjukfrånvaron står i procent och inte som andel av ett: 6,8 och inte 0,068.",
        grade="I",
        rule=flawed("sjukfranvaro-som-andel", _as_share, _AS_SHARE),
    ),
    Registered(id="sjukfranvaro-procent", holds="Sjukfrånvaro är 0 till 100 procent.", grade="L", rule=out_of_range),
    Registered(
        id="sjukfranvaro-mot-total",
        holds="Den totala sjukfrånvaron ligger mellan kvinnors och mäns, och mellan åldrarnas.",
        grade="I",
        rule=beside_total,
        numbers=(POINTS,),
    ),
)
