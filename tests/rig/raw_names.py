"""Names that only the service knows: ids of a definition, words of code, and what Python calls a fault."""

import re

from arshjul.definition.model import Definition


def raw_names(definition: Definition) -> re.Pattern[str]:
    """Return what finds one in what people read; an id that is a Swedish word is none, and an address may hold any."""
    krav = {krav for step in definition.steps.values() for krav in (*step.krav, *step.moments)}
    parts = {part for step in definition.steps.values() for each in step.krav.values() for part in each.parts}
    named = {
        id_: each.name.lower()
        for id_, each in (*definition.steps.items(), *definition.roles.items(), *definition.units.items())
    }
    ids = {id_ for id_ in (*krav, *parts, *named) if "-" in id_ or "_" in id_ or named.get(id_, id_) != id_}
    every = "|".join(re.escape(each) for each in sorted(ids, key=len, reverse=True))
    return re.compile(rf"(?<![\w/@.:=?-])(?:{every}|[a-z]+_[a-z_]+|[A-Z][a-z]+[A-Z]?\w*Error)(?![\w@/=-]|\.\w)")
