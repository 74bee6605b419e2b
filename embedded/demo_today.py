"""What the demo's customers have bought today: messages, as a bank's card system sends them."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from random import Random

from embedded.demo_bank import AccountSheet, Person
from txhub.feeds.generator import FEED
from txhub.feeds.generator.catalogue import CAFES, CITIES, GROCERS, PUMPS, TRANSPORT, shop_of

Message = dict[str, str | int]
# Who takes the money, and how many minutes before the demo was loaded.
_PURCHASES = ((PUMPS, 410), (CAFES, 190), (TRANSPORT, 95), (GROCERS, 12))
_HOLD_MINOR = 9_900  # what a pump authorises, whatever is filled
_MINOR_MAX = 4_000


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
        for at, (merchants, minutes) in enumerate(_PURCHASES):
            merchant, moment = rng.choice(merchants), now - timedelta(minutes=minutes)
            shop = shop_of(merchant, rng.choice(CITIES), rng)
            yield {
                "feed": FEED,
                "message_id": f"today-{person.email}-{at}",
                "sequence": at + 1,
                "action": "NEW",
                "id": f"today-{person.email}-{at}",
                "account": numbers[at % len(numbers)],
                "state": "P",
                "side": "D",
                "minor": _HOLD_MINOR
                if merchants is PUMPS
                else rng.randrange(merchant.low, min(merchant.high, _MINOR_MAX)),
                "currency": "GBP",
                "occurred_at": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "auth_code": f"{rng.randrange(1_000_000):06d}",
                "mcc": merchant.mcc,
                "country": shop.country,
                "merchant": merchant.name,
                "description": shop.text,
            }
