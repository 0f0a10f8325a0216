"""What a definition cites, held against what is known of the law: a law that is repealed, a chapter that is not there."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from arshjul.check.remarks import Remark
from arshjul.definition.lined import Path
from arshjul.periods import Period
from arshjul.wordings import doubt_of

_CITING = ("källa", "lagrum", "beslutar enligt")  #: the keys under which a source stands


def cited(tree: Any, period: Period) -> Iterator[Remark]:
    """Find the citations of the file ``tree`` that can be doubted. ``period`` is the first of those that are judged."""
    for path, read in _sources(tree, ()):
        for doubt in filter(None, (doubt_of(each.strip()) for each in read.split(";"))):
            yield Remark(path=path, rule="okant-lagrum", message=doubt, period=period, severity="varning")


def _sources(node: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            if key in _CITING and isinstance(value, str):
                yield (*path, key), value
            else:
                yield from _sources(value, (*path, key))
    elif isinstance(node, Sequence) and not isinstance(node, str):
        for number, value in enumerate(node):
            yield from _sources(value, (*path, number))
