"""Invented customers, their households and their accounts."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

_FIRST_NAMES = """
    Dora Edwin Freya Gareth Hana Idris Jonah Keira Lorcan Mabel Nadia Owen Petra Quentin Rosa Seth
    Tamsin Umar Vera Wilf Xanthe Yusuf Zelda Amir Bryony Callum Delia Emrys Farah Gwen
"""
_LAST_NAMES = """
    Ashdown Birchall Cotterby Dunmore Ellerslie Fairholm Gantry Hollowell Iverley Jesmond
    Kettlewick Larkham Merrow Nethercott Oakshade Pellgrave Quillan Ravensby Stanwick Thornbeck
    Underhay Vexley Wainscott Yarrowby
"""
FIRST_NAMES, LAST_NAMES = tuple(_FIRST_NAMES.split()), tuple(_LAST_NAMES.split())
# What is on an account at first, in pence: a month's bills on those that pay any.
_OPENING = {
    "current": (260_000, 420_000),
    "joint": (320_000, 420_000),
    "savings": (20_000, 1_200_000),
    "card": (0, 1),
    "euro": (5_000, 40_000),
}
_SPREAD = 39_916_801  # a prime that parts no power of ten: neighbours get unlike numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """`role`: what it is used for: current, savings, card, joint, euro."""

    number: str
    name: str
    type: str
    currency: str
    role: str
    owners: tuple[str, ...]
    opening_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """`ref` is stable for a seed. The address is of a domain that belongs to nobody."""

    ref: str
    name: str
    email: str


@dataclass(slots=True, kw_only=True)
class Household:
    """One or two customers who live together; the unit that is generated at once."""

    index: int
    rng: Random
    city: str
    customers: list[Customer]
    accounts: list[Account] = field(default_factory=list)

    def account(self, role: str, owner: Customer | None = None) -> Account | None:
        """The first account of this role; of this owner, where one is given."""
        for account in self.accounts:
            if account.role == role and (owner is None or owner.ref in account.owners):
                return account
        return None

    def payer_of(self, account: Account) -> Account:
        """Where the money for it comes from: a card is repaid from its owner's current account."""
        if account.role != "card":
            return account
        return next(
            each
            for each in self.accounts
            if each.role == "current" and each.owners == account.owners
        )

    def cards_of(self, payer: Account) -> list[Account]:
        """The cards that are repaid from this account."""
        return [
            each
            for each in self.accounts
            if each.role == "card" and payer.owners == each.owners and payer.role == "current"
        ]


def households(customers: int, seed: int, cities: tuple[str, ...]) -> Iterator[Household]:
    """As many as it takes for so many customers. Alice and Bob share the first; Charlie is next."""
    made, index = 0, 0
    while made < customers:
        rng = Random(f"{seed}/{index}")  # noqa: S311 - reproducible, not secret
        couple = index == 0 or (index > 1 and rng.random() < 0.3)
        size = min(2 if couple else 1, customers - made)
        people = [_customer(made + offset, rng) for offset in range(size)]
        household = Household(index=index, rng=rng, city=rng.choice(cities), customers=people)
        _open_accounts(household)
        yield household
        made, index = made + size, index + 1


def _customer(number: int, rng: Random) -> Customer:
    first, last = rng.choice(FIRST_NAMES), rng.choice(LAST_NAMES)
    if number < 3:
        first, last = (("Alice", "Merrow"), ("Bob", "Merrow"), ("Charlie", "Thornbeck"))[number]
    mailbox = first.lower() if number < 3 else f"{first}.{last}.{number + 1}".lower()
    return Customer(
        ref=f"c-{number + 1:06d}", name=f"{first} {last}", email=f"{mailbox}@example.com"
    )


def _open_accounts(household: Household) -> None:
    rng, famous = household.rng, household.index < 2
    for customer in household.customers:
        _open(household, "current", "Current account", "current", (customer,))
        if famous or rng.random() < 0.6:
            _open(household, "savings", "Rainy day savings", "savings", (customer,))
        if famous or rng.random() < 0.7:
            _open(household, "card", "Credit card", "card", (customer,))
        if rng.random() < 0.08:
            _open(household, "euro", "Euro account", "current", (customer,), "EUR")
    if len(household.customers) > 1:
        _open(household, "joint", "Joint account", "current", tuple(household.customers))


def _open(
    household: Household,
    role: str,
    name: str,
    type_: str,
    owners: tuple[Customer, ...],
    currency: str = "GBP",
) -> None:
    place = household.index * 16 + len(household.accounts)
    number = str((place * _SPREAD + 20_406_080) % 100_000_000).zfill(8)
    lowest, highest = _OPENING[role]
    household.accounts.append(
        Account(
            number=f"CA{number}" if role == "card" else number,
            name=name,
            type=type_,
            currency=currency,
            role=role,
            owners=tuple(owner.ref for owner in owners),
            opening_minor=household.rng.randrange(lowest, highest),
        )
    )
