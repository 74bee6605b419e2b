"""What is known of the accounts that entries belong to, and what will stand there once they are
written."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from aws.dynamodb import Change, Put
from kernel.errors import Conflict
from txhub.domain.entities import Account, AccountId, Balances, TransactionId
from txhub.domain.entries import SourcedEntry, Status
from txhub.domain.ledger import PENDING_VOLUME, assign_volumes, is_ended
from txhub.domain.matching.timing import EARLY, LAG
from txhub.domain.slots import Filing, Slot, assign_slots
from txhub.repository import (
    ACCOUNT_REPOSITORY,
    PENDING_DIRECTORY,
    REGISTER,
    TRANSACTION_REPOSITORY,
    AccountMissing,
    Node,
    Registered,
    StoredTransaction,
    TransactionKey,
    key_for,
    keys_of,
)


@dataclass(slots=True)
class Ledger:
    """One account while its entries are stored.

    `volumes`: of each day that it has entries on. `slots`: of the entries; `taken` are those that
    the register knew. `held`: what was found under the ids, `after`: what will stand there instead,
    `new_slots`: those to be reserved for it; all by transaction id. `links`: (what is reversed, its
    reversal). `closing`: the balance that the account gets. `pending`: all that is pending there,
    or has ended lately, where a posting may settle some of it. `settled`: by pending transaction,
    the postings that it is written with.
    """

    account: Account
    entries: list[SourcedEntry]
    registered: Registered
    volumes: dict[date, str]
    taken: dict[Filing, Slot]
    slots: dict[Filing, Slot]
    held: dict[str, StoredTransaction] = field(default_factory=dict)
    after: dict[str, StoredTransaction] = field(default_factory=dict)
    new_slots: dict[str, Slot] = field(default_factory=dict)
    links: list[tuple[TransactionKey, TransactionId]] = field(default_factory=list)
    closing: Balances | None = None
    pending: dict[str, StoredTransaction] = field(default_factory=dict)
    settled: dict[str, list[str]] = field(default_factory=dict)

    def current(self, transaction_id: str) -> StoredTransaction | None:
        """What is held, as it will be once the entries judged so far are written."""
        return self.after.get(transaction_id) or self.held.get(transaction_id)

    def key_at(self, slot: Slot, transaction_id: str) -> TransactionKey:
        volume = PENDING_VOLUME if slot.pending else self.volumes[slot.day]
        return key_for(self.account.account_id, volume, slot, transaction_id)

    def slot_of(self, filing: Filing) -> Slot:
        return self.slots.get(filing) or self.taken[filing]

    def settle(self, pending: StoredTransaction, posting: StoredTransaction) -> None:
        """Says what will stand in the places of a pair that was matched."""
        settled, settles = pending.transaction.transaction_id, posting.transaction.transaction_id
        self.after[settled], self.after[settles] = pending, posting
        self.settled.setdefault(settled, []).append(settles)

    def plan(self, filing: Filing, after: StoredTransaction) -> None:
        """Says what will stand in the slot of an entry."""
        transaction_id = filing[0]
        self.after[transaction_id] = after
        if filing in self.taken:
            self.new_slots.pop(transaction_id, None)
        else:
            self.new_slots[transaction_id] = self.slots[filing]

    @property
    def is_live(self) -> bool:
        return self.account.sequence is not None or self.sequence is not None

    @property
    def sequence(self) -> int | None:
        """The highest of the account's messages so far, these ones counted."""
        sequences = [self.account.sequence, *(each.sequence for each in self.entries)]
        return max((each for each in sequences if each is not None), default=None)

    @property
    def has_writes(self) -> bool:
        return bool(self.after or self.links or self.closing)

    @property
    def changes(self) -> list[tuple[StoredTransaction, StoredTransaction]]:
        """What is held, and what takes its place."""
        return [(self.held[one], each) for one, each in self._alone() if one in self.held]

    @property
    def new(self) -> list[StoredTransaction]:
        """What nobody but us knows of, and nobody else would match."""
        new = [
            each for one, each in self._alone() if one in self.new_slots.keys() - self.held.keys()
        ]
        return [] if self.pending else new

    @property
    def contested(self) -> list[StoredTransaction]:
        """What somebody filed and has not written: he died, or will do so any moment. And what
        somebody who comes later might match with what is pending here."""
        known = self.held.keys() if self.pending else self.held.keys() | self.new_slots.keys()
        return [each for one, each in self._alone() if one not in known]

    @property
    def matches(self) -> list[list[StoredTransaction]]:
        """What is written together: a pending transaction, and the postings that settle it."""
        return [
            [self.after[one] for one in (pending, *postings)]
            for pending, postings in self.settled.items()
        ]

    def _alone(self) -> Iterator[tuple[str, StoredTransaction]]:
        """What is written by itself."""
        together = {one for pair in self.settled.items() for one in (pair[0], *pair[1])}
        return ((one, each) for one, each in self.after.items() if one not in together)

    @property
    def reservation(self) -> list[Put]:
        """The write that files the new ids, if there are any."""
        return [REGISTER.reserving(self.registered, self.new_slots)] if self.new_slots else []

    @property
    def openings(self) -> list[Change]:
        """The write that puts new volumes into the account's directory, if there are any."""
        return ACCOUNT_REPOSITORY.openings(self.account, self.new_volumes)

    @property
    def listings(self) -> list[Change]:
        """The writes by which a full memo file knows which accounts to look at."""
        pending = [each for each in self.after.values() if each.is_open]
        editions = {each.feed: each.edition for each in pending if each.feed and each.edition}
        account_id = self.account.account_id
        return [
            PENDING_DIRECTORY.listing(feed, account_id, edition)
            for feed, edition in editions.items()
        ]

    @property
    def new_volumes(self) -> frozenset[str]:
        return frozenset(each.volume for each in self.after.values()) - self.account.volumes


def open_ledgers(entries: Sequence[SourcedEntry]) -> list[Ledger]:
    """A ledger for each account, with all that is stored of the entries' ids, and of those that
    they reverse. Raises `AccountMissing`, and `Conflict` where others write just now."""
    by_account: dict[AccountId, list[SourcedEntry]] = {}
    for sourced in entries:
        by_account.setdefault(AccountId(sourced.account_id), []).append(sourced)
    accounts = ACCOUNT_REPOSITORY.find_many(by_account)
    for account_id in by_account:
        if account_id not in accounts:
            raise AccountMissing(f"account {account_id} is not known")
    # Nothing was ever filed in an account without volumes.
    in_use = {each: by_account[each] for each, found in accounts.items() if found.volumes}
    registered = REGISTER.look_up({each: _ids(group) for each, group in in_use.items()})
    ledgers = [
        _ledger(accounts[each], group, registered.get(each) or Registered(Node(account_id=each)))
        for each, group in by_account.items()
    ]
    _look(ledgers)
    _look_at_unsettled(ledgers)
    return ledgers


def _ids(entries: Sequence[SourcedEntry]) -> set[str]:
    ids = {each.transaction_id for each in entries}
    return ids | {each.reversed_id for each in entries if each.reversed_id}


def _ledger(account: Account, entries: list[SourcedEntry], registered: Registered) -> Ledger:
    days = [each.entry.booked_day for each in entries if each.entry.status is Status.POSTED]
    taken = {
        (one, slot.pending, slot.day): slot
        for one, slots in registered.slots.items()
        for slot in slots
    }
    booked = account.balances.booked
    return Ledger(
        account=account,
        entries=entries,
        registered=registered,
        volumes=assign_volumes(days, account.volumes),
        taken=taken,
        slots=assign_slots(
            entries, taken, last=registered.root.last, balance=booked.minor if booked else None
        ),
    )


def _look(ledgers: Sequence[Ledger]) -> None:
    """Fills `held` with what lies in the slots that the register names."""
    keys = {key: ledger for ledger in ledgers for key in _taken_keys(ledger)}
    for key, stored in (TRANSACTION_REPOSITORY.at(keys) if keys else {}).items():
        keys[key].held[stored.transaction.transaction_id] = stored


def _taken_keys(ledger: Ledger) -> Iterator[TransactionKey]:
    for one, slots in ledger.registered.slots.items():
        for slot in slots:
            keys = keys_of(ledger.account, one, [slot])
            if not keys:
                raise Conflict("the account has got a volume since it was read")
            yield from keys


def _look_at_unsettled(ledgers: Sequence[Ledger]) -> None:
    """Fills `pending` where there is a posting that is not stored yet."""
    asking = {each.account.account_id: each for each in ledgers if _may_settle(each)}
    days = [each.entry.booked_day for ledger in asking.values() for each in _new_postings(ledger)]
    if not days:
        return
    accounts = [each.account for each in asking.values()]
    first, last = min(days) - LAG, max(days) + EARLY
    for each in TRANSACTION_REPOSITORY.unsettled_of(accounts, first, last):
        transaction = each.transaction
        asking[transaction.account_id].pending[transaction.transaction_id] = each


def _may_settle(ledger: Ledger) -> bool:
    volumes = ledger.account.volumes
    may_be_there = PENDING_VOLUME in volumes or any(map(is_ended, volumes))
    return may_be_there and any(_new_postings(ledger))


def _new_postings(ledger: Ledger) -> Iterator[SourcedEntry]:
    return (
        each
        for each in ledger.entries
        if each.entry.status is Status.POSTED and each.transaction_id not in ledger.held
    )


def look_up(ledger: Ledger, ids: Sequence[str]) -> dict[str, StoredTransaction]:
    """More of the account's transactions, by id; in two reads, where any are asked for."""
    account = ledger.account
    if not ids:
        return {}
    slots = REGISTER.look_up({account.account_id: ids})[account.account_id].slots
    keys = [key for one, taken in slots.items() for key in keys_of(account, one, taken)]
    found = TRANSACTION_REPOSITORY.at(keys).values()
    return {each.transaction.transaction_id: each for each in found}
