"""Blocks flow from page to page: what does not fit begins the next one, under its heading."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from txhub.statements.pdf.sheet import Sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A piece that is not parted. `draw` gets the sheet and the block's upper edge.

    `again`: what is repeated above it where it begins a page. `keeps`: it stays with the block that
    follows, as a heading does.
    """

    height: float
    draw: Callable[[Sheet, float], None]
    again: tuple["Block", ...] = ()
    keeps: bool = False


def paginated(blocks: Iterable[Block], height: float) -> list[list[Block]]:
    """The blocks of each page, every page `height` points high."""
    pages: list[list[Block]] = [[]]
    left = height
    for group in _kept_together(blocks):
        needed = sum(each.height for each in group)
        if needed > left and pages[-1]:
            group = [*group[0].again, *group]
            needed = sum(each.height for each in group)
            pages.append([])
            left = height
        pages[-1] += group
        left -= needed
    return pages


def _kept_together(blocks: Iterable[Block]) -> Iterable[list[Block]]:
    group: list[Block] = []
    for block in blocks:
        group.append(block)
        if not block.keeps:
            yield group
            group = []
    if group:
        yield group
