"""Citable sources: a provision of law, or a heading or § of a styrdokument. No lagrum, no rule."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from arshjul.wordings import in_lkbr

# Which wording of kommunallagen and LKBR the rules were read from is told by ``wordings``.

_LAW = re.compile(r"(?:KL|LKBR) \d+ kap\. \d+( [a-z])? §|lag \(\d{4}:\d+\) (\d+ kap\. )?\d+( [a-z])? §")
#: A recommendation of Rådet för kommunal redovisning, by its number: god redovisningssed (LKBR 1 kap. 4 §), no law.
_RECOMMENDATION = re.compile(r"RKR R\d{1,2}")
#: What no bolag can be held to: LKBR and RKR are of kommuner, and these say what nämnder, beredningar and anställda do.
_NOT_FOR_BOLAG = re.compile(r"(LKBR|RKR) .+|KL 6 kap\. (6|12) §|KL 11 kap\. (9|17|18) §")
_UPPSIKT = "KL 6 kap. 1 §"  #: styrelsen has uppsikt over the bolag, too
_DOCUMENT = re.compile(r'([a-zåäö0-9-]+)(?: ("[^"]+"|§ \d+))?')


@dataclass(frozen=True, slots=True)
class Lagrum:
    """One or more sources, as ``KL 11 kap. 16 §; styrmodell "Delårsrapport"`` in a definition."""

    text: str  #: as people read it: "KL 11 kap. 16 §; Hedemora styrmodell, ”Delårsrapport”"
    statutory: bool  #: whether one of the sources is a law

    def __str__(self) -> str:
        return self.text

    def towards(self, kind: str) -> "Lagrum":
        """Return what can be cited to an enhet of a kind: a bolag is told no law that was written for nämnder.

        What nothing is left of is styrelsens uppsikt, KL 6 kap. 1 §.
        """
        if kind != "bolag" or not self.not_for_bolag:
            return self
        kept = [each for each in self.text.split("; ") if each not in self.not_for_bolag] or [_UPPSIKT]
        return Lagrum("; ".join(kept), any(_LAW.fullmatch(each) for each in kept))

    @property
    def not_for_bolag(self) -> tuple[str, ...]:
        """The sources in it that no bolag can be held to."""
        return tuple(each for each in self.text.split("; ") if _NOT_FOR_BOLAG.fullmatch(each))


def parse_lagrum(read: str, documents: dict[str, str] | Collection[str]) -> Lagrum:
    """Read a citation. ``documents`` are the definition's källor: id, or id to the name that people read.

    Raises ValueError (Swedish, with what is allowed) for a source that is neither law nor one of the documents.
    """
    names = documents if isinstance(documents, dict) else {name: name for name in documents}
    words, statutory = [], False
    for source in (part.strip() for part in read.split(";")):
        found = _DOCUMENT.fullmatch(source)
        if _LAW.fullmatch(source):
            statutory = True
            words.append(source)
        elif _RECOMMENDATION.fullmatch(source):
            words.append(source)
        elif found and found[1] in names:
            place = (found[2] or "").replace('"', "”")
            words.append(f"{names[found[1]]}, {place}" if place else names[found[1]])
        elif now := in_lkbr(source):
            raise ValueError(
                f"'{source}' är upphävd; skriv {now}, lagen (2018:597) om kommunal bokföring och redovisning"
            )
        else:
            raise ValueError(
                f"okänd källa '{source}'; skriv ett lagrum (KL 11 kap. 16 §), en av RKR:s rekommendationer (RKR R17) eller "
                "en av källorna "
                f'{", ".join(sorted(names))} med rubrik inom citattecken (styrmodell "Delårsrapport")'
            )
    return Lagrum("; ".join(words), statutory)
