"""The generated bank, loaded as the demo loads it: history first, then what is pending, then what
was booked today."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from alerts.tests.bank import Bank, new_account, new_customer
from txhub.domain.entities import AccountId
from txhub.domain.entries import Action, Entry, SourcedEntry
from txhub.domain.naming import transaction_id
from txhub.feeds.generator.booking import LAST_HOUR, book
from txhub.feeds.generator.catalogue import CITIES
from txhub.feeds.generator.lives import live
from txhub.feeds.generator.people import Household, households
from txhub.feeds.rows import FeedKind

UNTIL = date(2026, 11, 27)
SEED = 2026
_DAYS = timedelta(days=1)


class Load:
    """Stores what the bank sends about a household."""

    def __init__(self, bank: Bank, household: Household) -> None:
        self.bank, self.household = bank, household
        self.owners = {each.ref: new_customer() for each in household.customers}
        self.accounts = {
            each.number: new_account(*(self.owners[ref] for ref in each.owners))
            for each in household.accounts
        }
        bank.now = datetime(UNTIL.year, UNTIL.month, UNTIL.day, LAST_HOUR, tzinfo=UTC)

    def run(self, months: int, *kinds: FeedKind) -> int:
        first_day = UNTIL - months * 30 * _DAYS
        sent = list(book(live(self.household, first_day, UNTIL), UNTIL))
        count = 0
        for kind in kinds:
            entries = [self._sourced(each.entry, kind) for each in sent if each.kind is kind]
            entries.sort(key=lambda each: each.entry.action is Action.AMEND)
            for start in range(0, len(entries), 2_000):
                self.bank.store(*entries[start : start + 2_000])
            changes = self.bank.changes()
            for start in range(0, len(changes), 500):
                self.bank.look(changes[start : start + 500])
            count += len(entries)
        return count

    def told(self) -> Counter[str]:
        return Counter(
            each.kind for owner in self.owners.values() for each in self.bank.inbox(owner)
        )

    def _sourced(self, entry: Entry, kind: FeedKind) -> SourcedEntry:
        account = self.accounts[entry.account]
        return SourcedEntry(
            entry=entry,
            account_id=account,
            transaction_id=_name(account, entry.source_id),
            source=f"{kind}:{entry.source_id}",
            feed="demo",
            reversed_id=_name(account, entry.reversal_of) if entry.reversal_of else None,
            historical=kind is FeedKind.HISTORICAL,
        )


def _name(account: AccountId, source_id: str | None) -> str:
    return transaction_id(b"k" * 32, "demo", account, source_id or "")


@pytest.fixture
def family() -> Household:
    """Alice's and Bob's."""
    return next(households(2, SEED, CITIES))


class TestHistory:
    def test_of_eighteen_months_raises_nothing(self, bank: Bank, family: Household) -> None:
        load = Load(bank, family)
        assert load.run(18, FeedKind.HISTORICAL) > 2_000
        assert load.told() == Counter()


class TestDemoBank:
    def test_alerts_to_what_has_just_happened(self, bank: Bank, family: Household) -> None:
        load = Load(bank, family)
        load.run(6, FeedKind.HISTORICAL, FeedKind.MEMO, FeedKind.DAILY)
        told = load.told()
        assert {"duplicate_charge", "refund_arrived", "large_purchase", "generous_tip"} <= set(told)
        assert told.total() < 12
