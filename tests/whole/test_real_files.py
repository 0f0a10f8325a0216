"""More than two hundred real workbooks, texts and mails: each is read, or refused in Swedish, and none breaks anything.

The kinds of what people send that once were read wrong, and where each is held with siblings of its own:

1. Good files that were refused: ``tests/submissions/readers/test_other_makers.py`` (SheetJS, Word Online, names with
   backslash or other case, links that no cell uses), ``tests/submissions/sie/test_sie_as_sent.py`` (plain number forms).
2. Read wrong in silence: ``tests/submissions/readers/test_shown.py`` (number formats, .ods, what nobody sees, two numbers in
   one), ``tests/submissions/review/test_unseen_signs.py``.
3. Lost in silence: ``tests/submissions/review/test_lost_in_silence.py`` (below the sum, copies and second tables, struck out,
   hidden, twice).
4. Units and shares: ``tests/submissions/review/test_units_and_shares.py``.
5. A ledger that contradicts itself: ``tests/submissions/sie/test_agreement.py``; what programs write in it:
   ``test_sie_as_sent.py`` and ``five/test_five.py`` beside it.
6. Mails: ``tests/actions/inbox/test_mail_kinds.py``, each saved one by its name, and ``tests/notifications/mailbox/``.
7. Refusals by name: ``tests/submissions/files/test_foreign.py``; all at once: ``tests/submissions/intake/test_all_at_once.py``;
   a finding's own remedy: ``tests/submissions/review/test_own_remedies.py``.
8. Lists of people: ``tests/store/people/test_people_lists.py``.
9. A sheet formatted to its last row: ``tests/submissions/readers/test_blank_rows.py``.

Here they all come as others wrote them.
"""

from collections import Counter
from pathlib import Path

import pytest

from store.post.incoming import AUTOMATIC, BOUNCE, UNREAD
from submissions.files.contents import look_into
from submissions.files.filled import Filled
from submissions.files.parts import Upload
from submissions.intake import checks
from submissions.intake.checks import HandIn
from submissions.readers.formats.ods import Spreadsheet
from submissions.readers.formats.xlsx import Workbook
from submissions.readers.formats.zipped import Archive
from submissions.readers.here import read_here
from submissions.readers.refusal import Refusal
from submissions.review.examining import judged
from submissions.templates.mall import NOTHING_KNOWN
from tests.rig.files.mails import after_the_first_letters
from tests.rig.files.reading_files import owed, wanted
from tests.rig.files.real_files import MAILS, OFFICE, english_in, unpacked
from tests.rig.load import hedemora

pytestmark = [pytest.mark.nightly, pytest.mark.slow]


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpacked(tmp_path_factory.mktemp("sources"))


def _told(content: bytes, name: str) -> tuple[str, list[str]]:
    """Hand in a file, and return what came of it and every sentence that its sender reads."""
    contents = look_into(content)
    is_text = contents.kind in ("docx", "odt") or "do" in Path(name).suffix
    part = next(each for each in owed().parts if each.id == ("mal-och-resultat" if is_text else "ekonomi"))
    upload = Upload(filename=name, content=content)
    hand_in = HandIn(part=part, upload=upload, contents=contents, fields={}, today=owed().deadline.at.date())
    findings = checks.run(checks.TAKING, hand_in)
    if findings or contents.kind is None:
        return "not taken", [f"{each.message} {each.mend}" for each in findings]
    read = read_here(content, contents.kind, wanted(part.id))
    if isinstance(read, Refusal):
        return "refused", [f"{each.message} {each.mend}" for each in read.every]
    assert isinstance(read, Filled)
    if contents.kind in ("xlsx", "ods"):  # also what the mall does not ask for
        book = Workbook(Archive(content)) if contents.kind == "xlsx" else Spreadsheet(Archive(content))
        assert any(grid.rows for grid in book.grids(book.titles).values())
    judgement = judged(hedemora().definition, owed(), part, read, NOTHING_KNOWN)
    return "read", [f"{each.message} {each.mend}" for each in judgement]


def test_each_workbook_and_text_is_read_or_refused_in_swedish(sources: Path) -> None:
    files = sorted(each for each in sources.rglob("*") if each.suffix.lower() in OFFICE)
    outcomes: Counter[str] = Counter()
    for file in files:
        outcome, told = _told(file.read_bytes(), file.name)
        outcomes[outcome] += 1
        for each in told:
            assert each.endswith(".") and not english_in(each), (file.name, each)
        assert told, file.name  # nobody's mall: each lacks what was asked for
    assert outcomes == {"read": 73, "refused": 1, "not taken": 4}  # pictures of another file; .xls and .xlsm


def test_each_mail_is_taken_in_and_told_of_in_swedish(sources: Path) -> None:
    files = sorted(each for pattern in MAILS for each in sources.glob(pattern))
    desk, states = after_the_first_letters(), Counter[str]()
    for file in files:
        row = desk.take(file.read_bytes()).row
        states[row.state] += 1
        assert row.state in (UNREAD, BOUNCE, AUTOMATIC), (file.name, row.state)
        assert row.note.endswith((".", ").")) and not english_in(row.note), (file.name, row.note)
        assert "oväntat fel" not in row.note, file.name
    assert states == {UNREAD: 139, AUTOMATIC: 1}  # whatever a server wrote somebody sees; one is an answering machine's
