"""Real merchants, amounts, orders and times of day, read where the public data files lie.

Nothing of them is kept in the project. The files know no category codes: those are given here, by
what the card holder booked the purchase under and by words in the name.
"""

import csv
import gzip
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from itertools import islice
from pathlib import Path

_CARD_ROWS_MIN = 25
_PENCE_MIN, _PENCE_MAX = 150, 60_000
_TIMES = 40_000

# Trades in which an authorised amount is an estimate.
ESTIMATING = frozenset({"4121", "5541", "5812", "5814", "7011", "7230", "7512"})
_BY_WORD = (
    (r"\b(hotel|inn|travelodge|ibis|hilton|ramada|novotel|mercure|jurys|holiday inn)\b", "7011"),
    (r"car hire|car rental|rent a car|europcar|vehicle rental|hertz", "7512"),
    (r"restaur|pizza|grill|tandoori|bistro|brasserie|steak|nando|noodle|balti", "5812"),
    (r"mcdonald|kfc|burger|subway|costa|starbucks|greggs|cafe|coffee", "5814"),
    (r"\btaxi|taxis|cabs?\b|uber|private hire", "4121"),
    (r"hairdress|\bhair\b|barber|salon", "7230"),
    (r"parking|park mobile|ncp\b", "7523"),
    (r"trains?\b|rail", "4112"),
    (r"pharmac|chemist|boots", "5912"),
)
_BY_BOOKING = {
    "Vehicle Fuel": "5541",
    "Purchases Food": "5411",
    "Books": "5942",
    "Stationery": "5943",
    "Hospitality": "5812",
    "Postage": "9402",
    "Computing Other": "5734",
    "Travel Bus/Rail": "4111",
    "Clothing&Uniforms": "5651",
    "Car Parking": "7523",
    "Equip Operational": "5399",
    "Subscriptions": "5968",
}


@dataclass(frozen=True, slots=True)
class Shop:
    """A merchant; `prices` are real amounts paid there, in pence or minor units of `currency`."""

    name: str
    mcc: str
    prices: tuple[int, ...]
    country: str = "GB"
    currency: str = "GBP"

    def resembles(self, other: "Shop") -> bool:
        """One of its longer words is in the other's name: perhaps the same firm."""
        words = [word for word in re.split(r"[^a-z]+", self.name) if len(word) > 3]
        return any(word in other.name for word in words) or self.name[:4] == other.name[:4]


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """`cards`: where each real card was used, once for each purchase. `orders`: what the lines of
    real orders cost. `times`: when people pay.
    """

    cards: Sequence[Sequence[Shop]]
    by_mcc: Mapping[str, Sequence[Shop]]
    abroad: Sequence[Shop]
    orders: Sequence[Sequence[int]]
    times: Sequence[time]


def read_town(purchases: Path, orders: Path, simulated: Path) -> Town:
    """`purchases`: the purchase cards; `orders`: the on-line shop; `simulated`: for the times."""
    rows = list(_purchases(purchases))
    shops = _shops(rows)
    cards: dict[str, list[Shop]] = defaultdict(list)
    for row in rows:
        if row.name in shops and row.currency == "GBP":
            cards[row.card].append(shops[row.name])
    by_mcc: dict[str, list[Shop]] = defaultdict(list)
    for shop in shops.values():
        by_mcc[shop.mcc].append(shop)
    return Town(
        cards=[used for used in cards.values() if len(used) >= _CARD_ROWS_MIN],
        by_mcc=by_mcc,
        abroad=_abroad(rows),
        orders=_orders(orders),
        times=_times(simulated),
    )


@dataclass(frozen=True, slots=True)
class _Purchase:
    card: str
    name: str
    minor: int
    currency: str
    booked_as: str


def _purchases(path: Path) -> Iterator[_Purchase]:
    with gzip.open(path, "rt", newline="") as file:
        for row in csv.DictReader(file):
            minor = _minor(row["ORIGINAL GROSS AMT"])
            currency = row["ORIGINAL CUR"] or "GBP"
            if minor > 0 and row["MERCHANT NAME"].strip():
                name = row["MERCHANT NAME"].strip()
                booked_as = row["TRANS CAC DESC 1"]
                yield _Purchase(row["CARD NUMBER"], name, minor, currency, booked_as)


def _minor(text: str) -> int:
    try:
        return round(float(text.replace(",", "")) * 100)
    except ValueError:
        return 0


def _shops(rows: Sequence[_Purchase]) -> dict[str, Shop]:
    prices: dict[str, list[int]] = defaultdict(list)
    booked_as: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        if row.currency == "GBP" and _PENCE_MIN <= row.minor <= _PENCE_MAX:
            prices[row.name].append(row.minor)
            booked_as[row.name][row.booked_as] += 1
    return {
        name: Shop(name, _mcc(name, booked_as[name].most_common(1)[0][0]), tuple(paid))
        for name, paid in prices.items()
    }


def _mcc(name: str, booked_as: str) -> str:
    if booked_as == "Vehicle Fuel":
        return "5541"
    for words, mcc in _BY_WORD:
        if re.search(words, name):
            return mcc
    return _BY_BOOKING.get(booked_as, "5999")


def _abroad(rows: Sequence[_Purchase]) -> list[Shop]:
    countries = {"EUR": "FR", "USD": "US", "SEK": "SE", "DKK": "DK", "PLN": "PL", "HKD": "HK"}
    paid: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in rows:
        if row.currency in countries:
            paid[row.name, row.currency].append(row.minor)
    return [
        Shop(name, _mcc(name, ""), tuple(prices), countries[currency], currency)
        for (name, currency), prices in paid.items()
    ]


def _orders(path: Path) -> list[list[int]]:
    lines: dict[str, list[int]] = defaultdict(list)
    with gzip.open(path, "rt", newline="") as file:
        for row in csv.DictReader(file):
            minor = round(float(row["Quantity"]) * float(row["UnitPrice"]) * 100)
            if minor > 0:
                lines[row["InvoiceNo"]].append(minor)
    return [order for order in lines.values() if len(order) >= 4 and sum(order) < 150_000]


def _times(path: Path) -> list[time]:
    with gzip.open(path, "rt", newline="") as file:
        rows = islice(csv.DictReader(file), _TIMES)
        return [datetime.fromisoformat(row["TX_DATETIME"]).time() for row in rows]
