"""Made-up SIE 5 files (XML) of Hedemora's ledgers, by the schema of SIE 5."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import groupby

from submissions.sie.sie_reading import read_sie
from submissions.sie.values import ObjectSet

NEXT = "\n"
NAMESPACE = "http://www.sie.se/sie5"
YEARS = '<FiscalYear start="2027-01" end="2027-12" primary="true" lastCoveredDate="2027-08-31"/><FiscalYear start="2026-01" end="2026-12"/>'
COMPANY = '<Company organizationId="556000-0001" name="Bostadsbolaget AB"/>'


def five(
    *, accounts: Sequence[str] = (), journals: Sequence[str] = (), dimensions: str = "", company: str = COMPANY,
    years: str = YEARS, currency: str = "SEK", tail: str = "", root: str = "Sie",
) -> bytes:  # fmt: skip
    """Return a file with accounts and journals of one's own."""
    return "\n".join(
        [
            '<?xml version="1.0" encoding="utf-8"?>', f'<{root} xmlns="{NAMESPACE}">', "<FileInfo>",
            '<SoftwareProduct name="Prov" version="1.0"/>', '<FileCreation time="2027-09-08T10:00:00Z" by="prov"/>', company,
            f"<FiscalYears>{years}</FiscalYears>", f'<AccountingCurrency currency="{currency}"/>', "</FileInfo>",
            "<Accounts>", *accounts, "</Accounts>", dimensions, *journals, tail, f"</{root}>", "",
        ]
    ).encode()  # fmt: skip


def account(number: str, kind: str, *balances: str, name: str = "Konto") -> str:
    """Return an account with its balances."""
    return f'<Account id="{number}" name="{name}" type="{kind}">\n{NEXT.join(balances)}\n</Account>'


def at(side: str, month: str, amount: object, *objects: tuple[str, str]) -> str:
    """Return a balance or a budget, on objects."""
    name = side if len(objects) < 2 else f"{side}Multidim"
    inside = "".join(f'<ObjectReference dimId="{dimension}" objectId="{one}"/>' for dimension, one in objects)
    when = f' month="{month}"' if month else ""
    return f'<{name}{when} amount="{amount}">{inside}</{name}>'


def closing_each(each: float, to: int = 8, *objects: tuple[str, str], year: int = 2027) -> list[str]:
    """Return the closing balances of an account that changes as much every month."""
    return [at("ClosingBalance", f"{year}-{month:02}", f"{each * month:.2f}", *objects) for month in range(1, to + 1)]


def journal(*entries: str, name: str = "A") -> str:
    """Return a series of vouchers."""
    return f'<Journal id="{name}" name="Serie">\n{NEXT.join(entries)}\n</Journal>'


def entry(number: int, day: str, *rows: str) -> str:
    """Return a voucher."""
    head = f'<JournalEntry id="{number}" journalDate="{day}" text="x"><EntryInfo date="{day}" by="prov"/>'
    return f"{head}\n{NEXT.join(rows)}\n</JournalEntry>"


def row(number: str, amount: object, *objects: tuple[str, str], inside: str = "", more: str = "") -> str:
    """Return a row of a voucher."""
    references = "".join(f'<ObjectReference dimId="{dimension}" objectId="{one}"/>' for dimension, one in objects)
    return f'<LedgerEntry accountId="{number}" amount="{amount}"{more}>{references}{inside}</LedgerEntry>'


def as_five(classic: bytes) -> bytes:
    """Return a file of SIE type 2-4 as SIE 5: each month's change as what the account has come to by its end."""
    ledger = read_sie(classic).ledger
    assert ledger is not None and ledger.year is not None
    results = {each.account for each in ledger.balances if each.kind == "RES"}
    changes: dict[str, dict[tuple[int, ObjectSet], dict[int, int]]] = defaultdict(lambda: defaultdict(dict))
    inside: dict[str, list[str]] = defaultdict(list)
    for each in ledger.periods:
        when = f"{each.month // 100}-{each.month % 100:02}"
        if each.kind == "PBUDGET":
            inside[each.account].append(at("Budget", when, f"{each.amount / 100:.2f}", *each.objects))
        else:
            changes[each.account][each.year, each.objects][each.month] = each.amount
    for number, by_objects in changes.items():
        for (_, objects), months in by_objects.items():
            stands = 0
            for month in sorted(months):
                stands += months[month]
                when = f"{month // 100}-{month % 100:02}"
                inside[number].append(at("ClosingBalance", when, f"{stands / 100:.2f}", *objects))
    if not changes:
        last = f"{ledger.year.last:%Y-%m}"
        for balance in ledger.balances:
            if balance.kind == "RES" and balance.year == 0:
                inside[balance.account].append(at("ClosingBalance", last, f"{balance.amount / 100:.2f}"))
    accounts = [
        account(one.number, "cost" if one.number in results else "asset", *inside[one.number], name=one.name)
        for one in ledger.accounts.values()
    ]
    places = "".join(
        f'<Dimension id="{number}" name="{ledger.dimensions[number].name}">'
        + "".join(f'<Object id="{each.id}" name="{each.name}"/>' for each in objects)
        + "</Dimension>"
        for number, objects in groupby(ledger.objects.values(), key=lambda each: each.dimension)
    )
    entries = [
        entry(
            int(each.number), f"{each.day}",
            *(row(one.account, f"{one.amount / 100:.2f}", *one.objects) for one in each.rows),
        )
        for each in ledger.vouchers
    ]  # fmt: skip
    covered = f' lastCoveredDate="{ledger.to_date}"' if ledger.to_date else ""
    years = "".join(
        f'<FiscalYear start="{year.first:%Y-%m}" end="{year.last:%Y-%m}" primary="{str(not year.number).lower()}"{covered * (not year.number)}/>'
        for year in ledger.years
    )
    number = ledger.org_number or "000000-0000"
    return five(
        accounts=accounts, journals=[journal(*entries)] if entries else [], years=years,
        dimensions=f"<Dimensions>{places}</Dimensions>" if places else "",
        company=f'<Company organizationId="{number}" name="{ledger.company}"/>',
    )  # fmt: skip
