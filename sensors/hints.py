"""Where small bins pile up: counted in Redis as they are written, for whoever merges them.

A hint that is lost costs a little space until the next small bin comes; no reading depends on it.
"""

from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import Any

import redis
import structlog
from django.conf import settings

from sensors.domain.merging import TOGETHER_MIN
from sensors.domain.partitions import Tier, tier_named

log = structlog.get_logger(__name__)
_KEPT_MAX = 100_000  # partitions; of more, those with the fewest small bins are forgotten

Place = tuple[str, Tier, int]  # sensor, and a partition of its bins


def note_small_bins(places: Iterable[Place]) -> None:
    """One more small bin lies in each of these partitions."""
    counted = Counter(places)
    if not counted:
        return
    try:
        with _redis().pipeline(transaction=False) as together:
            for place, count in counted.items():
                together.zincrby(_key(), count, _text(place))
            together.zremrangebyrank(_key(), 0, -_KEPT_MAX - 1)
            together.execute()
    except redis.RedisError as error:
        log.warning("small_bins_not_noted", error=type(error).__name__)


def worth_merging(most: int) -> list[Place]:
    """Up to `most` partitions with enough small bins to merge. Each is told once."""
    try:
        found = _redis().zrevrangebyscore(_key(), "inf", TOGETHER_MIN, start=0, num=most)
        if found:
            _redis().zrem(_key(), *found)
    except redis.RedisError as error:
        log.warning("small_bins_not_known", error=type(error).__name__)
        return []
    return [_place(each.decode()) for each in found]


def _text(place: Place) -> str:
    sensor, tier, number = place
    return f"{tier.letter}{number}#{sensor}"


def _place(text: str) -> Place:
    partition, _, sensor = text.partition("#")
    return sensor, tier_named(partition[0]), int(partition[1:])


def _key() -> str:
    return f"{settings.CACHES['default'].get('KEY_PREFIX', '')}:small-bins"


@cache
def _redis() -> Any:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)
