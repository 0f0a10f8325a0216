"""Simulated years on a real PostgreSQL, with hand-ins, acts and rounds in threads at the same moment."""

from collections.abc import Callable

import pytest

from tests.simulation.together import run_together

pytestmark = pytest.mark.slow


def test_what_happens_at_once_breaks_no_invariant(postgres_url: str) -> None:
    year = run_together(3, postgres_url, since=(9, 13), days=12)
    assert not year.violations, str(year.violations[0])
    assert year.letters > 10


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(1, 60))
def test_whole_years_of_what_happens_at_once(seed: int, new_postgres_url: Callable[[], str]) -> None:
    year = run_together(seed, new_postgres_url())
    assert not year.violations, str(year.violations[0])
