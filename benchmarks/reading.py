"""How long a workbook of 10 MB and 50 sheets takes to read and judge, in a process of its own, against plain openpyxl.

The mall's sheets lie among sheets full of numbers and texts, as when a report is made inside a working file. Ours is
timed with everything: the process started, the file sent to it, read, the answer checked, and what it holds judged by
the rules. openpyxl only reads the same
bytes in this process, first as one does (``load_workbook``, then find the titles), then the quick way (``read_only``,
and only the mall's sheets). The targets are 1 s and 200 MB, and less time than plain openpyxl in every pair.
"""

import argparse
import random
import re
import resource
import statistics
import sys
import time
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "calendar")]

from openpyxl import Workbook, load_workbook  # noqa: E402 - after the path, so that it runs without an install
from openpyxl.utils import get_column_letter  # noqa: E402 - same

from submissions.files.filled import Filled  # noqa: E402 - same
from submissions.readers.process.apart import read_apart  # noqa: E402 - same
from submissions.review.examining import judged  # noqa: E402 - same
from submissions.templates.mall import NOTHING_KNOWN  # noqa: E402 - same
from tests.rig.files import reading_files  # noqa: E402 - same
from tests.rig.load import hedemora  # noqa: E402 - same

TARGET, TARGET_MEMORY = 1.0, 200_000_000
SHEETS, COLUMNS = 50, 30
LAST_ROW = 1_048_576
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_SHARED = (
    b'<Relationship Id="rIdS" Target="sharedStrings.xml" '
    b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"/>'
)
_SHARED_TYPE = (
    b'<Override PartName="/xl/sharedStrings.xml" '
    b'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
)


def big_workbook(rows: int, *, names: bool = True) -> bytes:
    """Make a mall's workbook with sheets of ``rows`` full rows before and after its own."""
    book = reading_files.workbook(names=names)
    own = len(book.sheetnames)
    for at in range(SHEETS - own):
        book.create_sheet(f"Underlag {at + 1}", index=at if at % 2 else None)
    full = [at + 1 for at, name in enumerate(book.sheetnames) if name.startswith("Underlag")]
    small = reading_files.saved(book)
    strings: list[str] = []
    chance = random.Random(7)
    sheets = {f"xl/worksheets/sheet{at}.xml": _sheet(rows, strings, chance) for at in full}
    mine = [name for name in _sheets_of(book) if name not in sheets]
    sheets |= {name: lambda part: _with_shared_strings(part, strings) for name in mine}
    small = reading_files.rezipped(small, sheets)
    shared = "".join(f"<si><t>{each}</t></si>" for each in strings)
    return reading_files.rezipped(
        small,
        {
            "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}">{shared}</sst>'.encode(),
            "xl/_rels/workbook.xml.rels": lambda part: part.replace(b"</Relationships>", _SHARED + b"</Relationships>"),
            "[Content_Types].xml": lambda part: part.replace(b"</Types>", _SHARED_TYPE + b"</Types>"),
        },
    )


def _sheet(rows: int, strings: list[str], chance: random.Random) -> bytes:
    letters = [get_column_letter(at + 1) for at in range(COLUMNS)]
    lines = []
    for row in range(1, rows + 1):
        strings += [f"Verksamhet {chance.randint(1, 60)}", f"Kommentar {chance.random():.9f} om läget"]
        cells = [f'<c r="{letters[at]}{row}" t="s"><v>{len(strings) - 2 + at}</v></c>' for at in (0, 1)]
        cells += [f'<c r="{each}{row}"><v>{chance.randint(-(10**6), 10**6) / 10}</v></c>' for each in letters[2:]]
        lines.append(f'<row r="{row}">{"".join(cells)}</row>')
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'.encode()


def formatted_workbook() -> bytes:
    """Make a mall's workbook whose first sheet has eight formatted cells in each row, to the last one that there is."""
    cells = "".join(f'<c r="{column}{{0}}" s="1"/>' for column in "ABCDEFGH")
    rows = "".join(f'<row r="{{0}}">{cells}</row>'.format(at) for at in range(40, LAST_ROW + 1))

    def fill(part: bytes) -> bytes:
        return part.replace(b"</sheetData>", f"{rows}</sheetData>".encode())

    return reading_files.rezipped(reading_files.saved(reading_files.workbook()), {"xl/worksheets/sheet1.xml": fill})


def _sheets_of(book: Workbook) -> list[str]:
    return [f"xl/worksheets/sheet{at + 1}.xml" for at in range(len(book.sheetnames))]


def _with_shared_strings(part: bytes, strings: list[str]) -> bytes:
    """Move a sheet's texts to the shared ones, last of all, where Excel puts what was written last."""

    def share(found: re.Match[bytes]) -> bytes:
        strings.append(found[1].decode())
        return b't="s"><v>%d</v></c>' % (len(strings) - 1)

    return re.sub(rb't="inlineStr"><is><t[^>]*>(.*?)</t></is></c>', share, part, flags=re.DOTALL)


def plain(content: bytes) -> int:
    """Find each sheet's titles as one does at first, and count the rows under them."""
    book, found = load_workbook(BytesIO(content), data_only=True), 0
    for asked in reading_files.mall().sheets:
        title = asked.sheet.columns[1].title
        for page in book.worksheets:
            cells = (cell for row in page.iter_rows() for cell in row if isinstance(cell.value, str))
            head = next((cell for cell in cells if " ".join(str(cell.value).split()) == title), None)
            found += sum(1 for _ in page.iter_rows(min_row=head.row + 1)) if head else 0
    return found


def quick(content: bytes) -> int:
    """Read only the mall's own sheets, streaming."""
    book = load_workbook(BytesIO(content), data_only=True, read_only=True)
    return sum(
        sum(1 for _ in book[asked.sheet.title].iter_rows(values_only=True)) for asked in reading_files.mall().sheets
    )


def timed(read: object) -> float:
    begun = time.perf_counter()
    assert callable(read)
    assert read()
    return time.perf_counter() - begun


def computed() -> float:
    """Return the processor time of the reading processes so far, in seconds."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rows", type=int, default=1100, help="rows of each full sheet")
    parser.add_argument("--pairs", type=int, default=2)
    asked = parser.parse_args()
    one = reading_files.owed()
    part = next(each for each in one.parts if each.id == "ekonomi")
    content, mall = big_workbook(asked.rows), reading_files.mall()
    lone = reading_files.saved(reading_files.workbook())
    print(f"{SHEETS} sheets, {len(content) / 1e6:.1f} MB, {SHEETS * asked.rows * COLUMNS / 1e6:.1f} million cells")
    expected = read_apart(lone, "xlsx", mall)
    assert isinstance(expected, Filled) and len(expected.tables) == len(mall.sheets)
    ours, computing, ratios, quicker, memory = [], [], [], [], 0
    for pair in range(asked.pairs):
        begun, before = time.perf_counter(), computed()
        found = read_apart(content, "xlsx", mall)
        assert isinstance(found, Filled)
        judged(hedemora().definition, one, part, found, NOTHING_KNOWN)
        ours.append(time.perf_counter() - begun)
        computing.append(computed() - before)
        if pair == 0:  # later ones are counted with what this process itself held when they were started
            memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
        assert found == expected, found  # what lies around it makes no difference
        ratios.append(timed(lambda: plain(content)) / ours[-1])
        quicker.append(timed(lambda: quick(content)) / ours[-1])
        print(f"  pair {pair + 1}: ours {ours[-1]:.2f} s, plain/ours {ratios[-1]:.1f}, quick/ours {quicker[-1]:.1f}")
    nameless = big_workbook(asked.rows, names=False)
    begun, before = time.perf_counter(), computed()
    assert isinstance(read_apart(nameless, "xlsx", mall), Filled)
    took = time.perf_counter() - begun
    print(f"with its names lost, each sheet looked through: {took:.2f} s, computing {computed() - before:.2f} s")
    formatted = formatted_workbook()
    begun, before = time.perf_counter(), computed()
    assert read_apart(formatted, "xlsx", mall) == expected
    last = time.perf_counter() - begun
    print(
        f"a sheet of {len(formatted) / 1e6:.1f} MB formatted to its last row: {last:.2f} s, computing "
        f"{computed() - before:.2f} s (goal: within {TARGET:.0f} s)"
    )
    print(f"the reading process holds at most {memory / 1e6:.0f} MB (goal: within {TARGET_MEMORY / 1e6:.0f} MB)")
    print(
        f"read and judged, process and all: median {statistics.median(ours):.2f} s (goal: within {TARGET:.0f} s), "
        f"its process computes for {statistics.median(computing):.2f} s"
    )
    print(f"plain openpyxl: {statistics.median(ratios):.1f} times as long; read-only: {statistics.median(quicker):.1f}")
    met = statistics.median(ours) <= TARGET and last <= TARGET and memory <= TARGET_MEMORY and min(ratios) > 1
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
