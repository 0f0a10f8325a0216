"""The enheter of a table level by level: those under one another stand together, and nothing is summed twice.

Where an enhet and one under it both have handed the table in, the upper one's figures are what counts further up.
"""

from collections.abc import Iterator, Sequence

from arshjul.definition.model import Definition
from arshjul.keys import UnitId
from submissions.compilation.compiled import Block


def level_by_level(definition: Definition, blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Return the blocks with each enhet's before those of the enheter under it; as they are where there are no levels."""
    if not definition.above:
        return tuple(blocks)
    order = {unit: number for number, unit in enumerate(definition.units)}

    def path(block: Block) -> list[int]:
        return [order[each] for each in reversed((block.unit, *definition.above.get(block.unit, ())))]

    return tuple(sorted(blocks, key=path))


def gathered(definition: Definition, blocks: Sequence[Block], under: UnitId | None = None) -> tuple[Block, ...]:
    """Return the blocks whose sums make the sum of an enhet's levels below; of the whole municipality for None.

    One that is under another that is in is in that one's figures already.
    """
    there = {block.unit for block in blocks if block.status == "inne"}
    found = []
    for block in blocks:
        above = definition.above.get(block.unit, ())
        if under is not None and under not in above:
            continue
        between = above[: above.index(under)] if under is not None else above
        if not there & set(between):
            found.append(block)
    return tuple(found)


def upper_units(definition: Definition, blocks: Sequence[Block]) -> Iterator[UnitId]:
    """Yield the enheter that have some of these under them, in the definition's order."""
    upper = {each for block in blocks for each in definition.above.get(block.unit, ())}
    return (unit for unit in definition.units if unit in upper)
