"""Invented merchants. The names are made up; the noise is that of real statements."""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Merchant:
    """`noise` says how a statement writes it. Prices are in pence, abroad in that minor unit."""

    name: str
    mcc: str
    noise: str
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Shop:
    """A merchant as one customer meets it: this branch, this spelling."""

    merchant: Merchant
    text: str
    country: str = "GB"


CITIES = ("LEEDS", "BRISTOL", "CARDIFF", "YORK", "EXETER", "GLASGOW", "NORWICH", "LONDON SE1")

GROCERS = (
    Merchant("Harvest Lane", "5411", "store", 350, 9_800),
    Merchant("Greenbasket", "5411", "store", 420, 12_500),
    Merchant("Pennywell Foods", "5411", "store", 180, 6_400),
    Merchant("Marlow & Finch", "5411", "store", 600, 8_200),
    Merchant("Corner Pantry", "5499", "pos", 120, 1_900),
)
CAFES = (
    Merchant("Bean & Ladder", "5814", "pos", 280, 460),
    Merchant("Tall Kettle Coffee", "5814", "square", 295, 520),
    Merchant("Platform Nine Espresso", "5814", "square", 270, 430),
    Merchant("Loaf & Latte", "5814", "square", 310, 690),
)
RESTAURANTS = (
    Merchant("Saffron Yard", "5812", "pos", 1_800, 7_600),
    Merchant("The Copper Pan", "5812", "pos", 2_200, 9_000),
    Merchant("Noodle Harbour", "5812", "square", 1_100, 3_800),
    Merchant("Pizzeria Quattro Venti", "5812", "pos", 1_400, 4_900),
)
PUMPS = (
    Merchant("Northway Fuel", "5542", "store", 2_500, 8_900),
    Merchant("Beacon Petroleum", "5542", "store", 2_000, 8_400),
)
TRANSPORT = (
    Merchant("Cityline Travel", "4111", "plain", 175, 590),
    Merchant("Hopcab", "4121", "web", 520, 2_400),
    Merchant("Coastway Rail", "4112", "web", 890, 7_200),
)
SHOPS = (
    Merchant("Bundle Market", "5399", "market", 499, 8_900),
    Merchant("Threadneedle Row", "5651", "web", 1_500, 11_900),
    Merchant("Oak & Hinge", "5712", "store", 900, 24_000),
    Merchant("Voltmart", "5732", "store", 1_299, 45_000),
    Merchant("Paperweight Books", "5942", "pos", 599, 4_200),
    Merchant("Wellbridge Pharmacy", "5912", "store", 250, 2_800),
    Merchant("Toolshed Direct", "5251", "web", 450, 9_900),
)
LEISURE = (
    Merchant("Palace Court Cinema", "7832", "pos", 780, 3_200),
    Merchant("Kestrel Climbing", "7997", "square", 850, 1_650),
    Merchant("Barnaby's Barbers", "7230", "square", 1_400, 2_600),
)
SUBSCRIPTIONS = (
    Merchant("Streamloft", "4899", "web", 799, 1_099),
    Merchant("Tunefold", "5815", "web", 999, 1_199),
    Merchant("Cloudnook", "5817", "web", 199, 799),
    Merchant("Daily Ledger News", "5994", "web", 600, 1_200),
    Merchant("Pulse Gym Club", "7997", "plain", 1_999, 3_999),
    Merchant("Puzzlebox Games", "5816", "web", 499, 1_499),
)
ABROAD = {  # country: currency, minor units of it for a pound, merchants
    "ES": ("EUR", 117, (Merchant("Bar La Gaviota", "5812", "abroad", 450, 5_800),)),
    "FR": ("EUR", 117, (Merchant("Boulangerie du Pont", "5462", "abroad", 240, 1_900),)),
    "IT": ("EUR", 117, (Merchant("Trattoria Sotto il Fico", "5812", "abroad", 900, 7_400),)),
    "US": ("USD", 127, (Merchant("Blue Mesa Diner", "5812", "abroad", 800, 6_900),)),
    "JP": ("JPY", 188, (Merchant("Kaze Ramen", "5812", "abroad", 700, 4_200),)),
    "CH": ("CHF", 112, (Merchant("Alpenblick Hotel", "7011", "abroad", 9_000, 38_000),)),
}
CASH_MACHINE = Merchant("Cash machine", "6011", "cash", 2_000, 20_000)


def shop_of(merchant: Merchant, city: str, rng: Random, country: str = "GB") -> Shop:
    """One branch of this merchant, spelt as a card scheme spells it (at most 25 + 13 letters)."""
    name = merchant.name.upper().replace("'", "")
    number = rng.randrange(1000, 9999)
    text = {
        "store": f"{name[:20]} {number} {city} GB",
        "square": f"SQ *{name[:18]} {city}",
        "pos": f"{name[:22]} {city}",
        "web": f"{name.replace(' ', '')[:18]}.EXAMPLE {number}",
        "market": f"BNDL MKTP*{rng.choice('HKMRT')}{number}{rng.choice('ADGQZ')}",
        "cash": f"CASH {city} {number}",
        "abroad": f"{name[:22]} {country}",
    }.get(merchant.noise, name)
    return Shop(merchant, text, country)
