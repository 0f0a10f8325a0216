"""The mallar of the municipalities as they were last meant to be, by digest: ``make malls`` writes them anew.

A mall's line is its parts' digests, a sheet's that of what stands on it: the table, its words and its rules. What the
library writes of itself (versions, how it packs) is left out.
"""

import hashlib
import re
from collections.abc import Iterator
from io import BytesIO
from zipfile import ZipFile

from arshjul.definition.reading import read_definition
from arshjul.year.turning import turn
from submissions.templates.given_malls import MallFile, handed_out, has_mall
from submissions.templates.mall import NOTHING_KNOWN
from submissions.templates.own import own_files
from tests.rig.load import SHIPPED, file_of
from tests.rig.paths import ROOT

FILE = ROOT / "tests" / "files" / "mallar.txt"
YEAR = 2027
MADE_UP = ("granvik",)  #: whose register prefills a sheet
_OF_THE_LIBRARY = ("docProps/app.xml",)
_DIGITS = 16


def kept_malls() -> list[str]:
    """Return a line for each mall that a municipality hands out in the year, and one for each of its sheets.

    Of what is filled in alike by several enheter, or in several periods, that of the first.
    """
    return [line for town in (*SHIPPED, *MADE_UP) for line in _of(town)]


def _of(town: str) -> Iterator[str]:
    file = file_of(town)
    sourced = read_definition(file.read_text(encoding="utf-8"), file.name)
    wheel = turn(sourced.definition, [YEAR], strict=False)
    own, seen = own_files(sourced, file.parent), set()
    for one in wheel.obligations.values():
        for part in one.parts:
            asked = (one.step, one.krav, part.id, part.sheets, tuple(each.id for each in part.headings))
            if asked not in seen and has_mall(sourced.definition, one, part):
                seen.add(asked)
                mall = handed_out(sourced.definition, own, one, part, NOTHING_KNOWN)
                yield from _lines(f"{town} {one.occurrence.path} {one.krav} {part.id} {one.unit}", mall)


def _lines(name: str, mall: MallFile) -> Iterator[str]:
    with ZipFile(BytesIO(mall.content)) as packed:
        members = {each: packed.read(each) for each in sorted(packed.namelist()) if each not in _OF_THE_LIBRARY}
    yield f"{_digest(*(part for each, content in members.items() for part in (each.encode(), content)))}  {name}"
    if "xl/workbook.xml" in members:
        titles = re.findall(r'<sheet [^>]*?name="([^"]+)"', members["xl/workbook.xml"].decode())
        for number, title in enumerate(titles, 1):
            yield f"{_digest(members[f'xl/worksheets/sheet{number}.xml'])}    {title}"


def _digest(*contents: bytes) -> str:
    return hashlib.sha256(b"\0".join(contents)).hexdigest()[:_DIGITS]


if __name__ == "__main__":
    FILE.write_text("\n".join(kept_malls()) + "\n", encoding="utf-8")
