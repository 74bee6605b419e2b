"""What sells best, in Redis: a sorted set for each day, forgotten after a month.

It is a view: Redis may lose it at any time, and `cart.projections.rebuild` counts it anew.
"""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import redis
from django.conf import settings

from cart.domain.purchases import ProductId, Purchase

DAYS = 30
# Counts a check-out once, however often it comes. KEYS: who was counted that day, what was sold
# that day. ARGV: seconds to keep them, the check-out, then products and quantities.
_COUNT = """
if redis.call('SADD', KEYS[1], ARGV[2]) == 0 then return 0 end
for i = 3, #ARGV, 2 do redis.call('ZINCRBY', KEYS[2], ARGV[i + 1], ARGV[i]) end
redis.call('EXPIRE', KEYS[1], ARGV[1])
redis.call('EXPIRE', KEYS[2], ARGV[1])
return 1
"""


class BestSellers:
    """Days are those on which check-outs began, in UTC."""

    def count(self, purchase: Purchase) -> None:
        """What was bought; a purchase that was counted already counts no more."""
        day = purchase.begun_at.date()
        sold = [part for line in purchase.lines for part in (line.product_id, line.quantity)]
        keep_s = (DAYS + 1) * 24 * 3600
        keys = [_key("counted", day), _key("sold", day)]
        _script()(keys=keys, args=[keep_s, purchase.checkout_id, *sold])

    def top(self, count: int, *, now: datetime) -> list[tuple[ProductId, int]]:
        """The most sold products of the last month, and how many of each."""
        today = now.astimezone(UTC).date()
        days = [_key("sold", today - timedelta(days=back)) for back in range(DAYS)]
        ranked: Any = _server().zunion(days, withscores=True)
        best = sorted(ranked, key=lambda each: (-each[1], each[0]))[:count]
        return [(ProductId(name.decode()), int(units)) for name, units in best]

    def forget(self) -> None:
        """All of it, to be counted anew."""
        for key in _server().scan_iter(f"{settings.CACHES['default']['KEY_PREFIX']}:best:*"):
            _server().delete(key)


def _key(what: str, day: date) -> str:
    return f"{settings.CACHES['default']['KEY_PREFIX']}:best:{what}:{day.isoformat()}"


@cache
def _server() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL)


@cache
def _script() -> Any:
    return _server().register_script(_COUNT)


BEST_SELLERS = BestSellers()
