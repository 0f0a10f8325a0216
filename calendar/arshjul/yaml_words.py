"""What is wrong with a text that is no YAML, in Swedish: where, what, and what to write instead."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError

_QUOTED = "sätt värdet inom citattecken"
#: what stands there, by what the parser calls it
_TOKENS: Mapping[str, str] = {
    "<stream end>": "är filen slut",
    "<block end>": "tar indraget slut",
    "<block mapping start>": "börjar en nyckel",
    "<block sequence start>": "börjar en lista",
    "<scalar>": "står ett värde till",
    "<document end>": "står '...'",
    "<document start>": "står '---'",
}


def yaml_fault(error: YAMLError, text: str) -> tuple[int, str]:
    """Return the 1-based line on which a text stops being YAML, and what is wrong there, with its column and remedy."""
    if isinstance(error, ReaderError):
        before = text[: error.position]
        line, column = before.count("\n"), len(before) - (before.rfind("\n") + 1)
        return line + 1, f"tecknet U+{error.character:04X}{_at(column)} går inte att läsa; ta bort det"
    if not isinstance(error, MarkedYAMLError):
        return 1, "filen går inte att läsa som YAML; se indrag, kolon, klamrar och citattecken"
    problem = " ".join(filter(None, (error.problem, error.note)))
    for pattern, words, begins in _WORDS:
        if found := re.search(pattern, problem):
            mark = (error.context_mark if begins else None) or error.problem_mark or error.context_mark
            line, column = (mark.line, mark.column) if mark else (0, 0)
            rows = text.splitlines()
            row = rows[line] if line < len(rows) else ""
            return line + 1, words(found, row, column, error).replace("¤", _at(column), 1)
    raise AssertionError("the last pattern takes any problem")


def _at(column: int) -> str:
    return f" (kolumn {column + 1})"


def _plain(words: str) -> "Words":
    return lambda _found, _row, _column, _error: words


def _start(found: re.Match[str], *_: Any) -> str:
    sign = found[1]
    if sign == "\\t":
        return "raden är indragen med tabb¤; dra in den med blanksteg"
    return f"ett värde kan inte börja med '{sign}'¤; {_QUOTED}"


def _colon(_found: re.Match[str], row: str, column: int, _error: MarkedYAMLError) -> str:
    if ": " in row[:column]:
        return f"ett kolon till på raden¤ kan inte läsas; {_QUOTED} om kolonet hör till det, annars på en egen rad"
    return (
        "nyckeln är indragen under en rad som redan har ett värde, eller som saknar sitt kolon¤; dra in den lika mycket "
        "som raden ovanför, eller rätta den raden"
    )


def _unclosed(found: re.Match[str], _row: str, _column: int, error: MarkedYAMLError) -> str:
    last, token, mark = found[1], found[2], error.context_mark
    first = "{" if last == "}" else "["
    opened = f" på rad {mark.line + 1}, kolumn {mark.column + 1}" if mark else ""
    there = _TOKENS.get(token, f"står '{token}'")
    return f"här {there}¤, men '{first}'{opened} är inte avslutad; skriv '{last}', eller det komma som fattas mellan två värden"


def _node(found: re.Match[str], *_: Any) -> str:
    there = _TOKENS.get(found[1], f"står '{found[1]}'")
    return f"ett värde fattas: här {there}¤; ta bort det komma eller den klammer som är för mycket, eller {_QUOTED}"


def _block(found: re.Match[str], *_: Any) -> str:
    if found[1] == "<scalar>":
        return "något står efter ett värde som redan är slut¤; sätt allt inom samma citattecken, eller ta bort det"
    return "raden passar inte i indraget ovanför¤; dra in den lika mycket som de rader som den hör ihop med"


Words = Callable[[re.Match[str], str, int, MarkedYAMLError], str]
#: by the parser's problem: the words, with ¤ for the column; and whether it is told where the thing begins
_WORDS: tuple[tuple[str, Words, bool], ...] = (
    (r"found character '(.+)' that cannot start", _start, False),
    (r"mapping values are not allowed", _colon, False),
    (r"expected ',' or '(.)', but got '(.+)'", _unclosed, False),
    (r"expected the node content, but found '(.+)'", _node, False),
    (r"expected <block end>, but found '(.+)'", _block, False),
    (r"could not find expected ':'", _plain("raden har ingen nyckel med kolon efter¤; skriv 'nyckel: värde', eller dra in den om den hör till raden ovanför"), True),
    (r"end of stream|document separator", _plain("ett citattecken som börjar här¤ avslutas aldrig; skriv ett likadant där värdet slutar"), True),
    (r"undefined alias|alphabetic or numeric", _plain(f"ett värde som börjar med * eller & läses som en hänvisning¤; {_QUOTED}"), False),
    (r"escape", _plain("ett omvänt snedstreck inom dubbla citattecken¤ läses som en kod; skriv \\\\, eller använd enkla citattecken"), False),
    (r"sequence entries are not allowed", _plain("en lista kan inte börja här¤; skriv varje '- ' på en egen indragen rad, eller [a, b]"), False),
    (r"another document", _plain("'---' mitt i filen¤ börjar ett nytt dokument; ta bort raden"), False),
    (r"chomping|indentation indicator|expected a comment", _plain("efter | eller > kan inget mer stå på raden¤; skriv texten på nästa rad, indragen"), False),
    (r"document start|directive|YAML document", _plain(f"en rad som börjar med % läses som ett direktiv¤; {_QUOTED}, eller ta bort den"), False),
    (r"mapping keys are not allowed", _plain(f"ett frågetecken med blanksteg efter¤ läses som en nyckel; {_QUOTED}"), False),
    (r"tag|URI|expected '!'|expected ' '", _plain(f"ett värde som börjar med ! läses som en typ¤; {_QUOTED}"), False),
    (r"more indented", _plain("textens första rad är mindre indragen än den nästa¤; dra in dem lika mycket"), False),
    (r"maximum depth", _plain("klamrarna ligger i för många nivåer¤; skriv dem på egna rader"), False),
    (r"", _plain("filen går inte att läsa som YAML här¤; se indrag, kolon, klamrar och citattecken på raden"), False),
)  # fmt: skip
