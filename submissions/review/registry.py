"""Every rule that a definition can put in force, in the order in which findings are told."""

from collections.abc import Mapping

from submissions.review import (
    deviations,
    forecast,
    goals,
    identity,
    investments,
    ledger,
    sameness,
    shape,
    sickness,
    statements,
    sums,
    texts,
    units,
)
from submissions.review.case import Registered

_ALL = (
    *identity.RULES,
    *shape.RULES,
    *units.RULES,
    *sums.RULES,
    *statements.RULES,
    *ledger.RULES,
    *sameness.RULES,
    *forecast.RULES,
    *deviations.RULES,
    *goals.RULES,
    *investments.RULES,
    *sickness.RULES,
    *texts.RULES,
)

REGISTRY: Mapping[str, Registered] = {each.id: each for each in _ALL}
