"""Sparse indexes of what is not finished: an item is in one while it has the attribute `o`.

They are spread over several keys, because every check-out passes through them and one key of an
index takes 1,000 writes a second, as one of a table does.
"""

from collections.abc import Iterator
from datetime import datetime
from zlib import crc32

from aws.dynamodb import Item, Key, Repository

_LISTS = 8


def listed(checkout_id: str, since: datetime, sort_key: str) -> Item:
    """The attributes that put an item into its table's index."""
    return {"o": str(crc32(checkout_id.encode()) % _LISTS), sort_key: _text(since)}


def until(repository: Repository, index: str, sort_key: str, moment: datetime) -> Iterator[Item]:
    """What has been in the index since `moment` or longer; the index is a second behind."""
    for number in range(_LISTS):
        older = Key(sort_key).lte(_text(moment))
        yield from repository.query_all(str(number), index=index, sort=older)


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")
