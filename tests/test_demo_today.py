"""What the demo's customers have bought today, as the listener reads it."""

from datetime import UTC, datetime, timedelta

import orjson
import pytest

from embedded.demo_bank import AccountSheet, Person
from embedded.demo_today import purchases
from txhub.domain.entries import SourcedEntry, Status
from txhub.realtime.messages import read

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
ALICE = Person(name="Alice", email="alice@example.com", accounts=("11111111", "22222222", "3333"))
ACCOUNTS = [
    AccountSheet(number="11111111", name="Current", type="current", currency="GBP"),
    AccountSheet(number="22222222", name="Savings", type="savings", currency="GBP"),
    AccountSheet(number="3333", name="Euro", type="current", currency="EUR"),
]


@pytest.fixture
def entries() -> list[SourcedEntry]:
    messages = purchases([ALICE], ACCOUNTS, NOW)
    return [read(orjson.dumps(message), clock=lambda: NOW) for message in messages]


class TestPurchases:
    def test_are_pending_and_of_the_last_hours(self, entries: list[SourcedEntry]) -> None:
        assert {each.entry.status for each in entries} == {Status.PENDING}
        for each in entries:
            assert each.entry.occurred_at
            assert NOW - timedelta(hours=12) < each.entry.occurred_at < NOW

    def test_are_paid_from_accounts_that_one_pays_from(self, entries: list[SourcedEntry]) -> None:
        assert {each.entry.account for each in entries} == {"11111111"}

    def test_are_the_same_each_time(self, entries: list[SourcedEntry]) -> None:
        again = [
            read(orjson.dumps(each), clock=lambda: NOW)
            for each in purchases([ALICE], ACCOUNTS, NOW)
        ]
        assert again == entries
