import hashlib
import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.clock import utc_now
from txhub.domain.entries import Action, Entry, Status
from txhub.domain.pan import mask_pans
from txhub.feeds import Parsed, open_feed, profile_named
from txhub.feeds.generator import MANIFEST, Plan, generate
from txhub.feeds.generator.catalogue import CITIES
from txhub.feeds.generator.lives import live
from txhub.feeds.generator.movements import CARD_LIMIT
from txhub.feeds.generator.people import Account, households
from txhub.tests.feeds.samples import LONDON

UNTIL = date(2026, 3, 2)
A_BILL = 10_000  # subscriptions go on where the limit is reached
PLAN = Plan(customers=30, months=4, seed=5, until=UNTIL)


class Bank:
    """A generated folder, read back."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
        self.entries = {file["kind"]: self._read(file["path"]) for file in self.manifest["files"]}

    def _read(self, name: str) -> list[Entry]:
        feed = open_feed([(self.folder / name).read_bytes()], profile_named("hub"), zone=LONDON)
        rows = list(feed.rows)
        assert all(isinstance(row, Parsed) for row in rows)
        return [row.entry for row in rows if isinstance(row, Parsed)]


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    folder = tmp_path_factory.mktemp("bank")
    generate(PLAN, folder)
    return Bank(folder)


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


class TestGenerate:
    def test_gives_the_same_bytes_for_the_same_seed_and_day(
        self, bank: Bank, tmp_path: Path
    ) -> None:
        generate(PLAN, tmp_path)
        assert digests(tmp_path) == digests(bank.folder)

    def test_gives_another_bank_for_another_seed(self, bank: Bank, tmp_path: Path) -> None:
        generate(Plan(customers=30, months=4, seed=6, until=UNTIL), tmp_path)
        assert not set(digests(tmp_path).values()) & set(digests(bank.folder).values())

    def test_tells_its_progress_in_customers(self, tmp_path: Path) -> None:
        done: list[int] = []
        generate(Plan(customers=7, months=1, seed=1, until=UNTIL), tmp_path, done.append)
        assert sum(done) == 7

    def test_lists_every_account_with_its_owners(self, bank: Bank) -> None:
        listed = {account["number"]: account for account in bank.manifest["accounts"]}
        used = {entry.account for entries in bank.entries.values() for entry in entries}
        assert len(listed) == len(bank.manifest["accounts"])
        assert used <= set(listed)
        for customer in bank.manifest["customers"]:
            own = {number for number, each in listed.items() if customer["ref"] in each["owners"]}
            assert set(customer["accounts"]) == own

    def test_lets_alice_and_bob_share_an_account_that_charlie_does_not_own(
        self, bank: Bank
    ) -> None:
        alice, bob, charlie = bank.manifest["customers"][:3]
        assert [each["name"].split()[0] for each in (alice, bob, charlie)] == [
            "Alice",
            "Bob",
            "Charlie",
        ]
        shared = set(alice["accounts"]) & set(bob["accounts"])
        assert len(shared) == 1
        assert not shared & set(charlie["accounts"])

    def test_counts_and_sums_its_files(self, bank: Bank) -> None:
        for file in bank.manifest["files"]:
            entries = bank.entries[file["kind"]]
            assert file["rows"] == len(entries)
            debits: Counter[str] = Counter()
            for entry in entries:
                debits[entry.currency] += max(0, -entry.amount_minor)
            told = {code: sums["debit_minor"] for code, sums in file["totals"].items()}
            assert told == dict(debits)


class TestTheBank:
    def test_books_history_before_the_day_and_the_day_itself_in_the_daily_file(
        self, bank: Bank
    ) -> None:
        assert all(entry.booked_day < UNTIL for entry in bank.entries["historical"])
        new = [entry for entry in bank.entries["daily"] if entry.action is not Action.AMEND]
        assert new
        assert {entry.posted_on for entry in new} == {UNTIL}

    def test_keeps_running_balances_that_add_up(self, bank: Bank) -> None:
        balances: dict[str, int] = {}
        new = [entry for entry in bank.entries["daily"] if entry.action is not Action.AMEND]
        for entry in [*bank.entries["historical"], *new]:
            assert entry.balance_minor is not None
            before = balances.get(entry.account, entry.balance_minor - entry.amount_minor)
            assert before + entry.amount_minor == entry.balance_minor
            balances[entry.account] = entry.balance_minor

    def test_never_gives_two_transactions_one_id(self, bank: Bank) -> None:
        new = [entry for entry in bank.entries["daily"] if entry.action is not Action.AMEND]
        ids = Counter(entry.source_id for entry in [*bank.entries["historical"], *new])
        assert max(ids.values()) == 1

    def test_posts_some_of_what_was_pending_with_another_amount(self, bank: Bank) -> None:
        pending = {entry.source_id: entry for entry in bank.entries["memo"]}
        posted = [entry for entry in bank.entries["daily"] if entry.source_id in pending]
        assert {entry.status for entry in pending.values()} == {Status.PENDING}
        assert 0 < len(posted) < len(pending)
        assert any(each.amount_minor != pending[each.source_id].amount_minor for each in posted)

    def test_amends_what_it_booked_before(self, bank: Bank) -> None:
        booked = {entry.source_id: entry for entry in bank.entries["historical"]}
        amended = [entry for entry in bank.entries["daily"] if entry.action is Action.AMEND]
        assert amended
        for entry in amended:
            before = booked[entry.source_id]
            assert before.amount_minor == entry.amount_minor
            assert before.description != entry.description

    def test_reverses_with_the_opposite_amount(self, bank: Bank) -> None:
        entries = [*bank.entries["historical"], *bank.entries["daily"]]
        by_id = {entry.source_id: entry for entry in entries}
        reversals = [entry for entry in entries if entry.action is Action.REVERSE]
        assert reversals
        for entry in reversals:
            assert by_id[entry.reversal_of].amount_minor == -entry.amount_minor

    def test_lives(self, bank: Bank) -> None:
        """Salaries, real duplicates, foreign purchases, refunds, free trials, cash."""
        entries = bank.entries["historical"]
        texts = " ".join({entry.description for entry in entries})
        for word in ("SALARY", "RENT", "SQ *", "FREE TRIAL", "TRANSFER TO", "INTEREST", "FEE"):
            assert word in texts
        alike = Counter(
            (each.account, each.posted_on, each.amount_minor, each.description)
            for each in entries
            if each.mcc == "5814"
        )
        assert max(alike.values()) > 1
        assert {entry.original_currency for entry in entries} > {None, "EUR"}
        assert {entry.kind.value for entry in entries} >= {"card", "refund", "cash", "reversal"}

    def test_writes_nothing_that_looks_like_a_card_number(self, bank: Bank) -> None:
        for file in bank.manifest["files"]:
            for line in (bank.folder / file["path"]).read_text("utf-8").splitlines()[1:-1]:
                account_and_texts = line.split("|")
                for field in account_and_texts:
                    assert mask_pans(field) == field

    def test_pays_more_for_a_subscription_after_a_year(self, tmp_path: Path) -> None:
        generate(Plan(customers=12, months=16, seed=3, until=UNTIL), tmp_path)
        prices: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
        for entry in Bank(tmp_path).entries["historical"]:
            if entry.merchant == "Streamloft":
                prices[entry.account, entry.description].add(entry.amount_minor)
        assert any(len(each) > 1 for each in prices.values())


@dataclass(slots=True)
class Course:
    """An account's balance over time: where it began, its lowest, and where it stands."""

    account: Account
    first: int
    lowest: int
    last: int


def courses(seed: int, months: int, customers: int = 4) -> list[Course]:
    plan = Plan(customers=customers, months=months, seed=seed, until=UNTIL)
    found: list[Course] = []
    for household in households(customers, seed, CITIES):
        diary = live(household, plan.first_day, plan.until)
        booked = {
            each.number: Course(each, *[each.opening_minor] * 3) for each in household.accounts
        }
        for movement in sorted(diary.movements, key=lambda each: (each.posted_on, each.number)):
            course = booked[movement.account.number]
            course.last += movement.minor
            course.lowest = min(course.lowest, course.last)
        found += booked.values()
    return found


class TestHouseholds:
    @given(seed=st.integers(0, 10**6))
    @settings(max_examples=6, deadline=None)
    def test_live_within_their_means(self, seed: int) -> None:
        """However long they live: the salary covers rent, bills and what is bought, cards are
        repaid, and savings grow."""
        for course in courses(seed, months=12):
            floor = -CARD_LIMIT - A_BILL if course.account.role == "card" else 0
            assert course.lowest >= floor, course
            if course.account.role == "savings":
                assert course.last > course.first

    def test_do_not_hoard_on_the_account_that_they_pay_from(self) -> None:
        current = [course for course in courses(1, 24) if course.account.role == "current"]
        assert max(course.last for course in current) < 1_000_000

    def test_buy_something_nearly_every_day(self) -> None:
        household = next(households(2, 3, CITIES))
        bought = live(household, date(2026, 1, 1), date(2026, 3, 31)).movements
        days = {movement.occurred_at.date() for movement in bought if movement.occurred_at}
        assert len(days) > 70


class TestTheCommand:
    def test_writes_the_files_and_reports_them(self, tmp_path: Path) -> None:
        out = StringIO()
        call_command(
            "generate_feed",
            customers=2,
            months=1,
            seed=1,
            out=tmp_path,
            until=UNTIL,
            as_json=True,
            stdout=out,
        )
        report = json.loads(out.getvalue())
        assert [file["kind"] for file in report["files"]] == ["historical", "memo", "daily"]
        assert all((tmp_path / file["path"]).exists() for file in report["files"])

    def test_looks_current_unless_told_otherwise(self, tmp_path: Path) -> None:
        call_command(
            "generate_feed", customers=1, months=1, seed=1, out=tmp_path, stdout=StringIO()
        )
        manifest = json.loads((tmp_path / MANIFEST).read_text("utf-8"))
        assert abs((date.fromisoformat(manifest["until"]) - utc_now().date()).days) <= 1

    def test_refuses_a_bank_without_customers(self, tmp_path: Path) -> None:
        with pytest.raises(CommandError):
            call_command("generate_feed", customers=0, months=1, seed=1, out=tmp_path)
