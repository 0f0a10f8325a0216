"""How many examples a property is tried on: some by day, which are the same in each run, and all of them by night."""

import os


def examples(by_night: int) -> int:
    """Return how many of Hypothesis's examples are tried in this run, of so many ``by_night`` (EXAMPLES=anew)."""
    return by_night if os.environ.get("EXAMPLES") else max(10, by_night // 3)
