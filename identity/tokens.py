"""Access tokens of the API: Cognito's JWTs, verified against the pool's own keys.

A verified token is remembered until it expires, so that only its first request in a process pays
for the signature. The price: a token lives until its expiry, whatever happens to its owner.
"""

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any, Literal

import jwt

from aws import cognito
from aws.cognito import PoolIds
from identity.resources import CUSTOMERS
from kernel.errors import Refused, Unavailable

_ALGORITHM = "RS256"  # pinned: the header of a token does not choose how it is checked
_TOKEN_CHARACTERS_MAX = 8192
_REMEMBERED_MAX = 10_000
_REFETCH_PAUSE_S = 10.0
_FAILED_PAUSE_S = 1.0
_KEYS_AGE_S_MAX = 3600.0

Jwks = list[dict[str, Any]]
Use = Literal["access", "id"]


class TokenRefused(Refused):
    """This is not a valid access token of this site."""

    code = "invalid_token"


class TokenExpired(TokenRefused):
    """The access token has expired; ask for a new one."""

    code = "expired_token"


class KeySet:
    """A pool's public keys by key id, fetched when first needed, again after an hour, and when an
    unknown key id turns up: then at most once in ten seconds, since anybody can make one up."""

    def __init__(
        self, fetch: Callable[[], Jwks], *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._fetch = fetch
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._keys: dict[str, Any] = {}
        self._tried_at: float | None = None
        self._failed_at: float | None = None

    def key(self, key_id: str) -> Any:
        """Raises `TokenRefused` for a key that the pool does not have, `Unavailable` where no key
        could be fetched yet."""
        known = self._keys.get(key_id)
        if known is not None and self._age_s() < _KEYS_AGE_S_MAX:
            return known
        with self._lock:
            self._refresh(wanted=key_id)
        if key_id not in self._keys:
            raise TokenRefused
        return self._keys[key_id]

    def _refresh(self, wanted: str) -> None:
        pause_s = _KEYS_AGE_S_MAX if wanted in self._keys else _REFETCH_PAUSE_S
        if self._age_s() < pause_s:
            return
        if not self._keys and self._since_s(self._failed_at) < _FAILED_PAUSE_S:
            raise Unavailable("the user pool's keys cannot be read")  # do not queue up to ask
        try:
            fetched = self._fetch()
        except Unavailable:
            self._failed_at = self._monotonic()
            if not self._keys:
                raise
        else:
            self._keys = {each["kid"]: jwt.PyJWK(each, _ALGORITHM).key for each in fetched}
        self._tried_at = self._monotonic()

    def _age_s(self) -> float:
        return self._since_s(self._tried_at)

    def _since_s(self, moment: float | None) -> float:
        return float("inf") if moment is None else self._monotonic() - moment


class Remembered:
    """Which customer a verified token belongs to, until it expires; the least used go first.

    Tokens are kept as hashes: a memory dump yields none.
    """

    def __init__(self, entries_max: int = _REMEMBERED_MAX) -> None:
        self._entries_max = entries_max
        self._entries: OrderedDict[bytes, tuple[str, float]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, digest: bytes, now_s: float) -> str | None:
        with self._lock:
            found = self._entries.get(digest)
            if found is None:
                return None
            if found[1] <= now_s:
                del self._entries[digest]
                return None
            self._entries.move_to_end(digest)
        return found[0]

    def put(self, digest: bytes, customer_id: str, expires_s: float) -> None:
        with self._lock:
            self._entries[digest] = (customer_id, expires_s)
            while len(self._entries) > self._entries_max:
                self._entries.popitem(last=False)


class Verifier:
    """Verifies tokens of one pool. Safe to share between threads."""

    def __init__(self, pool: Callable[[], PoolIds], keys: KeySet) -> None:
        self._pool = pool
        self._keys = keys
        self._remembered = Remembered()

    def customer_id(self, token: str, *, now: datetime) -> str:
        """Whose access token this is. Raises `TokenRefused`, `TokenExpired` or `Unavailable`."""
        if len(token) > _TOKEN_CHARACTERS_MAX:
            raise TokenRefused
        digest = hashlib.sha256(token.encode()).digest()
        known = self._remembered.get(digest, now.timestamp())
        if known is None:
            claims = self.claims(token, use="access", now=now)
            known = str(claims["sub"])
            self._remembered.put(digest, known, claims["exp"])
        return known

    def claims(self, token: str, *, use: Use, now: datetime) -> dict[str, Any]:
        """The claims of a token, after every check. Raises as `customer_id` does."""
        pool = self._pool()
        claims = self._signed_claims(token, pool.issuer)
        audience = claims.get("client_id") if use == "access" else claims.get("aud")
        if claims["token_use"] != use or audience != pool.client_id:
            raise TokenRefused
        if not isinstance(claims["exp"], int):
            raise TokenRefused
        if claims["exp"] <= now.timestamp():
            raise TokenExpired
        return claims

    def _signed_claims(self, token: str, issuer: str) -> dict[str, Any]:
        try:
            header = jwt.get_unverified_header(token)
            if header.get("alg") != _ALGORITHM or not isinstance(header.get("kid"), str):
                raise TokenRefused
            claims: dict[str, Any] = jwt.decode(
                token,
                self._keys.key(header["kid"]),
                algorithms=[_ALGORITHM],
                issuer=issuer,
                # Times are compared with the clock we were given, the audience by token use.
                options={
                    "verify_aud": False,
                    "verify_exp": False,
                    "verify_iat": False,
                    "require": ["exp", "iss", "sub", "token_use"],
                },
            )
        except jwt.PyJWTError as error:
            raise TokenRefused from error
        return claims


@cache
def verifier() -> Verifier:
    """The process's verifier of customers' tokens."""
    return Verifier(
        pool=lambda: cognito.pool_ids(CUSTOMERS),
        keys=KeySet(lambda: cognito.public_keys(CUSTOMERS)),
    )
