"""No page, letter, subject or menu names a body of one municipality: what a body is called is the definition's to say."""

import ast
import re
from pathlib import Path

from tests.rig.paths import ROOT

FLOORS = ("calendar/arshjul", "store", "submissions", "notifications", "actions", "flows", "portal", "app")
NAMED = re.compile(r"\bKSAU\b|[Aa]rbetsutskott|/organ/ksau")
#: a template's remarks to those who write templates are not shown
REMARK = re.compile(r"\{#.*?#\}", re.DOTALL)


def _shown(file: Path) -> list[str]:
    """Return the texts of a module that may be shown: every string but the docstrings; none that names no body."""
    source = file.read_text()
    if not NAMED.search(source):
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
