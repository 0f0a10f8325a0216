"""The avvikelser drawn: a chart in the workbook, and bars for the document. Both can be read in black and white.

An underskott goes to the left and is striped, an överskott goes to the right and is filled: sign, side and pattern
all say the same. The bars for the document have no words in them (the table around them has), so that they look
alike on every machine, whichever fonts it has.
"""

from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import lru_cache
from typing import Any

import resvg_py

from submissions.compilation.compiled import Bar, Chart
from submissions.files.figures import number_text
from submissions.papers.printed_book import SIGNED, Page

SURPLUS, DEFICIT = "2F7AB5", "7D1420"
OVER, UNDER = "Överskott", "Underskott"
WIDTH, HEIGHT = 720, 56  #: of a bar's picture, in pixels
CENTIMETRE = 96 / 2.54  #: in pixels
_FILLED = {"fill": {"color": f"#{SURPLUS}"}}
_STRIPED = {
    "pattern": {"pattern": "wide_upward_diagonal", "fg_color": f"#{DEFICIT}", "bg_color": "#FFFFFF"},
    "border": {"color": f"#{DEFICIT}"},
}
#: an almost level wheel needs no bars as long as the page: the longest bar stands for at least so many tkr
SHORTEST_SCALE = Decimal(100)


def bar_words(bar: Bar) -> str:
    """Return ``underskott 1 200 tkr``, for those who do not see the bar."""
    if bar.amount is None:
        return bar.note
    if not bar.amount:
        return "ingen avvikelse"
    return f"{UNDER if bar.amount < 0 else OVER} {number_text(abs(bar.amount))} tkr".lower()


def chart_words(chart: Chart) -> str:
    """Return the whole chart in words."""
    return f"{chart.title}. {'; '.join(f'{bar.unit_name}: {bar_words(bar)}' for bar in chart.bars)}."


def scale_of(chart: Chart) -> Decimal:
    """Return the amount in tkr that the longest bar stands for."""
    return max([abs(bar.amount) for bar in chart.bars if bar.amount is not None] + [SHORTEST_SCALE])


def add_chart(page: Page, chart: Chart, places: Mapping[str, str]) -> None:
    """Write the avvikelser and draw them beside: ``places`` is where each enhet's avvikelse stands."""
    page.gap()
    page.head(["Enhet", f"{OVER}, tkr", f"{UNDER}, tkr", ""], numbers=(2, 3))
    first = page.at
    for bar in chart.bars:
        page.rule()
        page.put(1, bar.unit_name, bold=True)
        if bar.amount is None:
            page.put(4, bar.note)
        elif bar.unit_name in places:
            column = 3 if bar.amount < 0 else 2
            page.work_out(column, f"={places[bar.unit_name]}", bar.amount, shown=SIGNED)
        page.next()
    last = page.at - 1
    page.gap()
    page.one_page()
    page.written.sheet.insert_chart(
        f"A{page.at}", _drawn(page, chart, first, last), {"description": chart_words(chart)}
    )


def _drawn(page: Page, chart: Chart, first: int, last: int) -> Any:
    drawn = page.written.book.bars()
    low, high, step = map(float, _axis(chart))
    for column, name, look in ((2, OVER, _FILLED), (3, UNDER, _STRIPED)):
        drawn.add_series(
            {
                "name": name,
                "categories": [page.name, first - 1, 0, last - 1, 0],
                "values": [page.name, first - 1, column - 1, last - 1, column - 1],
                "overlap": 100,
                "gap": 50,
                "data_labels": {"value": True},
                **look,
            }
        )
    # of lying bars the y axis has the names: the first enhet at the top, and the amounts below the last
    drawn.set_y_axis(
        {"reverse": True, "label_position": "low", "crossing": "max", "major_gridlines": {"visible": False}}
    )
    lines = {"visible": True, "line": {"color": "#D9D9D9"}}
    drawn.set_x_axis({"num_format": "#,##0", "min": low, "max": high, "major_unit": step, "major_gridlines": lines})
    drawn.set_legend({"position": "bottom"})
    drawn.set_plotarea({"layout": {"x": 0.25, "y": 0.04, "width": 0.71, "height": 0.78}})
    drawn.set_size({"width": 25 * CENTIMETRE, "height": (3.2 + 1.3 * len(chart.bars)) * CENTIMETRE})
    return drawn


def _axis(chart: Chart) -> tuple[Decimal, Decimal, Decimal]:
    """Return where the axis begins and ends and its step: even, with room for the longest bar's number beside it."""
    scale = scale_of(chart)
    even, room = Decimal(1).scaleb(scale.adjusted()), scale / 6
    step = even / 2 if scale < 2 * even else even if scale < 5 * even else even * 2
    amounts = [bar.amount for bar in chart.bars if bar.amount is not None] or [Decimal(0)]
    low, high = min(*amounts, Decimal(0)), max(*amounts, Decimal(0))
    return (
        ((low - (room if low else 0)) / step).to_integral_value(ROUND_FLOOR) * step,
        ((high + (room if high else 0)) / step).to_integral_value(ROUND_CEILING) * step,
        step,
    )


@lru_cache(maxsize=64)
def bar_picture(share: Decimal) -> bytes:
    """Return a bar as a .png: ``share`` is its part of the longest, from −1 (left) to 1 (right), around a nought line."""
    middle, half = WIDTH / 2, WIDTH / 2 - 8
    long = abs(float(share)) * half
    left = middle - long if share < 0 else middle
    fill = "url(#stripes)" if share < 0 else f"#{SURPLUS}"
    edge = DEFICIT if share < 0 else SURPLUS
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}">'
        '<defs><pattern id="stripes" width="12" height="12" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect width="12" height="12" fill="#fff"/>'
        f'<rect width="6" height="12" fill="#{DEFICIT}"/></pattern></defs>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>'
        f'<rect x="{left:.2f}" y="12" width="{long:.2f}" height="{HEIGHT - 24}" fill="{fill}" stroke="#{edge}" '
        f'stroke-width="{2 if long else 0}"/>'
        f'<rect x="{middle - 1.5}" y="0" width="3" height="{HEIGHT}" fill="#1C2430"/></svg>'
    )
    return bytes(resvg_py.svg_to_bytes(svg_string=drawing))
