"""What can be asked of the hub. Every answer but those for jobs is for one customer, who owns what
it is about."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from aws.dynamodb import decode_cursor, encode_cursor
from aws.metrics import use_case
from aws.vault import vault
from kernel.ids import is_opaque
from txhub.domain.disputes import Dispute
from txhub.domain.entities import Account, AccountId, CustomerId, Match, Transaction
from txhub.domain.entries import Status
from txhub.domain.filters import TransactionFilter
from txhub.domain.ledger import PENDING_VOLUME, posted_volumes
from txhub.domain.pairs import MatchMissing
from txhub.domain.summaries import Spending, summed
from txhub.repository import (
    ACCOUNT_REPOSITORY,
    DISPUTE_REPOSITORY,
    REGISTER,
    SUMMARY_REPOSITORY,
    TRANSACTION_REPOSITORY,
    WORKLIST,
    AccountMissing,
    DisputeMissing,
    Due,
    StoredTransaction,
    TransactionMissing,
    keys_of,
)
from txhub.statements.domain.months import Month

LIMIT_DEFAULT, LIMIT_MAX = 50, 200
DISPUTES_MAX = DOUBTFUL_MAX = 500  # on the operators' lists
# How many rows one call opens at the most when a filter has to look inside them.
_ROWS_OPENED_MAX = 1_000
_FILTERED_READ = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionsPage:
    """Newest first, pending before posted. May be short, even empty, and still have a next page:
    a search looks through a bounded number of rows a call."""

    transactions: tuple[Transaction, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """A posting with what it settled; `pending` is None where that is not kept any more."""

    posting: Transaction
    pending: Transaction | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthOfSpending:
    """What an account spent in a calendar month, by purpose and currency."""

    month: Month
    spending: tuple[Spending, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Disputed:
    """A dispute, and what it is about."""

    dispute: Dispute
    transaction: Transaction


@use_case("accounts.list")
def accounts_of(customer_id: CustomerId) -> list[Account]:
    """The customer's accounts, by name."""
    owned = ACCOUNT_REPOSITORY.of_customer(customer_id)
    return sorted(owned, key=lambda account: (account.name, account.account_id))


@use_case("accounts.one")
def account_for(customer_id: CustomerId, account_id: str) -> Account:
    """One account. Raises `AccountMissing` for somebody else's as for one that does not exist."""
    account = ACCOUNT_REPOSITORY.find(account_id)
    if account is None or customer_id not in account.owners:
        raise AccountMissing
    return account


@use_case("accounts.owners")
def accounts_named(account_ids: Iterable[AccountId]) -> dict[AccountId, Account]:
    """Those that exist, whoever owns them: for jobs, that work on everybody's."""
    return ACCOUNT_REPOSITORY.find_many(account_ids)


@use_case("transactions.page")
def transactions_page(
    account: Account,
    wanted: TransactionFilter,
    *,
    cursor: str | None = None,
    limit: int = LIMIT_DEFAULT,
) -> TransactionsPage:
    """One page of an account's transactions; `limit` from 1 to `LIMIT_MAX`.

    A cursor names the last row that was looked at, so pages stay right while new transactions
    arrive. Raises `BadCursor` for one that belongs to another account or filter.
    """
    reading = _Reading(account, wanted, min(max(limit, 1), LIMIT_MAX))
    reading.run(_start(account, wanted, cursor))
    next_cursor = None
    if reading.stopped_at is not None:
        next_cursor = encode_cursor(_cursor_key(), _scope(account, wanted), reading.stopped_at)
    return TransactionsPage(transactions=tuple(reading.found), next_cursor=next_cursor)


@use_case("transactions.one")
def transaction(account: Account, transaction_id: str) -> Transaction:
    """One transaction by its id; by that of a pending one that was settled, its last posting.

    Raises `TransactionMissing`, for one that has expired too.
    """
    found = _stored(account, transaction_id)
    if not found.is_settled:
        return found.transaction
    posting = found.transaction.posted_as
    if posting is None:
        raise TransactionMissing
    return _stored(account, posting).transaction


def match_of(account_id: str, posting_id: str) -> "Matching":
    """For operators. Raises `MatchMissing`."""
    account = ACCOUNT_REPOSITORY.find(account_id)
    if account is None:
        raise MatchMissing
    try:
        posting = _stored(account, posting_id).transaction
    except TransactionMissing:
        raise MatchMissing from None
    if posting.settles is None:
        raise MatchMissing
    return Matching(posting=posting, pending=_pending_side(account, posting.settles))


def doubtful_matches() -> list[Due]:
    """For operators: of all accounts, oldest first; a second behind."""
    found = sorted(islice(WORKLIST.doubtful(), DOUBTFUL_MAX), key=lambda each: each.day)
    return list(found)


@use_case("spending.months")
def spending(account: Account, until: Month, months: int) -> list[MonthOfSpending]:
    """The account's last months, oldest first, those without any transactions too: up to `until`,
    or up to the last one that has some where that is long ago. A moment behind the transactions.
    """
    wanted = _months_up_to(until, months)
    found = _spending_in(account, wanted)
    if not found and (latest := SUMMARY_REPOSITORY.latest_month(account.account_id)):
        wanted = _months_up_to(min(until, Month.named(latest)), months)
        found = _spending_in(account, wanted)
    return [MonthOfSpending(month=each, spending=found.get(str(each), ())) for each in wanted]


def dispute_about(shown: Transaction) -> Dispute | None:
    """What its owner and the bank have said of a transaction that was not recognised."""
    return DISPUTE_REPOSITORY.find(shown.account_id, shown.transaction_id)


def disputed(account_id: str, transaction_id: str) -> "Disputed":
    """For operators. Raises `DisputeMissing`, `TransactionMissing`."""
    account = ACCOUNT_REPOSITORY.find(account_id)
    dispute = DISPUTE_REPOSITORY.find(account_id, transaction_id)
    if account is None or dispute is None:
        raise DisputeMissing
    return Disputed(dispute=dispute, transaction=transaction(account, transaction_id))


def open_disputes() -> list[Dispute]:
    """For operators: of all accounts, oldest first; a second behind."""
    return list(islice(DISPUTE_REPOSITORY.open(), DISPUTES_MAX))


def _stored(account: Account, transaction_id: str) -> StoredTransaction:
    if not is_opaque(transaction_id):
        raise TransactionMissing
    slots = REGISTER.slots_of(account.account_id, transaction_id)
    found = TRANSACTION_REPOSITORY.at(keys_of(account, transaction_id, slots))
    if not found:
        raise TransactionMissing
    return next(iter(found.values()))


def _pending_side(account: Account, settles: Match) -> Transaction | None:
    try:
        found = _stored(account, settles.other).transaction
    except TransactionMissing:
        return None  # a full memo file has taken it away since
    return found if found.status is Status.PENDING else None


def _months_up_to(last: Month, number: int) -> list[Month]:
    months = [last]
    while len(months) < number:
        months.append(months[-1].preceding)
    return months[::-1]


def _spending_in(account: Account, months: list[Month]) -> dict[str, tuple[Spending, ...]]:
    parts: dict[str, list[Spending]] = {}
    first, last = str(months[0]), str(months[-1])
    for each in SUMMARY_REPOSITORY.months(account.account_id, first, last):
        parts.setdefault(each.name, []).extend(each.spending)
    return {name: summed(spending) for name, spending in parts.items() if spending}


Position = tuple[str, str | None]  # volume, and the sort key that was read last in it


class _Reading:
    """Reads volume after volume, newest first, until the page is full or enough was opened."""

    def __init__(self, account: Account, wanted: TransactionFilter, limit: int) -> None:
        self.account, self.wanted, self.limit = account, wanted, limit
        self.found: list[Transaction] = []
        self.stopped_at: Position | None = None
        self._opened = 0

    def run(self, start: Position | None) -> None:
        for volume in self._volumes(start):
            after = start[1] if start and start[0] == volume else None
            if not self._read_volume(volume, after):
                return
        self.stopped_at = None  # all was read

    def _volumes(self, start: Position | None) -> Iterator[str]:
        wanted, volumes = self.wanted, []
        if PENDING_VOLUME in self.account.volumes and wanted.status is not Status.POSTED:
            volumes.append(PENDING_VOLUME)
        if wanted.status is not Status.PENDING:
            volumes += posted_volumes(self.account.volumes, wanted.from_day, wanted.to_day)
        first = volumes.index(start[0]) if start and start[0] in volumes else 0
        return iter(volumes[first:])

    def _read_volume(self, volume: str, after: str | None) -> bool:
        """Reads on in one volume; whether the next one is to be read too."""
        days = (self.wanted.from_day, self.wanted.to_day)
        while True:
            rows, last = TRANSACTION_REPOSITORY.page(
                self.account, volume, days=days, after=after, limit=self._rows_to_read()
            )
            for sort_key, row in rows:
                if self._is_full():  # one more is there: the page ends before it
                    return False
                self._opened += 1
                self.stopped_at = (volume, sort_key)
                # Days and status were chosen by the key.
                if not self.wanted.looks_inside or self.wanted.matches(row):
                    self.found.append(row)
            if last is None:
                return True
            after = last

    def _rows_to_read(self) -> int:
        left = self.limit - len(self.found) + 1  # one more tells whether there is a next page
        return max(left, _FILTERED_READ) if self.wanted.looks_inside else left

    def _is_full(self) -> bool:
        return len(self.found) >= self.limit or self._opened >= _ROWS_OPENED_MAX


def _start(account: Account, wanted: TransactionFilter, cursor: str | None) -> Position | None:
    if not cursor:
        return None
    volume, sort_key = decode_cursor(_cursor_key(), _scope(account, wanted), cursor)
    return volume, sort_key


def _cursor_key() -> bytes:
    return vault().id_key("cursors")


def _scope(account: Account, wanted: TransactionFilter) -> str:
    """A cursor is good for this account and these filters only."""
    return hashlib.sha256(f"{account.account_id}|{wanted!r}".encode()).hexdigest()
