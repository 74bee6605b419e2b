"""Digests: whether two sets of rows are the same, without comparing the rows.

A row's leaf is a keyed digest of its id and of all that it says. A set's digest is how many rows it
has, and the sum of their leaves: so any set has one (a day, a month, an account, a chunk, a file),
in whatever order its rows come, a parent is the sum of its children, and a row that comes or goes
is an addition or a subtraction. Whoever lacks the key cannot make rows whose leaves add up to a
given sum (a keyed additive multiset hash; docs/adr/0023-digests.md).
"""

import hashlib
import hmac
from dataclasses import dataclass

import orjson

from txhub.domain.entities import Transaction
from txhub.domain.entries import Entry

LEAF_BYTES = 16
_MODULUS = 1 << (8 * LEAF_BYTES)


@dataclass(frozen=True, slots=True)
class Digest:
    """Of a set of rows: `count` of them, and the sum of their leaves."""

    count: int = 0
    total: int = 0

    def __add__(self, other: "Digest") -> "Digest":
        return Digest(self.count + other.count, (self.total + other.total) % _MODULUS)

    def __sub__(self, other: "Digest") -> "Digest":
        return Digest(self.count - other.count, (self.total - other.total) % _MODULUS)


NOTHING = Digest()


def leaf(key: bytes, transaction_id: str, facts: bytes) -> Digest:
    """Of one row. `facts`: what it says, as `facts_of_entry` and `facts_of_stored` have it."""
    raw = hmac.digest(key, transaction_id.encode() + facts, "sha256")[:LEAF_BYTES]
    return Digest(1, int.from_bytes(raw, "big"))


def unreadable_leaf(key: bytes, transaction_id: str, sealed: bytes) -> Digest:
    """Of an item that does not open: equal to no row's."""
    return leaf(key, f"!{transaction_id}", sealed)


def facts_of_entry(entry: Entry, reversed_id: str | None) -> bytes:
    """A digest of what a row says."""
    has_original = entry.original_minor is not None and bool(entry.original_currency)
    return _facts(
        entry.status,
        entry.kind,
        entry.amount_minor,
        entry.currency,
        entry.description,
        entry.merchant,
        entry.category,
        entry.country,
        entry.occurred_on,
        int(entry.occurred_at.timestamp()) if entry.occurred_at else None,
        entry.posted_on,
        entry.value_on,
        entry.original_minor if has_original else None,
        entry.original_currency if has_original else None,
        entry.authorised_minor,
        entry.auth_code,
        entry.mcc,
        entry.balance_minor,
        reversed_id,
        *_flag(entry.final),
    )


def facts_of_stored(stored: Transaction) -> bytes:
    """The same digest of a decrypted transaction."""
    original = stored.original_amount
    return _facts(
        stored.status,
        stored.kind,
        stored.amount.minor,
        stored.amount.currency,
        stored.description,
        stored.merchant.name,
        stored.merchant.category,
        stored.merchant.country,
        stored.occurred_on,
        int(stored.occurred_at.timestamp()) if stored.occurred_at else None,
        stored.posted_on,
        stored.value_on,
        original.minor if original else None,
        original.currency if original else None,
        stored.authorised_amount.minor if stored.authorised_amount else None,
        stored.auth_code,
        stored.mcc,
        stored.balance.minor if stored.balance else None,
        stored.reversal_of,
        *_flag(stored.final),
    )


def _flag(final: bool) -> tuple[bool, ...]:
    """Not to be final says nothing: a row without the flag has the digest that it always had."""
    return (True,) if final else ()


def _facts(*facts: object) -> bytes:
    return hashlib.blake2b(orjson.dumps(facts), digest_size=LEAF_BYTES).digest()
