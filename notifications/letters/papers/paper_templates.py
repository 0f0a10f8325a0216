"""The municipality's own Word templates of papers: read once at start, and tried, so that none fails at the frist."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from arshjul.definition.asked import OwnPaper
from arshjul.definition.own_malls import ENDINGS
from arshjul.definition.reading import Sourced
from arshjul.errors import DefinitionError, Fault
from notifications.letters.papers.word_template import BrokenTemplateError, Fields, WordTemplateError, try_apart
from submissions.templates.own import why_not

Papers = Mapping[str, bytes]  #: the municipality's own templates, by the paper's id
Trying = Callable[[bytes, Sequence[Fields]], object]  #: fills a template in with each; raises WordTemplateError

_LATE: Mapping[str, Any] = {
    "namn": "Nämnden för A & B <exempel>",
    "namn_i_mening": "nämnden för A & B <exempel>",
    "krav": "underlag till delårsrapporten",
    "ansvariga": "Förvaltningschef",
    "saknas": ["Ekonomi & mål <1> – har inte lämnats in (KL 11 kap. 16 §)"],
    "frist": "21 september 2027 kl. 16.00",
    "lagens_dag": "måndag 1 november 2027",
    "brev": [{"överlämnat": "10 september 2027", "namn": "Första & <andra>", "till": "Chef"}],
}
#: what a tjänsteskrivelse can show, with something in each field, & and < among it; :func:`tjansteskrivelse.fields_of` gives the same names
EXAMPLE: Mapping[str, Any] = {
    "kommun": "Kommunen A & B <exempel>",
    "organ": "Utskottet",
    "organet": "utskottet",
    "datum": "28 september 2027",
    "diarienummer": "KS 2027/101",
    "rubrik": "Underlag saknas till delårsrapporten augusti 2027",
    "rapport": "delårsrapporten augusti 2027",
    "enheter": "Nämnden för A & B <exempel>",
    "handläggare": "Ekonom & chef, ekonomichef",
    "undertecknare": "Ekonom & chef",
    "undertecknarens_roll": "Ekonomichef",
    "upprättad": "Upprättad av kommunens årshjul för ekonomichefen.",
    "förslag": ["Utskottet föreslår styrelsen besluta", "att begära in det som saknas från A & B <exempel>."],
    "sammanfattning": ["Underlag till delårsrapporten augusti 2027 saknas från A & B <exempel>."],
    "bedömning": ["Därefter: KS beslutar om delårsrapporten den 19 oktober 2027."],
    "beslutsunderlag": ["Tjänsteskrivelse den 28 september 2027"],
    "beslutet_skickas_till": ["Nämnden för A & B <exempel>"],
    "trappans_beslut": "Att försenade underlag tas upp här följer av kommunens plan, § 2 (KS & KF <exempel>).",
    "delegation": "Delegationsordningen, § 4",
    "sena": [_LATE],
    "lagrum": "KL 6 kap. 12 §",
    "sammanträde": "tisdag 5 oktober 2027 kl. 08.30",
    "dagordningen_stänger": "onsdag 29 september 2027 kl. 12.00",
    "extra_ärende": "Dagordningen stängde onsdag 29 september 2027 kl. 12.00. Ärendet lämnas därför som extra ärende.",
}
#: the same with several of whatever may be several
MANY: Mapping[str, Any] = {
    **EXAMPLE,
    "förslag": list(EXAMPLE["förslag"]) * 3,
    "sena": [{**_LATE, "saknas": list(_LATE["saknas"]) * 3, "brev": list(_LATE["brev"]) * 3}] * 3,
}
#: the same with nothing in what may be empty: what a template says then is tried, too
BARE: Mapping[str, Any] = {
    **EXAMPLE,
    **dict.fromkeys(
        (
            "diarienummer",
            "sammanträde",
            "dagordningen_stänger",
            "extra_ärende",
            "undertecknare",
            "trappans_beslut",
            "delegation",
        ),
        "",
    ),
    "sena": [{**_LATE, "lagens_dag": "", "brev": []}],
}

#: by the paper, what its template is tried with: everything, many of what may be many, and nothing where there may be nothing
_OF_LATENESS = ("enheter", "bedömning", "trappans_beslut", "delegation", "sena", "extra_ärende")
_APPROVAL = {key: value for key, value in EXAMPLE.items() if key not in _OF_LATENESS}
_APPROVAL_BARE = {**_APPROVAL, **{key: BARE[key] for key in _APPROVAL if key in BARE}}
TRIED: Mapping[str, Sequence[Fields]] = {
    "tjansteskrivelse": (EXAMPLE, MANY, BARE),
    "godkannande": (_APPROVAL, {**_APPROVAL, "förslag": MANY["förslag"]}, _APPROVAL_BARE),
}
_CALLED = {"tjansteskrivelse": "tjänsteskrivelse", "godkannande": "tjänsteskrivelse om godkännande"}


def own_papers(sourced: Sourced, folder: Path, *, trying: Trying = try_apart) -> Papers:
    """Read the own templates that lie in ``folder``. Raises DefinitionError with every fault."""
    if faults := paper_faults(sourced, folder, trying=trying):
        raise DefinitionError(faults)
    return {key: (folder / each.file).read_bytes() for key, each in sourced.definition.papers.items()}


def paper_faults(sourced: Sourced, folder: Path, *, trying: Trying = try_apart) -> list[Fault]:
    """Return what is wrong in the own templates: each is filled in with examples, and what comes of it is looked at."""
    return [
        Fault(
            file=sourced.file,
            line=sourced.line("papper", key, "fil"),
            rule=rule,
            message=f"mallen '{own.file}' till {_CALLED[key]} {words}",
        )
        for key, own in sourced.definition.papers.items()
        for rule, words in _faults(own, folder, TRIED[key], trying)
    ]


def _faults(own: OwnPaper, folder: Path, every: Sequence[Fields], trying: Trying) -> Iterator[tuple[str, str]]:
    ending, kind_words = ENDINGS["text"]
    try:
        content = (folder / own.file).read_bytes()
    except OSError as error:
        yield "mall-saknas", f"går inte att läsa ({error.strerror}); lägg den i samma mapp som definitionen"
        return
    if why := why_not(content, ending, kind_words):
        yield "fel-slag", f"{why}; spara om den som {kind_words}"
        return
    try:
        trying(content, every)
    except BrokenTemplateError as fault:
        yield "skadad", str(fault)
    except WordTemplateError as fault:
        yield "fel-i-mallen", str(fault)
