"""What goes wrong, or out of the ordinary, for some households in the last days: a terminal that
hangs, a waiter's arithmetic, a new sofa."""

from datetime import date, timedelta

from txhub.feeds.generator import catalogue as shops
from txhub.feeds.generator.catalogue import shop_of
from txhub.feeds.generator.movements import Diary
from txhub.feeds.generator.people import Customer

_SHARE = 0.2


def last_days(diary: Diary, last_day: date) -> None:
    """Two of them for each customer of the famous households, and of some others."""
    household = diary.household
    if household.index > 1 and household.rng.random() > _SHARE:
        return
    for place, customer in enumerate(household.customers):
        for offset in range(2):
            event = _EVENTS[(household.index + 2 * place + offset) % len(_EVENTS)]
            event(diary, customer, last_day)


def _charged_twice(diary: Diary, customer: Customer, last_day: date) -> None:
    rng, household = diary.household.rng, diary.household
    account = household.account("card", customer) or household.accounts[0]
    shop = shop_of(rng.choice(shops.SHOPS), household.city, rng)
    minor = rng.randrange(2_495, 9_995, 100)
    for _ in range(2):
        diary.pay(account, shop, minor, last_day - timedelta(days=1), 17)


def _generous(diary: Diary, customer: Customer, last_day: date) -> None:
    rng, household = diary.household.rng, diary.household
    account = household.account("card", customer) or household.accounts[0]
    shop = shop_of(rng.choice(shops.RESTAURANTS), household.city, rng)
    bill = diary.pay(account, shop, rng.randrange(3_000, 7_000, 50), last_day, 0)
    bill.minor -= -bill.minor * rng.randrange(40, 60) // 100
    bill.posted_on = last_day


def _bought_dear(diary: Diary, customer: Customer, last_day: date) -> None:
    rng, household = diary.household.rng, diary.household
    account = household.account("card", customer) or household.accounts[0]
    shop = shop_of(rng.choice(shops.SHOPS), household.city, rng)
    diary.pay(account, shop, rng.randrange(60_000, 140_000, 500), last_day - timedelta(days=1), 11)


def _took_back(diary: Diary, customer: Customer, last_day: date) -> None:
    rng, household = diary.household.rng, diary.household
    account = household.account("card", customer) or household.accounts[0]
    shop = shop_of(rng.choice(shops.SHOPS), household.city, rng)
    bought = diary.pay(
        account, shop, rng.randrange(1_995, 8_995, 100), last_day - timedelta(days=9), 15
    )
    diary.book(account, -bought.minor, last_day, shop.text).shop = shop


_EVENTS = (_charged_twice, _took_back, _bought_dear, _generous)
