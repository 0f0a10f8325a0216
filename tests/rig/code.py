"""The product's code as the tests read it: each module is parsed once for all files that ask, which one worker takes.

To parse the whole house takes two seconds of computing. What was read is forgotten with the last of them: it is much to
remember for the tests that follow.
"""

import ast
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tests.rig.sharing import SHARED


class Module(NamedTuple):
    """A module's tree, and all that is in it, as ``ast.walk`` goes through it."""

    tree: ast.Module
    nodes: tuple[ast.AST, ...]


def parsed(file: Path) -> Module:
    """Return what a module says."""
    return SHARED.get("what was read", _kept)(file)


def nodes(file: Path) -> tuple[ast.AST, ...]:
    """Return every node of a module."""
    return parsed(file).nodes


@contextmanager
def _kept() -> Iterator[Callable[[Path], Module]]:
    read = cache(_read)
    yield read
    read.cache_clear()


def _read(file: Path) -> Module:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return Module(tree, tuple(ast.walk(tree)))
