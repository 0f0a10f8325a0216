"""Seeds that have found a fault, each with what it found. They stay: continuous integration runs them all."""

from collections.abc import Mapping

FAULT_SEEDS: Mapping[int, str] = {}
