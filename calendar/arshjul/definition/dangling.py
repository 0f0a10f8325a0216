"""Names in a definition that point at something else and hit nothing, and ladders that cannot be climbed.

Looked for in the file as it is read, so that they are told together with what the schema finds.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from arshjul.definition.days.decided import misplaced
from arshjul.definition.days.meeting_days import circling
from arshjul.definition.days.moment import CONCERNS
from arshjul.definition.days.validity import ALWAYS, Validity
from arshjul.definition.ladders import LAST_WORD, RUNG_ORDER, TO_BODY, UPWARD, rung_id
from arshjul.definition.leaning import Told, leaning, rules_of
from arshjul.definition.lined import Path
from arshjul.definition.model import OWN_BODY
from arshjul.definition.names import fold
from arshjul.definition.own_malls import own_malls
from arshjul.definition.sheets.shipped import with_own
from arshjul.definition.units.levels import misled
from arshjul.errors import nearest
from arshjul.periods import Period

Tree = Mapping[Any, Any]

#: rungs of which a ladder has one
ONE_OF_A_KIND = {"start": "börjar med ett första brev", TO_BODY: "slutar hos ett organ"}
ANY_YEAR = 2026  #: where a ladder is looked at whose rungs have a condition and no year
RESERVED = ("frist", "frist-flyttad", "efter-ksau", "inte-nadd")  #: what letters beside the ladder go under


def section(tree: Tree, key: str) -> Tree:
    """Return a section of the file, also when its name is misspelt: one fault is enough."""
    near = get_close_matches(key, map(str, tree), n=1, cutoff=0.75)
    return mapping(tree.get(key, tree.get(near[0]) if near else None))


def mapping(node: Any) -> Tree:
    """Return ``node`` if it is a mapping, else an empty one: its wrong kind is told elsewhere."""
    return node if isinstance(node, Mapping) else {}


def dangling(tree: Tree) -> Iterator[Told]:
    """Find names that point at something else in the same step, or at another step, and hit nothing."""
    steps, bodies = section(tree, "steg"), (*section(tree, "organ"), OWN_BODY)
    happenings, registers = section(tree, "händelser"), section(tree, "register")
    for step_id, step in ((key, mapping(value)) for key, value in steps.items()):
        path: Path = ("steg", step_id)
        krav, moments = mapping(step.get("krav")), mapping(step.get("moment"))
        each = mapping(step.get("varje"))
        of_entry = (str(each["register"]), *registers) if each.get("register") else ()
        closing = ("stängning",) if step.get("stängning") else ()
        anchors = ("periodens slut", *closing, *krav, *moments, *happenings, *of_entry)
        yield from _recurring(
            path, each, {"möte": section(tree, "organ"), "händelse": happenings, "register": registers}
        )
        yield from _anchors((*path, "stängning"), step.get("stängning"), ("periodens slut",), bodies)
        for month, host in mapping(step.get("ingår i")).items():
            if host not in steps:
                yield (
                    (*path, "ingår i", month),
                    "okant-steg",
                    f"okänt steg '{host}'{nearest(str(host), steps)}",
                )
        for krav_id, one in ((key, mapping(value)) for key, value in krav.items()):
            yield from _ordered((*path, "krav", krav_id), one, (*krav, *moments))
            for word, targets in (("behandlas", moments), ("förutsätter", krav), ("slutför", krav)):
                if one.get(word) is not None and one[word] not in targets:
                    known = nearest(str(one[word]), targets)
                    yield (
                        (*path, "krav", krav_id, word),
                        "okant-moment",
                        f"okänt '{word}: {one[word]}'{known}",
                    )
            if one.get("frist") is None and not step.get("ingår i"):
                yield (
                    (*path, "krav", krav_id),
                    "saknar-frist",
                    f"kravet '{krav_id}' saknar 'frist'; ange dess regel",
                )
            if one.get("frist") is not None and one.get("trappa") is None and step.get("flöde") is not False:
                yield (*path, "krav", krav_id), "saknar-trappa", f"kravet '{krav_id}' saknar 'trappa'"
            yield from _anchors((*path, "krav", krav_id, "frist"), one.get("frist"), anchors, bodies)
        for moment_id, moment in ((key, mapping(value)) for key, value in moments.items()):
            here: Path = (*path, "moment", moment_id)
            groups = section(tree, "grupper")
            if (group := moment.get("grupp")) is not None and group not in groups:
                yield (*here, "grupp"), "okand-grupp", f"okänd grupp '{group}'{nearest(str(group), groups)}"
            if moment.get("organ") is not None and moment["organ"] not in bodies:
                body = str(moment.get("organ"))
                yield (*here, "organ"), "okant-organ", f"okänt organ '{body}'{nearest(body, bodies)}"
            if (concerns := moment.get("avser")) not in (None, *CONCERNS):
                yield (
                    (*here, "avser"),
                    "okant-avser",
                    f"okänt 'avser: {concerns}'{nearest(str(concerns), CONCERNS)}",
                )
            yield from _ordered(here, moment, (*krav, *moments))
            for word in ("dag", "lagens dag"):
                yield from _anchors((*here, word), moment.get(word), anchors, bodies)
    yield from _named_alike(steps)
    yield from _opened(happenings, registers, steps, section(tree, "organ"))
    sheets = with_own(section(tree, "blad"))
    for key, sheet in sheets.items():
        if sheet.of_register and sheet.of_register not in registers:
            words = f"okänt register '{sheet.of_register}'{nearest(sheet.of_register, registers)}"
            yield ("blad", key, "register"), "okant-register", words
    yield from leaning(steps, sheets)
    yield from misplaced(steps, section(tree, "enheter"))
    yield from circling(section(tree, "organ"))
    yield from _ladders(section(tree, "trappor"))
    yield from _units(section(tree, "enheter"))
    yield from misled(section(tree, "enheter"), steps)
    yield from own_malls(section(tree, "egna mallar"), steps, sheets)


def _recurring(path: Path, each: Tree, every: Mapping[str, Tree]) -> Iterator[Told]:
    """What a step has one period for is a body, a händelse or a register of the file."""
    for word, known in every.items():
        read, kind = each.get(word), "organ" if word == "möte" else word
        if read is not None and read not in known:
            unknown = "okänd" if kind == "händelse" else "okänt"
            yield (*path, "varje", word), f"okand-{fold(kind)}", f"{unknown} {kind} '{read}'{nearest(str(read), known)}"


def _opened(happenings: Tree, registers: Tree, steps: Tree, bodies: Tree) -> Iterator[Told]:
    """What opens a händelse is handed in in steps of the file and told to its bodies; nothing else has its name."""
    for key, each in happenings.items():
        opening = mapping(mapping(each).get("öppnas av"))
        for word, known, kind in (("steg", steps, "steg"), ("meddelas", bodies, "organ")):
            for read in opening.get(word) or ():
                if read not in known:
                    where: Path = ("händelser", key, "öppnas av", word)
                    yield where, f"okant-{kind}", f"okänt {kind} '{read}'{nearest(str(read), known)}"
        if key in registers:
            words = f"'{key}' är redan en händelse; ge registret ett annat id"
            yield ("register", key), "samma-namn", words


def _named_alike(steps: Tree) -> Iterator[Told]:
    """People choose reports by their names, and Prefect knows them by them."""
    first: dict[str, str] = {}
    for step_id, step in ((key, mapping(value)) for key, value in steps.items()):
        other = first.setdefault(str(step.get("namn", step_id)), step_id)
        if other != step_id:
            words = f"steget heter som '{other}', {step.get('namn')}; ge det ett eget namn"
            yield ("steg", step_id, "namn"), "samma-namn", words


def _ordered(path: Path, one: Tree, known: tuple[str, ...]) -> Iterator[Told]:
    """What must come before or after is a krav or a moment of the same step."""
    for word in ("efter", "före"):
        named = one.get(word) or ()
        for each in (named,) if isinstance(named, str) else named:
            if each not in known:
                words = f"'{word}: {each}' är inget krav eller moment i steget{nearest(str(each), known)}"
                yield (*path, word), "okand-ordning", words


def _anchors(path: Path, dating: Any, anchors: tuple[str, ...], bodies: tuple[str, ...]) -> Iterator[Told]:
    for here, rule in rules_of(mapping(dating)):
        for word in ("efter", "före"):
            if rule.get(word) is not None and rule[word] not in anchors:
                words = f"okänd utgångspunkt '{rule[word]}'{nearest(str(rule[word]), anchors)}"
                yield (*path, *here, word), "okand-utgangspunkt", words
        if rule.get("regel") == "möte" and rule.get("organ") not in bodies:
            words = f"okänt organ '{rule.get('organ')}'{nearest(str(rule.get('organ')), bodies)}"
            yield (*path, *here, "organ"), "okant-organ", words


def _ladders(ladders: Tree) -> Iterator[Told]:
    """A ladder is climbed in order: each rung later, none above before the frist, the last word a day before."""
    told: dict[Told, None] = {}  # a ladder that changes with the years is climbed once for each of them
    for ladder_id, ladder in ladders.items():
        rungs = [*enumerate(map(mapping, mapping(ladder).get("trappsteg") or ()))]
        for held in _of_each_year(rungs):
            told |= dict.fromkeys(_climbed(ladder_id, held))
    yield from told


def _of_each_year(rungs: list[tuple[int, Tree]]) -> list[list[tuple[int, Tree]]]:
    """Return the rungs that hold together, for each year in which they may be others."""
    limits: dict[int, Validity] = {}
    for number, rung in rungs:
        with suppress(ValidationError):  # told by the schema
            limits[number] = Validity.model_validate(mapping(rung.get("gäller")))
    bounds = {day.year for one in limits.values() for day in (one.since, one.until) if day}
    if not any(one.is_limited for one in limits.values()):
        return [rungs]
    first = min(bounds, default=ANY_YEAR)
    years = range(first - 1, max(bounds, default=ANY_YEAR) + 5)  # four years hold every condition
    return [
        [(number, rung) for number, rung in rungs if limits.get(number, ALWAYS).holds(Period(year))] for year in years
    ]


def _climbed(ladder_id: str, rungs: list[tuple[int, Tree]]) -> Iterator[Told]:
    kinds: dict[str, int] = {}
    last_days, last_kind = -1000, 0
    ids: list[str] = []
    for number, rung in rungs:
        kind, days = mapping(rung).get("slag"), mapping(rung).get("arbetsdagar")
        own = mapping(rung).get("id")
        word = str(mapping(rung).get("etikett") or kind)  # as it is written, or nearly so
        if own in (*ids, *RESERVED) or (own in [fold(each) for each in RUNG_ORDER] and own != fold(str(kind))):
            words = f"trappsteget kan inte ha id '{own}', som redan betyder ett annat; välj ett eget"
            yield ("trappor", ladder_id, "trappsteg", number, "id"), "trappstegets-id", words
        ids.append(str(own or mapping(rung).get("etikett") or rung_id(str(kind), days or 0)))
        if kind not in RUNG_ORDER or not isinstance(days, int):
            continue  # told by the schema
        path: Path = ("trappor", ladder_id, "trappsteg", number)
        order = RUNG_ORDER.index(kind)
        if kind == UPWARD and LAST_WORD in kinds:
            yield (
                path,
                "sista-ord",
                f"trappsteget '{word}' ({days:+}) når inget organ, och 'sista ord' står före det: ange ett organs sekreterare "
                "eller ordförande i 'till', eller skriv 'slag: uppåt' och ta bort 'sista ord'",
            )
        elif days <= last_days or order < last_kind:
            yield (
                path,
                "trappans-ordning",
                f"trappsteget '{word}' ({days:+}) står i fel ordning: varje steg ska vara senare",
            )
        elif (days < 0) != (kind in ("start", "påminnelse")):
            yield path, "trappans-ordning", f"trappsteget '{word}' ({days:+}) står på fel sida om fristen"
        if kind == "start" and own not in (None, kind):
            words = f"trappsteget '{kind}' har alltid id '{kind}'; ta bort 'id', och ge det ett 'namn' i stället"
            yield (*path, "id"), "trappstegets-id", words
        if kind in ONE_OF_A_KIND and kind in kinds:
            yield (
                path,
                "trappans-ordning",
                f"'{word}' står två gånger; trappan {ONE_OF_A_KIND[kind]}, så ta bort det ena",
            )
        elif kind == TO_BODY and kinds.get(LAST_WORD) != days - 1:
            yield path, "sista-ord", f"före '{word}' ska 'sista ord' stå exakt en arbetsdag tidigare"
        last_days, last_kind, kinds[kind] = days, order, days


def _units(units: Tree) -> Iterator[Told]:
    for unit_id, unit in ((key, mapping(value)) for key, value in units.items()):
        since, until = unit.get("från"), unit.get("till")
        if since and until and since > until:
            yield (
                ("enheter", unit_id, "till"),
                "fran-till",
                f"enheten upphör ({until}) innan den börjar ({since})",
            )
        if unit_id in (unit.get("efterträder") or ()):
            yield ("enheter", unit_id, "efterträder"), "eftertrader", "en enhet kan inte efterträda sig själv"
