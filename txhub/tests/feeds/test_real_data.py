"""Real files, each held against a few independent lines of csv and Decimal."""

import csv
import gzip
import io
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from pathlib import Path

import pytest
from django.conf import settings

from txhub.domain.entries import Entry, Kind
from txhub.feeds import Bad, Parsed, Row, profile_named, read_feed
from txhub.tests.feeds.samples import LONDON

pytestmark = pytest.mark.data


def data_file(name: str) -> Path:
    path = Path(settings.DATA_DIR) / name
    if not path.exists():
        pytest.skip(f"{name} is not there (TXHUB_DATA_DIR, default ../shared/data)")
    return path


def chunks_of(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(65_536):
            yield chunk


def read(name: str, profile: str) -> Iterator[Row]:
    return read_feed(chunks_of(data_file(name)), profile_named(profile), zone=LONDON)


def minor(text: str) -> int:
    return int(Decimal(text) * 100)


PURCHASE_CARDS = "birmingham_pcard.csv.gz"


@pytest.fixture(scope="module")
def purchases() -> list[Entry]:
    rows = read(PURCHASE_CARDS, "birmingham_pcard")
    return [row.entry for row in rows if isinstance(row, Parsed)]


class TestPurchaseCards:
    def test_are_all_there_with_the_totals_of_the_file(self, purchases: list[Entry]) -> None:
        debits, credits, count = 0, 0, 0
        with gzip.open(data_file(PURCHASE_CARDS), "rt", encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                amount = minor(row["BILLING GROSS AMT"] or row["ORIGINAL GROSS AMT"])
                debits, credits = debits + max(0, amount), credits + max(0, -amount)
                count += 1
        assert count == len(purchases) == 181_335
        assert {entry.currency for entry in purchases} == {"GBP"}
        assert -sum(e.amount_minor for e in purchases if e.amount_minor < 0) == debits
        assert sum(e.amount_minor for e in purchases if e.amount_minor > 0) == credits
        assert len({entry.account for entry in purchases}) == 1_523
        assert sum(entry.original_currency is not None for entry in purchases) == 317
        assert sum(entry.kind is Kind.REFUND for entry in purchases) == 5_073

    def test_repeat_as_often_as_the_purchases_do(self, purchases: list[Entry]) -> None:
        same = Counter((entry.account, entry.identity) for entry in purchases)
        # 4,944 rows equal another to the letter; two more but for a space, or for naming GBP twice.
        assert sum(times - 1 for times in same.values()) == 4_944 + 2

    def test_are_read_in_bounded_memory(self) -> None:
        tracemalloc.start()
        for _ in islice(read(PURCHASE_CARDS, "birmingham_pcard"), 5_000):
            pass
        _, after_some = tracemalloc.get_traced_memory()
        for _ in islice(read(PURCHASE_CARDS, "birmingham_pcard"), 20_000):
            pass
        _, after_many = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert after_many < after_some + 25_000_000  # what the bounded memories of parsers fill up


class TestBerka:
    NAME = "berka_trans_first49k.asc.gz"

    def test_are_all_there_with_balances_and_totals(self) -> None:
        text = gzip.decompress(data_file(self.NAME).read_bytes()).decode("ascii")
        raw = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))
        entries = [row.entry for row in read(self.NAME, "berka") if type(row) is Parsed]
        assert len(raw) == len(entries) == 49_102
        for row, entry in zip(raw, entries, strict=True):
            amount = minor(row["amount"]) * (1 if row["type"] == "PRIJEM" else -1)
            assert entry.source_id == row["trans_id"]
            assert (entry.amount_minor, entry.balance_minor) == (amount, minor(row["balance"]))
            assert entry.posted_on is not None
            assert entry.posted_on.strftime("%y%m%d") == row["date"]
        assert {entry.currency for entry in entries} == {"CZK"}
        assert len({entry.account for entry in entries}) == 1_229

    def test_are_of_every_kind_that_the_bank_had(self) -> None:
        kinds = Counter(row.entry.kind for row in read(self.NAME, "berka") if type(row) is Parsed)
        assert kinds[Kind.INTEREST] == 9_463 + 64
        assert kinds[Kind.FEE] == 5_445
        assert kinds[Kind.TRANSFER] == 2_002 + 1_636 + 337


class TestSimulatedCards:
    NAME = "simulated_card_transactions.csv.gz"
    ROWS = 200_000

    def test_are_all_accounted_for_and_only_impossible_amounts_refused(self) -> None:
        rows = list(islice(read(self.NAME, "simulated_card"), self.ROWS))
        with gzip.open(data_file(self.NAME), "rt", encoding="ascii", newline="") as file:
            raw = list(islice(csv.DictReader(file), self.ROWS))
        assert len(rows) == self.ROWS
        bad = 0
        for given, row in zip(raw, rows, strict=True):
            exact = Decimal(given["TX_AMOUNT"]) * 100
            if exact % 1:
                assert isinstance(row, Bad)
                bad += 1
                continue
            assert isinstance(row, Parsed)
            entry = row.entry
            assert (entry.source_id, entry.amount_minor) == (given["TRANSACTION_ID"], -int(exact))
            assert entry.occurred_at is not None
            assert entry.occurred_at.strftime("%Y-%m-%d %H:%M:%S") == given["TX_DATETIME"]
        assert bad == 103
        assert profile_named("simulated_card").skip_limit.allows(bad, self.ROWS)
