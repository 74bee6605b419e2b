"""A full memo file replaces its feed's pending entries, and nothing else."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kernel.clock import Clock, utc_now
from txhub.batch import conf, jobs, quarantine, watch, work
from txhub.batch.leases import Lease, LeaseLost, claim
from txhub.batch.models import JobInstance, PruneExecution, QuarantinedRow
from txhub.batch.prune import run_prune
from txhub.batch.reconcile import Fault, reconcile
from txhub.batch.reports import progress, report
from txhub.batch.statuses import JobStatus, StepStatus
from txhub.domain.entries import Status
from txhub.feeds.rows import Coverage, FeedKind
from txhub.repository import TRANSACTION_REPOSITORY
from txhub.tests.batch.clocks import HandClock, KilledError, dies_at
from txhub.tests.batch.here import prunes_of, run, run_chunk_steps, run_file_step, run_prune_step
from txhub.tests.batch.memos import DAY, Bank
from txhub.tests.batch.stored import stored_by

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    return Bank(tmp_path)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


def counts(result: dict[str, Any]) -> tuple[int, int, int]:
    assert result["status"] == JobStatus.COMPLETED, result["reason"]
    return result["written"], result["duplicates"], result["removed"]


class TestFull:
    def test_takes_away_what_it_does_not_name(self, bank: Bank) -> None:
        bank.full(1, "alice/coffee", "alice/fuel", "bob/lunch")
        result = bank.full(2, "alice/coffee", "alice/shoes", "bob/lunch")
        assert counts(result) == (1, 2, 1)
        assert bank.pending("alice", "bob") == {"alice/coffee", "alice/shoes", "bob/lunch"}

    def test_clears_an_account_that_it_does_not_mention(self, bank: Bank) -> None:
        bank.full(1, *(f"{owner}/coffee" for owner in ("alice", "bob", "charlie", "dora")))
        assert counts(bank.full(2, "charlie/coffee")) == (0, 1, 3)
        assert bank.pending("alice", "bob", "charlie", "dora") == {"charlie/coffee"}

    def test_without_rows_clears_all(self, bank: Bank) -> None:
        bank.full(1, "alice/coffee", "bob/lunch")
        assert counts(bank.full(2)) == (0, 0, 2)
        assert bank.pending("alice", "bob") == set()

    def test_takes_away_what_deltas_added(self, bank: Bank) -> None:
        bank.delta(1, "alice/coffee")
        bank.delta(2, "alice/fuel")
        assert counts(bank.full(3, "alice/fuel")) == (0, 1, 1)
        assert bank.pending("alice") == {"alice/fuel"}

    def test_takes_away_more_than_one_transaction_holds(self, bank: Bank) -> None:
        bank.full(1, *(f"alice/{number}" for number in range(230)))
        assert counts(bank.full(2, "alice/7")) == (0, 1, 229)
        assert bank.pending("alice") == {"alice/7"}

    def test_sent_again_changes_nothing(self, bank: Bank) -> None:
        bank.full(1, "alice/coffee", "bob/lunch")
        bank.full(2, "alice/coffee")
        assert counts(bank.full(2, "alice/coffee")) == (0, 1, 0)

    def test_of_the_same_edition_replaces_too(self, bank: Bank) -> None:
        bank.full(1, "alice/coffee", "bob/lunch")
        assert counts(bank.full(1, "bob/lunch")) == (0, 1, 1)


class TestDelta:
    def test_adds(self, bank: Bank) -> None:
        bank.full(1, "alice/coffee", "bob/lunch")
        assert counts(bank.delta(2, "alice/fuel")) == (1, 0, 0)
        assert bank.pending("alice", "bob") == {"alice/coffee", "alice/fuel", "bob/lunch"}

    def test_does_not_bring_back_what_a_younger_full_file_took_away(self, bank: Bank) -> None:
        bank.full(3, "alice/coffee")
        assert counts(bank.delta(2, "alice/fuel")) == (0, 1, 0)
        assert bank.pending("alice") == {"alice/coffee"}


class TestOutOfOrder:
    def test_full_file_takes_nothing_from_a_younger_one_and_adds_nothing(self, bank: Bank) -> None:
        bank.full(2, "alice/coffee", "bob/lunch")
        late = bank.full(1, "alice/fuel", "alice/coffee")
        assert counts(late) == (0, 2, 0)
        assert bank.pending("alice", "bob") == {"alice/coffee", "bob/lunch"}

    def test_full_file_takes_nothing_from_a_younger_delta(self, bank: Bank) -> None:
        bank.full(1, "alice/coffee")
        bank.delta(3, "alice/coffee", "alice/fuel")  # it names the coffee again
        assert counts(bank.full(2, "bob/lunch")) == (1, 0, 0)
        assert bank.pending("alice", "bob") == {"alice/coffee", "alice/fuel", "bob/lunch"}

    def test_is_told_by_the_business_date_first(self, bank: Bank) -> None:
        bank.full(1, "alice/coffee", day=DAY)
        bank.full(9, "alice/fuel", day=DAY - timedelta(days=1))
        assert bank.pending("alice") == {"alice/coffee"}


class TestOthers:
    def test_feeds_keep_theirs(self, bank: Bank) -> None:
        cards = bank.other_feed()
        cards.full(1, "alice/taxi")
        bank.full(1, "alice/coffee")
        assert counts(bank.full(2)) == (0, 0, 1)
        assert bank.pending("alice") == {"alice/taxi"}

    def test_posted_entries_stay(self, bank: Bank) -> None:
        bank.full(1, "alice/coffee")
        posting = bank.job(
            1, ["alice/coffee"], kind=FeedKind.DAILY, status=Status.POSTED, posted_on=DAY
        )
        run(posting)
        assert bank.full(2)["removed"] == 0
        assert reconcile(posting).agrees

    def test_pending_entries_of_a_daily_file_stay_for_that_day(self, bank: Bank) -> None:
        run(bank.job(1, ["alice/coffee"], Coverage.DELTA, kind=FeedKind.DAILY))
        assert bank.full(9)["removed"] == 0
        assert bank.full(1, day=DAY + timedelta(days=1))["removed"] == 1


class TestQuarantine:
    def test_row_that_a_younger_full_file_left_out_is_not_brought_back(self, bank: Bank) -> None:
        bank.full(1, "alice/coffee")
        old = bank.job(2, ["alice/tea", "bob/new"])
        JobInstance.objects.filter(pk=old.pk).update(create_accounts=False)
        old.refresh_from_db()
        assert run(old)["quarantined"] == 1  # nobody knows Bob yet
        bank.full(3, "alice/coffee", "bob/lunch")
        quarantine.redrive(QuarantinedRow.objects.get(instance=old).pk)
        assert bank.pending("alice", "bob") == {"alice/coffee", "bob/lunch"}

    def test_beyond_the_limit_takes_nothing_away(self, bank: Bank) -> None:
        names = [f"alice/{number}" for number in range(12)]
        bank.full(1, "bob/lunch", *names)
        result = run(bank.job(2, names, amount_minor=5))  # the same ids, and other content
        assert (result["status"], result["quarantined"], result["removed"]) == ("FAILED", 12, 0)
        assert bank.pending("bob") == {"bob/lunch"}


class TestReconcile:
    def test_of_a_replaced_file_agrees(self, bank: Bank) -> None:
        first = bank.job(1, ["alice/coffee", "bob/lunch"])
        run(first)
        assert reconcile(first).agrees
        bank.full(2, "alice/coffee")
        assert reconcile(first).agrees, reconcile(first).findings

    def test_of_the_youngest_file_misses_what_is_gone(self, bank: Bank) -> None:
        bank.full(1, "alice/coffee")
        last = bank.job(2, ["alice/coffee", "bob/lunch"])
        run(last)
        (stored,) = stored_by(last)[-1:]
        TRANSACTION_REPOSITORY.delete(*stored.key)
        assert [each.fault for each in reconcile(last).findings] == [Fault.MISSING]


@pytest.fixture
def replacing(bank: Bank) -> JobInstance:
    """A full file that leaves out what is pending in three of four accounts; its chunks stored."""
    bank.full(1, *(f"{owner}/coffee" for owner in ("alice", "bob", "charlie", "dora")))
    instance = bank.job(2, ["bob/coffee", "bob/lunch"])
    run_file_step(instance)
    run_chunk_steps(instance)
    return instance


def claimed(instance: JobInstance, clock: Clock) -> Lease[PruneExecution]:
    lease = claim(PruneExecution, prunes_of(instance).get().pk, clock)
    assert lease is not None
    return lease


class TestStep:
    def test_is_part_of_the_job(self, bank: Bank, replacing: JobInstance) -> None:
        assert report(replacing)["status"] == JobStatus.RUNNING
        assert progress(replacing).phase == "storing"
        run_prune_step(replacing)
        assert counts(report(replacing)) == (1, 1, 3)
        prune = prunes_of(replacing).get()
        assert (prune.rows_done, prune.found, prune.removed, prune.kept) == (4, 5, 3, 2)

    def test_is_sent_once_all_chunks_are_stored(
        self, bank: Bank, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(conf, "CHUNK_ROWS", 1)
        instance = bank.job(1, ["alice/coffee", "bob/lunch"])
        run_file_step(instance)
        one, two = instance.file.chunks.all()
        work.work_on_chunk(one.pk)
        assert prunes_of(instance).get().sent_at is None
        work.work_on_chunk(two.pk)
        assert prunes_of(instance).get().sent_at is not None

    def test_does_not_begin_before(self, bank: Bank) -> None:
        bank.full(1, "alice/coffee")
        instance = bank.job(2, ["bob/lunch"])
        run_file_step(instance)
        run_prune_step(instance)
        assert prunes_of(instance).get().status == StepStatus.WAITING
        assert bank.pending("alice") == {"alice/coffee"}

    def test_that_nobody_was_told_of_is_sent_again(
        self, replacing: JobInstance, clock: HandClock
    ) -> None:
        prune = prunes_of(replacing)
        prune.update(sent_at=None)
        clock.now = utc_now() + conf.UNSENT_AFTER + timedelta(seconds=1)
        watch.look_for_work(clock=clock)
        assert prune.get().sent_at == clock.now

    def test_waits_while_the_job_stops(self, bank: Bank, replacing: JobInstance) -> None:
        execution = jobs.last_execution(replacing)
        assert execution is not None
        jobs.stop(execution.pk)
        run_prune_step(replacing)
        assert report(replacing)["status"] == JobStatus.STOPPED
        assert bank.pending("alice") == {"alice/coffee"}
        jobs.restart(replacing)
        run_prune_step(replacing)
        assert counts(report(replacing)) == (1, 1, 3)


class TestTakenOver:
    """It is killed, and another worker does it again."""

    @pytest.mark.parametrize("done", [0, 1, 2, 3, 4])
    def test_after_some_accounts_counts_the_same(
        self, bank: Bank, replacing: JobInstance, clock: HandClock, done: int
    ) -> None:
        first = claimed(replacing, clock)
        first.keep = dies_at(done)  # type: ignore[method-assign]
        first.finish = dies_at(0)  # type: ignore[method-assign]
        with pytest.raises(KilledError):
            run_prune(first)
        assert len(bank.pending("alice", "bob", "charlie", "dora")) <= 5
        clock.pass_by(conf.LEASE + timedelta(seconds=1))
        work.work_on_prune(first.step.pk, clock=clock)
        assert counts(report(replacing)) == (1, 1, 3)
        assert bank.pending("alice", "bob", "charlie", "dora") == {"bob/coffee", "bob/lunch"}

    def test_the_late_loser_takes_nothing_away(
        self, bank: Bank, replacing: JobInstance, clock: HandClock
    ) -> None:
        first = claimed(replacing, clock)
        clock.pass_by(conf.LEASE + timedelta(seconds=1))
        claimed(replacing, clock)
        with pytest.raises(LeaseLost):
            run_prune(first)
        assert len(bank.pending("alice", "bob", "charlie", "dora")) == 5
