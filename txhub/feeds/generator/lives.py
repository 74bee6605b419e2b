"""Which habits a household has."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from txhub.feeds.generator import catalogue as shops
from txhub.feeds.generator.catalogue import Merchant, Shop, shop_of
from txhub.feeds.generator.events import last_days
from txhub.feeds.generator.habits import (
    Bill,
    CardRepayment,
    Cash,
    Coffee,
    Commitment,
    EuroTopUp,
    Habit,
    Holiday,
    Interest,
    Mistake,
    Salary,
    Spending,
    Subscription,
    Surplus,
    Transfer,
)
from txhub.feeds.generator.movements import Diary
from txhub.feeds.generator.people import Account, Customer, Household

_EMPLOYERS = ("HALCYON LOGISTICS", "ORCHARD HOSPITALS", "BRIGHTWELL SCHOOLS", "FENLAND SOFTWARE")


def live(household: Household, first_day: date, last_day: date) -> Diary:
    """Everything that this household does from the first day to the last, both included."""
    diary = Diary(household)
    habits = list(_habits(household, first_day))
    for habit in habits:
        if isinstance(habit, Commitment):
            diary.set_aside_monthly(*habit.due())
    day = first_day
    while day <= last_day:
        diary.begin(day)
        for habit in habits:
            habit.on(day, diary)
        day += timedelta(days=1)
    last_days(diary, last_day)
    return diary


def _habits(household: Household, first_day: date) -> Iterator[Habit]:
    rng = household.rng
    home = household.account("joint") or household.accounts[0]
    income = 0
    for customer in household.customers:
        current = household.account("current", customer)
        assert current is not None, "everybody has a current account"
        salary = rng.randrange(195_000, 420_000)
        income += salary
        yield Salary(current, salary, f"{rng.choice(_EMPLOYERS)} SALARY")
        if home is not current:
            yield Transfer(current, home, 1, salary * 36 // 100 + 36_000)
        yield from _own_habits(household, customer, current, first_day)
    yield from _home_habits(household, home, income)


def _home_habits(household: Household, home: Account, income: int) -> Iterator[Habit]:
    rng, city = household.rng, household.city
    yield Bill(home, rng.randrange(1, 5), income * 33 // 100, "STANDING ORDER RENT")
    yield Bill(home, rng.randrange(5, 15), 13_200, "COUNCIL TAX DIRECT DEBIT")
    yield Bill(home, rng.randrange(5, 28), 7_800, "LUMEN ENERGY DIRECT DEBIT", 6_200)
    yield Bill(home, rng.randrange(5, 28), 2_900, "FIBREFOX BROADBAND DIRECT DEBIT")
    grocers = _favourites(shops.GROCERS, 3, city, rng)
    yield Spending(home, grocers, 480, 760, (9, 21))
    if rng.random() < 0.6:
        pumps = _favourites(shops.PUMPS, 1, city, rng)
        yield Spending(home, pumps, 70, 120, (8, 20), hold_minor=rng.choice((100, 9_900)))


def _own_habits(
    household: Household, customer: Customer, current: Account, first_day: date
) -> Iterator[Habit]:
    rng, city = household.rng, household.city
    card = household.account("card", customer) or current
    savings, euro = household.account("savings", customer), household.account("euro", customer)
    cafe = shop_of(rng.choice(shops.CAFES), city, rng)
    yield Coffee(current, cafe, rng.randrange(cafe.merchant.low, cafe.merchant.high, 5))
    yield Spending(current, _favourites(shops.TRANSPORT, 2, city, rng), 420, 150, (6, 23))
    eating = _favourites(shops.RESTAURANTS, 2, city, rng)
    yield Spending(card, eating, 90, 330, (12, 22), tips=True)
    yield Spending(card, _favourites(shops.SHOPS, 4, city, rng), 200, 340, (9, 22), returns=True)
    yield Spending(card, _favourites(shops.LEISURE, 2, city, rng), 40, 160, (10, 21))
    for merchant in rng.sample(shops.SUBSCRIPTIONS, rng.randrange(1, 5)):
        yield _subscription(card, merchant, city, first_day, rng)
    yield Bill(
        current, rng.randrange(2, 28), rng.randrange(900, 3_200), "BRIGHTCALL MOBILE DIRECT DEBIT"
    )
    yield Cash(current, city)
    yield Holiday(card, euro)
    yield Mistake(current)
    if card is not current:
        yield CardRepayment(current, card, rng.randrange(18, 28), 0)
    if savings is not None:
        yield Transfer(current, savings, 2, rng.randrange(2_000, 30_000, 500))
        yield Interest(savings)
    if euro is not None:
        yield EuroTopUp(current, euro, 3, rng.randrange(5_000, 20_000, 1_000))
    yield Surplus(current, savings, 6, rng.randrange(60_000, 120_000, 1_000))
    if rng.random() < 0.3:
        yield Bill(current, 1, 300, "MONTHLY ACCOUNT FEE")


def _subscription(
    account: Account, merchant: Merchant, city: str, first_day: date, rng: Random
) -> Subscription:
    begins = first_day + timedelta(days=rng.randrange(-300, 200))
    return Subscription(
        account=account,
        shop=shop_of(merchant, city, rng),
        first_day=begins.replace(day=min(begins.day, 28)),
        minor=rng.choice((merchant.low, merchant.high)),
        trial=rng.random() < 0.5,
    )


def _favourites(merchants: tuple[Merchant, ...], count: int, city: str, rng: Random) -> list[Shop]:
    return [shop_of(each, city, rng) for each in rng.sample(merchants, min(count, len(merchants)))]
