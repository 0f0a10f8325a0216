"""What people read is spelt as a Swedish dictionary spells it; a word that it lacks stands in ``tests/files/ord.txt``."""

import ast
import html
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from shutil import which
from subprocess import run

import pytest
from jinja2 import Environment

from tests.rig.code import nodes

ROOT = Path(__file__).parents[2]
OURS = frozenset((ROOT / "tests" / "files" / "ord.txt").read_text(encoding="utf-8").split())
FLOORS = ("actions", "app", "calendar", "flows", "notifications", "portal", "store", "submissions")
#: a string is a sentence of ours, and no pattern, address or key, when it has a blank and a letter or word of Swedish
SWEDISH = re.compile(r"[åäöÅÄÖ]|\b(?:och|att|som|är|inte|med|för|till|har|en|ett|av|från)\b")
NO_WORDS = re.compile(
    r"\{\w+\}|https?://\S+|\S+@\S+|--[a-z-]+|ARSHJUL_\w+|\S*[/\\_=<>]\S*|\b\w+\.(?:\w{2,4}|example\.se)\b"
)
WORD = re.compile(r"[A-Za-zÅÄÖåäöÉé]+(?:-[A-Za-zÅÄÖåäöÉé]+)*")
#: what was said once and is said better now: what it is called instead, or why it may not be said at all
BETTERED = {
    r"\buppmana": "begär in, ger i uppdrag: no law knows the other",
    r"\bsista ordet före\b|\bfå sista ordet\b|\bfått ordet\b": "sista påminnelsen, fått veta det",
    r"\btrots påminnelser\b": "only that they went, and when",
    r"\blänken öppnad\b": "nobody's, in a paper",
    r"\bhinnas\b": "så att vi hinner",
    r"\bärenden ur trappan\b|\btrappans organ\b": "ärenden om försening, det organ där trappan slutar",
    r"\bkallelsen går\b": "kallelsen skickas",
    r"\bväntar på någon\b": "väntar på åtgärd",
    r"\bber dig logga in\b": "du behöver logga in",
    r"\bloggens huvud": "loggens kontrollsummor",
    r"\bveckobrevet\b|\bveckans brev\b": "måndagsbrevet",
    r"\blagens dag(?:ar)?\b": "sista dag enligt lag",
    r"\bom datorer\b": "du behöver inga förkunskaper",
    r"\bsen \d+ arbetsdag": "försenat, 1 arbetsdag efter fristen",
    r"\bstopp, att rätta\b|\bfråga, att svara på\b": "måste rättas, behöver svar",
    r"\bdet här ska beslutas\b": "det här ligger inför",
    r"\bsammanträd(?!esdagar)": "möte; only a paper for a body has the law's own word, in its Word template",
    r"\be-postmeddeland|\bper e-post\b|\bmail(?:et|en)?\b": "mejl is what comes to the service, brev what it sends",
    r"\b(?:sparat|bifogat) brev\b|\bbrev(?:et|en)? ligger kvar och läses\b": "mejl: it came to the service",
    r"\binget har kommit in efter\b": "saknas efter: a part of it may have come in",
}
#: places in code where a name or a day stands inside a sentence, and is to be said as one says it there
RUNNING = {
    r"\b(?:från|för|om|av|till|hos|inför|har|som) \{[\w.\[\]]*\bunit(?:_|\.)name\}": "unit_said: omsorgsnämnden",
    r"\b(?:från|för|om|av|till|hos|inför) \{[\w.\[\]]*\bbod(?:y|ies\[\w+\])\.name\}": "said: kommunstyrelsen",
    r"\bdefinite\} \{[\w.]*period\.text": "report: delårsrapporten per den 31 augusti 2027",
    r"\b(?:beslutade|inkom|överlämnade) \{day_text": "said_day: den 19 oktober 2027",
    r"\b(?:beslutade|inkom|stängdes|överlämnade det) \{\{[^}]*\| day\b": "said_day: den 19 oktober 2027",
    r"\| day \}\}, har passerat|\b(?:efter mötet|gäller) \{\{[^}]*\| day\b": "said_day: den 19 oktober 2027",
    r"\boutcome\} \{(?:day_text|said_day)": "past: godkändes",
}
LABELS = re.compile(r'(?:name|title|aria-label|placeholder|data-label|alt)="([^"{]*)"')


def told_in_code(path: Path) -> Iterator[str]:
    """Yield the Swedish sentences of a module: its strings, but for docstrings and patterns."""
    said_of_code = {id(node.value) for node in nodes(path) if isinstance(node, ast.Expr)}
    for node in nodes(path):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said_of_code:
            text = node.value
            if " " in text and SWEDISH.search(text) and not re.search(r"\\[a-z]|\(\?|\[\^|\||^[a-z ]+$", text):
                yield text


def told_in_template(path: Path) -> Iterator[str]:
    """Yield what a template says itself: its text, its labels, and the phrases in its code."""
    tokens = list(Environment(autoescape=True).lex(path.read_text(encoding="utf-8")))
    text = " ".join(value for _, kind, value in tokens if kind == "data")
    text = re.sub(r"<(style|script)\b.*?</\1>", " ", text, flags=re.DOTALL).replace("<wbr>", "")  # one word
    yield html.unescape(re.sub(r"<[^>]*>", " ", text)).replace("\N{SOFT HYPHEN}", "")
    yield from LABELS.findall(text)
    for _, kind, value in tokens:
        if kind == "string" and SWEDISH.search(value) and " " in value.strip("\"' "):
            yield value


@cache
def every_sentence() -> tuple[tuple[Path, str], ...]:
    return tuple(_every_sentence())


def _every_sentence() -> Iterator[tuple[Path, str]]:
    for floor in FLOORS:
        for path in sorted((ROOT / floor).rglob("*.*")):
            if path.suffix == ".py":
                yield from ((path, text) for text in told_in_code(path))
            elif path.suffix in (".html", ".xml", ".svg") and "templates" in path.parts:
                yield from ((path, text) for text in told_in_template(path))
    for name in ("handbok.md",):
        yield (
            ROOT / "docs" / name,
            re.sub(
                r"`[^`]*`|```.*?```|\]\([^)]*\)",
                " ",
                (ROOT / "docs" / name).read_text(encoding="utf-8"),
                flags=re.DOTALL,
            ),
        )


def misspelt(words: set[str]) -> set[str]:
    """Return those that the dictionary does not know."""
    told = run(
        ["hunspell", "-d", "sv_SE", "-l"], input="\n".join(sorted(words)), capture_output=True, text=True, check=True
    )
    return set(told.stdout.split())


def test_every_word_is_spelt_as_the_dictionary_or_our_own_list_has_it() -> None:
    if which("hunspell") is None or not Path("/usr/share/hunspell/sv_SE.dic").exists():
        if os.environ.get("SPELLING_DEMANDED"):
            pytest.fail("hunspell and its Swedish dictionary (hunspell-sv) are not here")
        pytest.skip("needs hunspell and hunspell-sv")
    where: dict[str, Path] = {}
    for path, text in every_sentence():
        for word in WORD.findall(NO_WORDS.sub(" ", text)):
            where.setdefault(word, path)
    assert len(where) > 2000  # it reads what there is
    unknown = misspelt(set(where)) - OURS
    assert not unknown, "\n".join(f"{word}: {where[word].relative_to(ROOT)}" for word in sorted(unknown))


def test_a_misspelt_word_is_found() -> None:
    if which("hunspell") is None:
        pytest.skip("needs hunspell")
    assert misspelt({"påminnelse", "påminelse", "förvaltningschef"}) == {"påminelse"}


#: what is kept in rows or written in definitions, and is no words to people
KEPT = {"veckans brev", "lagens dag", "loggens huvud"}


def every_word_said() -> Iterator[tuple[Path, str]]:
    """Yield every sentence, and of code every string with a blank: a short one has no word that only Swedish has."""
    yield from every_sentence()
    for floor in FLOORS:
        for path in (ROOT / floor).rglob("*.py"):
            docstrings = {id(node.value) for node in nodes(path) if isinstance(node, ast.Expr)}
            for node in nodes(path):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
                    text = node.value
                    if " " in text and text not in KEPT and not re.search(r"\\|\(\?|\||=%|MAIL", text):
                        yield path, text


def test_what_is_said_better_now_is_not_said_as_it_was() -> None:
    keys = re.compile(r"[\"'`]lagens dag[\"'`]|\blagens dag(?=: )")  # the definition's own word for it
    found = [
        f"{path.relative_to(ROOT)}: {again[0]!r}; {better}"
        for path, text in every_word_said()
        for words, better in BETTERED.items()
        if (again := re.search(words, keys.sub("", " ".join(text.split())), re.IGNORECASE))
    ]
    assert found == []


def test_names_and_days_stand_in_a_sentence_as_one_says_them_there() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {again[0]}; {better}"
        for floor in FLOORS
        for path in (ROOT / floor).rglob("*.*")
        if path.suffix in (".py", ".html", ".xml")
        for words, better in RUNNING.items()
        for again in re.finditer(words, path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    "words", ["från {one.unit_name}", "till {body.name}", "inkom {day_text(x)}", "definite} {one.period.text"]
)
def test_a_name_that_is_not_said_so_is_found(words: str) -> None:
    assert any(re.search(each, words) for each in RUNNING)


#: whose words a log has of who was not let in, by the function that is given them and the place of them
DENIED = {"DeniedError": 1, "_needs": 1, "NotProvenError": 0}
ENGLISH = re.compile(r"\b(?:the|no|not|of|too|many|every|another|other|logged|in a|code|failed|invalid|missing)\b|'s\b")


def why_denied() -> Iterator[str]:
    """Give the words in which the log tells who was not let in."""
    for path in (ROOT / "portal").rglob("*.py"):
        for node in nodes(path):
            if isinstance(node, ast.Call):
                called = getattr(node.func, "id", getattr(node.func, "attr", ""))
                for given in node.args[DENIED.get(called, len(node.args)) :][:1]:
                    yield from (
                        each.value
                        for each in ast.walk(given)
                        if isinstance(each, ast.Constant) and isinstance(each.value, str)
                    )


def test_the_log_says_in_swedish_why_somebody_was_not_let_in() -> None:
    told = list(why_denied())
    assert len(told) > 30
    assert [each for each in told if ENGLISH.search(each)] == []


def test_no_word_to_people_is_the_name_of_a_fault_in_python() -> None:
    """It is for the service's own log: what people read says what to do."""
    shown = []
    for floor in FLOORS:
        for path in sorted((ROOT / floor).rglob("*.py")):
            logged = {
                id(each)
                for node in nodes(path)
                if isinstance(node, ast.Call) and getattr(getattr(node.func, "value", None), "id", "") == "logger"
                for each in ast.walk(node)
            }
            shown += [
                f"{path.relative_to(ROOT)}:{node.lineno}"
                for node in nodes(path)
                if isinstance(node, ast.Attribute)
                and node.attr == "__name__"
                and id(node) not in logged
                and "error" in ast.unparse(node)
            ]
    assert [each for each in shown if not each.startswith("app/usage.py")] == []  # asks which of Click's faults it is
