"""What a customer sees follows his balances: each row's is that of the row below and its amount."""

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from secrets import randbelow, token_hex

import pytest
from django.conf import settings as django_settings
from hypothesis import given, settings
from hypothesis import strategies as st

from aws.vault import vault
from txhub import queries
from txhub.domain.entities import AccountId, Transaction
from txhub.domain.entries import Entry, SourcedEntry, Status
from txhub.domain.filters import TransactionFilter
from txhub.domain.naming import account_id
from txhub.feeds import Parsed, profile_named, read_feed
from txhub.feeds.generator import Plan, generate
from txhub.feeds.rows import FeedKind
from txhub.repository import ACCOUNT_REPOSITORY
from txhub.services import store_entries
from txhub.tests.batch.here import ingest
from txhub.tests.feeds.samples import LONDON
from txhub.tests.meanwhile import Died, dying_after
from txhub.tests.people import an_entry, new_account

DAY = date(2026, 5, 4)
POSTED = TransactionFilter(status=Status.POSTED)


def shown(account: AccountId) -> list[Transaction]:
    """All posted rows, page by page, newest first."""
    found = ACCOUNT_REPOSITORY.find(account)
    assert found is not None
    rows: list[Transaction] = []
    cursor: str | None = None
    while True:
        page = queries.transactions_page(found, POSTED, cursor=cursor, limit=37)
        rows += page.transactions
        cursor = page.next_cursor
        if cursor is None:
            return rows


def gaps(rows: list[Transaction]) -> list[tuple[int, Transaction, Transaction]]:
    """By how much a balance is not the older row's and the amount; with both rows."""
    return [
        (newer.balance.minor - newer.amount.minor - older.balance.minor, newer, older)
        for newer, older in pairwise(rows)
        if newer.balance and older.balance
    ]


def postings(account: AccountId, amounts: Iterable[int]) -> Iterator[SourcedEntry]:
    """Four a day, with their balances."""
    balance = 0
    for number, minor in enumerate(amounts):
        balance += minor
        day = DAY + timedelta(days=number // 4)
        yield an_entry(account, str(number), day, minor, balance_minor=balance)


class TestFilesOfOneAccount:
    @settings(max_examples=25, deadline=None)
    @given(
        amounts=st.lists(st.integers(-2, 2), min_size=2, max_size=14),
        size=st.integers(1, 6),
        overlap=st.integers(0, 3),
        crash=st.integers(0, 4),
        chance=st.randoms(use_true_random=False),
    )
    def test_may_overlap_be_shuffled_and_be_taken_over(
        self, amounts: list[int], size: int, overlap: int, crash: int, chance: random.Random
    ) -> None:
        account = new_account()
        rows = list(postings(account, amounts))
        store_entries(rows[:1])  # where a first day ends as it began, it may begin anywhere
        for start in range(1, len(rows), size):
            file = rows[max(0, start - overlap) : start + size]
            chance.shuffle(file)
            if crash:
                with suppress(Died), dying_after(crash):
                    store_entries(file)
            store_entries(file)
        found = shown(account)
        assert len(found) == len(rows)
        assert not [gap for gap, _, _ in gaps(found) if gap]
        booked = ACCOUNT_REPOSITORY.find_many([account])[account].balances.booked
        assert booked == found[0].balance


@pytest.mark.django_db(transaction=True)
class TestAGeneratedBank:
    def test_is_shown_in_the_order_of_its_balances(self, tmp_path: Path) -> None:
        until = date(2026, 3, 2)
        plan = Plan(customers=4, months=2, seed=randbelow(10**9), until=until)
        manifest = generate(plan, tmp_path)
        for file in manifest["files"]:
            report = ingest(
                tmp_path / file["path"],
                kind=FeedKind(file["kind"]),
                profile="hub",
                business_date=until,
            )
            assert report["quarantined"] == 0
        key, rows = vault().id_key("accounts"), 0
        for account in manifest["accounts"]:
            found = shown(account_id(key, "bank", account["number"]))
            rows += len(found)
            assert not [gap for gap, _, _ in gaps(found) if gap], plan
        assert rows > 300


@pytest.mark.data
class TestBerka:
    """A real bank's file. It lists a day's rows in another order than it booked them, rounds to
    tenths of a koruna now and then, and ends in the middle of its last day."""

    NAME = "berka_trans_first49k.asc.gz"
    LAST_DAY = date(1994, 3, 31)
    TENTH_OF_A_KORUNA = 10

    def test_is_shown_in_the_order_of_its_balances(self) -> None:
        exact = rounded = 0
        for number, entries in self._accounts():
            account = new_account(currency="CZK")
            store_entries(list(self._sourced(account, number, entries)))
            rows = [each for each in shown(account) if each.booked_day < self.LAST_DAY]
            for gap, newer, older in gaps(rows):
                assert abs(gap) in (0, self.TENTH_OF_A_KORUNA), (newer.booked_day, older.booked_day)
                rounded, exact = rounded + bool(gap), exact + (not gap)
        assert (exact, rounded) == (8_637, 403)

    def _accounts(self) -> Iterator[tuple[str, list[Entry]]]:
        """Every fifth account with its rows, day by day in the file's order, as the batch has."""
        path = Path(django_settings.DATA_DIR) / self.NAME
        if not path.exists():
            pytest.skip(f"{self.NAME} is not there (TXHUB_DATA_DIR, default ../shared/data)")
        by_account: defaultdict[str, list[Entry]] = defaultdict(list)
        for row in read_feed([path.read_bytes()], profile_named("berka"), zone=LONDON):
            if isinstance(row, Parsed):
                by_account[row.entry.account].append(row.entry)
        for number in sorted(by_account, key=int)[::5]:
            yield number, sorted(by_account[number], key=lambda entry: entry.booked_day)

    def _sourced(
        self, account: AccountId, number: str, entries: list[Entry]
    ) -> Iterator[SourcedEntry]:
        run = token_hex(4)
        for entry in entries:
            assert entry.posted_on is not None
            facts = {name: getattr(entry, name) for name in ("balance_minor", "currency", "kind")}
            yield an_entry(
                account,
                f"{entry.source_id}",
                entry.posted_on,
                entry.amount_minor,
                occurred_at=None,
                source=f"{run}{number}:{entry.line}",
                **facts,
            )
