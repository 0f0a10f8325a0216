"""Made-up SIE files of Hedemora's ledgers, and hand-ins whose figures they can be held against.

Kostnadsställe 200 costs 200 000 kr a month and takes in 20 000 kr; its budget is 190 000 kr net a month; last year
it cost 10 000 kr less a month. So in a file to August its outcome is 8 * 180 = 1 440 tkr.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from submissions.files.filled import Cell, Filled, FilledRow, FilledTable, MallMark

OBJECTS = {
    "100": "Kommunledning", "110": "Teknik", "120": "Räddningstjänst", "200": "Förskola", "210": "Grundskola",
    "220": "Gymnasium", "230": "Kultur", "300": "Äldreomsorg", "310": "Funktionsstöd", "320": "Individ och familj",
    "400": "Miljö", "410": "Plan och bygg",
}  # fmt: skip
COST, INCOME, BANK = "5010", "3010", "1930"


def book(
    *, kind: int = 3, year: int = 2027, month: int = 8, company: str = "Hedemora kommun", to_date: str | None = None,
    objects: Mapping[str, str] = OBJECTS, more: Mapping[str, int] | None = None, last_year: bool = True,
    budget: bool = True, head: Sequence[str] = (), tail: Sequence[str] = (),
) -> bytes:  # fmt: skip
    """Return a file of a type. ``more`` are kronor that cost more in the last month, by object."""
    end = {2: "28", 4: "30", 6: "30", 9: "30", 11: "30"}.get(month, "31")
    day = to_date if to_date is not None else f"{year}{month:02}{end}"
    lines = [
        "#FLAGGA 0", '#PROGRAM "Prov" 1', "#FORMAT PC8", f"#GEN {year}0915", f"#SIETYP {kind}", f'#FNAMN "{company}"',
        f"#RAR 0 {year}0101 {year}1231", f"#RAR -1 {year - 1}0101 {year - 1}1231", *([f"#OMFATTN {day}"] if day else []),
        *head, f'#KONTO {COST} "Löner"', f'#KONTO {INCOME} "Avgifter"', f'#KONTO {BANK} "Bank"',
    ]  # fmt: skip
    if kind in (3, 4):
        lines += ['#DIM 1 "Kostnadsställe"', *(f'#OBJEKT 1 "{key}" "{name}"' for key, name in objects.items())]
    costs, incomes = _costs(objects, month, more or {})
    lines += [f"#RES 0 {COST} {sum(costs.values())}.00", f"#RES 0 {INCOME} {sum(incomes.values())}.00"]
    if kind == 4:
        lines += _vouchers(year, costs, incomes)
    else:
        lines += _periods("PSALDO", 0, year, COST, costs, kind)
        lines += _periods("PSALDO", 0, year, INCOME, incomes, kind)
    if last_year and kind != 4:
        earlier = {at: amount - 10_000 for at, amount in _costs(objects, 12, {})[0].items()}
        lines += _periods("PSALDO", -1, year - 1, COST, earlier, kind)
        lines += _periods("PSALDO", -1, year - 1, INCOME, _costs(objects, 12, {})[1], kind)
    if budget:
        each = {(key, at): int(key) * 1000 - 10_000 for key in objects for at in range(1, 13)}
        lines += _periods("PBUDGET", 0, year, COST, each, kind)
    return "\n".join([*lines, *tail, ""]).encode("cp437")


def company_book(company: str, *, month: int = 8, year: int = 2027, net: int = 100_000) -> bytes:
    """Return a bolag's file of type 2: one sum a month."""
    lines = [
        "#FLAGGA 0", '#PROGRAM "Prov" 1', "#FORMAT PC8", f"#GEN {year}0915", "#SIETYP 2", f'#FNAMN "{company}"',
        f"#RAR 0 {year}0101 {year}1231", f"#OMFATTN {year}{month:02}31", f'#KONTO {COST} "Löner"',
        f"#RES 0 {COST} {net * month}.00", *(f"#PSALDO 0 {year}{at:02} {COST} {{}} {net}.00" for at in range(1, month + 1)),
    ]  # fmt: skip
    return "\n".join([*lines, ""]).encode("cp437")


At = tuple[str, int]


def _costs(objects: Mapping[str, str], month: int, more: Mapping[str, int]) -> tuple[dict[At, int], dict[At, int]]:
    costs = {(key, at): int(key) * 1000 for key in objects for at in range(1, month + 1)}
    for key, extra in more.items():
        costs[key, month] += extra
    return costs, {(key, at): -20_000 for key in objects for at in range(1, month + 1)}


def _periods(label: str, number: int, year: int, account: str, amounts: Mapping[At, int], kind: int) -> list[str]:
    whole: dict[int, int] = {}
    for (_, at), amount in amounts.items():
        whole[at] = whole.get(at, 0) + amount
    lines = [f"#{label} {number} {year}{at:02} {account} {{}} {amount}.00" for at, amount in whole.items()]
    if kind == 2:
        return lines
    return lines + [
        f'#{label} {number} {year}{at:02} {account} {{1 "{key}"}} {amount}.00' for (key, at), amount in amounts.items()
    ]


def _vouchers(year: int, costs: Mapping[At, int], incomes: Mapping[At, int]) -> list[str]:
    lines = []
    for number, ((key, at), cost) in enumerate(costs.items(), 1):
        income = incomes[key, at]
        lines += [
            f'#VER A {number} {year}{at:02}15 "Månad"', "{",
            f'#TRANS {COST} {{1 "{key}"}} {cost}.00', f'#TRANS {INCOME} {{1 "{key}"}} {income}.00',
            f"#TRANS {BANK} {{}} {-cost - income}.00", "}",
        ]  # fmt: skip
    return lines


def filled(
    sheet: str, figures: Mapping[str, Mapping[str, str]], names: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return what was read out of a hand-in: tkr by row and column, as JSON."""
    rows = tuple(
        FilledRow(
            name=(names or {}).get(row, row.capitalize()),
            place=f"Ekonomi!A{number}",
            id=row,
            cells={
                column: Cell(place=f"Ekonomi!{chr(66 + at)}{number}", text=text, number=Decimal(text))
                for at, (column, text) in enumerate(columns.items())
            },
        )
        for number, (row, columns) in enumerate(figures.items(), 9)
    )
    table = FilledTable(sheet=sheet, title="Ekonomi", rows=rows)
    return Filled(kind="xlsx", mark=MallMark(), tables={sheet: table}).to_json()


def bolag(*rows: str, kind: int = 3, to_date: str = "", encoding: str = "cp437") -> bytes:
    """Return a file of Bostadsbolaget with a bank, rents and running costs, and with rows of one's own."""
    lines = [
        "#FLAGGA 0", '#PROGRAM "Prov" 1', "#FORMAT PC8", "#GEN 20270908", f"#SIETYP {kind}", '#FNAMN "Bostadsbolaget AB"',
        "#ORGNR 556000-0001", "#RAR 0 20270101 20271231", "#RAR -1 20260101 20261231",
        *([f"#OMFATTN {to_date}"] if to_date else []), '#KONTO 1930 "Bank"', '#KONTO 3010 "Hyresintäkter"',
        '#KONTO 5010 "Drift"', *rows, "",
    ]  # fmt: skip
    return "\n".join(lines).encode(encoding)


def voucher(number: int, day: str, *rows: str) -> list[str]:
    """Return a voucher's lines."""
    return [f'#VER "A" "{number}" {day} "x"', "{", *rows, "}"]
