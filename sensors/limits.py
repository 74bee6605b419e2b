"""How many readings a device may send, counted in Redis by the minute."""

from datetime import datetime
from functools import cache
from typing import Any, ClassVar

import redis
import structlog
from django.conf import settings

from kernel.errors import Refused
from sensors.conf import conf

log = structlog.get_logger(__name__)
_WINDOW_S = 60


class TooManyReadings(Refused):
    """This device sends more readings than it may. Wait a while, then send the same again."""

    code = "too_many_readings"
    http_status: ClassVar[int] = 429

    def __init__(self, *, retry_after_s: int) -> None:
        super().__init__()
        self.retry_after_s = retry_after_s


def count_readings(device_id: str, count: int, *, now: datetime) -> None:
    """Raises `TooManyReadings` where the device has used up its minute already.

    Without Redis nobody is limited: the stream's own limit remains.
    """
    minute, second = divmod(int(now.timestamp()), _WINDOW_S)
    prefix = settings.CACHES["default"].get("KEY_PREFIX", "")
    key = f"{prefix}:device-readings:{device_id}:{minute}"
    try:
        with _redis().pipeline(transaction=False) as together:
            together.incrby(key, count)
            together.expire(key, 2 * _WINDOW_S)
            total, _expires = together.execute()
    except redis.RedisError as error:
        log.warning("device_not_limited", error=type(error).__name__)
        return
    if total - count >= conf().device_readings_a_minute:
        raise TooManyReadings(retry_after_s=_WINDOW_S - second)


@cache
def _redis() -> Any:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)
