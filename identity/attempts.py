"""Sign-in attempts are limited, for each e-mail address and for each network address.

An attempt is counted before its password is looked at, so that parallel guesses cannot slip past
the limit, and taken back when it succeeds. Counters live in Redis under keyed hashes: it learns
neither addresses. The price of the limit by e-mail address: whoever knows it can keep its owner
out for a window. That is the lesser harm, and the limit by network address makes it laborious.
"""

from dataclasses import dataclass
from functools import cache
from ipaddress import IPv6Address, ip_address
from typing import Any, ClassVar

import redis
from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from identity.conf import Conf, conf
from kernel.errors import Refused, Unavailable

# Checks all counters before it counts on any, in one step. ARGV: window in ms, then the limits.
_BEGIN = """
local wait = 0
for i, key in ipairs(KEYS) do
  if tonumber(redis.call('GET', key) or '0') >= tonumber(ARGV[1 + i]) then
    wait = math.max(wait, redis.call('PTTL', key), 1)
  end
end
if wait > 0 then return wait end
for _, key in ipairs(KEYS) do
  if redis.call('INCR', key) == 1 then redis.call('PEXPIRE', key, ARGV[1]) end
end
return 0
"""
# One down, but never below zero, and without bringing an expired counter back.
_TAKE_BACK = """
for _, key in ipairs(KEYS) do
  if tonumber(redis.call('GET', key) or '0') > 0 then redis.call('DECR', key) end
end
return 0
"""


class TooManyAttempts(Refused):
    """Too many sign-in attempts. Wait a while, then try again."""

    code = "too_many_attempts"
    http_status: ClassVar[int] = 429

    def __init__(self, *, retry_after_s: int) -> None:
        super().__init__()
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt that was counted; tell it how it ended, or it stays counted as a failure."""

    email_key: str
    address_key: str

    @classmethod
    def begin(cls, *, email: str, address: str) -> "Attempt":
        """Counts an attempt. Raises `TooManyAttempts`, or `Unavailable` where Redis is away:
        without a limit nobody may guess."""
        limits = conf()
        attempt = cls(_counter("email", email), _counter("address", address))
        wait_ms = _run(_BEGIN, attempt._keys, *_arguments(limits))
        if wait_ms:
            raise TooManyAttempts(retry_after_s=-(-wait_ms // 1000))
        return attempt

    def succeeded(self) -> None:
        """Forgets the address's failures: they were its owner's."""
        self.take_back()
        _run("return redis.call('DEL', KEYS[1])", [self.email_key])

    def take_back(self) -> None:
        """As if it had not been made."""
        _run(_TAKE_BACK, self._keys)

    @property
    def _keys(self) -> list[str]:
        return [self.email_key, self.address_key]


def network_address(request: HttpRequest) -> str:
    """Where a request comes from: a network address, for IPv6 the /64 that one household has.

    `X-Forwarded-For` is believed as far as our own proxies wrote it.
    """
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")
    hops = [hop.strip() for hop in forwarded if hop.strip()]
    hops.append(request.META.get("REMOTE_ADDR", ""))
    text = hops[max(0, len(hops) - 1 - conf().trusted_proxies)]
    try:
        address = ip_address(text)
    except ValueError:
        return text
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or IPv6Address(int(address) >> 64 << 64))
    return text


def _counter(kind: str, name: str) -> str:
    digest = salted_hmac(f"identity.attempts.{kind}", name, algorithm="sha256").hexdigest()
    # The braces keep both counters on one node of a Redis cluster, where scripts need them.
    return f"{settings.CACHES['default'].get('KEY_PREFIX', '')}:{{sign-in}}:{kind}:{digest}"


def _arguments(limits: Conf) -> tuple[int, int, int]:
    return limits.attempts_window_s * 1000, limits.attempts_per_email, limits.attempts_per_address


def _run(script: str, keys: list[str], *arguments: int) -> int:
    try:
        return int(_redis().eval(script, len(keys), *keys, *arguments))
    except redis.RedisError as error:
        raise Unavailable("sign-in is not possible at the moment") from error


@cache
def _redis() -> Any:
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)
