"""Stories of card purchases."""

from datetime import timedelta

from benchmarks.secondlook_cases.everyday import live
from benchmarks.secondlook_cases.life import NOW, Life
from txhub.public import Kind

_GOODS = ("5411", "5399", "5942", "5734", "5651", "5943", "5912")
_MEALS = ("5812",)
_CAFES = ("5814",)


def charged_twice(life: Life) -> None:
    """A terminal that seemed to hang, or a shop that booked the day's sales twice."""
    least, most = (250, 900) if life.rng.random() < 0.1 else (1_200, 19_000)
    shop, minor = life.shop(*_GOODS, *_MEALS, least=least, most=most)
    first = life.lately()
    gap = timedelta(minutes=life.rng.choice((1, 2, 3, 5, 8, 13, 40, 90, 300)))
    one, two = life.card(shop, minor, first), life.card(shop, minor, first + gap)
    life.expect("duplicate_charge", two, one)


def two_coffees(life: Life) -> None:
    shop, minor = life.shop(*_CAFES, least=180, most=750)
    first = life.lately()
    life.card(shop, minor, first)
    life.card(shop, minor, first + timedelta(minutes=life.rng.randrange(1, 200)))


def taken_back_between(life: Life) -> None:
    """Paid, cancelled at the till, paid again."""
    shop, minor = life.shop(*_GOODS, least=1_500, most=19_000)
    first = life.lately()
    life.card(shop, minor, first)
    refund = life.card(shop, -minor, first + timedelta(minutes=4), kind=Kind.REFUND)
    life.card(shop, minor, first + timedelta(minutes=9))
    life.expect("refund_arrived", refund)


def same_again_later(life: Life) -> None:
    shop, minor = life.shop(*_GOODS, least=1_500, most=19_000)
    last = life.lately()
    life.card(shop, minor, last - timedelta(days=life.rng.randrange(3, 9)))
    life.card(shop, minor, last)


def usual(life: Life) -> None:
    """The same class every other day, and today a friend is invited."""
    shop, minor = life.shop(*_MEALS, *_GOODS, least=1_000, most=2_500)
    last = life.lately()
    for back in (3, 6, 9, 13, 17):
        life.card(shop, minor, last - timedelta(days=back))
    life.card(shop, minor, last)
    life.card(shop, minor, last + timedelta(minutes=life.rng.randrange(5, 200)))


def _bill(life: Life, percent: float, days_ago: float) -> str:
    shop, minor = life.shop(*_MEALS, least=1_500, most=15_000)
    at = NOW - timedelta(days=days_ago)
    return life.card(shop, round(minor * (100 + percent) / 100), at, authorised=minor)


def far_too_much(life: Life) -> None:
    life.expect("generous_tip", _bill(life, life.rng.uniform(35, 90), 2.6))


def more_than_ever(life: Life) -> None:
    """Somebody who rounds up, and once gave what others always give."""
    for days_ago in (90, 71, 52, 33, 15):
        _bill(life, life.rng.uniform(2, 6), days_ago)
    life.expect("generous_tip", _bill(life, life.rng.uniform(19, 26), 2.6))


def usual_tip(life: Life) -> None:
    for days_ago in (90, 52, 33, 15, 2.6):
        _bill(life, life.rng.uniform(8, 15), days_ago)


def pump(life: Life) -> None:
    shop, minor = life.shop("5541", least=2_000, most=9_000)
    held = life.rng.choice((100, 4_500))
    life.card(shop, minor, NOW - timedelta(days=2.6), authorised=min(held, minor))


def hotel(life: Life) -> None:
    shop, minor = life.shop("7011", least=4_000, most=13_000)
    life.card(shop, minor * 3 // 2, NOW - timedelta(days=2.6), authorised=minor)


def abroad(life: Life) -> None:
    shop = life.rng.choice(life.town.abroad)
    country = life.rng.choice(("ES", "FR", "US", "JP", "DE"))
    life.expect("first_in_country", life.card(shop, 2_450, life.lately(), country=country))


def abroad_again(life: Life) -> None:
    shop, other = life.rng.choice(life.town.abroad), life.rng.choice(life.town.abroad)
    country = life.rng.choice(("ES", "FR", "US", "JP", "DE"))
    life.card(shop, 1_830, NOW - timedelta(days=life.rng.randrange(20, 150)), country=country)
    life.card(other, 2_450, life.lately(), country=country)


def just_opened(life: Life) -> None:
    """An account that was opened a fortnight ago, and is used on a journey from the start."""
    live(life, days=14)
    life.card(life.rng.choice(life.town.abroad), 2_450, life.lately(), country="ES")


def card_tried(life: Life) -> None:
    at, tried = life.lately(), []
    for _ in range(life.rng.randrange(3, 7)):
        shop, _price = life.shop("5399", "5734", "5942")
        tried.append(life.card(shop, life.rng.randrange(10, 250), at))
        at += timedelta(minutes=life.rng.randrange(1, 9))
    life.expect("small_charges", *tried)


def fares(life: Life) -> None:
    shop, _price = life.shop("4111")
    at = life.lately()
    for _ in range(4):
        life.card(shop, 175, at)
        at += timedelta(minutes=life.rng.randrange(8, 16))


def small_ones_apart(life: Life) -> None:
    at = life.lately()
    for _ in range(3):
        shop, _price = life.shop("5942", "5411")
        life.card(shop, life.rng.randrange(90, 250), at)
        at += timedelta(minutes=life.rng.randrange(70, 130))


def like_a_fee(life: Life) -> None:
    life.booked("COFFEE REPUBLIC DIRECT DEBIT", -1_450, life.lately())
