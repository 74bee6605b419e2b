from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from txhub.batch.models import JobInstance
from txhub.batch.reconcile import Fault, reconcile
from txhub.repository import TRANSACTION_REPOSITORY
from txhub.tests.batch.files import card_file, card_rows
from txhub.tests.batch.here import ingest, landed_job, run
from txhub.tests.batch.stored import stored_by

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def loaded(tmp_path: Path) -> JobInstance:
    instance = landed_job(card_file(tmp_path, card_rows(60, accounts=2)))
    assert run(instance)["status"] == "COMPLETED"
    return instance


def some_key(instance: JobInstance) -> tuple[str, str]:
    return stored_by(instance)[0].key


def other_id(sort_key: str) -> str:
    return sort_key[:-1] + ("a" if sort_key[-1] != "a" else "b")


class TestReconcile:
    def test_agrees_after_an_undisturbed_run(self, loaded: JobInstance) -> None:
        result = reconcile(loaded)
        assert result.agrees, result.findings
        assert (result.rows, result.items, result.accounts) == (60, 60, 2)

    def test_agrees_after_the_same_file_came_again(self, tmp_path: Path) -> None:
        path = card_file(tmp_path, card_rows(60))
        ingest(path)
        again = landed_job(path)
        report = run(again)
        assert (report["written"], report["duplicates"]) == (0, 60)
        assert reconcile(again).agrees

    def test_finds_a_deleted_item(self, loaded: JobInstance) -> None:
        TRANSACTION_REPOSITORY.delete(*some_key(loaded))
        assert [each.fault for each in reconcile(loaded).findings] == [Fault.MISSING]

    def test_finds_an_item_whose_bytes_were_altered(self, loaded: JobInstance) -> None:
        pk, sk = some_key(loaded)
        item = TRANSACTION_REPOSITORY.get(pk, sk)
        assert item is not None
        TRANSACTION_REPOSITORY.put({**item, "z": item["z"][:-1] + bytes([item["z"][-1] ^ 1])})
        assert Fault.ALTERED in [each.fault for each in reconcile(loaded).findings]

    def test_finds_a_copied_item(self, loaded: JobInstance) -> None:
        pk, sk = some_key(loaded)
        item = TRANSACTION_REPOSITORY.get(pk, sk)
        assert item is not None
        TRANSACTION_REPOSITORY.put({**item, "sk": other_id(sk)})
        assert not reconcile(loaded).agrees

    def test_finds_an_item_properly_sealed_that_no_job_wrote(self, loaded: JobInstance) -> None:
        pk, sk = some_key(loaded)
        stored = TRANSACTION_REPOSITORY.at([(pk, sk)])[pk, sk]
        other = replace(stored, key=(pk, other_id(sk)))
        for source, fault in (("nobody:7", Fault.UNKNOWN_SOURCE), (stored.sources[0], Fault.ADDED)):
            TRANSACTION_REPOSITORY.write_new([replace(other, sources=(source,))])
            assert [each.fault for each in reconcile(loaded).findings] == [fault]

    def test_ends_with_status_one_on_a_difference(self, loaded: JobInstance) -> None:
        call_command("reconcile", job=loaded.pk, stdout=StringIO())
        TRANSACTION_REPOSITORY.delete(*some_key(loaded))
        with pytest.raises(SystemExit):
            call_command("reconcile", job=loaded.pk, stdout=StringIO())
