"""Keys: every shape goes out as the text it was, malformed ones are refused, and nobody else counts strokes."""

import ast
import copy
import json
import pickle
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from arshjul.errors import RefusedError
from arshjul.keys import MilestoneKey, ObligationKey, OccurrenceKey, PlannedKey, beginning
from store.post.letter_keys import LetterKey, in_key, occurrence_of, thread_key
from tests.rig.load import ROOT

UNDERLAG = "hedemora/delarsrapport/2027-08/socialnamnden/underlag"
FLOORS = ("calendar/arshjul", "store", "submissions", "notifications", "actions", "flows", "portal", "app")
#: Where a stroke stands between other things than the names of a key.
OTHER_STROKES = {
    "calendar/arshjul/keys.py": "keys are taken apart here",
    "actions/people/letting_in.py": "an address of the portal",
    "app/archive/package_paths.py": "paths in a package",
    "notifications/letters/mime.py": "media types",
    "notifications/mailbox/mailbox.py": "folders of a mailbox",
    "notifications/mailbox/stamps.py": "a method and its version, in Authentication-Results",
    "store/service/lease_holders.py": "a process: machine, number and token",
    "submissions/files/active.py": "paths and relation types in a file",
    "submissions/files/contents.py": "a file's name after its folders",
    "submissions/files/foreign.py": "a file's name after its folders",
    "submissions/files/office_package.py": "paths and relation types in a file",
    "submissions/readers/formats/zipped.py": "relation types in a file",
    "submissions/templates/mall_words.py": "the mark that a mall carries",
}


@pytest.mark.parametrize(
    ("kind", "text", "names"),
    [
        (ObligationKey, UNDERLAG, ("hedemora", "delarsrapport", "2027-08", "socialnamnden", "underlag")),
        (MilestoneKey, "hedemora/arsredovisning/2027/kommunen/kf", ("hedemora", "arsredovisning", "2027", "kommunen", "kf")),
        (MilestoneKey, "a/b/2027/c/bilagor-paminnelse-5", ("a", "b", "2027", "c", "bilagor-paminnelse-5")),
    ],
)  # fmt: skip
def test_a_key_of_the_plan_is_its_text_and_knows_its_names(
    kind: type[PlannedKey], text: str, names: tuple[str, str, str, str, str]
) -> None:
    key = kind.of(*names)
    last = key.krav if isinstance(key, ObligationKey) else key.moment if isinstance(key, MilestoneKey) else ""
    assert (key, str(key), f"{key}") == (text, text, text)
    assert (key.kommun, key.step, key.period, key.unit, last) == names
    assert key.occurrence == (names[1], names[2])
    assert key.path == text.partition("/")[2]


def test_a_key_is_still_itself_after_every_way_that_text_goes() -> None:
    key = ObligationKey(UNDERLAG)
    assert {key: 1}[UNDERLAG] == {UNDERLAG: 1}[key] == 1  # type: ignore[index]
    assert json.loads(json.dumps({key: [key]})) == {UNDERLAG: [UNDERLAG]}
    for again in (copy.deepcopy(key), pickle.loads(pickle.dumps(key))):
        assert (type(again), again, again.krav) == (ObligationKey, key, "underlag")


def test_one_key_leads_to_its_neighbours() -> None:
    key = ObligationKey(UNDERLAG)
    assert key.milestone("ksau") == "hedemora/delarsrapport/2027-08/socialnamnden/ksau"
    assert isinstance(key.milestone("ksau"), MilestoneKey)
    assert key.of_unit("omsorgsnamnden") == "hedemora/delarsrapport/2027-08/omsorgsnamnden/underlag"
    assert key.occurrence.path == "delarsrapport/2027-08"


@pytest.mark.parametrize("kind", [ObligationKey, MilestoneKey])
@pytest.mark.parametrize(
    "text", ["", "hedemora", "a/b/c/d", f"{UNDERLAG}/kvittens", "a/b//d/e", "/b/c/d/e", "a/b/c/d/"]
)
def test_what_is_not_five_names_is_refused_with_how_to_write_it(kind: type[PlannedKey], text: str) -> None:
    with pytest.raises(RefusedError, match="Det finns inget") as refused:
        kind(text)
    assert kind(str(refused.value).rpartition("till exempel ")[2].rstrip("."))


def test_a_name_with_a_stroke_in_it_or_none_makes_no_key() -> None:
    for unit in ("social/namnden", ""):
        with pytest.raises(RefusedError):
            ObligationKey.of("hedemora", "delarsrapport", "2027-08", unit, "underlag")


def test_a_longer_key_tells_what_it_begins_with() -> None:
    assert beginning(f"{UNDERLAG}/kvittens/ekonomi.1/1820000000") == UNDERLAG
    assert beginning("hedemora/vecka/2027-V37") == "hedemora/vecka/2027-V37"


def test_a_thread_is_a_tillfalle_and_its_reader() -> None:
    tillfalle = OccurrenceKey.of("delarsrapport", "2027-08")
    assert thread_key(tillfalle, "ek.chef@example.se") == "delarsrapport/2027-08/ek.chef@example.se"
    assert thread_key(tillfalle, None) == "delarsrapport/2027-08/ekonomikontoret"
    assert occurrence_of(thread_key(tillfalle, None)) == tillfalle


TILLFALLE = OccurrenceKey.of("delarsrapport", "2027-08").of_kommun("hedemora")
CHIEF = "kommunchef.åsa+1@example.se"


@pytest.mark.parametrize(
    ("key", "text"),
    [
        (LetterKey.of("hedemora", "brev", date(2027, 9, 14), in_key(CHIEF)), "hedemora/brev/2027-09-14/kommunchef.%C3%A5sa+1@example.se"),
        (LetterKey.of("hedemora", "flyttad-frist", date(2027, 9, 14), in_key(None)), "hedemora/flyttad-frist/2027-09-14/ekonomikontoret"),
        (LetterKey.of("hedemora", "vecka", "2027-V37"), "hedemora/vecka/2027-V37"),
        (LetterKey.of(TILLFALLE, "efter-ksau", 12, in_key(None)), "hedemora/delarsrapport/2027-08/efter-ksau/12/ekonomikontoret"),
        (LetterKey.of(ObligationKey(UNDERLAG), "begaran", 7), f"{UNDERLAG}/begaran/7"),
        (LetterKey.of_receipt(ObligationKey(UNDERLAG), [("ekonomi", 2), ("mal", 1)], datetime(2027, 9, 14, 14, tzinfo=UTC)),
            f"{UNDERLAG}/kvittens/ekonomi.2+mal.1/1820930400"),
        (LetterKey.of_moved(ObligationKey(UNDERLAG), "overlamnat", 12, "ks", CHIEF), f"{UNDERLAG}/overlamnat/12-ks/kommunchef.%C3%A5sa+1@example.se"),
        (LetterKey.of_moved(ObligationKey(UNDERLAG), "flyttat", 12, date(2027, 10, 12), None).again(2), f"{UNDERLAG}/flyttat/12-2027-10-12/ekonomikontoret/2"),
        (LetterKey.of("hedemora", "brev", date(2027, 9, 14), "vd").shadow, "hedemora/brev/2027-09-14/vd/skugga"),
    ],
)  # fmt: skip
def test_a_letters_key_is_the_same_bytes_as_it_always_was(key: LetterKey, text: str) -> None:
    assert (type(key), str(key)) == (LetterKey, text)


def test_a_letters_key_tells_what_it_is_about_however_often_and_to_whomever_it_was_written() -> None:
    moved = LetterKey.of_moved(ObligationKey(UNDERLAG), "flyttat", 12, date(2027, 10, 12), CHIEF)
    receipt = LetterKey.of_receipt(
        ObligationKey(UNDERLAG), [("ekonomi", 2), ("mal", 1)], datetime(2027, 9, 14, tzinfo=UTC)
    )
    for each in (moved, moved.shadow, moved.again(2), moved.again(2).shadow):
        assert (each.beginning, each.moved_to, each.receipt_of) == (UNDERLAG, (12, "2027-10-12"), ())
    for each in (receipt, receipt.shadow):
        assert (each.beginning, each.moved_to, each.receipt_of) == (UNDERLAG, None, ("ekonomi.2", "mal.1"))
    week = LetterKey("hedemora/vecka/2027-V37")
    assert (week.moved_to, week.receipt_of) == (None, ())


def test_nobody_but_the_keys_own_module_takes_text_apart_at_strokes_or_counts_them() -> None:
    found = {path for path in _sources('"/"') if any(_at_strokes(_tree(path)))}
    assert found == OTHER_STROKES.keys()


def test_nobody_else_counts_the_names_of_a_key_either() -> None:
    """``names_in`` is for those who put keys together: what a place means is said where it was given."""
    found = {path for path in _sources("names_in") if path not in OTHER_STROKES}
    assert found == {"store/post/letter_keys.py"}


def test_nobody_glues_a_key_of_the_plan_together_by_hand() -> None:
    glued = [
        f"{path}:{node.lineno}"
        for path in _sources("/")
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.JoinedStr) and (_starts_with_a_municipality(node) or _goes_on_from_a_key(node))
    ]
    assert glued == []


def _tree(path: str) -> ast.Module:
    return ast.parse((ROOT / path).read_text())


def _sources(holding: str) -> Iterator[str]:
    """Yield the modules that hold some text at all, for the others need no parsing. Ruff holds the quotes alike."""
    for floor in FLOORS:
        for path in sorted((ROOT / floor).rglob("*.py")):
            if holding in path.read_text():
                yield path.relative_to(ROOT).as_posix()


def _at_strokes(tree: ast.AST) -> Iterator[ast.Call]:
    """Yield ``x.split("/")`` and its like, also as ``re.split`` or with ``sep=``, and ``"/".join(x)``."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        given = [*node.args, *(each.value for each in node.keywords)]
        apart = node.func.attr in _APART and any(map(_is_stroke, given))
        together = node.func.attr == "join" and _is_stroke(node.func.value)
        if apart or together:
            yield node


_APART = ("split", "rsplit", "partition", "rpartition", "count", "index", "rindex", "find", "rfind")


def _is_stroke(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value == "/"


def _starts_with_a_municipality(node: ast.JoinedStr) -> bool:
    """Tell whether an f-string is ``f"{...kommun.id}/..."``."""
    match node.values:
        case [
            ast.FormattedValue(value=ast.Attribute(attr="id", value=ast.Attribute(attr="kommun"))),
            ast.Constant(value=str(rest)),
            *_,
        ]:
            return rest.startswith("/")
    return False


#: what holds a key, or the step of one
_NAMES_OF_KEYS = frozenset(("key", "obligation_key", "occurrence", "step", "step_id"))


def _goes_on_from_a_key(node: ast.JoinedStr) -> bool:
    """Tell whether an f-string is ``f"{one.key}/{part}"`` or ``f"{one.step}/{one.period.key}"``, wherever in it that stands."""
    return any(
        isinstance(first, ast.FormattedValue)
        and isinstance(first.value, ast.Attribute)
        and first.value.attr in _NAMES_OF_KEYS
        and isinstance(stroke, ast.Constant)
        and stroke.value == "/"
        and isinstance(last, ast.FormattedValue)
        for first, stroke, last in zip(node.values, node.values[1:], node.values[2:], strict=False)
    )


def test_no_template_glues_a_key_together_either() -> None:
    glued = re.compile(r"(?:\.step|\.period(?:\.key)?|\.unit) *(?:\}\}/|~ *\"/)")
    pages = [*ROOT.glob("*/templates/*.html"), *ROOT.glob("notifications/letters/templates/*.xml")]
    assert len(pages) > 30
    assert [(page.name, found) for page in pages for found in glued.findall(page.read_text())] == []
