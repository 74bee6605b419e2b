"""Storing entries: what batch chunks and real-time messages end in.

    look    what is already there: accounts, keys (BatchGet), registers where an id may have moved
    judge   each entry against what is held under its id (`txhub.domain.storing`, pure)
    write   directory and register first, then the transactions; so a reader never misses a volume,
            and whoever takes over a half-written group finds every id that may have been written

New transactions are batch-written without conditions, since they were seen to be absent; changes
are conditional on the version that was read. Doing all of it again changes nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import orjson

from aws.dynamodb import Change, transact
from aws.metrics import use_case
from aws.vault import vault
from kernel.errors import Conflict, Unavailable
from kernel.ids import keyed_digest
from kernel.money import Money
from txhub.domain.entities import (
    Account,
    AccountId,
    Balances,
    Merchant,
    Transaction,
    TransactionId,
)
from txhub.domain.entries import SourcedEntry, Status
from txhub.domain.ledger import PENDING_VOLUME, assign_volumes
from txhub.domain.storing import Held, Outcome, Stored, Verdict, judge
from txhub.repository import (
    ACCOUNT_REPOSITORY,
    TRANSACTION_REPOSITORY,
    AccountMissing,
    RegisterRun,
    StoredTransaction,
    TransactionKey,
    key_for,
    register_digest,
)

# New transactions between two questions to the caller whether it may still write.
_WRITE_GROUP = 500
_ATTEMPTS_MAX = 5


@dataclass(slots=True)
class _Ledger:
    """What is known of one account while its entries are judged, and what is to be written."""

    account: Account
    entries: list[SourcedEntry]
    volume_of: dict[date, str]
    held: dict[str, StoredTransaction] = field(default_factory=dict)  # by transaction id
    new: dict[str, StoredTransaction] = field(default_factory=dict)
    changes: list[tuple[StoredTransaction, StoredTransaction]] = field(default_factory=list)
    links: list[tuple[TransactionKey, TransactionId]] = field(default_factory=list)

    @property
    def new_volumes(self) -> frozenset[str]:
        touched = {each.key[0].partition("#")[2] for each in self.written}
        return frozenset(touched) - self.account.volumes

    @property
    def written(self) -> list[StoredTransaction]:
        return [*self.new.values(), *(after for _before, after in self.changes)]


@use_case("entries.store")
def store_entries(
    entries: Sequence[SourcedEntry], *, before_write: Callable[[], None] = lambda: None
) -> list[Stored]:
    """Stores entries of any accounts; what became of each, in the order given.

    `before_write` is called right before each group of writes, and may raise to prevent it (a
    chunk's lease). Raises `AccountMissing` where an account is not known, `Unavailable` when
    DynamoDB is over its limits or others keep changing the same transactions; then some may be
    stored, and all must be given again.
    """
    for _attempt in range(_ATTEMPTS_MAX):
        ledgers = _open_ledgers(entries)
        for ledger in ledgers:
            _look(ledger)
        stored = {
            id(sourced): _judge_one(ledger, sourced)
            for ledger in ledgers
            for sourced in ledger.entries
        }
        try:
            _write(ledgers, before_write)
        except Conflict:
            continue  # somebody else changed one of them since we looked: look again
        return [stored[id(sourced)] for sourced in entries]
    raise Unavailable("others keep changing the same transactions", retry_after_s=1)


def _open_ledgers(entries: Sequence[SourcedEntry]) -> list[_Ledger]:
    by_account: dict[str, list[SourcedEntry]] = {}
    for sourced in entries:
        by_account.setdefault(sourced.account_id, []).append(sourced)
    accounts = ACCOUNT_REPOSITORY.find_many(by_account)
    ledgers = []
    for account_id, group in by_account.items():
        account = accounts.get(AccountId(account_id))
        if account is None:
            raise AccountMissing(f"account {account_id} is not known")
        days = [each.entry.booked_day for each in group if each.entry.status is Status.POSTED]
        ledgers.append(_Ledger(account, group, assign_volumes(days, account.volumes)))
    _look_at_keys(ledgers)
    return ledgers


# --- look ---


def _look_at_keys(ledgers: Sequence[_Ledger]) -> None:
    """Fills `held` with what lies at the very keys that the entries would be written to."""
    keys = {
        _key(ledger, sourced)
        for ledger in ledgers
        for sourced in ledger.entries
        if _volume(ledger, sourced) in ledger.account.volumes  # else the volume is new, so empty
    }
    found = TRANSACTION_REPOSITORY.at(sorted(keys)) if keys else {}
    by_account = {ledger.account.account_id: ledger for ledger in ledgers}
    for stored in found.values():
        ledger = by_account[stored.transaction.account_id]
        ledger.held[stored.transaction.transaction_id] = stored


def _look(ledger: _Ledger) -> None:
    """Looks for ids that may be held elsewhere: pending, or booked on another day."""
    if not ledger.account.volumes:
        return
    unseen = {each.transaction_id for each in ledger.entries} - ledger.held.keys()
    if unseen and PENDING_VOLUME in ledger.account.volumes:
        pending = TRANSACTION_REPOSITORY.pending_of(ledger.account.account_id)
        ledger.held.update((each, pending[each]) for each in unseen & pending.keys())
        unseen -= pending.keys()
    if unseen:
        _look_in_register(ledger, unseen)


def _look_in_register(ledger: _Ledger, unseen: set[str]) -> None:
    days = ACCOUNT_REPOSITORY.registered_days(ledger.account.account_id)
    for transaction_id in unseen:
        day = days.get(register_digest(transaction_id))
        if day is None:
            continue
        volume = assign_volumes([day], ledger.account.volumes)[day]
        stored = TRANSACTION_REPOSITORY.on_day(
            ledger.account.account_id, volume, day, transaction_id
        )
        if stored is not None:
            ledger.held[transaction_id] = stored


# --- judge ---


def _judge_one(ledger: _Ledger, sourced: SourcedEntry) -> Stored:
    transaction = _transaction(sourced)
    current = _current(ledger, sourced.transaction_id)
    verdict = judge(sourced, transaction.content, _held(current))
    if verdict.write:
        _plan(ledger, sourced, transaction, current, verdict)
    if sourced.reversed_id and verdict.outcome is Outcome.WRITTEN:
        _plan_link(ledger, sourced.reversed_id, transaction.transaction_id)
    return Stored(sourced=sourced, outcome=verdict.outcome, reason=verdict.reason)


def _current(ledger: _Ledger, transaction_id: str) -> StoredTransaction | None:
    """What is held, as it will be once the entries judged so far are written."""
    changed = (after for _before, after in reversed(ledger.changes))
    planned = next((a for a in changed if a.transaction.transaction_id == transaction_id), None)
    return planned or ledger.new.get(transaction_id) or ledger.held.get(transaction_id)


def _held(stored: StoredTransaction | None) -> Held | None:
    if stored is None:
        return None
    return Held(
        status=stored.transaction.status,
        content=stored.transaction.content,
        sources=stored.sources,
        matched=stored.matched,
    )


def _plan(
    ledger: _Ledger,
    sourced: SourcedEntry,
    transaction: Transaction,
    current: StoredTransaction | None,
    verdict: Verdict,
) -> None:
    key = _key(ledger, sourced)
    if current is None:
        new = StoredTransaction(transaction=transaction, key=key, sources=(sourced.source,))
        ledger.new[sourced.transaction_id] = new
        return
    after = StoredTransaction(
        transaction=replace(
            transaction, version=current.transaction.version + 1, links=current.transaction.links
        ),
        key=key,
        sources=(sourced.source, *current.sources),
        matched=current.matched or verdict.outcome is Outcome.MATCHED,
    )
    if sourced.transaction_id in ledger.new:  # not written yet: change it before it is
        ledger.new[sourced.transaction_id] = after
        return
    before = ledger.held[sourced.transaction_id]
    ledger.changes = [pair for pair in ledger.changes if pair[0] is not before]
    ledger.changes.append((before, after))


def _plan_link(ledger: _Ledger, reversed_id: str, reversal: TransactionId) -> None:
    """The reversed transaction names its reversal, where we hold it and it is not being written."""
    if reversed_id in ledger.new:
        new = ledger.new[reversed_id]
        links = (*new.transaction.links, reversal)
        ledger.new[reversed_id] = replace(new, transaction=replace(new.transaction, links=links))
        return
    if reversed_id not in ledger.held:
        _look_in_register(ledger, {reversed_id})
    if reversed_id in ledger.held:
        ledger.links.append((ledger.held[reversed_id].key, reversal))


# --- write ---


def _write(ledgers: Sequence[_Ledger], before_write: Callable[[], None]) -> None:
    writing = [ledger for ledger in ledgers if ledger.written or ledger.links]
    if not writing:
        return
    before_write()
    _open_volumes(writing)
    ACCOUNT_REPOSITORY.register(_runs(writing))
    new = [each for ledger in writing for each in ledger.new.values()]
    for start in range(0, len(new), _WRITE_GROUP):
        before_write()
        TRANSACTION_REPOSITORY.write_new(new[start : start + _WRITE_GROUP])
    for ledger in writing:
        _write_changes(ledger, before_write)


def _write_changes(ledger: _Ledger, before_write: Callable[[], None]) -> None:
    for before, after in ledger.changes:
        before_write()
        TRANSACTION_REPOSITORY.replace(before, after)
    for key, reversal in ledger.links:
        TRANSACTION_REPOSITORY.link(key, reversal)
    balances = _latest_balances(ledger)
    if balances:
        ACCOUNT_REPOSITORY.set_balances(ledger.account.account_id, balances)


def _open_volumes(ledgers: Sequence[_Ledger]) -> None:
    opening: list[Change] = [
        ACCOUNT_REPOSITORY.open_volumes(ledger.account.account_id, ledger.new_volumes)
        for ledger in ledgers
        if ledger.new_volumes
    ]
    for start in range(0, len(opening), 100):
        transact(opening[start : start + 100])


def _runs(ledgers: Sequence[_Ledger]) -> list[RegisterRun]:
    return [
        RegisterRun(
            account_id=ledger.account.account_id,
            source=ledger.written[0].sources[0],
            days={
                register_digest(each.transaction.transaction_id): each.transaction.booked_day
                for each in ledger.written
            },
        )
        for ledger in ledgers
        if ledger.written
    ]


def _latest_balances(ledger: _Ledger) -> Balances | None:
    """The running balance after the last entry written here, where the feed gives one.

    Entries of one day are in the feed's order, and the last is the day's closing balance.
    """
    order = {each.transaction_id: place for place, each in enumerate(ledger.entries)}
    booked = [
        each.transaction
        for each in ledger.written
        if each.transaction.balance and each.transaction.posted_on
    ]
    if not booked:
        return None
    last = max(booked, key=lambda each: (each.booked_day, order[each.transaction_id]))
    return Balances(booked=last.balance, as_of=last.posted_on)


# --- from entry to transaction ---


def _volume(ledger: _Ledger, sourced: SourcedEntry) -> str:
    if sourced.entry.status is Status.PENDING:
        return PENDING_VOLUME
    return ledger.volume_of[sourced.entry.booked_day]


def _key(ledger: _Ledger, sourced: SourcedEntry) -> TransactionKey:
    entry = sourced.entry
    return key_for(
        sourced.account_id,
        _volume(ledger, sourced),
        booked_day=entry.booked_day,
        occurred=entry.occurred_at or entry.occurred_on,
        transaction_id=sourced.transaction_id,
    )


def _transaction(sourced: SourcedEntry) -> Transaction:
    entry = sourced.entry
    original = (
        Money(entry.original_minor, entry.original_currency)
        if entry.original_minor is not None and entry.original_currency
        else None
    )
    authorised = entry.authorised_minor
    balance = entry.balance_minor
    return Transaction(
        transaction_id=TransactionId(sourced.transaction_id),
        account_id=AccountId(sourced.account_id),
        status=entry.status,
        kind=entry.kind,
        amount=Money(entry.amount_minor, entry.currency),
        description=entry.description,
        merchant=Merchant(name=entry.merchant, category=entry.category, country=entry.country),
        occurred_on=entry.occurred_on,
        occurred_at=entry.occurred_at,
        posted_on=entry.posted_on,
        value_on=entry.value_on,
        original_amount=original,
        authorised_amount=Money(authorised, entry.currency) if authorised is not None else None,
        auth_code=entry.auth_code,
        mcc=entry.mcc,
        balance=Money(balance, entry.currency) if balance is not None else None,
        reversal_of=TransactionId(sourced.reversed_id) if sourced.reversed_id else None,
        source=sourced.source,
        content=_content_digest(sourced),
    )


def _content_digest(sourced: SourcedEntry) -> bytes:
    """A keyed digest of all that the feed says, by which a redelivery is told from a change."""
    entry = sourced.entry
    content = [
        entry.status, entry.kind, entry.amount_minor, entry.currency, entry.posted_on,
        entry.value_on, entry.occurred_on, entry.occurred_at, entry.auth_code, entry.mcc,
        entry.category, entry.country, entry.merchant, entry.description, entry.original_minor,
        entry.original_currency, entry.authorised_minor, entry.balance_minor, sourced.reversed_id,
    ]  # fmt: skip
    return keyed_digest(vault().id_key("content"), orjson.dumps(content).decode())
