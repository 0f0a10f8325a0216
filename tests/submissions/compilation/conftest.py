"""A town that has handed in: made once for those who only look."""

from tests.rig.files.six_units import here as here
