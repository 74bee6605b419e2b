"""What people do with money. A habit is asked once for every day and writes into the diary."""

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Protocol, runtime_checkable

from txhub.feeds.generator.catalogue import ABROAD, CASH_MACHINE, Merchant, Shop, shop_of
from txhub.feeds.generator.movements import Diary
from txhub.feeds.generator.people import Account

_ROUND = 5_000  # what is put away is a multiple of it
_RISES = 1_000  # as far as a subscription's price may rise


class Habit(Protocol):
    def on(self, day: date, diary: Diary) -> None: ...


@runtime_checkable
class Commitment(Habit, Protocol):
    """A habit that is kept whatever else is bought: what it may cost a month is set aside."""

    def due(self) -> tuple[Account, int]: ...


@dataclass(slots=True)
class Salary:
    """On the last working day of the month; a rise every April, a bonus now and then."""

    account: Account
    minor: int
    text: str

    def on(self, day: date, diary: Diary) -> None:
        if day != last_working_day(day):
            return
        if day.month == 4:
            self.minor += self.minor * diary.household.rng.randrange(1, 6) // 100
        bonus = self.minor // 2 if day.month == 12 and diary.household.rng.random() < 0.3 else 0
        diary.book(self.account, self.minor + bonus, day, self.text)


@dataclass(slots=True)
class Bill:
    """The same day every month; `spread` is how far the amount may lie above the least."""

    account: Account
    day_of_month: int
    minor: int
    text: str
    spread: int = 0

    def on(self, day: date, diary: Diary) -> None:
        if day.day == self.day_of_month:
            extra = diary.household.rng.randrange(self.spread) if self.spread else 0
            diary.book(self.account, -self.minor - extra, day, self.text)

    def due(self) -> tuple[Account, int]:
        return self.account, self.minor + self.spread


@dataclass(slots=True)
class Transfer:
    """Between two accounts of the household, both sides on one day."""

    source: Account
    target: Account
    day_of_month: int
    minor: int

    def on(self, day: date, diary: Diary) -> None:
        if day.day == self.day_of_month:
            self.move(self.minor, day, diary)

    def due(self) -> tuple[Account, int]:
        return self.source, self.minor

    def move(self, minor: int, day: date, diary: Diary) -> None:
        diary.book(self.source, -minor, day, f"TRANSFER TO {self.target.name.upper()}")
        diary.book(self.target, minor, day, f"TRANSFER FROM {self.source.name.upper()}")


@dataclass(slots=True)
class CardRepayment(Transfer):
    """All that is owed on a card (`target`), once a month."""

    def on(self, day: date, diary: Diary) -> None:
        owed = -diary.left[self.target.number]
        if day.day == self.day_of_month and owed > 0:
            self.move(owed, day, diary)


@dataclass(slots=True)
class Surplus:
    """What has piled up beyond `keep` is put away in round sums: into savings, or elsewhere."""

    account: Account
    savings: Account | None
    day_of_month: int
    keep: int

    def on(self, day: date, diary: Diary) -> None:
        extra = diary.spare(self.account) - self.keep
        if day.day != self.day_of_month or extra < _ROUND:
            return
        minor = extra - extra % _ROUND
        if self.savings is not None:
            Transfer(self.account, self.savings, day.day, minor).on(day, diary)
        else:
            diary.book(self.account, -minor, day, "MERIDIAN INVESTMENTS")


@dataclass(slots=True)
class EuroTopUp(Transfer):
    """Pounds sold for euros: the euro side names what it was bought with."""

    def move(self, minor: int, day: date, diary: Diary) -> None:
        euros = minor * 117 // 100
        diary.book(self.source, -minor, day, "CURRENCY EXCHANGE TO EUR").original = (-euros, "EUR")
        diary.book(self.target, euros, day, "CURRENCY EXCHANGE FROM GBP").original = (minor, "GBP")


@dataclass(slots=True)
class Subscription:
    """From its first day on: a free month, then the price, which rises once a year."""

    account: Account
    shop: Shop
    first_day: date
    minor: int
    trial: bool

    def on(self, day: date, diary: Diary) -> None:
        if day < self.first_day or day.day != self.first_day.day:
            return
        months = (day.year - self.first_day.year) * 12 + day.month - self.first_day.month
        free = self.trial and months == 0
        if months and months % 12 == 0:
            self.minor += 100
        movement = diary.pay(self.account, self.shop, 0 if free else self.minor, day, 4)
        if free:
            movement.description = f"{self.shop.text} FREE TRIAL"

    def due(self) -> tuple[Account, int]:
        return self.account, self.minor + _RISES


@dataclass(slots=True)
class Interest:
    """3 % a year, paid in on the first of the month."""

    account: Account

    def on(self, day: date, diary: Diary) -> None:
        if day.day == 1 and (earned := diary.left[self.account.number] // 400):
            diary.book(self.account, earned, day, "INTEREST PAID")


@dataclass(slots=True)
class Spending:
    """Card purchases at favourite shops. `weekday` and `weekend`: purchases in 1,000 such days."""

    account: Account
    shops: list[Shop]
    weekday: int
    weekend: int
    hours: tuple[int, int]
    tips: bool = False
    hold_minor: int = 0  # pumps authorise this much, whatever is filled
    returns: bool = False

    def on(self, day: date, diary: Diary) -> None:
        rng = diary.household.rng
        chance = self.weekend if day.weekday() >= 5 else self.weekday
        times = chance // 1000 + (rng.randrange(1000) < chance % 1000)
        for _ in range(times):
            self._buy(day, diary)

    def _buy(self, day: date, diary: Diary) -> None:
        rng, shop = diary.household.rng, diary.household.rng.choice(self.shops)
        minor = _price(shop.merchant, diary)
        tip = minor * rng.choice((10, 12, 15)) // 100 if self.tips and rng.random() < 0.7 else 0
        if diary.spare(self.account) < minor + tip:
            return
        movement = diary.pay(self.account, shop, minor + tip, day, rng.randrange(*self.hours))
        movement.authorised_minor = -minor
        if self.hold_minor:
            movement.authorised_minor = -self.hold_minor
        if self.returns and rng.random() < 0.06:
            later = day + timedelta(days=rng.randrange(3, 14))
            refund = diary.book(self.account, minor, later, shop.text)
            refund.shop = shop


@dataclass(slots=True)
class Coffee:
    """On the way to work and back: twice the same, which is no duplicate."""

    account: Account
    shop: Shop
    minor: int

    def on(self, day: date, diary: Diary) -> None:
        rng = diary.household.rng
        if day.weekday() < 5 and rng.random() < 0.45 and diary.spare(self.account) > 2 * self.minor:
            diary.pay(self.account, self.shop, self.minor, day, 7)
            if rng.random() < 0.4:
                diary.pay(self.account, self.shop, self.minor, day, 16)


@dataclass(slots=True)
class Cash:
    account: Account
    city: str

    def on(self, day: date, diary: Diary) -> None:
        rng = diary.household.rng
        if rng.random() < 0.07:
            machine, minor = shop_of(CASH_MACHINE, self.city, rng), rng.randrange(1, 11) * 1_000
            if diary.spare(self.account) >= minor:
                diary.pay(self.account, machine, minor, day, 13)


@dataclass(slots=True)
class Holiday:
    """A week or two abroad, now and then: other currencies, and a fee on some accounts."""

    account: Account
    euro: Account | None
    back_on: date = date.min
    country: str = "ES"
    shops: list[Shop] = field(default_factory=list)

    def on(self, day: date, diary: Diary) -> None:
        rng = diary.household.rng
        if day > self.back_on:
            if rng.random() > 0.004:
                return
            self._leave(day, diary)
        for _ in range(rng.randrange(4)):
            self._buy(day, diary)

    def _leave(self, day: date, diary: Diary) -> None:
        rng = diary.household.rng
        self.country = rng.choice(sorted(ABROAD))
        self.back_on = day + timedelta(days=rng.randrange(4, 15))
        merchants = ABROAD[self.country][2]
        self.shops = [shop_of(each, "", rng, self.country) for each in merchants]

    def _buy(self, day: date, diary: Diary) -> None:
        shop = diary.household.rng.choice(self.shops)
        hour = diary.household.rng.randrange(9, 22)
        currency, rate, _ = ABROAD[self.country]
        paid = _price(shop.merchant, diary)
        if self.euro is not None and currency == "EUR" and diary.spare(self.euro) >= paid:
            diary.pay(self.euro, shop, paid, day, hour)
            return
        minor = paid * 100 // rate
        if diary.spare(self.account) < minor:
            return
        movement = diary.pay(self.account, shop, minor, day, hour)
        movement.original = (-paid, currency)
        if self.account.role != "card" and (fee := -movement.minor * 299 // 10_000):
            diary.book(self.account, -fee, movement.posted_on, "NON-STERLING TRANSACTION FEE")


@dataclass(slots=True)
class Mistake:
    """The bank charges a fee and takes it back some days later: a reversal."""

    account: Account

    def on(self, day: date, diary: Diary) -> None:
        rng = diary.household.rng
        if rng.random() < 0.004:
            charged = diary.book(self.account, -rng.choice((500, 1_200, 2_500)), day, "SERVICE FEE")
            later = day + timedelta(days=rng.randrange(1, 6))
            taken_back = diary.book(self.account, -charged.minor, later, "REVERSAL SERVICE FEE")
            taken_back.reverses = charged


def last_working_day(day: date) -> date:
    last = day.replace(day=monthrange(day.year, day.month)[1])
    return last - timedelta(days=max(0, last.weekday() - 4))


def _price(merchant: Merchant, diary: Diary) -> int:
    """More often low than high, and often ending in 9 or 0."""
    rng = diary.household.rng
    span = merchant.high - merchant.low
    minor = merchant.low + int(span * rng.random() * rng.random())
    return minor - minor % 10 + rng.choice((0, 5, 9, 9, minor % 10))
