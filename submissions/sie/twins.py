"""Rows that were added to a voucher later, and the ones that repeat them for programs that do not know ``#RTRANS``."""

from collections.abc import Sequence

from submissions.sie.sie_fields import kronor
from submissions.sie.sie_findings import Notes, shown
from submissions.sie.values import ObjectSet, VoucherRow


def once(rows: Sequence[VoucherRow], added: Sequence[tuple[int, int]], total: int, notes: Notes) -> list[VoucherRow]:
    """Return a voucher's rows, each sum of money in them once.

    ``added`` are the places and lines of the ``RTRANS``, ``total`` what all rows that count sum to. By the
    specification an equal ``TRANS`` comes right after each; some programs write it elsewhere in the voucher. Where
    only those elsewhere would unbalance a voucher that balances with them, they are rows of their own and stay.
    """
    after = {at + 1 for at, _ in added if at + 1 < len(rows) and _is_twin(rows[at], rows[at + 1])}
    alone = [(at, line) for at, line in added if at + 1 not in after]
    elsewhere = _elsewhere(rows, alone, after)
    left = total - sum((rows[at].amount for at in after), 0)
    if left == 0 and sum(rows[at].amount for at in elsewhere.values()) != 0:
        elsewhere = {}
    for at, line in alone:
        row = rows[at]
        where = "har sin likadana #TRANS på en annan plats i verifikationen och inte närmast efter sig"
        why = where if at in elsewhere else "har ingen likadan #TRANS efter sig"
        told = f"#RTRANS på konto {shown(row.account)}, {kronor(row.amount)}, {why}, som SIE-formatet kräver."
        notes.add("#RTRANS utan #TRANS efter sig", line, "varning", f"{told} Beloppet räknas en gång.")
    gone = after.union(elsewhere.values())
    return [row for at, row in enumerate(rows) if at not in gone]


def _elsewhere(rows: Sequence[VoucherRow], alone: Sequence[tuple[int, int]], taken: set[int]) -> dict[int, int]:
    """Return for each place of an ``RTRANS`` the place of an equal ``TRANS`` that no other one has."""
    if not alone:
        return {}
    places: dict[tuple[str, ObjectSet, int], list[int]] = {}
    for at, row in enumerate(rows):
        if row.kind == "TRANS" and at not in taken:
            places.setdefault((row.account, row.objects, row.amount), []).append(at)
    found = {}
    for at, _ in alone:
        row = rows[at]
        if equal := places.get((row.account, row.objects, row.amount)):
            found[at] = equal.pop()
    return found


def _is_twin(added: VoucherRow, row: VoucherRow) -> bool:
    return row.kind == "TRANS" and (row.account, row.objects, row.amount) == (
        added.account, added.objects, added.amount,
    )  # fmt: skip
