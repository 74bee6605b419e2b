"""Random histories of one account, with crashes between writes, against a model that is a dict.

Whatever is stored, amended, posted, reversed, retaken or interrupted: what lies in the tables is
what the model holds, each id once, and everything is found by its id.
"""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from txhub import queries
from txhub.domain.entities import AccountId, Transaction, TransactionId
from txhub.domain.entries import Action, SourcedEntry, Status
from txhub.domain.matching import Decision, Matched, match
from txhub.domain.pairs import candidate_of, joined, posted_itself
from txhub.domain.sources import row_source
from txhub.domain.storing import Outcome
from txhub.repository import ACCOUNT_REPOSITORY, TRANSACTION_REPOSITORY, register
from txhub.services import store_entries
from txhub.services.conversion import transaction_of
from txhub.tests.meanwhile import Died, dying_after
from txhub.tests.people import an_entry, new_account

DAYS = (date(2024, 12, 31), date(2025, 1, 1), date(2025, 1, 3), date(2026, 5, 4))
REFERENCES = ("a", "b", "c", "d", "e")
STANDING = {Outcome.WRITTEN, Outcome.UPDATED, Outcome.MATCHED}


@pytest.fixture(autouse=True)
def _small_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a few ids are enough to pour the register's nodes, on several levels."""
    monkeypatch.setattr(register, "_IDS_MAX", 2)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file. Its day is in another year than others', and so in another volume."""

    reference: str
    action: Action
    status: Status
    day: date
    minor: int
    reverses: str | None
    historical: bool
    auth_code: str | None


def row_of(reference: str, action: Action, pending: bool, *facts: Any) -> Row:
    day, minor, reverses, historical, auth_code = facts
    status = Status.PENDING if pending and not historical else Status.POSTED
    other = reverses if action is Action.REVERSE and reverses != reference else None
    if action is Action.REVERSE and other is None:
        action = Action.NEW
    return Row(reference, action, status, day, minor, other, historical, auth_code)


ROWS = st.builds(
    row_of,
    st.sampled_from(REFERENCES),
    st.sampled_from(Action),
    st.booleans(),
    st.sampled_from(DAYS),
    st.integers(-3, -1),
    st.sampled_from(REFERENCES),
    st.sampled_from((False, False, False, True)),
    st.sampled_from((None, "A1B2C3")),
)
# As the batch gives them: what amends comes behind what it may amend.
FILES = st.lists(ROWS, min_size=1, max_size=6).map(
    lambda rows: sorted(rows, key=lambda row: row.action is Action.AMEND)
)


@dataclass(slots=True)
class Kept:
    """What the model holds of a transaction, and who wrote it, latest first. `is_open`: pending,
    and shown as that."""

    transaction: Transaction
    sources: list[str]
    matched_by: str | None = None
    is_open: bool = False

    @property
    def is_pending(self) -> bool:
        return self.transaction.status is Status.PENDING

    @property
    def is_settled(self) -> bool:
        return self.is_pending and not self.is_open

    @property
    def facts(self) -> tuple[Any, ...]:
        each = self.transaction
        content = (each.status, each.booked_day, each.amount.minor, each.reversal_of)
        pairs = (each.settles, each.settled_by)
        return content, pairs, self.sources, self.matched_by, set(each.links), self.is_open


class Model(dict[str, Kept]):
    """Transactions by id. A file is stored in one go, and nothing interrupts it."""

    def store(self, entries: list[SourcedEntry]) -> list[Outcome]:
        before = set(self)
        behind = [{each.source for each in entries[place + 1 :]} for place in range(len(entries))]
        outcomes = list(map(self._store_one, entries, behind))
        rows: dict[str, SourcedEntry] = {}
        for each in entries:
            rows.setdefault(each.transaction_id, each)
        new = {one: row for one, row in rows.items() if one in self and one not in before}
        matched = self._match(new)
        self._match_late(rows, new)
        for number, (sourced, outcome) in enumerate(zip(entries, outcomes, strict=True)):
            if sourced.source in matched and outcome is Outcome.WRITTEN:
                outcomes[number] = Outcome.MATCHED
            if outcome in STANDING and sourced.reversed_id:
                self._link(sourced.reversed_id, sourced.transaction_id)
        return outcomes

    def _match(self, new: dict[str, SourcedEntry]) -> set[str]:
        """The file's new postings with all that is pending; the rows that are matched."""
        first = [
            transaction_of(row)
            for one, row in new.items()
            if row.entry.status is Status.POSTED and self[one].transaction.settles is None
        ]
        candidates = [
            candidate_of(each.transaction, None) for each in self.values() if each.is_open
        ]
        matched = self._join_all(first, match(first, candidates))
        for one in matched:
            self[one].matched_by = new[one].source
        return {new[one].source for one in matched}

    def _match_late(self, rows: dict[str, SourcedEntry], new: dict[str, SourcedEntry]) -> None:
        """What the file has as pending with what was posted before; no row is matched by that."""
        late = [self[one].transaction for one in new if self[one].is_open]
        late = [each for each in late if not each.settled_by]
        if not late:
            return
        days = [each.occurred_on for each in late]
        first, last = min(days) - timedelta(days=1), max(days) + timedelta(days=35)
        postings = [
            each.transaction
            for one, each in self.items()
            if one not in rows
            and not each.is_pending
            and first <= each.transaction.booked_day <= last
            and each.transaction.settles is None
        ]
        self._join_all(postings, match(postings, [candidate_of(each, None) for each in late]))

    def _join_all(self, postings: list[Transaction], decisions: list[Decision]) -> list[str]:
        pairs = zip(postings, decisions, strict=True)
        found = [
            (made.closes, each.booked_day, each.transaction_id, made)
            for each, made in pairs
            if isinstance(made, Matched)
        ]
        for _closes, _day, one, made in sorted(found, key=lambda each: each[:3]):
            pending, posting = self[made.pending], self[one]
            pending.transaction, posting.transaction = joined(
                pending.transaction, posting.transaction, made
            )
            pending.is_open = not made.closes
        return [one for _closes, _day, one, _made in found]

    def _link(self, reversed_id: str, reversal: str) -> None:
        if reversed_id not in self:
            return
        postings = [each.other for each in self[reversed_id].transaction.settled_by]
        for one in (reversed_id, *postings):
            links = dict.fromkeys((*self[one].transaction.links, TransactionId(reversal)))
            self[one].transaction = replace(self[one].transaction, links=tuple(links))

    def _store_one(self, sourced: SourcedEntry, behind: set[str]) -> Outcome:
        kept = self.get(sourced.transaction_id)
        amends = sourced.entry.action is Action.AMEND
        pending = sourced.entry.status is Status.PENDING
        if kept is None:
            if amends:
                return Outcome.REFUSED
            first = Kept(transaction_of(sourced), [sourced.source], is_open=pending)
            self[sourced.transaction_id] = first
            return Outcome.WRITTEN
        if sourced.source in kept.sources:
            if amends:
                return Outcome.UPDATED
            return Outcome.MATCHED if kept.matched_by == sourced.source else Outcome.WRITTEN
        if behind & set(kept.sources):
            return Outcome.DUPLICATE  # it was stored before, and what came behind it stands
        if kept.is_settled and pending:
            return Outcome.REFUSED if amends else Outcome.DUPLICATE
        return self._change(kept, sourced)

    def _change(self, kept: Kept, sourced: SourcedEntry) -> Outcome:
        pending = sourced.entry.status is Status.PENDING
        after = transaction_of(sourced)
        if kept.transaction.content == after.content:
            return Outcome.DUPLICATE
        if sourced.entry.action is Action.AMEND:
            if sourced.historical or (pending and not kept.is_pending):
                return Outcome.REFUSED
        elif pending and not kept.is_pending:
            return Outcome.DUPLICATE
        elif pending or not kept.is_pending:
            return Outcome.REFUSED
        else:
            kept.matched_by = sourced.source
        self._replace(kept, after, sourced.source)
        return Outcome.UPDATED if sourced.entry.action is Action.AMEND else Outcome.MATCHED

    def _replace(self, kept: Kept, after: Transaction, source: str) -> None:
        before = kept.transaction
        posts = kept.is_pending and after.status is Status.POSTED
        after = replace(
            after, links=before.links, settles=before.settles, settled_by=before.settled_by
        )
        kept.transaction = posted_itself(before, after) if posts else after
        kept.is_open = kept.is_open and not posts
        kept.sources.insert(0, source)


def stored_in(account_id: AccountId) -> dict[str, tuple[Any, ...]]:
    """As the model has it; fails where an id is stored twice."""
    account = ACCOUNT_REPOSITORY.find(account_id)
    assert account is not None
    found: dict[str, tuple[Any, ...]] = {}
    for stored in TRANSACTION_REPOSITORY.all_of(account):
        one = stored.transaction.transaction_id
        assert one not in found, "stored twice"
        kept = Kept(stored.transaction, list(stored.sources), stored.matched_by, stored.is_open)
        found[one] = kept.facts
    return found


def lease_lost_at(question: int) -> Any:
    asked = count(1)

    def before_write() -> None:
        if next(asked) >= question:
            raise Died

    return before_write


@settings(
    max_examples=60,
    stateful_step_count=10,
    deadline=None,
    phases=[Phase.reuse, Phase.generate],  # shrinking takes minutes, and histories are short
    suppress_health_check=[HealthCheck.too_slow],
)
class Histories(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.files: list[list[SourcedEntry]] = []

    @initialize()
    def open(self) -> None:
        self.account = new_account()

    @rule(rows=FILES)
    def store(self, rows: list[Row]) -> None:
        self._store(self._file(rows))

    @rule(rows=FILES, writes=st.lists(st.integers(1, 5), min_size=1, max_size=2))
    def store_and_die(self, rows: list[Row], writes: list[int]) -> None:
        """However often the worker dies, whoever takes the chunk over brings it to the same end."""
        entries = self._file(rows)
        for number in writes:
            with suppress(Died), dying_after(number):
                store_entries(entries)
        self._store(entries, after_a_crash=True)

    @rule(rows=FILES, question=st.integers(1, 4))
    def store_and_lose_the_lease(self, rows: list[Row], question: int) -> None:
        entries = self._file(rows)
        with suppress(Died):
            store_entries(entries, before_write=lease_lost_at(question))
        self._store(entries, after_a_crash=True)

    @rule(number=st.integers(0, 9))
    def retake(self, number: int) -> None:
        if self.files:
            self._store(self.files[number % len(self.files)])

    @rule(number=st.integers(0, 9))
    def deliver_again(self, number: int) -> None:
        """The same rows in another file."""
        if self.files:
            old = self.files[number % len(self.files)]
            entries = [replace(each, source=f"again{each.source}") for each in old]
            self.files.append(entries)
            self._store(entries)

    @invariant()
    def tables_hold_what_the_model_holds(self) -> None:
        expected = {name: kept.facts for name, kept in self.model.items()}
        assert stored_in(self.account) == expected

    @invariant()
    def everything_is_found_by_its_id(self) -> None:
        account = ACCOUNT_REPOSITORY.find(self.account)
        assert account is not None
        for name, kept in self.model.items():
            posting = kept.transaction.posted_as
            shown = self.model[posting] if kept.is_settled and posting else kept
            found = queries.transaction(account, name)
            assert found.transaction_id == shown.transaction.transaction_id
            assert found.amount == shown.transaction.amount

    def _file(self, rows: list[Row]) -> list[SourcedEntry]:
        name = f"chunk{len(self.files)}"
        sources = [
            row_source(name, line, amends=row.action is Action.AMEND)
            for line, row in enumerate(rows)
        ]
        entries = list(map(self._entry, rows, sources))
        self.files.append(entries)
        return entries

    def _entry(self, row: Row, source: str) -> SourcedEntry:
        sourced = an_entry(
            self.account,
            row.reference,
            row.day,
            row.minor,
            action=row.action,
            status=row.status,
            posted_on=None if row.status is Status.PENDING else row.day,
            source=source,
            historical=row.historical,
            auth_code=row.auth_code,
        )
        if row.reverses is None:
            return sourced
        other = an_entry(self.account, row.reverses, row.day)
        return replace(sourced, reversed_id=other.transaction_id)

    def _store(self, entries: list[SourcedEntry], *, after_a_crash: bool = False) -> None:
        expected = self.model.store(entries)
        outcomes = [stored.outcome for stored in store_entries(entries)]
        if after_a_crash:  # what stores nothing may be refused by what this very file has stored
            expected = [each if each in STANDING else Outcome.DUPLICATE for each in expected]
            outcomes = [each if each in STANDING else Outcome.DUPLICATE for each in outcomes]
        assert outcomes == expected


class TestHistories(Histories.TestCase):  # type: ignore[misc, valid-type]
    """End as the model says."""
