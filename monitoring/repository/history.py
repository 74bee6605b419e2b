"""The `metric-history` table: blocks of frames, written once and never changed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from aws.dynamodb import Item, Key, Repository
from monitoring.domain.frames import Frame
from monitoring.domain.packing import block_from_bytes, block_to_bytes
from monitoring.domain.tiers import Tier, tier_lettered
from monitoring.resources import HISTORY

_BYTES_MAX = 350_000  # an item takes 400 KB
_BEHIND = "$"  # sorts right behind "#"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """The frames of one metric in one block of a tier."""

    metric: str
    tier: Tier
    number: int
    frames: Sequence[Frame] = field(repr=False)


class HistoryRepository(Repository):
    """Blocks, by metric, tier and time.

    pk                              sk           what
    txhub_task_seconds#f41234       0002968912   a block
    txhub_task_seconds#f41234       0002968912#1 the rest of it, where it was too large for an item
    """

    table = HISTORY

    def write(self, blocks: Iterable[Block]) -> None:
        """Writes blocks; the same again is the same item."""
        self.batch_write(puts=[item for block in blocks for item in block_to_items(block)])

    def frames(self, metric: str, tier: Tier, first: int, end: int) -> Iterator[Frame]:
        """The frames that end after `first` and not after `end`, in order."""
        low, high = tier.block(first + 1), tier.block(end)
        for partition in range(tier.partition(low), tier.partition(high) + 1):
            blocks = Key("sk").between(_sort_key(low), _sort_key(high) + _BEHIND)
            for item in self.query_all(partition_key(metric, tier, partition), sort=blocks):
                yield from (f for f in block_from_item(item).frames if first < f.at <= end)


def block_to_items(block: Block) -> list[Item]:
    """One item most often."""
    partition = block.tier.partition(block.number)
    return [
        {
            "pk": partition_key(block.metric, block.tier, partition),
            "sk": _sort_key(block.number) + (f"#{part}" if part else ""),
            "z": packed,
            "x": block.tier.ends(block.number) + block.tier.kept_s + block.tier.block_s,
        }
        for part, packed in enumerate(_packed(block.frames))
    ]


def block_from_item(item: Item) -> Block:
    metric, _, filed = item["pk"].partition("#")
    return Block(
        metric=metric,
        tier=tier_lettered(filed[0]),
        number=int(item["sk"].partition("#")[0]),
        frames=block_from_bytes(item["z"]),
    )


def partition_key(metric: str, tier: Tier, partition: int) -> str:
    return f"{metric}#{tier.letter}{partition}"


def _packed(frames: Sequence[Frame]) -> list[bytes]:
    """In as many parts as it takes for each to fit into an item."""
    packed = block_to_bytes(frames)
    if len(packed) <= _BYTES_MAX or len(frames) == 1:
        return [packed]
    middle = len(frames) // 2
    return [*_packed(frames[:middle]), *_packed(frames[middle:])]


def _sort_key(number: int) -> str:
    return f"{number:010d}"


HISTORY_REPOSITORY = HistoryRepository()
