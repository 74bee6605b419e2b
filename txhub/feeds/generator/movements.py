"""A movement: money that moves on one account, before the bank has numbered and booked it."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from txhub.feeds.generator.catalogue import Shop
from txhub.feeds.generator.people import Account, Household

CARD_LIMIT = 250_000


@dataclass(slots=True, kw_only=True)
class Movement:
    """`minor` is signed. `authorised_minor` and `occurred_at` are set for card purchases: until
    `posted_on` they are pending with that amount. `reverses` is the movement taken back."""

    number: int
    account: Account
    minor: int
    posted_on: date
    description: str
    shop: Shop | None = None
    occurred_at: datetime | None = None
    authorised_minor: int | None = None
    auth_code: str | None = None
    original: tuple[int, str] | None = None
    reverses: "Movement | None" = None


@dataclass(slots=True)
class Diary:
    """Everything that a household does, in the order it was thought of, and what it has left."""

    household: Household
    movements: list[Movement] = field(default_factory=list)
    left: dict[str, int] = field(init=False)  # account -> its balance, less what is authorised
    set_aside: Counter[str] = field(default_factory=Counter)  # account -> a month's bills
    _today: date = date.min
    _coming: defaultdict[date, list[Movement]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self.left = {each.number: each.opening_minor for each in self.household.accounts}

    def begin(self, day: date) -> None:
        """Money that was to come in on this day is there."""
        self._today = day
        for movement in self._coming.pop(day, ()):
            self.left[movement.account.number] += movement.minor

    def set_aside_monthly(self, account: Account, minor: int) -> None:
        self.set_aside[self.household.payer_of(account).number] += minor

    def spare(self, account: Account) -> int:
        """What may be spent on it and leaves enough for all bills until the next salary."""
        payer = self.household.payer_of(account)
        owed = sum(min(0, self.left[card.number]) for card in self.household.cards_of(payer))
        spare = self.left[payer.number] + owed - self.set_aside[payer.number]
        return spare if payer is account else min(spare, CARD_LIMIT + self.left[account.number])

    def book(self, account: Account, minor: int, day: date, description: str) -> Movement:
        """A movement without a card: booked the day it happens."""
        movement = Movement(
            number=len(self.movements),
            account=account,
            minor=minor,
            posted_on=day,
            description=description,
        )
        self.movements.append(movement)
        if minor > 0 and day > self._today:
            self._coming[day].append(movement)
        else:
            self.left[account.number] += minor
        return movement

    def pay(self, account: Account, shop: Shop, minor: int, day: date, hour: int) -> Movement:
        """A card purchase of `minor` (positive): authorised now, booked one to three days later."""
        rng = self.household.rng
        moment = datetime(
            day.year, day.month, day.day, hour, rng.randrange(60), rng.randrange(60), tzinfo=UTC
        )
        movement = self.book(account, -minor, day + timedelta(days=rng.choice((1, 1, 2, 2, 3))), "")
        movement.shop, movement.description = shop, shop.text
        movement.occurred_at, movement.authorised_minor = moment, -minor
        movement.auth_code = f"{rng.randrange(1_000_000):06d}"
        return movement
