"""From the memo file of the day to the daily file that posts it, through real workers."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from txhub.batch import conf, jobs
from txhub.batch.models import JobInstance
from txhub.batch.reconcile import reconcile
from txhub.domain.entries import Status
from txhub.feeds.rows import Coverage, FeedKind
from txhub.repository import TRANSACTION_REPOSITORY
from txhub.tests.batch.here import run
from txhub.tests.batch.memos import DAY, Bank
from txhub.tests.batch.stored import stored_by
from txhub.tests.batch.workers import wait_for_end, worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]

OWNERS = ("alice", "bob", "charlie", "dora")
BOOKED = DAY + timedelta(days=2)
DINNER: dict[str, Any] = {"merchant": "Bella Napoli", "mcc": "5812", "amount_minor": -4000}
PLACES = {
    "before the register": "txhub.batch.leases:Lease.before_write:before:1",
    "before the matches": "txhub.batch.leases:Lease.before_write:before:2",
    "after the matches of a group": "txhub.batch.chunks:store_entries:after:1",
    "between the last match and the checkpoint": "txhub.batch.leases:Lease.finish:before:1",
}


@pytest.fixture(autouse=True)
def _impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conf, "UNSENT_AFTER", timedelta(seconds=1))


def daily(bank: Bank, *, day: date = BOOKED) -> JobInstance:
    """Everybody's dinner, under another id, another spelling and with a tip."""
    names = [f"{owner}/booked" for owner in OWNERS]
    facts = {**DINNER, "merchant": "BELLA NAPOLI LEEDS GB", "amount_minor": -4600}
    booked = {"status": Status.POSTED, "posted_on": day, "value_on": day}
    return bank.job(9, names, Coverage.DELTA, kind=FeedKind.DAILY, day=day, **facts, **booked)


class TestFromMemoToDaily:
    @pytest.mark.parametrize("place", PLACES.values(), ids=PLACES.keys())
    def test_each_dinner_is_shown_once(self, tmp_path: Path, place: str) -> None:
        bank = Bank(tmp_path)
        dinners = [f"{owner}/dinner" for owner in OWNERS]
        memo = bank.job(1, dinners, **DINNER)
        assert run(memo)["written"] == len(OWNERS)
        instance = daily(bank)
        with worker(die_at=place) as doomed:
            jobs.start(instance)
            doomed.wait()
        with worker():
            report = wait_for_end(instance)
        assert (report["status"], report["read"], report["matched"]) == ("COMPLETED", 4, 4)
        assert bank.pending(*OWNERS) == set()
        booked = [each.transaction for each in stored_by(instance) if each.matched_by]
        assert [each.first_amount.minor for each in booked if each.first_amount] == [-4000] * 4
        assert reconcile(instance).agrees
        assert reconcile(memo).agrees
        assert bank.full(2, *dinners, **DINNER)["duplicates"] == len(OWNERS), "still named"
        assert bank.pending(*OWNERS) == set()


class TestALastCapture:
    def test_of_a_daily_file_ends_the_order(self, tmp_path: Path) -> None:
        bank = Bank(tmp_path)
        order: dict[str, Any] = {"merchant": "Ritz Books", "mcc": "5942", "auth_code": "A1B2C3"}
        memo = bank.job(1, ["alice/order"], amount_minor=-9000, **order)
        assert run(memo)["written"] == 1
        order |= {"status": Status.POSTED, "posted_on": BOOKED, "value_on": BOOKED, "final": True}
        last = bank.job(
            9,
            ["alice/last"],
            Coverage.DELTA,
            kind=FeedKind.DAILY,
            day=BOOKED,
            amount_minor=-5000,
            **order,
        )
        assert run(last)["matched"] == 1
        assert bank.pending("alice") == set()
        assert reconcile(last).agrees
        assert reconcile(memo).agrees
        (posting,) = [each for each in stored_by(last) if each.matched_by]
        without = replace(posting, transaction=replace(posting.transaction, final=False))
        TRANSACTION_REPOSITORY.write_new([without])
        assert not reconcile(last).agrees
