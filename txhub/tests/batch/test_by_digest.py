"""Reconciling by digest: what the full comparison finds, with a few reads."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from txhub.batch.models import ChunkDigest, JobInstance
from txhub.batch.reconcile import Fault, both_sides, reconcile, reconcile_by_digest
from txhub.domain.entities import Transaction
from txhub.domain.entries import Action, Entry
from txhub.feeds.rows import FeedKind
from txhub.repository import TRANSACTION_REPOSITORY, StoredTransaction
from txhub.services import store_entries
from txhub.services.summaries import rebuild_account
from txhub.tests.batch.files import card_file, card_rows, hub_file, hub_rows
from txhub.tests.batch.here import landed_job, run
from txhub.tests.batch.stored import accounts_of, stored_by
from txhub.tests.people import an_entry

pytestmark = pytest.mark.django_db(transaction=True)

ROWS, ACCOUNTS = 120, 10


@pytest.fixture
def loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> JobInstance:
    monkeypatch.setattr("txhub.batch.conf.CHUNK_ROWS", 30)
    instance = landed_job(card_file(tmp_path, card_rows(ROWS, accounts=ACCOUNTS)))
    assert run(instance)["status"] == "COMPLETED"
    sum_up(instance)
    return instance


def sum_up(instance: JobInstance) -> None:
    """What the stream's consumer would have done by now."""
    for account in accounts_of(instance):
        rebuild_account(account)


def altered(stored: StoredTransaction) -> StoredTransaction:
    """Sealed as it should be, by somebody who has the keys."""
    other = replace(stored.transaction, description="something else")
    return replace(stored, transaction=other)


def removed(stored: StoredTransaction) -> None:
    TRANSACTION_REPOSITORY.delete(*stored.key)


def changed(stored: StoredTransaction) -> None:
    TRANSACTION_REPOSITORY.write_new([altered(stored)])


def spoilt(stored: StoredTransaction) -> None:
    item = TRANSACTION_REPOSITORY.get(*stored.key)
    assert item is not None
    TRANSACTION_REPOSITORY.put({**item, "z": item["z"][:-1] + bytes([item["z"][-1] ^ 1])})


def copied_to_another_month(stored: StoredTransaction) -> None:
    (pk, sk), day = stored.key, stored.transaction.booked_day - timedelta(days=90)
    other = sk[:-1] + ("a" if sk[-1] != "a" else "b")
    TRANSACTION_REPOSITORY.write_new([replace(stored, key=(pk, day.isoformat() + other[10:]))])


class TestByDigest:
    def test_reads_no_item_where_all_agrees(self, loaded: JobInstance) -> None:
        result = reconcile_by_digest(loaded)
        assert (result.agrees, result.rows, result.items) == (True, ROWS, 0)
        assert result.digests == loaded.file.chunks.count() >= 3

    @pytest.mark.parametrize(
        ("act", "fault"),
        [
            (removed, Fault.MISSING),
            (changed, Fault.ALTERED),
            (spoilt, Fault.ALTERED),
            (copied_to_another_month, Fault.ADDED),
        ],
    )
    def test_finds_what_happened_behind_our_back(
        self, loaded: JobInstance, act: Callable[[StoredTransaction], None], fault: Fault
    ) -> None:
        victim = stored_by(loaded)[ROWS // 2]
        act(victim)
        sum_up(loaded)
        result = reconcile_by_digest(loaded)
        assert [each.fault for each in result.findings] == [fault]
        assert result.findings[0].account_id == victim.transaction.account_id
        assert result.items <= ROWS / ACCOUNTS * 2
        assert not reconcile(loaded).agrees

    def test_finds_all_that_it_can_know_of_while_the_digests_are_behind(
        self, loaded: JobInstance
    ) -> None:
        victims = stored_by(loaded)[::30]
        for each in victims[:2]:
            removed(each)
        sum_up(loaded)
        removed(victims[2])  # nobody has heard of it yet
        found = {each.transaction_id for each in reconcile_by_digest(loaded).findings}
        assert found >= {each.transaction.transaction_id for each in victims[:2]}

    def test_agrees_though_no_digest_was_kept_yet(self, tmp_path: Path) -> None:
        instance = landed_job(card_file(tmp_path, card_rows(60, accounts=3)))
        run(instance)
        result = reconcile_by_digest(instance)
        assert (result.agrees, result.items) == (True, 60)

    def test_makes_the_files_digests_once(self, loaded: JobInstance) -> None:
        reconcile_by_digest(loaded)
        kept = set(ChunkDigest.objects.values_list("chunk", "digest"))
        assert reconcile_by_digest(loaded).agrees
        assert set(ChunkDigest.objects.values_list("chunk", "digest")) == kept

    def test_the_same_file_again_is_read_and_agrees(self, tmp_path: Path) -> None:
        path = card_file(tmp_path, card_rows(60, accounts=3))
        for _time in range(2):
            instance = landed_job(path)
            run(instance)
            sum_up(instance)
            assert reconcile_by_digest(instance).agrees

    def test_a_row_that_was_amended_by_a_later_file_is_no_difference(self, tmp_path: Path) -> None:
        rows, feed = hub_rows(20), f"amended{secrets.token_hex(4)}"
        first = self._brought_in(tmp_path, rows, feed=feed, sequence=1)
        later = [replace(rows[3], action=Action.AMEND, posted_on=date(2026, 1, 19), line=2)]
        second = self._brought_in(tmp_path, later, feed=feed, sequence=2)
        for instance in (first, second):
            assert reconcile_by_digest(instance).agrees, reconcile_by_digest(instance).findings
            assert reconcile(instance).agrees

    def _brought_in(self, folder: Path, rows: list[Entry], **header: Any) -> JobInstance:
        path = hub_file(folder, rows, **header)
        instance = landed_job(path, profile="hub", kind=FeedKind.DAILY, business_date=None)
        report = run(instance)
        assert report["status"] == "COMPLETED", report
        sum_up(instance)
        return instance


class TestOneDay:
    def test_shows_that_nothing_was_lost(self, loaded: JobInstance) -> None:
        reconcile_by_digest(loaded)
        stored = stored_by(loaded)
        each = stored[0].transaction
        (file,) = both_sides(each.account_id, each.booked_day)
        of_day = [e for e in stored if same_day(e.transaction, each)]
        assert (file.agrees, file.said, file.others) == (True, file.stored, 0)
        assert file.said.count == len(of_day)

    def test_shows_what_was(self, loaded: JobInstance) -> None:
        reconcile_by_digest(loaded)
        victim = stored_by(loaded)[0]
        each = victim.transaction
        removed(victim)
        (file,) = both_sides(each.account_id, each.booked_day)
        assert [(one.fault, one.transaction_id) for one in file.findings] == [
            (Fault.MISSING, each.transaction_id)
        ]
        with pytest.raises(SystemExit):
            call_command(
                "reconcile", account=each.account_id, day=each.booked_day, stdout=StringIO()
            )


def same_day(one: Transaction, other: Transaction) -> bool:
    return (one.account_id, one.booked_day) == (other.account_id, other.booked_day)


class TestFull:
    def test_counts_account_days(self, loaded: JobInstance) -> None:
        days = {(e.transaction.account_id, e.transaction.booked_day) for e in stored_by(loaded)}
        result = reconcile(loaded)
        assert (result.days, result.days_differing) == (len(days), 0)
        removed(stored_by(loaded)[0])
        assert reconcile(loaded).days_differing == 1

    def test_knows_what_messages_wrote(self, tmp_path: Path) -> None:
        instance = landed_job(card_file(tmp_path, card_rows(10, accounts=1)))
        run(instance)
        account = stored_by(instance)[0].transaction.account_id
        store_entries([an_entry(account, "m", date(2018, 5, 5), source="msg_abc")])
        assert reconcile(instance).agrees
