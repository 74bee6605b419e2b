"""How a row travels: named, sorted, and as a line of a chunk.

While it is sorted, a row is a plain tuple (`FiledRow`): what it is sorted and named by, and last
the entry's fields as JSON, which nobody opens before the chunk step. In a chunk it is one line:

    [transaction id, account id, reversed id or null, [the entry's fields in their order]]

Neither holds a full card number: ids are made of it at once, and its last four digits stay.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import lru_cache, partial
from operator import attrgetter
from typing import Any

import orjson

from aws.vault import vault
from txhub.batch.models import JobInstance
from txhub.domain.editions import Edition
from txhub.domain.entities import AccountId, TransactionId
from txhub.domain.entries import Action, Entry, SourcedEntry, entry_from_row
from txhub.domain.naming import account_id, transaction_id
from txhub.domain.pan import without_card_numbers
from txhub.domain.sources import row_source
from txhub.feeds.profile import FileCoverage
from txhub.feeds.profiles import profile_named
from txhub.feeds.rows import FeedHeader

# (account id, day, line, account number, transaction id where the feed has ids, identity,
#  id of the reversed, minor, currency, the entry's fields as JSON)
FiledRow = tuple[
    AccountId, str, int, str, TransactionId | None, tuple[str, ...], TransactionId | None, int, str,
    bytes,
]  # fmt: skip
# A filed row with its transaction id.
NamedRow = tuple[TransactionId, FiledRow]
_ACCOUNTS_KEPT = 20_000
# Sorts behind every day.
_AFTER_ALL_DAYS = "~"
_fields_of = attrgetter(*(each.name for each in fields(Entry)))


def fields_json(entry: Entry) -> bytes:
    """An entry's fields in their order. orjson writes dates, times and enums by itself, in the form
    that `entry_from_row` reads; without the final flag the list ends before it, as it did when
    there was none."""
    values = _fields_of(entry)
    return orjson.dumps(values if entry.final else values[:-1])


def entry_of(fields_as_json: bytes) -> Entry:
    """The entry that `fields_json` wrote."""
    return entry_from_row(orjson.loads(fields_as_json))


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
    def of(cls, instance: JobInstance, header: FeedHeader | None) -> "Names":
        profile = profile_named(instance.profile)
        increment = profile.coverage is FileCoverage.INCREMENT
        sequence = str(header.sequence if header else 0)
        named = partial(account_id, vault().id_key("accounts"), profile.account.namespace)
        return cls(
            feed=instance.feed,
            batch=(instance.business_date.isoformat(), sequence) if increment else (),
            account=lru_cache(maxsize=_ACCOUNTS_KEPT)(named),
            transaction_key=vault().id_key("transactions"),
        )

    def of_source(self, account: AccountId, source_id: str | None) -> TransactionId | None:
        """The id of the transaction that the feed itself calls `source_id`; None for None."""
        if source_id is None:
            return None
        return transaction_id(self.transaction_key, self.feed, account, source_id)

    def of_identity(
        self, account: AccountId, day: str, identity: tuple[str, ...], ordinal: int
    ) -> TransactionId:
        """The id of a row of a feed without ids; `ordinal` counts equal rows before it."""
        parts = (*self.batch, day, *identity, str(ordinal))
        return transaction_id(self.transaction_key, self.feed, account, *parts)


def filed_row(entry: Entry, names: Names) -> FiledRow:
    """Filed under its booking day. An AMEND comes behind all days of its account, since what it
    amends may be booked on a later day of the same file."""
    day = _AFTER_ALL_DAYS if entry.action is Action.AMEND else entry.booked_day.isoformat()
    account = names.account(entry.account)
    kept = without_card_numbers(entry)
    return (
        account,
        day,
        kept.line,
        kept.account,
        names.of_source(account, entry.source_id),
        kept.identity,
        names.of_source(account, entry.reversal_of),
        kept.amount_minor,
        kept.currency,
        fields_json(kept),
    )


def chunk_line(named: NamedRow) -> bytes:
    name, row = named
    return _line(name, row[0], row[6], row[-1])


def chunk_line_of(sourced: SourcedEntry) -> bytes:
    """The line that an entry came from."""
    fields_of = fields_json(sourced.entry)
    return _line(sourced.transaction_id, sourced.account_id, sourced.reversed_id, fields_of)


def _line(name: str, account: str, reversed_id: str | None, fields_of: bytes) -> bytes:
    other = f'"{reversed_id}"' if reversed_id else "null"
    return b"%b%b]" % (f'["{name}","{account}",{other},'.encode(), fields_of)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What all rows of a chunk, or a re-driven row, have in common. `name`: of the chunk or row."""

    name: str
    feed: str
    edition: Edition
    historical: bool
    superseded: bool

    def sourced(self, line: list[Any]) -> SourcedEntry:
        """The entry of a chunk's line, with its names."""
        name, account, reversed_id, row = line
        entry = entry_from_row(row)
        return SourcedEntry(
            entry=entry,
            account_id=account,
            transaction_id=name,
            source=row_source(self.name, entry.line, amends=entry.action is Action.AMEND),
            feed=self.feed,
            reversed_id=reversed_id,
            historical=self.historical,
            edition=self.edition,
            superseded=self.superseded,
        )
