"""A movement: money that moves on one account, before the bank has numbered and booked it."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from txhub.feeds.generator.catalogue import Shop
from txhub.feeds.generator.people import Account, Household


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
    """Everything that a household does, in the order it was thought of."""

    household: Household
    movements: list[Movement] = field(default_factory=list)
    owed: dict[str, int] = field(default_factory=dict)  # card account -> to be repaid

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
        if account.role == "card":
            self.owed[account.number] = self.owed.get(account.number, 0) + minor
        return movement
