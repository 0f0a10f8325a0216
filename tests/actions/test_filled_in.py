"""What people write in a form, a page or a command, read alike."""

from datetime import time

import pytest

from actions.filled_in import asked_clock
from arshjul.errors import RefusedError


@pytest.mark.parametrize("read", ["08.30", "8.30", "8:30", " 08:30 ", "08:30:00"])
def test_a_clock_time_is_read_as_people_and_browsers_write_it(read: str) -> None:
    assert asked_clock(read) == time(8, 30)


@pytest.mark.parametrize("read", ["25.00", "halv nio", "8.3", "08.60", "."])
def test_what_is_no_clock_time_is_refused_with_how_to_write_one(read: str) -> None:
    with pytest.raises(RefusedError, match=r"Skriv klockslaget som 08[.]30, eller lämna det tomt"):
        asked_clock(read)
    assert asked_clock("  ") is None
