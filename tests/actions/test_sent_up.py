"""What is sent up before it is handed in has its bounds, and one that is refused leaves what is there alone."""

from datetime import timedelta

import pytest

from actions.sent_up import MOST_WAITING, keep_in_draft
from arshjul.errors import RefusedError
from store.handins import drafts
from store.tables import DraftFile
from tests.rig.handins import BIN_PROTOKOLL, BIN_UNDERLAG, NOW, town

pytestmark = pytest.mark.whole
CHIEF, PART = "forvaltningschef.bildning@example.se", "delarsrapport.underlag.ekonomi"


@pytest.fixture
def session():
    with town().store.begin() as session:
        yield session


def waits(session, size, *, key=BIN_UNDERLAG, part=PART, at=NOW):
    """Let a file of so many bytes lie in the draft."""
    row = DraftFile(
        person_id=CHIEF, obligation_key=key, part=part, filename="stor.xlsx", size=size, content=b"", saved_at=at
    )
    session.add(row)
    session.flush()


def keep(session, content=b"12345678", part=PART):
    keep_in_draft(session, CHIEF, BIN_UNDERLAG, part, "ny.xlsx", content, NOW)
    return [row.filename for row in drafts.files(session, CHIEF, [BIN_UNDERLAG])]


@pytest.mark.parametrize("beside", [{"key": BIN_PROTOKOLL}, {"part": None}, {"part": "delarsrapport.underlag.risk"}])
def test_a_draft_has_room_for_so_much_and_a_file_that_does_not_fit_takes_nobodys_place(session, beside):
    waits(session, 8)
    waits(session, MOST_WAITING - 8, **beside)
    assert "ny.xlsx" in keep(session)
    with pytest.raises(RefusedError, match="har plats för 100 MB"):
        keep(session, b"123456789")
    assert "ny.xlsx" in [row.filename for row in drafts.files(session, CHIEF, [BIN_UNDERLAG])]


def test_a_file_whose_part_is_not_known_takes_no_ones_place(session):
    waits(session, MOST_WAITING - 8, part=None)
    assert keep(session, part=None) == ["stor.xlsx", "ny.xlsx"]
    with pytest.raises(RefusedError):
        keep(session, b"1", part=None)


def test_what_is_forgotten_takes_no_room(session):
    waits(session, MOST_WAITING, at=NOW - timedelta(days=31))
    assert keep(session) == ["ny.xlsx"]
