"""A household for the browser: an account in full use, one with savings, and one that is new."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from identity.tests.people import Person, new_person
from txhub.domain.entities import AccountId
from txhub.domain.entries import Kind, SourcedEntry, Status
from txhub.services import store_entries
from txhub.tests.people import an_entry
from txhub.tests.web.visitors import account_of

PURCHASES = 95
_MERCHANTS = [
    ("Corner Coffee", "Eating out", -340),
    ("Harbour Grocers", "Groceries", -6215),
    ("Northern Rail", "Transport", -1280),
    ("Bäckerei Müller & Söhne GmbH, Prenzlauer Berg", "Eating out", -437),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Household:
    """`transactions` of the everyday account, newest first, pending ones first."""

    person: Person
    everyday: AccountId
    savings: AccountId
    brand_new: AccountId
    transactions: tuple[SourcedEntry, ...]

    @property
    def list(self) -> str:
        return f"/accounts/{self.everyday}/"


def new_household() -> Household:
    person = new_person("Alice")
    everyday = account_of(person, name="Everyday")
    savings = account_of(person, name="Rainy day", type="savings")
    today = timezone.localdate()
    transactions = (*_pending(everyday, today), *_posted(everyday, today))
    store_entries(transactions[::-1])
    store_entries([an_entry(savings, "s", today, 5000, merchant=None, balance_minor=1_250_000,
                            kind=Kind.INTEREST, description="Interest")])  # fmt: skip
    return Household(
        person=person,
        everyday=everyday,
        savings=savings,
        brand_new=account_of(person, name="Brand new"),
        transactions=transactions,
    )


def _pending(account: AccountId, today: date) -> list[SourcedEntry]:
    return [
        an_entry(account, f"p{back}", today - timedelta(days=back), -1999, merchant="Waiting Shop",
                 description="WAITING SHOP",
                 status=Status.PENDING, posted_on=None, occurred_at=None)
        for back in range(2)
    ]  # fmt: skip


def _posted(account: AccountId, today: date) -> list[SourcedEntry]:
    return [
        _purchase(account, place, today - timedelta(days=1 + place)) for place in range(PURCHASES)
    ]


def _purchase(account: AccountId, place: int, day: date) -> SourcedEntry:
    balance = 248_317 + place * 1_111
    if place == 3:
        return an_entry(account, f"b{place}", day, 284_112, merchant=None, kind=Kind.TRANSFER,
                        category="Income", description="Salary", balance_minor=balance)  # fmt: skip
    name, category, minor = _MERCHANTS[place % len(_MERCHANTS)]
    abroad = {"original_minor": -510, "original_currency": "EUR"} if minor == -437 else {}
    return an_entry(account, f"b{place}", day, minor, merchant=name, category=category,
                    balance_minor=balance, description=name.upper(), **abroad)  # fmt: skip
