"""Every kind of letter that the code writes, read out of the code: a new one is followed, and pictured, too."""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from store.plan.matters import COMPLETED, SETTLED, WITHDRAWN
from tests.rig.paths import ROOT


def kinds_written() -> set[str]:
    """Return the kinds that are given where a letter is written, and those that a module of letters calls its own."""
    found = {WITHDRAWN, COMPLETED, SETTLED}  # how a matter ended is the kind of the letter that tells it
    for file in [*(ROOT / "actions").rglob("*.py"), *(ROOT / "notifications/letters").rglob("*.py")]:
        found |= set(_of_module(file))
    return found


def _of_module(file: Path) -> Iterator[str]:
    module = ".".join(file.relative_to(ROOT).with_suffix("").parts)
    tree = ast.parse(file.read_text(encoding="utf-8"))
    writes = False
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call) or getattr(call.func, "id", "") not in ("freeze", "write", "write_each"):
            continue
        for given in call.keywords:
            if given.arg == "kind":
                writes = True
                yield from _said(given.value, module)
    yield from _own(module) if writes or "note(" in file.read_text(encoding="utf-8") else ()


def _own(module: str) -> Iterator[str]:
    """Give what a module that writes letters calls its kinds: ``KIND``, ``MOVED_KIND``."""
    for name, value in vars(import_module(module)).items():
        if isinstance(value, str) and name.endswith("KIND"):
            yield value


def _said(value: ast.expr, module: str) -> Iterator[str]:
    if isinstance(value, ast.Constant):
        yield str(value.value)
    elif isinstance(value, ast.Name):
        said = getattr(import_module(module), value.id, None)
        yield from [said] if said else ()  # else an argument: whoever calls says it
    elif isinstance(value, ast.IfExp):
        yield from (*_said(value.body, module), *_said(value.orelse, module))
