"""Every rule that a definition can put in force, in the order in which findings are told."""

from collections.abc import Mapping

from submissions.review.case import Registered
from submissions.review.rules import (
    against_ledger,
    deviations,
    filled_cells,
    forecast,
    goals,
    identity,
    investments,
    left_out,
    sameness,
    shape,
    sickness,
    statements,
    sums,
    texts,
    units,
)

#: the rules by what they look at, in the words of the public list
CHAPTERS: Mapping[str, tuple[Registered, ...]] = {
    "Vems filen är": identity.RULES,
    "Blad, kolumner, rader och rutor": (*shape.RULES, *filled_cells.RULES, *left_out.RULES),
    "Tkr, kronor och miljoner": units.RULES,
    "Tecken och summor": sums.RULES,
    "Resultat, balans och kassaflöde": statements.RULES,
    "Mot bokföringen och andra perioder": (*against_ledger.RULES, *sameness.RULES),
    "Prognosen och ramen": forecast.RULES,
    "Avvikelser och åtgärder": deviations.RULES,
    "Mål": goals.RULES,
    "Investeringar": investments.RULES,
    "Sjukfrånvaro": sickness.RULES,
    "Texter": texts.RULES,
}

REGISTRY: Mapping[str, Registered] = {each.id: each for chapter in CHAPTERS.values() for each in chapter}
