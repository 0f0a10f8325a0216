"""Mutated files: whatever was done to one, it is read or refused in words; nothing is raised and nothing is endless."""

import random
import zipfile
from collections.abc import Callable
from functools import cache
from io import BytesIO

import pytest

from submissions.files.contents import look_into
from submissions.files.filled import Filled
from submissions.files.foreign import foreign_of
from submissions.readers.formats.number_formats import shown_by
from submissions.readers.formats.outside_links import Links
from submissions.readers.here import read_here
from submissions.readers.refusal import Refusal
from submissions.readers.wanted import Wanted
from tests.rig.files.reading_files import document, saved, saved_text, wanted, workbook
from tests.rig.paths import TESTS

# two parts of one name are one of the things that are tried
pytestmark = [pytest.mark.whole, pytest.mark.filterwarnings("ignore:Duplicate name")]

FILES = TESTS / "files"


@cache
def seeds() -> tuple[tuple[str, bytes, Wanted], ...]:
    text = wanted("mal-och-resultat")
    return (
        ("xlsx", saved(workbook()), wanted()),
        ("xlsx", (FILES / "ekonomi-libreoffice.xlsx").read_bytes(), wanted()),
        ("ods", (FILES / "ekonomi-libreoffice.ods").read_bytes(), wanted()),
        ("docx", saved_text(document()), text),
        ("odt", (FILES / "berattelse-libreoffice.odt").read_bytes(), text),
        ("pdf", (FILES / "berattelse-libreoffice.pdf").read_bytes(), text),
    )


#: what stands in such files and decides something, put where it does not belong
WORDS = (
    b'<row r="1048577"><c r="ZZZ99999999"><v>1e999</v></c></row>', b'<f t="shared" si="0">[1]A!A1</f>', b'r="A1"', b't="s"',
    b'numFmtId="-1"', b'formatCode="[&gt;=1e5]0,,;[&lt;"', b'Target="../../../etc/passwd"', b'TargetMode="External"',
    b'Type="/officeDocument"', b'table:number-rows-repeated="999999999999"', b'office:value="NaN"', b"</row>", b"<row", b"\0",
    b'table:formula="of:=[\'file:///a%"', b"&#x0;", b"&amp;", b'number:display-factor="0"', b"\xff\xfe", b"]]>", b"<!--",
    b'style:parent-style-name="egen" style:name="egen"', b'PartName="/xl/workbook.xml"',
)  # fmt: skip


def mutated(content: bytes, chance: random.Random) -> bytes:
    """Change some parts of a zipped file, or the bytes of any other."""
    if not content.startswith(b"PK") or chance.random() < 0.2:
        return _changed(content, chance)
    into = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        spoilt = chance.sample(names, k=min(len(names), chance.randint(1, 3)))
        for name in names:
            part = _changed(old.read(name), chance) if name in spoilt else old.read(name)
            entry = zipfile.ZipInfo(name)
            if name in spoilt and chance.random() < 0.2:
                entry.filename = chance.choice(
                    [name.upper(), name.replace("/", "\\"), f"/{name}", names[0], f"{name}2"]
                )
            new.writestr(entry, part)
    return into.getvalue()


def _changed(part: bytes, chance: random.Random) -> bytes:
    made = bytearray(part)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(made) + 1)
        size = chance.choice([1, 1, 4, 40, 400])
        match chance.randrange(4):
            case 0:
                made[at : at + size] = b""
            case 1:
                made[at:at] = chance.choice(WORDS)
            case 2:
                made[at : at + size] = made[at : at + size] * 2
            case _:
                made[at : at + 1] = bytes([chance.randrange(256)])
    return bytes(made)


def read_all(numbers: range) -> int:
    """Read so many mutated files; return how many of them could still be read."""
    read = 0
    for number in numbers:
        chance = random.Random(number)
        kind, content, asked = chance.choice(seeds())
        spoilt = mutated(content, chance)
        look_into(spoilt)
        found = read_here(spoilt, kind, asked)
        assert isinstance(found, Filled | Refusal), number
        if isinstance(found, Refusal):
            assert all(each.message.endswith(".") and each.mend.endswith(".") for each in found.every), number
        read += isinstance(found, Filled)
    return read


def test_a_mutated_file_is_read_or_refused_in_words() -> None:
    assert 5 < read_all(range(80)) < 75


@pytest.mark.nightly
def test_thousands_of_mutated_files_are_read_or_refused_in_words() -> None:
    assert read_all(range(1000, 5000)) > 100


@pytest.mark.parametrize(
    "ask",
    [
        lambda: shown_by(164, "[a]" * 130 + "\\"),
        lambda: shown_by(164, "y" * 390 + "x"),
        lambda: shown_by(164, '"' * 399),
        lambda: shown_by(164, "aa" * 199 + "b;" * 3),
        lambda: Links({"1": "x"}).of("'" * 8001 + "["),
        lambda: Links().of("'a" * 4000 + "'#"),
        lambda: foreign_of(b"a-b:" * 1000),
        lambda: foreign_of(b"<?xml " + b"<!" * 2000),
    ],
)
def test_no_text_makes_a_search_endless(ask: Callable[[], object]) -> None:
    ask()  # a search that tries every way would not end in a lifetime
