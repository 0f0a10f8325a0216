"""Words that follow their number."""

import pytest

from arshjul.swedish import enheter_done, enheter_of


@pytest.mark.parametrize(
    ("done", "of", "words"),
    [(0, 1, "0 av 1 enhet klar"), (1, 1, "1 av 1 enhet klar"), (1, 6, "1 av 6 enheter klara")],
)
def test_of_one_enhet_it_is_said_as_of_one(done: int, of: int, words: str) -> None:
    assert enheter_done(done, of) == words
    assert words.startswith(enheter_of(done, of))
