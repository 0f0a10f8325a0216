"""What in a step leans on what: anchors in a circle, on one enhet's day, on a missing hand-in."""

from collections.abc import Iterator, Mapping
from typing import Any

from arshjul.definition.lined import Path
from arshjul.definition.sheets.sheet import Sheet, covers
from arshjul.errors import nearest
from arshjul.swedish import MONTHS

Told = tuple[Path, str, str]  #: path, rule, Swedish words
Node = tuple[str, str]  #: ("krav" or "moment", id)

#: the main krav's id where no krav says that it is the main one; its milestones carry no prefix in keys
MAIN_KRAV = "underlag"
OWN = "egen"


def leaning(steps: Mapping[Any, Any], sheets: Mapping[str, Sheet]) -> Iterator[Told]:
    """Find what resolving could not follow, in the steps as they are read from the file; ``sheets`` are all there are."""
    for step_id, step in ((key, _mapping(value)) for key, value in steps.items()):
        path: Path = ("steg", step_id)
        yield from _anchors(path, _mapping(step.get("krav")), _mapping(step.get("moment")))
        yield from _main(path, _mapping(step.get("krav")))
        if step.get("ingår i"):
            yield from _hosts(path, step, steps)
        yield from _fulfilled(path, step, steps, sheets)
        yield from _asked_twice(path, step, sheets)


def main_krav(krav: Mapping[Any, Any]) -> str | None:
    """Return the id of a step's main krav: the one that says so, else ``underlag``, else the only one."""
    said = [key for key, one in krav.items() if _mapping(one).get("huvudkrav") is True]
    return next(iter(said or [MAIN_KRAV for key in krav if key == MAIN_KRAV] or (krav if len(krav) == 1 else ())), None)


def _main(path: Path, krav: Mapping[Any, Any]) -> Iterator[Told]:
    """One krav of a step is what the report is made of."""
    said = [key for key, one in krav.items() if _mapping(one).get("huvudkrav") is True]
    for key in said[1:]:
        words = f"'{said[0]}' är redan stegets huvudkrav; skriv 'huvudkrav: true' i ett krav"
        yield (*path, "krav", key, "huvudkrav"), "huvudkrav", words
    if krav and main_krav(krav) is None:
        names = " eller ".join(f"'{key}'" for key in krav)
        words = f"steget har {len(krav)} krav; skriv 'huvudkrav: true' i det som rapporten görs av, {names}"
        yield (*path, "krav"), "huvudkrav", words


def _anchors(path: Path, krav: Mapping[Any, Any], moments: Mapping[Any, Any]) -> Iterator[Told]:
    datings = {("krav", key): _mapping(_mapping(one).get("frist")) for key, one in krav.items()}
    datings |= {("moment", key): _mapping(_mapping(one).get("dag")) for key, one in moments.items()}
    said = {node: [rule for _, rule in rules_of(dating)] for node, dating in datings.items()}
    told: dict[Told, None] = {}  # once with the rules, and once with each that takes its place in some years
    for number in range(max(map(len, said.values()), default=0)):
        rules = {node: ones[min(number, len(ones) - 1)] for node, ones in said.items()}
        told |= dict.fromkeys(_leaning(path, rules, krav, moments))
    yield from told


def rules_of(dating: Mapping[Any, Any]) -> list[tuple[Path, Mapping[Any, Any]]]:
    """Return each rule that a day has, with where it stands: its own, and those of its exemptions."""
    own: list[tuple[Path, Mapping[Any, Any]]] = [(("regel",), _mapping(dating.get("regel")))]
    others = dating.get("undantag")
    for number, each in enumerate(others if isinstance(others, list) else ()):
        own.append((("undantag", number, "regel"), _mapping(_mapping(each).get("regel"))))
    return own


def _leaning(
    path: Path, rules: Mapping[Node, Mapping[Any, Any]], krav: Mapping[Any, Any], moments: Mapping[Any, Any]
) -> Iterator[Told]:
    told: set[Node] = set()
    for node, rule in rules.items():
        kind, name = node
        inner: Path = (*path, kind, name, "frist" if kind == "krav" else "dag", "regel")
        chain = _follow(node, rules, krav)
        if chain[-1] == node and len(chain) > 1:
            if node not in told:
                words = " → ".join(f"'{each}'" for _, each in chain)
                yield (
                    inner,
                    "cirkel",
                    f"dagarna räknas från varandra i en cirkel: {words}; ge en av dem en egen regel",
                )
            told.update(chain)
        elif kind == "moment" and not _mapping(moments[name]).get("per enhet"):
            yield from _one_enhets_day(path, inner, name, rule, chain[1:], moments)


def _one_enhets_day(
    path: Path,
    inner: Path,
    name: str,
    rule: Mapping[Any, Any],
    leans_on: list[Node],
    moments: Mapping[Any, Any],
) -> Iterator[Told]:
    """A moment that all share has one day, so it cannot be counted from a day that differs by enhet."""
    if _mapping(moments[name]).get("organ") == OWN or rule.get("organ") == OWN:
        yield (
            (*path, "moment", name),
            "per-enhet",
            f"'{name}' har organ 'egen'; skriv då också 'per enhet: true'",
        )
    for kind, each in leans_on:
        if kind == "moment" and _mapping(moments[each]).get("per enhet"):
            own = f"'{each}', som har en dag för varje enhet"
            yield inner, "per-enhet", f"'{name}' är gemensamt men räknas från {own}; räkna från något annat"


def _follow(start: Node, rules: Mapping[Node, Mapping[Any, Any]], krav: Mapping[Any, Any]) -> list[Node]:
    """Return ``start`` and what it leans on, as far as it goes or back to where it has been."""
    chain = [start]
    while True:
        rule = rules[chain[-1]]
        name = rule.get("efter") or rule.get("före")
        node = ("krav" if name in krav else "moment", str(name))
        if node not in rules:
            return chain
        chain.append(node)
        if node in chain[:-1]:
            return chain


def _hosts(path: Path, step: Mapping[Any, Any], steps: Mapping[Any, Any]) -> Iterator[Told]:
    """Each period of a step that is handed in with others must be in one of them, which has that period."""
    hosts = {_month(month): host for month, host in _mapping(step.get("ingår i")).items()}
    for month in map(_month, step.get("perioder") or ()):
        if month not in hosts:
            words = f"perioden {month} saknas i 'ingår i'; ange i vilket stegs inlämning den lämnas"
            yield (*path, "ingår i"), "ingar-i", words
    for key, host_id in _mapping(step.get("ingår i")).items():
        host, month = _mapping(steps.get(host_id)), _month(key)
        here: Path = (*path, "ingår i", key)
        if month not in map(_month, step.get("perioder") or ()):
            words = f"perioden {month} saknas i 'perioder'; lägg till den där eller ta bort raden"
            yield here, "ingar-i", words
        elif host and month not in map(_month, host.get("perioder") or ()):
            yield (
                here,
                "ingar-i",
                f"steget '{host_id}' har ingen period {month}; lägg till den där eller ändra 'ingår i'",
            )
        elif host and not _mapping(host.get("krav")):
            yield (
                here,
                "ingar-i",
                f"steget '{host_id}' har inget krav att lämnas in med; lägg till ett, eller ändra 'ingår i'",
            )


def _fulfilled(
    path: Path, step: Mapping[Any, Any], steps: Mapping[Any, Any], sheets: Mapping[str, Sheet]
) -> Iterator[Told]:
    """A part that another's file fulfils: by month, a part of the step in whose hand-in it is, which holds as much."""
    hosts = {_month(month): host for month, host in _mapping(step.get("ingår i")).items()}
    for krav_id, krav in _mapping(step.get("krav")).items():
        for part_id, part in ((key, _mapping(each)) for key, each in _mapping(_mapping(krav).get("delar")).items()):
            for key, by in _mapping(part.get("uppfylld av")).items():
                here: Path = (*path, "krav", krav_id, "delar", part_id, "uppfylld av", key)
                host_id = hosts.get(_month(key))
                if host_id is None:
                    words = f"{_month(key)} finns inte i stegets 'ingår i', så ingen annans fil är den"
                    yield here, "uppfylld-av", f"{words}; ta bort den, eller lägg till månaden där"
                    continue
                host = _mapping(_mapping(steps.get(host_id)).get("krav"))
                theirs = _mapping(host.get(main_krav(host))).get("delar")
                other = _mapping(_mapping(theirs).get(by))
                if not other:
                    yield (
                        here,
                        "uppfylld-av",
                        f"okänd del '{by}' i steget '{host_id}'{nearest(str(by), _mapping(theirs))}",
                    )
                elif lacking := _lacking(part, other, sheets):
                    yield here, "uppfylld-av", f"delen '{by}' i steget '{host_id}' kan inte uppfylla den: {lacking}"


def _asked_twice(path: Path, step: Mapping[Any, Any], known: Mapping[str, Sheet]) -> Iterator[Told]:
    """A heading that is answered on a sheet: some part of the same step has that sheet."""
    parts = [
        ((*path, "krav", krav_id, "delar", part_id), _mapping(part))
        for krav_id, krav in _mapping(step.get("krav")).items()
        for part_id, part in _mapping(_mapping(krav).get("delar")).items()
    ]
    for here, part in parts:
        titles: dict[str, str] = {}
        for each in (known[key] for key in part.get("blad") or () if key in known):
            other = titles.setdefault(each.title, each.id)
            if other != each.id:
                words = f"bladen '{other}' och '{each.id}' heter båda {each.title}; ge det ena ett annat namn, eller en egen del"
                yield (*here, "blad"), "samma-namn", words
    sheets = {str(each) for _, part in parts for each in part.get("blad") or ()}
    for here, part in parts:
        for heading_id, heading in _mapping(part.get("rubriker")).items():
            on = _mapping(heading).get("svaras på")
            if on in known and on not in sheets:
                words = f"ingen del i steget har bladet '{on}'{nearest(str(on), sheets)}"
                yield (*here, "rubriker", heading_id, "svaras på"), "svaras-pa", words


def _lacking(part: Mapping[Any, Any], other: Mapping[Any, Any], sheets: Mapping[str, Sheet]) -> str:
    """Say what the other part does not hold, or whose it is; "" when its file can be this part's too."""
    for key, word in (("form", "formen"), ("roll", "rollen")):
        if part.get(key) != other.get(key):
            return f"{word} är en annan"
    theirs = [sheets[each] for each in other.get("blad") or () if each in sheets]
    for each in part.get("blad") or ():
        if each in sheets and not any(one.id == each or covers(one, sheets[each]) for one in theirs):
            return f"den har inget blad med allt som '{each}' kräver"
    headings = [str(each) for each in _mapping(part.get("rubriker")) if each not in _mapping(other.get("rubriker"))]
    return f"den saknar rubriken '{headings[0]}'" if headings else ""


def _month(read: Any) -> str:
    return MONTHS[read - 1] if isinstance(read, int) and 1 <= read <= 12 else str(read)


def _mapping(node: Any) -> Mapping[Any, Any]:
    return node if isinstance(node, Mapping) else {}
