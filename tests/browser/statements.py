"""A customer whose account has statements: some years of them, a corrected one, a long one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from identity.tests.people import Person, new_person
from txhub.domain.entities import AccountId
from txhub.domain.entries import Kind, SourcedEntry
from txhub.services import known_accounts, store_entries
from txhub.services.summaries import rebuild_account
from txhub.statements.domain.months import Month
from txhub.statements.services import correct, issue_due
from txhub.tests.statements.samples import Book
from txhub.tests.web.visitors import account_of

_MERCHANTS = [
    ("Corner Coffee", "Eating out", -340),
    ("Harbour Grocers", "Groceries", -6215),
    ("Northern Rail", "Transport", -1280),
    ("Bäckerei Müller & Söhne GmbH, Prenzlauer Berg", "Eating out", -437),
]
_FIRST, _LAST = date(2025, 9, 3), date(2026, 4, 30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """`everyday`: from September 2025 to April 2026; March 2026 is long, January was corrected.
    `summaries`: an account without balances. `brand_new`: one without statements."""

    person: Person
    everyday: AccountId
    summaries: AccountId
    brand_new: AccountId

    @property
    def list(self) -> str:
        return f"/accounts/{self.everyday}/statements/"


def new_stated() -> Stated:
    person = new_person("Alice")
    everyday = account_of(person, name="Everyday")
    _fill(everyday)
    for account in known_accounts([everyday]).values():
        rebuild_account(account)
    summaries = account_of(person, name="Company card", type="card")
    plain = Book(account=summaries, has_balances=False)
    plain.send(_LAST, 1_500, kind=Kind.REFUND, merchant="Harbour Grocers")
    issue_due(summaries, _LAST, source="test")
    return Stated(
        person=person,
        everyday=everyday,
        summaries=summaries,
        brand_new=account_of(person, name="Brand new"),
    )


def _fill(account: AccountId) -> None:
    """January's statement is issued before one of its transactions has come, and then corrected."""
    book = Book(account=account, balance=248_317)
    days = [_FIRST + timedelta(days=back) for back in range((_LAST - _FIRST).days + 1)]
    entries = [entry for day in days for entry in _of_day(book, day)]
    late = book.book(date(2026, 1, 28), -2_599, merchant="Lumen Energy", category="Bills")
    store_entries([each for each in entries if each.entry.booked_day < date(2026, 2, 1)])
    issue_due(account, date(2026, 1, 31), source="test")
    store_entries(entries)
    issue_due(account, _LAST, source="test")
    store_entries([late])
    correct(account, Month(2026, 1), source="prp_1")


def _of_day(book: Book, day: date) -> Iterator[SourcedEntry]:
    if day.day == 1:
        facts = {"kind": Kind.TRANSFER, "category": "Income", "description": "HALCYON SALARY"}
        yield book.book(day, 284_112, merchant=None, **facts)
    for number in range(8 if day.month == 3 else 1):
        name, category, minor = _MERCHANTS[(day.toordinal() + number) % len(_MERCHANTS)]
        abroad = {"original_minor": -510, "original_currency": "EUR"} if minor == -437 else {}
        named = {"merchant": name, "category": category, "description": name.upper()}
        yield book.book(day, minor, **named, **abroad)
