"""No page, letter, subject or menu names a body of one municipality, and no code a sheet: they are the definition's to say."""

import ast
import re
from pathlib import Path
from typing import get_args

from arshjul.definition.sheets.column import ColumnRole, Known
from arshjul.definition.sheets.sheet import SheetKind
from arshjul.definition.sheets.shipped import shipped
from tests.rig.paths import ROOT

FLOORS = ("calendar/arshjul", "store", "submissions", "notifications", "actions", "flows", "portal", "app")
NAMED = re.compile(r"\bKSAU\b|[Aa]rbetsutskott|/organ/ksau")
#: a template's remarks to those who write templates are not shown
REMARK = re.compile(r"\{#.*?#\}", re.DOTALL)


OFFICE = re.compile("[Ee]konomikontoret")


def _shown(file: Path, named: re.Pattern[str] = NAMED) -> list[str]:
    """Return the texts of a module that may be shown: every string but the docstrings; none where nothing is ``named``."""
    source = file.read_text()
    if not named.search(source):
        return []
    tree = ast.parse(source)
    held = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docs = {ast.get_docstring(node, clean=False) for node in ast.walk(tree) if isinstance(node, held)}
    texts = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return [text for text in texts if text not in docs]


def test_no_text_of_the_product_names_a_body() -> None:
    modules = [file for floor in FLOORS for file in (ROOT / floor).rglob("*.py") if "migrations" not in file.parts]
    assert len(modules) > 250
    found = {file.name: text for file in modules for text in _shown(file) if NAMED.search(text)}
    assert found == {}


def test_no_template_names_a_body() -> None:
    kinds = ("html", "xml", "js", "txt")
    templates = [file for floor in FLOORS for kind in kinds for file in (ROOT / floor).rglob(f"*.{kind}")]
    assert len(templates) > 40
    assert {file.name for file in templates if NAMED.search(REMARK.sub("", file.read_text()))} == set()


def test_no_template_says_what_one_municipality_calls_its_office() -> None:
    templates = [file for floor in FLOORS for kind in ("html", "xml") for file in (ROOT / floor).rglob(f"*.{kind}")]
    assert len(templates) > 40
    assert {file.name for file in templates if OFFICE.search(REMARK.sub("", file.read_text()))} == set()


#: acts that try what somebody comes with, before it is known whose it is: the page says it in the municipality's own words
SAID_BY_PAGES = {"feeds.py", "opening_links.py", "sent_up.py", "trying_codes.py"}


def test_no_letter_and_no_act_says_what_one_municipality_calls_its_office() -> None:
    """They have the definition at hand. The bare word is the role's id."""
    modules = [
        file for floor in ("submissions", "notifications", "actions", "flows") for file in (ROOT / floor).rglob("*.py")
    ]
    assert len(modules) > 100
    found = {file.name: text for file in modules for text in _shown(file, OFFICE) if OFFICE.search(text)}
    assert found.keys() == SAID_BY_PAGES


def test_no_code_knows_a_sheet_or_a_column_by_its_id() -> None:
    """They are found by what they are (``slag``, ``roll``) and filled in by what is known (``känt``): words of ours."""
    ours = {*get_args(SheetKind), *get_args(ColumnRole), *get_args(Known)}
    sheets = shipped().values()
    ids = {each.id for each in sheets} | {column.id for each in sheets for column in each.columns}
    ids -= {*ours, "grupp", "kontroll", "post"}  # words of the definition, the log and HTTP, too
    assert len(ids) > 25
    named = re.compile(rf"""["']({"|".join(map(re.escape, sorted(ids)))})["']""")
    modules = [file for floor in FLOORS for file in (ROOT / floor).rglob("*.py") if "migrations" not in file.parts]
    assert {file.name: found[0] for file in modules if (found := named.search(file.read_text()))} == {}
