"""What the demo's customers have bought today: messages, as a bank's card system sends them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from embedded.demo_bank import AccountSheet, Person
from txhub.feeds.generator import FEED
from txhub.feeds.generator.catalogue import (
    ABROAD,
    CAFES,
    CITIES,
    GROCERS,
    PUMPS,
    TRANSPORT,
    Merchant,
    Shop,
    shop_of,
)

Message = dict[str, str | int]
_HOLD_MINOR = 9_900  # what a pump authorises, whatever is filled
_MINOR_MAX = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Purchase:
    """One of `merchants` takes money so many `minutes` before the demo was loaded; if the same sum
    several times, the customer will wonder."""

    merchants: tuple[Merchant, ...]
    minutes: tuple[int, ...]
    country: str = "GB"
    minor: int | None = None


_PURCHASES = (
    _Purchase(merchants=PUMPS, minutes=(410,), minor=_HOLD_MINOR),
    _Purchase(merchants=CAFES, minutes=(190,)),
    _Purchase(merchants=ABROAD["FR"][2], minutes=(150,), country="FR"),
    _Purchase(merchants=TRANSPORT, minutes=(95,)),
    _Purchase(merchants=GROCERS[:3], minutes=(14, 12), minor=2_385),
)


def purchases(
    people: Iterable[Person], accounts: Iterable[AccountSheet], now: datetime
) -> Iterator[Message]:
    """Pending card purchases of each person, in turn on the accounts that they pay from."""
    paid_from = {
        each.number for each in accounts if each.type != "savings" and each.currency == "GBP"
    }
    for person in people:
        rng = Random(person.email)  # noqa: S311 - reproducible, not secret
        numbers = [number for number in person.accounts if number in paid_from]
        for at, purchase in enumerate(_PURCHASES):
            merchant = rng.choice(purchase.merchants)
            shop = shop_of(merchant, rng.choice(CITIES), rng, purchase.country)
            minor = purchase.minor or rng.randrange(merchant.low, min(merchant.high, _MINOR_MAX))
            for time, minutes in enumerate(purchase.minutes):
                yield {
                    **_said(merchant, shop, minor, now - timedelta(minutes=minutes)),
                    "message_id": f"today-{person.email}-{at}-{time}",
                    "id": f"today-{person.email}-{at}-{time}",
                    "sequence": at + 1,
                    "account": numbers[at % len(numbers)],
                    "auth_code": f"{rng.randrange(1_000_000):06d}",
                }


def _said(merchant: Merchant, shop: Shop, minor: int, moment: datetime) -> Message:
    return {
        "feed": FEED,
        "action": "NEW",
        "state": "P",
        "side": "D",
        "minor": minor,
        "currency": "GBP",
        "occurred_at": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "mcc": merchant.mcc,
        "country": shop.country,
        "merchant": merchant.name,
        "description": shop.text,
    }
