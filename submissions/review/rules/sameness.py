"""Figures that are those of another period: the old file handed in again, or a column copied to its neighbour."""

from collections.abc import Sequence
from decimal import Decimal

from submissions.finding import Finding
from submissions.review.case import Case, Judge, Registered
from submissions.review.review_words import from_whom, named
from submissions.review.sheets.sound import Sound

#: What is known of an earlier outcome of the same year, by the name that ``Known`` has for it.
_EARLIER = {"utfall-forra": "vid förra rapporten", "utfall-vid-prognos-fg": "vid förra prognosen"}
_MAY_BE_SAME = ("personal",)  #: few and small figures


def same_figures(case: Case, judge: Judge) -> Finding | None:
    """The outcome is on every row just what it was at another time."""
    off = []
    for sheet in case.sound.values():
        if sheet.sheet.kind in _MAY_BE_SAME or not sheet.of("utfall"):
            continue
        now = [sheet.number(row, sheet.of("utfall")) for row in sheet.rows]
        if _same(now, [sheet.number(row, sheet.of("utfall förra året")) for row in sheet.rows]):
            off.append((_place(sheet), "samma period förra året"))
        elif sheet.sheet.kind == "ekonomi":
            for known, when in _EARLIER.items():
                if _same(now, [case.known.amount(row.id or "", known) for row in sheet.rows]):
                    whose = from_whom(case.known.whose(sheet.rows[0].id or "", known))
                    off.append((_place(sheet), f"{when}{whose}"))
                    break
    if not off:
        return None
    told = named([f"På bladet {place} är utfallet på varje rad exakt detsamma som {when}." for place, when in off], " ")
    return judge.found(
        named([place for place, _ in off]),
        told,
        "Kontrollera att det är periodens siffror och inte en gammal fil. Är de rätt, svara med varför inget har ändrats.",
    )


def _same(now: Sequence[Decimal | None], then: Sequence[Decimal | None]) -> bool:
    """Tell whether all are known and alike; noughts say nothing, and one like figure among many rows is chance."""
    pairs = [(one, other) for one, other in zip(now, then, strict=True) if one is not None or other is not None]
    telling = [one for one, _ in pairs if one]
    return len(telling) >= min(2, len(pairs)) > 0 and all(one == other for one, other in pairs)


def _place(sheet: Sound) -> str:
    return sheet.table.title


RULES = (
    Registered(
        id="samma-siffror",
        holds="Utfallet är inte på varje rad detsamma som i en annan period.",
        grade="I",
        rule=same_figures,
    ),
)
