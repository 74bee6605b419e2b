"""Whatever is written, in whatever order and however often it is heard of: what is kept up from the
stream is what a rebuild makes of the table, and both are what the transactions add up to."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aws.dynamodb.attributes import decode_item
from aws.streams import Change
from aws.streams.records import Kind as ChangeKind
from aws.tests.memory import MemoryEngine, Written, in_memory
from aws.vault.tables import WRAPPED_KEYS
from kernel.errors import Unavailable
from txhub import projections
from txhub.domain.digests import NOTHING, Digest
from txhub.domain.entities import AccountId, Merchant
from txhub.domain.entries import Action, Kind, Status
from txhub.domain.sources import MESSAGES, writer_of
from txhub.domain.summaries import Part, Purpose, part_of, spending_of
from txhub.repository import (
    ACCOUNT_REPOSITORY,
    SUMMARY_REPOSITORY,
    TRANSACTION_REPOSITORY,
    StoredTransaction,
)
from txhub.resources import ACCOUNTS, STATEMENTS, SUMMARIES, TRANSACTIONS
from txhub.services import expire_pending, store_entries, summaries
from txhub.services.summaries import rebuild_account, summarise
from txhub.tests.meanwhile import Died, meanwhile, recording
from txhub.tests.people import an_entry, new_account
from txhub.tests.statements.samples import a_transaction

MAY, JUNE = date(2026, 5, 4), date(2026, 6, 1)
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


class TestSpending:
    def test_is_what_went_out_less_what_was_given_back(self) -> None:
        (coffee,) = spending_of(
            [
                a_transaction(MAY, -500),
                a_transaction(MAY, -700),
                a_transaction(MAY, 200, kind=Kind.REFUND),
            ]
        )
        assert (coffee.purpose.category, coffee.spent, coffee.received) == ("Eating out", 1000, 0)

    def test_wages_are_not_negative_spending(self) -> None:
        (work,) = spending_of([a_transaction(MAY, 250_000, kind=Kind.PAYMENT)])
        assert (work.spent, work.received) == (0, 250_000)

    def test_what_takes_wages_back_is_no_spending_either(self) -> None:
        wages = a_transaction(MAY, 250_000, kind=Kind.PAYMENT)
        (work,) = spending_of([wages, a_transaction(MAY, -250_000, kind=Kind.REVERSAL)])
        assert (work.spent, work.received, work.count) == (0, 0, 2)

    def test_currencies_are_not_added_up(self) -> None:
        both = spending_of([a_transaction(MAY, -500), a_transaction(MAY, -500, currency="EUR")])
        assert [(each.currency, each.spent) for each in both] == [("EUR", 500), ("GBP", 500)]

    def test_without_a_category_the_kind_tells_what_it_was_for(self) -> None:
        nothing = Merchant()
        kinds = (Kind.CASH, Kind.CARD, Kind.PAYMENT)
        rows = [a_transaction(MAY, -500, kind=kind, merchant=nothing) for kind in kinds]
        spent = {each.purpose: each.spent for each in spending_of(rows)}
        assert spent == {
            Purpose(kind=Kind.CASH): 500,
            Purpose(kind=Kind.PAYMENT): 500,
            Purpose(): 500,
        }


class TestParts:
    @pytest.mark.parametrize(
        ("volume", "name"),
        [
            ("2026", "2026-05"),
            ("2026-05", "2026-05"),
            ("2026-05-1", "2026-05-1"),
            ("2026-05-17", "2026-05-17"),
            ("P", "P"),
            ("S2026", "S2026"),
        ],
    )
    def test_are_months_or_volumes_that_are_shorter(self, volume: str, name: str) -> None:
        assert part_of("acc_1", volume, "2026-05-17").name == name


def stored_parts(account: AccountId) -> set[Part]:
    found = ACCOUNT_REPOSITORY.find(account)
    assert found is not None
    keys = [each.key for each in TRANSACTION_REPOSITORY.all_of(found)]
    return {part_of(account, pk.partition("#")[2], sk[:10]) for pk, sk in keys}


def spent_by_month(account: AccountId) -> dict[str, int]:
    """As the summaries have it."""
    sums: Counter[str] = Counter()
    for month in SUMMARY_REPOSITORY.months(account, "0001-01", "9999-12"):
        sums[month.name] += sum(each.spent for each in month.spending)
    return {month: spent for month, spent in sums.items() if spent}


class TestSummarise:
    def test_adds_up_months(self) -> None:
        account = new_account()
        store_entries([an_entry(account, "a", MAY, -500), an_entry(account, "b", JUNE, -700)])
        assert summarise(stored_parts(account)) == 2
        assert spent_by_month(account) == {"2026-05": 500, "2026-06": 700}

    def test_writes_nothing_where_nothing_has_changed(self) -> None:
        account = new_account()
        store_entries([an_entry(account, "a", MAY)])
        summarise(stored_parts(account))
        assert summarise(stored_parts(account)) == 0

    def test_reads_a_month_once_however_many_of_its_entries_came(self) -> None:
        account = new_account()
        rows = [an_entry(account, f"{n}", (MAY, JUNE)[n % 2]) for n in range(40)]
        store_entries(rows)
        parts = stored_parts(account)
        calls: list[tuple[str, dict[str, object]]] = []
        with recording(calls):
            written = summarise(parts)
        operations = Counter(operation for operation, _sent in calls)
        assert written == 2
        assert operations == {"BatchGetItem": 1, "Query": 1, "TransactWriteItems": 1}

    def test_writes_a_first_summary_once_though_two_are_at_it(self) -> None:
        account = new_account()
        writer = f"w{account[-9:]}"
        store_entries([an_entry(account, "a", MAY, source=f"{writer}:1")])
        parts = stored_parts(account)
        with meanwhile("Query", 1, lambda: summarise(parts)):
            assert summarise(parts) == 0
        assert SUMMARY_REPOSITORY.digests_of([writer])[writer].count == 1

    def test_follows_a_row_to_its_new_writer_though_it_says_the_same(self) -> None:
        account = new_account()
        writer = f"w{account[-9:]}"
        row = an_entry(account, "a", MAY, source=f"{writer}:1")
        (part,) = [part_of(account, "2026", str(MAY))]

        def item() -> dict[str, Any]:
            return next(summaries.entries_of(account, part.volume, part.name, part.name))

        store_entries([row])
        summarise([part])
        before = item()
        store_entries([replace(row, source="msg_x", sequence=1)])
        change = Change(
            table="transactions",
            key={"pk": before["pk"], "sk": before["sk"]},
            kind=ChangeKind.MODIFIED,
            old=before,
            new=item(),
            sequence="1",
            at=NOON,
        )
        assert projections.keep_summaries([change]) == 1
        assert SUMMARY_REPOSITORY.standing([part])[part].digests.keys() == {MESSAGES}
        assert SUMMARY_REPOSITORY.digests_of([writer])[writer] == NOTHING

    def test_takes_nothing_that_is_not_posted_for_a_month(self) -> None:
        account = new_account()
        hold = an_entry(account, "b", JUNE, status=Status.PENDING, posted_on=None)
        store_entries([an_entry(account, "a", MAY), hold])
        summarise(stored_parts(account))
        expire_pending(date(2026, 12, 31))
        summarise(stored_parts(account))
        assert SUMMARY_REPOSITORY.latest_month(account) == "2026-05"

    def test_leaves_pending_entries_out_of_spending(self) -> None:
        account = new_account()
        store_entries([an_entry(account, "a", MAY, status=Status.PENDING, posted_on=None)])
        assert summarise(stored_parts(account)) == 1  # for its digest
        assert spent_by_month(account) == {}

    def test_a_busy_months_days_are_summed_up_each_for_itself(self) -> None:
        account = new_account()
        days = [date(2026, 5, day) for day in range(1, 11)]
        rows = [an_entry(account, f"{day}-{n}", day, -1) for day in days for n in range(110)]
        store_entries(rows)
        assert {part.name for part in stored_parts(account)} == {str(day) for day in days}
        summarise(stored_parts(account))
        assert spent_by_month(account) == {"2026-05": 1100}

    def test_counts_an_item_that_does_not_open_and_goes_on(self) -> None:
        account = new_account()
        store_entries([an_entry(account, name, MAY, -500) for name in "ab"])
        (part,) = stored_parts(account)
        summarise([part])
        before = SUMMARY_REPOSITORY.standing([part])[part].digests
        item = next(summaries.entries_of(account, part.volume, part.name, part.name))
        TRANSACTION_REPOSITORY.put({**item, "z": item["z"][:-1] + b"?"})
        summarise([part])
        after = SUMMARY_REPOSITORY.standing([part])[part].digests
        assert after["chunk"].count == before["chunk"].count == 2
        assert after != before
        assert spent_by_month(account) == {"2026-05": 500}

    def test_takes_more_writers_than_fit_into_one_write(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(summaries, "_WRITERS_MAX", 2)
        account = new_account()
        names = [f"w{account[-9:]}{n}" for n in range(5)]
        store_entries([an_entry(account, name, MAY, source=f"{name}:1") for name in names])
        assert summarise(stored_parts(account)) == 3
        digests = SUMMARY_REPOSITORY.digests_of(names)
        assert [digests[name].count for name in names] == [1] * 5

    def test_is_about_nothing_once_the_key_is_destroyed(self) -> None:
        assert summarise([Part(AccountId("acc_nobody"), "2026", "2026-05")]) == 0


# --- random histories ---

WRITERS = ("chunka", "chunkb", "msg_x")
WRITES = st.tuples(
    st.sampled_from("abcd"),
    st.sampled_from([MAY, JUNE, date(2025, 12, 31)]),
    st.integers(-3, 2),
    st.sampled_from(WRITERS),
    st.booleans(),
)
# Write a row; or let a consumer hear of one of the changes so far, again maybe.
STEPS = st.lists(st.one_of(WRITES, st.integers(0, 30)), min_size=1, max_size=14)
# After which calls of a consumer another one, or a writer, comes between, or it is killed.
CALLS = st.lists(st.integers(1, 12), max_size=3)


class Interrupted:
    """The engine in memory, where somebody else acts right after some calls."""

    def __init__(self, engine: MemoryEngine) -> None:
        self.engine = engine
        self.pending: list[tuple[int, Callable[[], None]]] = []
        self._calls = 0

    def send(self, operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        answer = self.engine.send(operation, parameters)
        self._calls += 1
        due = [act for call, act in self.pending if call <= self._calls]
        self.pending = [each for each in self.pending if each[0] > self._calls]
        for act in due:
            act()
        return answer

    def interrupt(self, after: int, act: Callable[[], None]) -> None:
        self.pending.append((self._calls + after, act))


def die() -> None:
    raise Died


@pytest.fixture(scope="module")
def place() -> Iterator[Interrupted]:
    engine = MemoryEngine([ACCOUNTS, TRANSACTIONS, SUMMARIES, STATEMENTS, WRAPPED_KEYS])
    place = Interrupted(engine)
    with ExitStack() as stack:
        from aws import vault as door
        from aws.vault import service

        stack.enter_context(in_memory(place))
        stack.callback(setattr, service, "_shared", service._shared)
        service._shared = door.Vault()
        yield place


class History:
    """One account, its writers and its consumers."""

    def __init__(self, place: Interrupted) -> None:
        self.place, self.account = place, new_account()
        self._since = len(place.engine.written)
        self._written = 0
        self.heard: set[int] = set()  # which of its changes some consumer has dealt with

    def write(self, name: str, day: date, minor: int, writer: str, pending: bool) -> None:
        self._written += 1
        facts: dict[str, Any] = {"action": Action.AMEND if self._holds(name) else Action.NEW}
        if pending and facts["action"] is Action.NEW:
            facts |= {"status": Status.PENDING, "posted_on": None, "occurred_on": day}
        source = f"{writer}{self.account[-8:]}:{self._written}"
        if writer.startswith(MESSAGES):
            source = f"{writer}{self._written}"
        store_entries([an_entry(self.account, name, day, minor, source=source, **facts)])

    def changes(self) -> list[Change]:
        written = self.place.engine.written[self._since :]
        return [change_of(each) for each in written if each.table is TRANSACTIONS]

    def hear(self, numbers: Iterable[int]) -> None:
        """A consumer is given some of the changes so far, and may be killed over them."""
        changes = self.changes()
        given = sorted({number % len(changes) for number in numbers}) if changes else []
        with suppress(Unavailable, Died):  # then they come again
            projections.keep_summaries([changes[number] for number in given])
            self.heard |= set(given)

    def unheard(self) -> list[int]:
        return [number for number in range(len(self.changes())) if number not in self.heard]

    def kept(self) -> tuple[dict[str, int], dict[str, Digest]]:
        """Spending by month, and digests by writer, as they stand."""
        names = [f"{writer}{self.account[-8:]}" for writer in WRITERS]
        digests = SUMMARY_REPOSITORY.digests_of(names)
        told = {name: each for name, each in digests.items() if each != NOTHING}
        return spent_by_month(self.account), told

    def model(self) -> tuple[dict[str, int], Counter[str]]:
        """What the transactions themselves add up to, and how many each writer has written."""
        sums: Counter[str] = Counter()
        rows: Counter[str] = Counter()
        for stored in self._stored():
            each = stored.transaction
            if writer_of(stored.sources[0]) != MESSAGES:
                rows[writer_of(stored.sources[0])] += 1
            if each.status is Status.POSTED and each.amount.minor < 0:
                sums[each.booked_day.isoformat()[:7]] -= each.amount.minor
        return {month: spent for month, spent in sums.items() if spent}, rows

    def _holds(self, name: str) -> bool:
        wanted = an_entry(self.account, name, MAY).transaction_id
        return any(each.transaction.transaction_id == wanted for each in self._stored())

    def _stored(self) -> Iterator[StoredTransaction]:
        found = ACCOUNT_REPOSITORY.find(self.account)
        assert found is not None
        return TRANSACTION_REPOSITORY.all_of(found)


def change_of(written: Written) -> Change:
    old = decode_item(written.old) if written.old else None
    new = decode_item(written.new) if written.new else None
    item = new or old or {}
    return Change(
        table="transactions",
        key={"pk": item["pk"], "sk": item["sk"]},
        kind=ChangeKind.MODIFIED,
        old=old,
        new=new,
        sequence="1",
        at=NOON,
    )


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS, interruptions=CALLS, kills=CALLS, seed=st.integers(0, 1000))
def test_any_interleaving_ends_where_a_rebuild_does(
    place: Interrupted, steps: list[Any], interruptions: list[int], kills: list[int], seed: int
) -> None:
    place.pending.clear()
    history = History(place)
    for step in steps:
        if isinstance(step, tuple):
            history.write(*step)
        else:
            history.hear([step])
    for after in interruptions:
        place.interrupt(after, lambda: history.write("e", JUNE, -7, "chunka", False))
        place.interrupt(after, lambda: history.hear(history.unheard()))
    for after in kills:
        place.interrupt(after, die)
    numbers = list(range(len(history.changes())))
    Random(seed).shuffle(numbers)  # noqa: S311
    for start in range(0, len(numbers), 3):
        history.hear(numbers[start : start + 3])
    place.pending.clear()
    history.hear(history.unheard())  # what nobody has dealt with yet, and nothing else
    spent, digests = history.kept()
    model, rows = history.model()
    assert spent == model
    assert {writer: digest.count for writer, digest in digests.items()} == rows
    found = ACCOUNT_REPOSITORY.find(history.account)
    assert found is not None
    assert rebuild_account(found) == 0
