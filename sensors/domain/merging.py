"""Which small bins become one large one.

Writing a bin and deleting those that it replaces is paid for, and what is won is little: so only
where many small ones lie side by side.
"""

from collections.abc import Iterable, Iterator, Sequence

from sensors.domain.bins import Bin
from sensors.domain.partitions import FiledBin
from sensors.domain.readings import union
from sensors.domain.sealing import Size

# So many bins in the place of one are worth a write and as many deletes.
TOGETHER_MIN = 8
_SMALL = 0.5


def is_small(bin: Bin, size: Size) -> bool:
    """Whether it fills less than half of what a full one does."""
    return len(bin.packed) < _SMALL * size.packed_bytes


def groups(partition: Iterable[FiledBin], size: Size) -> Iterator[list[FiledBin]]:
    """Small bins of one partition, in order of their last reading, that may become one each."""
    together: list[FiledBin] = []
    for filed in partition:
        if not is_small(filed.bin, size):
            continue
        if together and not _fit([*together, filed], size):
            yield from _worthwhile(together)
            together = []
        together.append(filed)
    yield from _worthwhile(together)


def merged(small: Sequence[FiledBin], size: Size) -> FiledBin | None:
    """One bin of all their readings; None where it would be too large after all."""
    made = Bin.of(union(filed.bin.readings() for filed in small))
    if len(made.packed) > size.packed_bytes:
        return None
    level = 1 + max(filed.level for filed in small)
    return FiledBin(sensor=small[0].sensor, tier=small[0].tier, bin=made, level=level)


def _worthwhile(together: list[FiledBin]) -> Iterator[list[FiledBin]]:
    if len(together) >= TOGETHER_MIN:
        yield together


def _fit(small: Sequence[FiledBin], size: Size) -> bool:
    summaries = [filed.bin.summary for filed in small]
    first = min(summary.first.at for summary in summaries)
    last = max(summary.last.at for summary in summaries)
    packed_bytes = sum(len(filed.bin.packed) for filed in small)
    return last < small[0].tier.end_of_bin(first) and packed_bytes <= size.packed_bytes
