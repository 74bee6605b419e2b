"""The beginning of real files, through the whole place, held against a few lines of csv."""

import csv
import gzip
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from pathlib import Path

import pytest
from django.conf import settings

from txhub.batch.models import JobInstance
from txhub.batch.reconcile import reconcile
from txhub.feeds.rows import FeedKind
from txhub.tests.batch.here import landed_job, run
from txhub.tests.batch.stored import stored_by

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.data]

ROWS = 600


def rows_of(name: str, delimiter: str) -> Iterator[list[str]]:
    """The heading and the first rows."""
    path = Path(settings.DATA_DIR) / name
    if not path.exists():
        pytest.skip(f"{name} is not there (TXHUB_DATA_DIR, default ../shared/data)")
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from islice(csv.reader(file, delimiter=delimiter), ROWS + 1)


def landed(folder: Path, profile: str, name: str, delimiter: str) -> JobInstance:
    path = folder / f"{profile}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows_of(name, delimiter))
    return landed_job(path, profile=profile, kind=FeedKind.HISTORICAL, business_date=None)


def minor(text: str) -> int:
    return int(Decimal(text) * 100)


class TestBerka:
    NAME, DELIMITER = "berka_trans_first49k.asc.gz", ";"

    def test_keeps_each_balance_as_the_bank_gave_it(self, tmp_path: Path) -> None:
        heading, *rows = rows_of(self.NAME, self.DELIMITER)
        given = Counter[tuple[str, int, int]]()
        for row in (dict(zip(heading, each, strict=True)) for each in rows):
            sign = 1 if row["type"] == "PRIJEM" else -1
            given[f"19{row['date']}", sign * minor(row["amount"]), minor(row["balance"])] += 1
        instance = landed(tmp_path, "berka", self.NAME, self.DELIMITER)
        report = run(instance)
        assert (report["status"], report["written"]) == ("COMPLETED", ROWS)
        kept = Counter[tuple[str, int, int]]()
        for transaction in (stored.transaction for stored in stored_by(instance)):
            assert transaction.posted_on
            assert transaction.balance
            day = f"{transaction.posted_on:%Y%m%d}"
            kept[day, transaction.amount.minor, transaction.balance.minor] += 1
        assert kept == given
        assert reconcile(instance).agrees


class TestPurchaseCards:
    NAME, DELIMITER = "birmingham_pcard.csv.gz", ","

    def test_are_all_accounted_for_and_a_second_time_duplicates(self, tmp_path: Path) -> None:
        heading, *rows = rows_of(self.NAME, self.DELIMITER)
        billed = [dict(zip(heading, each, strict=True)) for each in rows]
        amounts = [minor(row["BILLING GROSS AMT"] or row["ORIGINAL GROSS AMT"]) for row in billed]
        totals = {
            "GBP": {
                "debit_minor": sum(amount for amount in amounts if amount > 0),
                "credit_minor": -sum(amount for amount in amounts if amount < 0),
            }
        }
        first = landed(tmp_path, "birmingham_pcard", self.NAME, self.DELIMITER)
        report = run(first)
        assert (report["read"], report["written"], report["totals"]) == (ROWS, ROWS, totals)
        assert reconcile(first).agrees
        again = run(landed(tmp_path, "birmingham_pcard", self.NAME, self.DELIMITER))
        assert (again["written"], again["duplicates"], again["totals"]) == (0, ROWS, totals)
