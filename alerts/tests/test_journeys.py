"""Real consumers on the real engine, killed while they are at work."""

import secrets
import time
from collections import Counter
from datetime import timedelta

import pytest

from alerts.repository import ALERT_REPOSITORY
from alerts.tests.processes import start_consumer, wait_until
from kernel.clock import utc_now
from txhub.domain.entities import AccountId, CustomerId
from txhub.domain.entries import Kind
from txhub.services import store_entries
from txhub.tests.people import an_entry, new_account, new_customer

pytestmark = pytest.mark.journey
_ACCOUNTS, _KILLS = 12, 4


def charge(account: AccountId, minor: int, ago: timedelta, **facts: object) -> None:
    moment = utc_now() - ago
    store_entries(
        [
            an_entry(
                account,
                secrets.token_hex(8),
                moment.date(),
                minor,
                source=secrets.token_hex(8),
                occurred_at=moment,
                occurred_on=moment.date(),
                **{"kind": Kind.CARD, "merchant": "Voltmart", **facts},
            )
        ]
    )


def live_through_a_day(account: AccountId) -> None:
    """Charged twice, a large purchase, and a refund."""
    charge(account, -4900, timedelta(minutes=50))
    charge(account, -4900, timedelta(minutes=40))
    charge(account, -70_000, timedelta(minutes=30), merchant="Oak and Hinge")
    charge(account, 2_000, timedelta(minutes=20), merchant="Toolshed", kind=Kind.REFUND)
    charge(account, -1_350, timedelta(minutes=10), merchant="Greenbasket")


def told(owner: CustomerId) -> Counter[str]:
    page = ALERT_REPOSITORY.page(owner, after=None, limit=100)
    return Counter(each.kind for each in page.alerts)


class TestKilledConsumers:
    def test_leave_the_same_alerts_as_an_undisturbed_one(self) -> None:
        owners = [new_customer() for _ in range(_ACCOUNTS)]
        expected = Counter(["duplicate_charge", "large_purchase", "refund_arrived"])
        consumer = start_consumer()
        try:
            for place, owner in enumerate(owners):
                live_through_a_day(new_account(owner))
                if place % (_ACCOUNTS // _KILLS) == 1:
                    consumer.kill()
                    consumer = start_consumer(f"second-look-{place}.log")
            wait_until(lambda: all(told(owner) == expected for owner in owners), seconds_max=90)
            time.sleep(1)  # whatever else may come
            assert [told(owner) for owner in owners] == [expected] * _ACCOUNTS
        finally:
            consumer.kill()
