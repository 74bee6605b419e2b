"""How a row travels: named, sorted, and as a line of a chunk.

While it is sorted, a row is a plain tuple (`FiledRow`): what it is sorted and named by, and last
the entry's fields as JSON, which nobody opens before the chunk step. In a chunk it is one line:

    [transaction id, account id, reversed id or null, [the entry's fields in their order]]
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache, partial
from operator import attrgetter
from typing import Any

import orjson

from aws.vault import vault
from txhub.domain.entities import AccountId, TransactionId
from txhub.domain.entries import Action, Entry, SourcedEntry, entry_from_row
from txhub.domain.naming import account_id, transaction_id
from txhub.feeds.profile import FileCoverage, Profile

# (account id, day, line, account number, feed's id, identity, id of the reversed, minor, currency,
#  the entry's fields as JSON)
FiledRow = tuple[AccountId, str, int, str, str | None, tuple[str, ...], str | None, int, str, bytes]
# A filed row with its transaction id, and that of the one it reverses.
NamedRow = tuple[TransactionId, TransactionId | None, FiledRow]
_ACCOUNTS_KEPT = 20_000
# Sorts behind every day.
_AFTER_ALL_DAYS = "~"
_fields_of = attrgetter(*(each.name for each in fields(Entry)))


def fields_json(entry: Entry) -> bytes:
    """An entry's fields in their order. orjson writes dates, times and enums by itself, in the form
    that `entry_from_row` reads."""
    return orjson.dumps(_fields_of(entry))


def entry_of(fields_as_json: bytes) -> Entry:
    """The entry that `fields_json` wrote."""
    return entry_from_row(orjson.loads(fields_as_json))


def filed_row(entry: Entry, account: AccountId) -> FiledRow:
    """Filed under its booking day. An AMEND comes behind all days of its account, since what it
    amends may be booked on a later day of the same file."""
    day = _AFTER_ALL_DAYS if entry.action is Action.AMEND else entry.booked_day.isoformat()
    return (
        account,
        day,
        entry.line,
        entry.account,
        entry.source_id,
        entry.identity,
        entry.reversal_of,
        entry.amount_minor,
        entry.currency,
        fields_json(entry),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Gives the rows of one file their ids; `account` is that of an account number.

    `batch` tells an `increment` file from the others of its feed: business date and sequence.
    """

    feed: str
    batch: tuple[str, ...]
    account: Callable[[str], AccountId]
    transaction_key: bytes

    @classmethod
    def of(cls, feed: str, profile: Profile, business_date: date, sequence: int) -> "Names":
        increment = profile.coverage is FileCoverage.INCREMENT
        named = partial(account_id, vault().id_key("accounts"), profile.account.namespace)
        return cls(
            feed=feed,
            batch=(business_date.isoformat(), str(sequence)) if increment else (),
            account=lru_cache(maxsize=_ACCOUNTS_KEPT)(named),
            transaction_key=vault().id_key("transactions"),
        )

    def of_source(self, account: AccountId, source_id: str) -> TransactionId:
        """The id of the transaction that the feed itself calls `source_id`."""
        return transaction_id(self.transaction_key, self.feed, account, source_id)

    def of_identity(
        self, account: AccountId, day: str, identity: tuple[str, ...], ordinal: int
    ) -> TransactionId:
        """The id of a row of a feed without ids; `ordinal` counts equal rows before it."""
        parts = (*self.batch, day, *identity, str(ordinal))
        return transaction_id(self.transaction_key, self.feed, account, *parts)


def chunk_line(named: NamedRow) -> bytes:
    name, reversed_id, row = named
    other = f'"{reversed_id}"' if reversed_id else "null"
    return b"%b%b]" % (f'["{name}","{row[0]}",{other},'.encode(), row[-1])


def sourced(line: list[Any], *, chunk: str, feed: str, historical: bool) -> SourcedEntry:
    """The entry of a chunk's line, with its names."""
    name, account, reversed_id, row = line
    entry = entry_from_row(row)
    return SourcedEntry(
        entry=entry,
        account_id=account,
        transaction_id=name,
        source=source_of(chunk, entry.line),
        feed=feed,
        reversed_id=reversed_id,
        historical=historical,
    )


def source_of(chunk: str, line: int) -> str:
    return f"{chunk}:{line}"
