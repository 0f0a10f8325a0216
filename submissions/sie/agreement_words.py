"""What is told of a ledger that contradicts itself: each account with both amounts, and which of them counts."""

from collections.abc import Mapping

from arshjul.swedish import listing, month_name
from submissions.sie.agreement import Weighing
from submissions.sie.balances import Difference
from submissions.sie.sie_fields import kronor
from submissions.sie.sie_findings import Notes, shown
from submissions.sie.values import Ledger, Outcome, Severity

SOURCES: Mapping[Outcome, str] = {"PSALDO": "månadernas saldon (#PSALDO)", "VER": "verifikationerna (#VER)"}
_OTHER = {
    "#RES": "årets saldo (#RES) är",
    "#UB − #IB": "årets förändring (#UB − #IB) är",
    "#VER": "verifikationerna (#VER) ger",
}
_REMEDY = "Exportera filen på nytt, med alla månader, alla konton och årets saldon. Skiljer det sig igen: jämför kontona här med ekonomisystemets resultatrapport, och rätta exporten."


def tell(ledger: Ledger, weighing: Weighing, first_line: Mapping[str, int], notes: Notes) -> None:
    """Tell what a file's sources say against each other; a ``fel`` when none of them can be believed.

    ``first_line`` tells where an account stands first.
    """
    refused = bool(weighing.differences) and not weighing.trusted
    if refused:
        notes.add(
            "filens motsägelser", 1, "fel", f"{_opposed(weighing)} Det går inte att veta vilket som är rätt. {_REMEDY}"
        )
    elif weighing.uneven:
        notes.add("filens motsägelser", 1, "varning", _uneven(weighing))
    elif any(each.source not in weighing.trusted for each in weighing.differences):
        notes.add("filens motsägelser", 1, "varning", f"{_opposed(weighing)} {_instead(weighing)}")
    for each in weighing.differences:
        severity: Severity = "fel" if refused and each.counts else "varning"
        line = each.line or first_line.get(each.account, 1)
        notes.add("konton som filen säger olika om", line, severity, _account(ledger, each))
    for each in weighing.last_year:
        line = each.line or first_line.get(each.account, 1)
        notes.add("konton som filen säger olika om, förra året", line, "varning", _account(ledger, each))
    for year, months in weighing.gaps:
        told = f"Filen har inga belopp för {months_text(months)}, och inga årssaldon som visar att det stämmer."
        notes.add(
            "månader utan belopp", 1, "varning", f"{told} Kontrollera att exporten har alla månader {year.first.year}."
        )


def months_text(months: tuple[int, ...]) -> str:
    """Return months of a year as people say them: ``maj–augusti och december 2027``."""
    runs: list[list[int]] = []
    for month in months:
        if runs and month == runs[-1][-1] + 1:
            runs[-1].append(month)
        else:
            runs.append([month])
    names = [[month_name(run[0] % 100), month_name(run[-1] % 100)] for run in runs]
    parts = ["–".join(dict.fromkeys(pair)) for pair in names]
    return f"{listing(parts)} {months[0] // 100}"


def _account(ledger: Ledger, one: Difference) -> str:
    account = ledger.accounts.get(one.account)
    name = f"{shown(one.account)[1:-1]} {account.name}".strip() if account else shown(one.account)[1:-1]
    year = "" if one.year.number == 0 else f", {one.year.first.year}"
    told = f"Konto {name}{year}: {SOURCES[one.source]} ger {kronor(one.amount)}, men {_OTHER[one.against]} {kronor(one.other)}."
    return f"{told} Saldo saknas för {months_text(one.missing)}." if one.missing else told


def _opposed(weighing: Weighing) -> str:
    """Return which sources differ, on how many accounts, and by how much."""
    far = [each for each in weighing.differences if each.source not in weighing.trusted and each.counts]
    sources = listing([SOURCES[kind] for kind in dict.fromkeys(each.source for each in far)])
    others = "verifikationerna" if any(each.against == "#VER" for each in far) else "årets saldon"
    accounts = len({each.account for each in far})
    many = f"{accounts} konto" if accounts == 1 else f"{accounts} konton"
    apart = kronor(sum(each.apart for each in far))
    return f"Filen säger emot sig själv: {sources} stämmer inte med {others}. Det skiljer sammanlagt {apart} på {many}."


def _instead(weighing: Weighing) -> str:
    source = listing([SOURCES[kind] for kind in weighing.trusted])
    return f"Utfallet räknas ur {source}, som stämmer med årets saldon."


def _uneven(weighing: Weighing) -> str:
    source = listing([SOURCES[kind] for kind in weighing.trusted])
    return (
        "Filen säger emot sig själv: årets saldon går inte ihop. #RES, och #UB minus #IB, ska tillsammans bli noll men blir "
        f"{kronor(weighing.uneven)}. Utfallet räknas ur {source}, som går ihop. Kontrollera kontona här, och exporten."
    )
