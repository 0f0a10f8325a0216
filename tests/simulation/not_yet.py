"""The invariants that do not hold yet, each with a sentence on what breaks it. Empty is the aim."""

from collections.abc import Mapping

NOT_YET: Mapping[str, str] = {}
