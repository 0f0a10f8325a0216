"""Mutated files by the ten thousand: each is read or refused with words, and nothing else ever happens.

    python -m tests.fuzz --files 20000 --format xlsx --seed 1

A file is made from its number alone (format, seed, number), out of real ones: bytes of the archive are flipped, cut
and put in, or a part of it is changed as bytes or as XML and zipped anew. It is read in a worker process under limits,
so that one that dies or hangs is a failure too. A failure is printed with its number and its file is kept.
"""

import argparse
import json
import multiprocessing
import random
import re
import resource
import signal
import sys
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from io import BytesIO
from multiprocessing.connection import Connection
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "calendar")]

from lxml import etree  # noqa: E402 - after the path, so that it runs without an install

from submissions.files.filled import Filled  # noqa: E402
from submissions.readers.here import read_here  # noqa: E402
from submissions.readers.refusal import Refusal  # noqa: E402
from submissions.sie.sie_reading import read_sie  # noqa: E402
from submissions.sie.values import SieReading  # noqa: E402
from tests.rig.files import reading_files  # noqa: E402
from tests.rig.files.books import book  # noqa: E402
from tests.rig.files.five_books import as_five  # noqa: E402

FORMATS = ("xlsx", "ods", "docx", "odt", "pdf", "sie")
SECONDS = 20  #: a file may take so long
MEMORY = 1500 * 1024 * 1024  #: of a worker, which holds the tests' own files too
_SAVED = ROOT / "tests" / "files"
_NUMBERS = (b"0", b"-1", b"1", b"65536", b"1048577", b"16385", b"2147483648", b"99999999999999999999", b"1e308", b"NaN",
            b"-0.0", b"", b"\xc2\xb2", b"0x10", b"A1", b"#REF!", b"_x0000_", b"_xD800_")  # fmt: skip
_PIECES = (b"<", b">", b"&", b"\0", b"&#0;", b"&lol;", b"]]>", b"<!--", b"<!DOCTYPE x>", b"<?x?>", b'"', b"\xff\xfe",
           b"\xed\xa0\x80", b"<a>" * 300, b" " * 5000, b"\xc3\xa5" * 3000, b"../" * 20, b"$", b"!", b"'", b"{", b"}",
           b"%PDF-", b"endobj", b"<<", b">>", b"/Encrypt", b"#TRANS", b"\r")  # fmt: skip


@cache
def originals(kind: str) -> tuple[tuple[bytes, str], ...]:
    """Return the real files of a format, each with the part that it is read as."""
    if kind == "sie":
        every = sorted((ROOT / "tests" / "sie").iterdir())
        classic = [each.read_bytes() for each in every if each.suffix.lower() in (".se", ".si")]
        return tuple((each[:60_000], "") for each in (*classic, as_five(book()), as_five(book(kind=4))))
    table = kind in ("xlsx", "ods")
    made = [] if kind in ("ods", "odt") else [_MADE[kind]()]
    part = "ekonomi" if table else "mal-och-resultat"
    return tuple((each, part) for each in [*made, *(file.read_bytes() for file in sorted(_SAVED.glob(f"*.{kind}")))])


_MADE: dict[str, Callable[[], bytes]] = {
    "xlsx": lambda: reading_files.saved(reading_files.workbook()),
    "docx": lambda: reading_files.saved_text(reading_files.document()),
    "pdf": lambda: reading_files.as_pdf(
        "2. Förväntad utveckling\nDet går bra.", "Ekonomisk analys\nAllt väl.", image=True
    ),
}


def mutated(kind: str, seed: int, number: int) -> tuple[bytes, str]:
    """Return the file with this number, and the part that it is read as."""
    chance = random.Random(f"{kind}/{seed}/{number}")
    content, part = chance.choice(originals(kind))
    if kind in ("pdf", "sie") or chance.random() < 0.3:
        return _bytes(content, chance), part
    return _inner(content, chance), part


def _bytes(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 3, 8, 30))):
        at, size = chance.randrange(len(changed) + 1), chance.choice((1, 1, 2, 4, 16, 200))
        what = chance.randrange(8)
        if what == 0 and at < len(changed):
            changed[at] ^= 1 << chance.randrange(8)
        elif what == 1 and at < len(changed):
            changed[at] = chance.randrange(256)
        elif what == 2:
            del changed[at : at + size]
        elif what == 3:
            changed[at:at] = chance.randbytes(size)
        elif what == 4:
            changed[at:at] = chance.choice(_PIECES)
        elif what == 5:
            start = chance.randrange(len(changed) + 1)
            changed[at:at] = changed[start : start + size * 4]
        elif what == 6:
            _change_number(changed, at, chance)
        elif chance.random() < 0.3:
            del changed[at:]
    return bytes(changed)


def _change_number(changed: bytearray, at: int, chance: random.Random) -> None:
    found = re.compile(rb"[0-9]+").search(changed, at)
    if found:
        changed[found.start() : found.end()] = chance.choice(_NUMBERS)


def _inner(content: bytes, chance: random.Random) -> bytes:
    """Change one to three of the parts, and zip them anew, validly."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    names = sorted(name for name in parts if name.endswith((".xml", ".rels")) and "theme" not in name)
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        name = chance.choice(names)
        if name not in parts:
            continue
        what = chance.random()
        if what < 0.03:
            del parts[name]
        elif what < 0.35:
            parts[name] = _bytes(parts[name], chance)
        else:
            parts[name] = _tree(parts[name], chance)
    into = BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return into.getvalue()


def _tree(part: bytes, chance: random.Random) -> bytes:
    """Change elements of a part, which stays well formed."""
    try:
        root = etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:  # it was changed before
        return part
    every = list(root.iter("*"))
    for _ in range(chance.choice((1, 2, 5))):
        one = chance.choice(every)
        what, above = chance.randrange(7), one.getparent()
        if what == 0 and above is not None:
            above.remove(one)
        elif what == 1 and above is not None:
            above.insert(above.index(one), etree.fromstring(etree.tostring(one, with_tail=False)))
        elif what == 2 and one.attrib:
            key = chance.choice(sorted(map(str, one.attrib)))
            one.set(key, _text(chance))
        elif what == 3 and one.attrib:
            del one.attrib[chance.choice(sorted(map(str, one.attrib)))]
        elif what == 4:
            one.text = _text(chance)
        elif what == 5:
            one.tag = chance.choice(every).tag
        else:
            other = chance.choice(every)
            for key, value in other.attrib.items():
                one.set(key, value)
    return etree.tostring(root)


def _text(chance: random.Random) -> str:
    text = chance.choice(_NUMBERS + _PIECES).decode("utf-8", "replace")
    return "".join(each for each in text if each >= " " and each not in "\ufffe\uffff")


def judged(kind: str, content: bytes, part: str) -> str:
    """Read one file, and say what became of it. Raises whatever the reader raises."""
    if kind == "sie":
        reading = read_sie(content)
        assert isinstance(reading, SieReading)
        assert all(each.message for each in reading.findings)
        return "läst" if reading.usable else "anmärkt"
    found = read_here(content, kind, reading_files.wanted(part))
    if isinstance(found, Refusal):
        assert found.rule and found.message and found.mend
        return found.rule
    assert found == Filled.from_json(found.to_json())
    kept = json.dumps(found.to_json(), ensure_ascii=False)
    assert "\\u0000" not in kept  # no store keeps these, nor half characters:
    kept.encode()
    return "läst"


def _work(kind: str, seed: int, numbers: Connection, at: "multiprocessing.sharedctypes.Synchronized[int]") -> None:
    originals(kind)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while True:
        number = numbers.recv()
        at.value = number
        content, part = mutated(kind, seed, number)
        signal.alarm(SECONDS)
        try:
            said = judged(kind, content, part)
        except BaseException:  # the point of it: also what is no Exception
            said = "!" + traceback.format_exc()
        signal.alarm(0)
        numbers.send(said)


def results(kind: str, seed: int, numbers: range) -> Iterator[tuple[int, str]]:
    """Give what became of each file; a worker that died tells with a "!"."""
    spawn = multiprocessing.get_context("spawn")
    left = iter(numbers)
    number = next(left, None)
    while number is not None:
        ours, theirs = spawn.Pipe()
        at = spawn.Value("q", -1)
        worker = spawn.Process(target=_work, args=(kind, seed, theirs, at), daemon=True)
        worker.start()
        theirs.close()
        try:
            while number is not None:
                ours.send(number)
                said = ours.recv()
                yield number, said
                number = next(left, None)
            worker.terminate()
        except (EOFError, BrokenPipeError, ConnectionResetError):
            worker.join()
            yield at.value, f"! arbetsprocessen dog med {worker.exitcode}"
            number = next(left, None)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--first", type=int, default=0, help="the first number, to see a failure again")
    parser.add_argument("--format", choices=FORMATS, action="append", help="more than once for several; else all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=Path("fuzz-failures"), help="the folder that failures are kept in")
    asked = parser.parse_args()
    failures = sum(run(kind, asked) for kind in asked.format or FORMATS)
    return 1 if failures else 0


def run(kind: str, asked: argparse.Namespace) -> int:
    """Run one format, and return how many failed."""
    counted: Counter[str] = Counter()
    begun, shown, failures = time.monotonic(), 0.0, 0
    for number, said in results(kind, asked.seed, range(asked.first, asked.first + asked.files)):
        if said.startswith("!"):
            failures += 1
            asked.keep.mkdir(parents=True, exist_ok=True)
            file = asked.keep / f"{kind}-{asked.seed}-{number}.{kind}"
            file.write_bytes(mutated(kind, asked.seed, number)[0])
            print(f"FAILURE --format {kind} --seed {asked.seed} --first {number} --files 1 ({file})\n{said[1:]}")
        counted["fel" if said.startswith("!") else said] += 1
        if time.monotonic() - shown > 30:
            shown = time.monotonic()
            print(f"{kind}: {counted.total()} files in {shown - begun:.0f} s, {failures} failures", flush=True)
    told = ", ".join(f"{name} {count}" for name, count in counted.most_common())
    print(
        f"{kind}: {counted.total()} files in {time.monotonic() - begun:.0f} s, {failures} failures: {told}", flush=True
    )
    return failures


if __name__ == "__main__":
    sys.exit(main())
