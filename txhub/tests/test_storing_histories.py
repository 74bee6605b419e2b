"""Random histories of one account, with crashes between writes, against a model that is a dict.

Whatever is stored, amended, posted, reversed, retaken or interrupted: what lies in the tables is
what the model holds, each id once, and everything is found by its id.
"""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import count
from threading import Thread
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from kernel.errors import Unavailable
from txhub import queries
from txhub.domain.entities import AccountId
from txhub.domain.entries import Action, SourcedEntry, Status
from txhub.domain.storing import Outcome
from txhub.repository import ACCOUNT_REPOSITORY, TRANSACTION_REPOSITORY, register
from txhub.services import store_entries
from txhub.tests.meanwhile import Died, dying_after
from txhub.tests.people import an_entry, new_account

DAYS = (date(2024, 12, 31), date(2025, 1, 1), date(2025, 6, 15), date(2026, 5, 4))
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


def row_of(reference: str, action: Action, pending: bool, *facts: Any) -> Row:
    day, minor, reverses, historical = facts
    status = Status.PENDING if pending and not historical else Status.POSTED
    other = reverses if action is Action.REVERSE and reverses != reference else None
    if action is Action.REVERSE and other is None:
        action = Action.NEW
    return Row(reference, action, status, day, minor, other, historical)


ROWS = st.builds(
    row_of,
    st.sampled_from(REFERENCES),
    st.sampled_from(Action),
    st.booleans(),
    st.sampled_from(DAYS),
    st.integers(-3, -1),
    st.sampled_from(REFERENCES),
    st.sampled_from((False, False, False, True)),
)
# As the batch gives them: what amends comes behind what it may amend.
FILES = st.lists(ROWS, min_size=1, max_size=6).map(
    lambda rows: sorted(rows, key=lambda row: row.action is Action.AMEND)
)


@dataclass(slots=True)
class Kept:
    """What the model holds of a transaction: its content, and who wrote it, latest first."""

    content: tuple[Any, ...]
    sources: list[str]
    matched_by: str | None = None
    links: set[str] = field(default_factory=set)

    @property
    def is_pending(self) -> bool:
        return self.content[0] is Status.PENDING


class Model(dict[str, Kept]):
    """Transactions by id."""

    def store(self, entries: list[SourcedEntry]) -> list[Outcome]:
        outcomes = [self._store_one(sourced) for sourced in entries]
        for sourced, outcome in zip(entries, outcomes, strict=True):
            if outcome in STANDING and sourced.reversed_id and sourced.reversed_id in self:
                self[sourced.reversed_id].links.add(sourced.transaction_id)
        return outcomes

    def _store_one(self, sourced: SourcedEntry) -> Outcome:
        kept = self.get(sourced.transaction_id)
        amends = sourced.entry.action is Action.AMEND
        if kept is None:
            if amends:
                return Outcome.REFUSED
            self[sourced.transaction_id] = Kept(content_of(sourced), [sourced.source])
            return Outcome.WRITTEN
        if sourced.source in kept.sources:
            if amends:
                return Outcome.UPDATED
            return Outcome.MATCHED if kept.matched_by == sourced.source else Outcome.WRITTEN
        return self._change(kept, sourced)

    def _change(self, kept: Kept, sourced: SourcedEntry) -> Outcome:
        pending = sourced.entry.status is Status.PENDING
        if kept.content == content_of(sourced):
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
        kept.content = content_of(sourced)
        kept.sources.insert(0, sourced.source)
        return Outcome.UPDATED if sourced.entry.action is Action.AMEND else Outcome.MATCHED


def content_of(sourced: SourcedEntry) -> tuple[Any, ...]:
    entry = sourced.entry
    return entry.status, entry.booked_day, entry.amount_minor, sourced.reversed_id


def stored_in(account_id: AccountId) -> dict[str, tuple[Any, ...]]:
    """As the model has it; fails where an id is stored twice."""
    account = ACCOUNT_REPOSITORY.find(account_id)
    assert account is not None
    found: dict[str, tuple[Any, ...]] = {}
    for stored in TRANSACTION_REPOSITORY.all_of(account):
        each = stored.transaction
        assert each.transaction_id not in found, "stored twice"
        content = (each.status, each.booked_day, each.amount.minor, each.reversal_of)
        sources, links = list(stored.sources), set(each.links)
        found[each.transaction_id] = (content, sources, stored.matched_by, links)
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
        expected = {
            name: (kept.content, kept.sources, kept.matched_by, kept.links)
            for name, kept in self.model.items()
        }
        assert stored_in(self.account) == expected

    @invariant()
    def everything_is_found_by_its_id(self) -> None:
        account = ACCOUNT_REPOSITORY.find(self.account)
        assert account is not None
        for name, kept in self.model.items():
            assert queries.transaction(account, name).amount.minor == kept.content[2]

    def _file(self, rows: list[Row]) -> list[SourcedEntry]:
        name = f"chunk{len(self.files)}"
        entries = [self._entry(row, f"{name}:{line}") for line, row in enumerate(rows)]
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


class TestTwoWritersAtOnce:
    """Leases keep two workers from one chunk; this is what is left where they fail, or where two
    feeds' files meet in one account."""

    @pytest.mark.parametrize("attempt", range(5))
    def test_store_what_both_bring_once(self, attempt: int) -> None:
        account = new_account()
        rows = [an_entry(account, str(n), DAYS[n % 4], source=f"one:{n}") for n in range(120)]
        again = [replace(each, source=f"two:{number}") for number, each in enumerate(rows)]
        at_once([rows[:80], again[40:]])
        assert stored_in(account).keys() == {each.transaction_id for each in rows}

    @pytest.mark.parametrize("attempt", range(5))
    def test_lose_nothing_of_each_other(self, attempt: int) -> None:
        account = new_account()
        files = [
            [an_entry(account, f"{name}{n}", DAYS[n % 4], source=f"{name}:{n}") for n in range(40)]
            for name in "abc"
        ]
        at_once(files)
        ids = {each.transaction_id for entries in files for each in entries}
        assert stored_in(account).keys() == ids

    @pytest.mark.parametrize("attempt", range(5))
    def test_keep_what_one_links_to_what_the_other_amends(self, attempt: int) -> None:
        account = new_account()
        first = an_entry(account, "0", DAYS[0])
        store_entries([first])
        backs = [
            replace(an_entry(account, f"r{n}", DAYS[1], 1250), reversed_id=first.transaction_id)
            for n in range(4)
        ]
        entry = replace(first.entry, action=Action.AMEND, posted_on=DAYS[3])
        at_once([backs, [replace(first, entry=entry, source="amend:1")]])
        assert stored_in(account)[first.transaction_id][3] == {
            each.transaction_id for each in backs
        }


def at_once(files: list[list[SourcedEntry]]) -> None:
    """Each in a thread of its own, again and again until it is stored."""
    threads = [Thread(target=store_in_the_end, args=(entries,)) for entries in files]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def store_in_the_end(entries: list[SourcedEntry]) -> None:
    while True:
        with suppress(Unavailable):
            store_entries(entries)
            return
