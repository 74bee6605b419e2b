"""How a row travels between the file step and a chunk: one line of JSON.

    [transaction id, account id, reversed id or null, [the entry's fields in their order]]

orjson writes dates, times and enums by itself, in the form that `entry_from_row` reads.
"""

from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache
from operator import attrgetter
from typing import Any

import orjson

from aws.vault import vault
from txhub.domain.entities import AccountId, TransactionId
from txhub.domain.entries import Entry, SourcedEntry, entry_from_row
from txhub.domain.naming import account_id, transaction_id
from txhub.feeds.profile import FileCoverage, Profile

_NAMES = tuple(each.name for each in fields(Entry))
fields_of = attrgetter(*_NAMES)
# Where the fields stand that are needed before a row is an entry again.
LINE = _NAMES.index("line")
ACCOUNT = _NAMES.index("account")
SOURCE_ID = _NAMES.index("source_id")
IDENTITY = _NAMES.index("identity")
AMOUNT = _NAMES.index("amount_minor")
CURRENCY = _NAMES.index("currency")
POSTED_ON = _NAMES.index("posted_on")
OCCURRED_ON = _NAMES.index("occurred_on")
REVERSAL_OF = _NAMES.index("reversal_of")


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Gives rows of one file their ids. `batch` tells an `increment` file from the others of its
    feed: business date and sequence."""

    feed: str
    profile: Profile
    batch: tuple[str, ...]
    account_key: bytes
    transaction_key: bytes

    @classmethod
    def of(cls, feed: str, profile: Profile, business_date: date, sequence: int) -> "Names":
        return cls(
            feed=feed,
            profile=profile,
            batch=(business_date.isoformat(), str(sequence)),
            account_key=vault().id_key("accounts"),
            transaction_key=vault().id_key("transactions"),
        )

    def account(self, number: str) -> AccountId:
        return _account_id(self.account_key, self.profile.account.namespace, number)

    def transaction(self, account: AccountId, row: list[Any], ordinal: int) -> TransactionId:
        """The id of a row (an entry's fields). `ordinal` counts equal rows before it, and matters
        only where the feed has no ids of its own."""
        if row[SOURCE_ID] is not None:
            return self.of_source(account, row[SOURCE_ID])
        day = row[POSTED_ON] or row[OCCURRED_ON]
        batch = self.batch if self.profile.coverage is FileCoverage.INCREMENT else ()
        parts = (*batch, day, *row[IDENTITY], str(ordinal))
        return transaction_id(self.transaction_key, self.feed, account, *parts)

    def of_source(self, account: AccountId, source_id: str) -> TransactionId:
        """The id of the transaction that the feed itself calls `source_id`."""
        return transaction_id(self.transaction_key, self.feed, account, source_id)


@lru_cache(maxsize=20_000)
def _account_id(key: bytes, namespace: str, number: str) -> AccountId:
    return account_id(key, namespace, number)


def chunk_line(name: TransactionId, account: AccountId, reversed_id: str | None, row: Any) -> bytes:
    return orjson.dumps((name, account, reversed_id, row))


def sourced(line: list[Any], *, chunk: str, feed: str, historical: bool) -> SourcedEntry:
    """The entry of a chunk's line, with its names."""
    name, account, reversed_id, row = line
    return SourcedEntry(
        entry=entry_from_row(row),
        account_id=account,
        transaction_id=name,
        source=source_of(chunk, row[LINE]),
        feed=feed,
        reversed_id=reversed_id,
        historical=historical,
    )


def source_of(chunk: str, line: int) -> str:
    return f"{chunk}:{line}"
