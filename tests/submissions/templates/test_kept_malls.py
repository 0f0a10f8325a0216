"""What a municipality hands out is the same bytes as before, until somebody means it to be another."""

from tests.rig.files.kept_malls import FILE, kept_malls


def test_the_mallar_are_the_same_bytes_as_before() -> None:
    was = FILE.read_text(encoding="utf-8").splitlines()
    now = kept_malls()
    changed = [line for line in now if line not in was] + [f"not any more: {line}" for line in was if line not in now]
    assert changed == [] and now == was, "if that was meant: make malls"
