"""The wording that each provision of law was read in: the SFS number that gave it, and the day of the text.

The rules of ``check`` were written from these texts and no others: a provision that is not here has not been read, and
nothing is said of its wording. Compare with the official text before a release, and change the day when it is done.
"""

import re
from dataclasses import dataclass
from datetime import date

from arshjul.swedish import said_day

_SOURCE = re.compile(r"(KL|LKBR) (\d+) kap\. (\d+(?: [a-z])?) §")
_OTHER_LAW = re.compile(r"lag \((\d{4}:\d+)\) .+")


@dataclass(frozen=True, slots=True)
class Law:
    """A law as it was read."""

    name: str  #: inside a sentence
    sfs: str
    up_to: str  #: the last amendment that the text has
    day: date  #: of the text
    chapters: int | None = None  #: how many it has; None: not read


#: KL's text was published on the day; SFS 2025:450 after it changes 12 kap. 3 § alone, which nothing here cites. LKBR's
#: is the one that holds from the day.
LAWS = {
    "KL": Law("kommunallagen", "2017:725", "2025:374", date(2025, 5, 26)),
    "LKBR": Law("lagen om kommunal bokföring och redovisning", "2018:597", "2024:345", date(2024, 7, 1), 13),
}

#: By law and chapter: the provisions read in it, each with what last changed it; None: as it was first written.
_READ: dict[tuple[str, int], dict[str, str | None]] = {
    ("KL", 5): {"9": None, "12": None, "13": "2019:835", "14": None, "15": None, "24": None, "32": None},
    ("KL", 6): {
        "1": "2019:835",
        "6": "2025:374",
        "9": None,
        "11": "2019:835",
        "12": "2019:835",
        "13": None,
        "23": None,
        "37": "2022:638",
        "41": None,
    },
    ("KL", 7): {"4": None},
    ("KL", 8): {"16 a": "2023:642"},
    ("KL", 11): {
        "1": "2023:642",
        "5": "2023:642",
        "6": None,
        "6 a": "2023:642",
        "7": None,
        "8": "2019:835",
        "9": None,
        "10": None,
        "11": None,
        "12": "2018:600",
        "13": None,
        "14": "2023:642",
        "15": None,
        "16": "2018:600",
        "17": None,
        "18": None,
        "19": None,
        "20": None,
        "21": None,
        "22": "2019:835",
    },
    ("KL", 12): {"2": None, "12": "2019:835"},
    ("LKBR", 2): {"4": None},
    ("LKBR", 3): {"2": "2019:986", "13": "2024:345"},
    ("LKBR", 4): {"1": None, "2": None, "3": "2019:986"},
    ("LKBR", 9): {"1": None, "3": "2019:986", "4": None},
    ("LKBR", 10): {"1": None, "2": "2019:986"},
    ("LKBR", 11): {
        "1": "2019:986",
        "2": "2019:986",
        "3": "2019:986",
        "4": "2019:986",
        "5": None,
        "6": "2019:986",
        "7": None,
        "8": None,
        "9": "2019:986",
        "10": "2023:643",
        "11": None,
        "12": "2023:643",
        "13": "2019:986",
    },
    ("LKBR", 12): {"2": "2019:986"},
    ("LKBR", 13): {"1": None, "2": None, "3": None},
}

#: Laws that are repealed, and what holds in their place.
_REPEALED = {
    "1991:900": "kommunallagen (2017:725), skriv KL",
    "1997:614": "lagen (2018:597) om kommunal bokföring och redovisning, skriv LKBR",
}

#: Lagen (1997:614) om kommunal redovisning, as it was called: repealed from 2019. Where LKBR has what stood in a
#: provision of it, and where in a chapter of it.
_KRL = re.compile(r"(?:KRL|lag \(1997:614\))(?: (\d+) kap\.)?(?: (\d+(?: [a-z])?) §)?(?: .*)?")
_PROVISIONS = {
    ("3", "1"): "LKBR 4 kap. 1 §",
    ("4", "1 a"): "LKBR 11 kap. 6 §",
    ("9", "1"): "LKBR 13 kap. 1 §",
    ("9", "2"): "LKBR 13 kap. 2 §",
    ("9", "3"): "LKBR 13 kap. 3 §",
}
_CHAPTERS = {"1": "1", "2": "3", "3": "4", "4": "11", "6": "7", "7": "8", "8": "12", "9": "13"}


@dataclass(frozen=True, slots=True)
class Wording:
    """A provision, the SFS number that gave it its wording, and the day of the text that it was read in."""

    lagrum: str
    sfs: str
    day: date

    def __str__(self) -> str:
        return f"{self.lagrum}, SFS {self.sfs}, lydelsen {said_day(self.day)}"


def wording_of(lagrum: str) -> Wording | None:
    """Return the wording that one provision was read in, ``KL 11 kap. 8 §``; None for what has not been read."""
    found = _SOURCE.fullmatch(lagrum)
    here = _READ.get((found[1], int(found[2])), {}) if found else {}
    if not found or found[3] not in here:
        return None
    law = LAWS[found[1]]
    return Wording(lagrum, here[found[3]] or law.sfs, law.day)


def wordings_of(lagrum: str | None) -> tuple[Wording, ...]:
    """Return the wordings of all that is cited, ``KL 11 kap. 8 §; KL 5 kap. 9 §``, that has been read."""
    found = (wording_of(each) for each in (lagrum or "").split("; "))
    return tuple(each for each in found if each)


def with_wordings(lagrum: str) -> str:
    """Return what is cited, each provision with its SFS number and the day of its text."""
    return "; ".join(str(wording_of(each) or each) for each in lagrum.split("; "))


def doubt_of(lagrum: str) -> str | None:
    """Return what is wrong with one citation (Swedish), if that is known: a law repealed, or a chapter that is not there.

    Of a provision in a chapter that is there nothing is said: not all of them have been read.
    """
    if (other := _OTHER_LAW.fullmatch(lagrum)) and other[1] in _REPEALED:
        now = in_lkbr(lagrum)
        repealed = _REPEALED[other[1]]
        return f"'{lagrum}' är upphävd; i dess ställe gäller {repealed.replace('skriv LKBR', f'skriv {now}') if now else repealed}"
    found = _SOURCE.fullmatch(lagrum)
    law = LAWS[found[1]] if found else None
    if found and law and law.chapters and not 1 <= int(found[2]) <= law.chapters:
        return f"'{lagrum}' finns inte: {law.name} ({law.sfs}) har {law.chapters} kapitel"
    return None


def in_lkbr(read: str) -> str | None:
    """Return where LKBR has what a provision of KRL said: ``LKBR 13 kap. 1 §``, or its chapter; None for another law.

    *LKBR* alone where no chapter is named, or none of LKBR's has just that.
    """
    found = _KRL.fullmatch(read.strip())
    if found is None:
        return None
    chapter = _CHAPTERS.get(found[1] or "")
    return _PROVISIONS.get((found[1], found[2])) or (f"LKBR {chapter} kap." if chapter else "LKBR")
