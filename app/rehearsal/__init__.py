"""A year played through in advance, with production's own functions and a clock of its own. No letter leaves it."""
