"""Sources: what a transaction was stored from.

<chunk>:<line>     a row of a file, or, by its own name, a row that was re-driven
<chunk>:<line>+    the same of a row that amends; a chunk has these behind all others
msg_…              a message

By them a retaken chunk knows its own writes, and in which order it makes them.
"""

from collections.abc import Iterable

# Messages are many, and each is a source of its own: they count as one writer.
MESSAGES = "msg"
_AMENDS = "+"


def row_source(name: str, line: int, *, amends: bool) -> str:
    """The source of a row of the chunk called `name`."""
    return f"{name}:{line}{_AMENDS if amends else ''}"


def line_of(source: str) -> int:
    """The line of a row's source."""
    return int(source.partition(":")[2].removesuffix(_AMENDS))


def writer_of(source: str) -> str:
    """Who wrote it: the chunk, the re-driven row, or `MESSAGES`."""
    return MESSAGES if source.startswith("msg_") else source.partition(":")[0]


def is_amended_since(source: str, written_by: Iterable[str]) -> bool:
    """Whether rows of the same chunk that come behind this one have written already: an earlier
    taker's, who came to this one before and had nothing to write."""
    if source.startswith("msg_"):
        return False
    return any(_comes_behind(other, source) for other in written_by)


def _comes_behind(other: str, source: str) -> bool:
    if not other.endswith(_AMENDS) or writer_of(other) != writer_of(source):
        return False
    return not source.endswith(_AMENDS) or line_of(other) > line_of(source)
