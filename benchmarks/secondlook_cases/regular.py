"""Stories of what is charged regularly."""

from datetime import datetime, timedelta

from benchmarks.matching_cases.town import Shop
from benchmarks.secondlook_cases.life import Life

_NAMES = (
    "NETFLIX.COM", "SPOTIFY P{}", "AMAZON PRIME*{}", "APPLE.COM/BILL", "DISNEY PLUS",
    "AUDIBLE UK", "NOW TV", "DROPBOX*{}", "MICROSOFT*ONEDRIVE", "THE TIMES SUBSCRIPT",
)  # fmt: skip
_BILLS = ("OCTOPUS ENERGY", "BRITISH GAS SERVICES", "THAMES WATER", "EDF ENERGY", "O2 UK")


def _subscription(life: Life) -> tuple[Shop, int]:
    """A merchant whose spelling never varies by a facilitator."""
    name = life.rng.choice(_NAMES)
    mcc = life.rng.choice(("5815", "5816", "5817", "4899", "5968"))
    minor = life.rng.choice((299, 499, 799, 999, 1_099, 1_499, 1_999))
    shop = Shop(name.replace("{}", ""), mcc, (minor,))
    life.spelt[shop.name] = name
    return shop, minor


def _monthly(
    life: Life, shop: Shop, minor: int, months: int, *, ahead: timedelta = timedelta(0)
) -> datetime:
    """So many months of charges; when the next is due: in the last two days, or so far ahead."""
    due = life.lately() + ahead
    for back in range(months, 0, -1):
        at = due - timedelta(days=round(30.4 * back) + life.rng.choice((-1, 0, 0, 0, 1)))
        life.card(shop, minor, at)
    return due


def dearer(life: Life) -> None:
    shop, minor = _subscription(life)
    due = _monthly(life, shop, minor, life.rng.randrange(3, 6))
    more = minor * life.rng.randrange(106, 140) // 100
    life.expect("price_increase", life.card(shop, more, due))


def cheaper(life: Life) -> None:
    shop, minor = _subscription(life)
    due = _monthly(life, shop, minor, 4)
    life.card(shop, minor * 80 // 100, due)


def as_before(life: Life) -> None:
    shop, minor = _subscription(life)
    life.card(shop, minor, _monthly(life, shop, minor, life.rng.randrange(3, 6)))


def bought_beside(life: Life) -> None:
    """A film bought from the merchant of a subscription, in the middle of its month."""
    shop, minor = _subscription(life)
    _monthly(life, shop, minor, 4, ahead=timedelta(days=14))
    bought = life.lately()
    life.card(shop, minor + 600, bought)


def trial(life: Life) -> None:
    shop, minor = _subscription(life)
    due = life.lately()
    began = due - timedelta(days=life.rng.choice((7, 14, 30, 31, 61, 90)))
    life.card(shop, life.rng.choice((0, 0, 0, 1, 100)), began)
    life.expect("trial_ended", life.card(shop, minor, due))


def card_checked(life: Life) -> None:
    """A card is checked when it is entered, and used the same hour."""
    shop, minor = _subscription(life)
    at = life.lately()
    life.card(shop, 0, at - timedelta(minutes=20))
    life.card(shop, minor, at)


def parked(life: Life) -> None:
    shop, _price = life.shop("7523", least=150)
    at = life.lately()
    life.card(shop, 80, at - timedelta(days=7))
    life.card(shop, 640, at)


def subscribed(life: Life) -> None:
    shop, minor = _subscription(life)
    due = _monthly(life, shop, minor, 1)
    life.expect("new_subscription", life.card(shop, minor, due))


def haircuts(life: Life) -> None:
    shop, minor = life.shop("7230", "5812", least=800, most=6_000)
    due = _monthly(life, shop, minor, 1)
    life.card(shop, minor, due)


def two_purchases(life: Life) -> None:
    shop, minor = _subscription(life)
    due = _monthly(life, shop, minor, 1)
    life.card(shop, minor + life.rng.choice((100, 300, 650)), due)


def _bills(life: Life, count: int) -> tuple[str, int, datetime]:
    text, usual = f"{life.rng.choice(_BILLS)} DD", life.rng.randrange(4_000, 14_000)
    due = life.lately()
    for back in range(count, 0, -1):
        minor = round(usual * life.rng.uniform(0.92, 1.08))
        life.booked(text, -minor, due - timedelta(days=round(30.4 * back)))
    return text, usual, due


def _billed(life: Life, text: str, minor: int, at: datetime) -> str:
    """A bill may be a large purchase as well."""
    billed = life.booked(text, -minor, at)
    if minor >= life.threshold:
        life.expect("large_purchase", billed)
    return billed


def high_bill(life: Life) -> None:
    text, usual, due = _bills(life, life.rng.randrange(4, 6))
    minor = round(usual * life.rng.uniform(1.5, 2.4))
    life.expect("bill_higher", _billed(life, text, minor, due))


def usual_bill(life: Life) -> None:
    text, usual, due = _bills(life, 5)
    _billed(life, text, round(usual * life.rng.uniform(0.9, 1.15)), due)


def as_high_before(life: Life) -> None:
    """Every winter quarter."""
    text, usual, due = _bills(life, 4)
    life.booked(text, -round(usual * 1.8), due - timedelta(days=152))
    _billed(life, text, round(usual * 1.7), due)
