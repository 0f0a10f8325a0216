"""What a mall says to those who fill it in, alike in the workbook and the document."""

from collections.abc import Iterator, Mapping
from itertools import product

from arshjul.swedish import instant_text, listing, month_name, owned
from arshjul.year.wheel import Obligation
from submissions.templates.mall import FORMAT, KnownFigures, Mall, MallSheet

EARLIER = ("utfall-fg", "prognos-fg")  #: what columns of earlier figures are known by


def due_text(one: Obligation) -> str:
    """Return the frist as people read it: ``tisdag 21 september 2027 kl. 16.00``, and whether it is decided."""
    unsure = "" if one.deadline.status == "beslutad" else f" ({one.deadline.status})"
    return f"{instant_text(one.deadline.at)}{unsure}"


def title(mall: Mall) -> str:
    """Return ``Delårsrapport per 31 augusti 2027``, or ``Årsredovisning 2027``."""
    when = f"per {last_day(mall)}" if mall.period.month else mall.period.text
    return fit(f"{mall.step_name} {when}")


def last_day(mall: Mall) -> str:
    """Return the period's last day: ``31 augusti 2027``."""
    end = mall.period.end
    return f"{end.day} {month_name(end.month)} {end.year}"


def part_name(mall: Mall) -> str:
    """Return the part's name without what stands in parentheses after it."""
    return fit(mall.part_name.partition(" (")[0])


def due_line(mall: Mall) -> str:
    """Return when and where it is handed in, in two sentences."""
    return fit(f"Lämnas senast {mall.due_text}. {hand_in(mall)}")


def hand_in(mall: Mall) -> str:
    """Return where it is handed in, and where the way there is found."""
    return fit(f"Lämna in på din sida. Länken till den finns i {owned(mall.office)} brev.")


def whose_lines(sheet: MallSheet, known: KnownFigures) -> Iterator[str]:
    """Say whose the prefilled figures are that are from before the enhet began; and of whom nothing can be compared."""
    titles: dict[tuple[str, ...], dict[str, None]] = {}
    for line, column in product(sheet.rows, sheet.sheet.columns):
        if column.known and (whose := known.whose(line.id, column.known)):
            titles.setdefault(whose, {})[column.title] = None
    for whose, columns in titles.items():
        summed = ", hopräknat rad för rad" if len(whose) > 1 else ""
        yield fit(f"Förifyllt från {listing(whose)}{summed}: {listing(list(columns))}.")
    if known.split and any(column.known in EARLIER for column in sheet.sheet.columns):
        yield fit(
            f"Från {listing(known.split)} finns inget att jämföra med, för flera enheter har tagit över därifrån. "
            "Fyll i siffrorna omräknade, om de finns."
        )


def marks(mall: Mall) -> Mapping[str, str]:
    """Return the mark by its names in the file: by these a mall of the wrong enhet, period or report is known."""
    mark = mall.mark
    return {
        "arshjul_format": FORMAT,
        "arshjul_kommun": mark.kommun or "",
        "arshjul_steg": mark.step or "",
        "arshjul_period": mark.period or "",
        "arshjul_enhet": mark.unit or "",
        "arshjul_del": mark.part or "",
    }


def identifier(mall: Mall) -> str:
    """Return ``arshjul/1/hedemora/delarsrapport/2027-08/bildningsnamnden/ekonomi``: the whole mark on one line."""
    return "/".join(("arshjul", *marks(mall).values()))


def fit(text: str) -> str:
    """Return text on one line, without what an office file cannot hold."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
