"""A feed that calls accounts by full card numbers: no more than their last four digits are kept."""

from pathlib import Path
from secrets import randbelow

import pytest

from aws import storage
from aws.vault import vault
from txhub.batch import quarantine
from txhub.batch.cutting import lines_of
from txhub.batch.models import JobInstance, QuarantinedRow
from txhub.batch.reading import LANDING_PURPOSE, bank_zone
from txhub.batch.reading_again import as_in_file
from txhub.batch.reconcile import reconcile
from txhub.batch.rejects import open_row
from txhub.batch.rows import Names, filed_row
from txhub.domain.entities import Account
from txhub.domain.naming import account_id
from txhub.domain.pan import passes_luhn
from txhub.domain.storing import Outcome
from txhub.feeds import Parsed, profile_named, read_feed
from txhub.repository import ACCOUNT_REPOSITORY
from txhub.resources import LANDING
from txhub.tests.batch.files import HEADER, card_file
from txhub.tests.batch.here import landed_job, run
from txhub.tests.batch.stored import stored_by

pytestmark = pytest.mark.django_db(transaction=True)


def card_number() -> str:
    """Sixteen digits that pass the card check, and that no other test has."""
    front = f"4{randbelow(10**14):014}"
    return next(f"{front}{digit}" for digit in range(10) if passes_luhn(f"{front}{digit}"))


def row(card: str, number: int, amount: str = "12.00") -> str:
    return f"{number},2018-04-01 10:00:{number:02},{card},77,{amount},0,0"


def account_of(card: str) -> Account:
    found = ACCOUNT_REPOSITORY.find(account_id(vault().id_key("accounts"), "simulated_card", card))
    assert found is not None
    return found


@pytest.fixture
def card() -> str:
    return card_number()


@pytest.fixture
def job(tmp_path: Path, card: str) -> JobInstance:
    """Three rows that are stored; one without an amount, and one that contradicts another."""
    rows = [*(row(card, number) for number in (1, 2, 3)), row(card, 4, "?"), row(card, 3, "99.00")]
    instance = landed_job(card_file(tmp_path, rows))
    assert run(instance)["quarantined"] == 2
    return instance


def row_in_line(job: JobInstance, line: int) -> QuarantinedRow:
    return QuarantinedRow.objects.get(instance=job, line=line)


class TestKept:
    def test_neither_by_the_account(self, job: JobInstance, card: str) -> None:
        assert account_of(card).number == f"****{card[-4:]}"

    def test_nor_by_the_chunks(self, job: JobInstance, card: str) -> None:
        text = b"".join(
            line for chunk in job.file.chunks.all() for line in lines_of(chunk.object_key)
        )
        assert card.encode() not in text
        assert f'"****{card[-4:]}"'.encode() in text

    def test_nor_by_the_quarantine(self, job: JobInstance, card: str) -> None:
        for line in (5, 6):
            assert card.encode() not in open_row(row_in_line(job, line))
        assert f",****{card[-4:]},".encode() in open_row(row_in_line(job, 5))

    def test_nor_by_what_waits_on_disk_while_rows_are_sorted(self, card: str) -> None:
        text = "\n".join([HEADER, row(card, 1), row(card, 2, "?"), ""]).encode()
        names = Names.of(JobInstance(profile="simulated_card", feed="x"), None)
        good, bad = read_feed([text], profile_named("simulated_card"), zone=bank_zone())
        assert isinstance(good, Parsed)
        assert good.entry.account == card
        assert card not in repr(filed_row(good.entry, names))
        assert card not in repr(bad)

    def test_but_by_the_archive_alone(self, job: JobInstance, card: str) -> None:
        archived = storage.get_sealed(LANDING, job.object_key, purpose=LANDING_PURPOSE)
        assert card.encode() in b"".join(archived)


class TestAccount:
    def test_is_the_same_in_the_next_file(
        self, tmp_path: Path, job: JobInstance, card: str
    ) -> None:
        again = landed_job(card_file(tmp_path, [row(card, 3), row(card, 9)]), create_accounts=False)
        result = run(again)
        assert (result["written"], result["duplicates"]) == (1, 1)
        assert reconcile(again).agrees, reconcile(again).findings


class TestCorrection:
    def test_of_a_row_whose_card_number_is_masked_goes_to_that_card(
        self, job: JobInstance, card: str
    ) -> None:
        bad = row_in_line(job, 5)
        corrected = as_in_file(bad).replace("?", "4.00")
        assert quarantine.correct(bad.pk, corrected) is Outcome.WRITTEN
        assert len(stored_by(job)) == 4
        assert reconcile(job).agrees, reconcile(job).findings
        bad.refresh_from_db()
        assert quarantine.redrive(bad.pk) is Outcome.WRITTEN

    def test_with_a_full_card_number_is_refused(self, job: JobInstance, card: str) -> None:
        bad = row_in_line(job, 5)
        with pytest.raises(quarantine.CardNumberGiven):
            quarantine.correct(bad.pk, row(card, 4))
        bad.refresh_from_db()
        assert bad.correction is None

    def test_is_not_needed_where_the_cause_is_gone(self, tmp_path: Path, card: str) -> None:
        known = card_number()
        run(landed_job(card_file(tmp_path, [row(known, 1)])))
        rows = [row(known, 2), row(card, 3)]
        job = landed_job(card_file(tmp_path, rows, "more.csv"), create_accounts=False)
        assert run(job)["quarantined"] == 1
        run(landed_job(card_file(tmp_path, [row(card, 9)], "opens.csv")))
        assert quarantine.redrive(row_in_line(job, 3).pk) is Outcome.WRITTEN
        assert reconcile(job).agrees, reconcile(job).findings
