"""What happens in every account's life while nothing is worth an alert."""

from datetime import timedelta

from benchmarks.secondlook_cases.life import NOW, Life

_USUAL_MAX = 15_000
_PURCHASES = 70
_DAYS = 170


def live(life: Life, *, days: int = _DAYS) -> None:
    """Purchases of a real card holder at real prices, spread over some months, never twice the
    same at one merchant within a week; and a salary."""
    used = [shop for shop in life.rng.choice(life.town.cards) if shop.mcc not in {"5968"}]
    last: dict[tuple[str, int], int] = {}
    for day in sorted(life.rng.choices(range(1, days), k=_PURCHASES * days // _DAYS), reverse=True):
        shop = life.rng.choice(used)
        prices = [each for each in shop.prices if 400 <= each <= _USUAL_MAX]
        if not prices:
            continue
        minor = life.rng.choice(prices)
        if abs(last.get((shop.name, minor), 10_000) - day) < 7:
            continue
        last[shop.name, minor] = day
        moment = life.rng.choice(life.town.times)
        at = (NOW - timedelta(days=day)).replace(hour=moment.hour, minute=moment.minute)
        life.card(shop, minor, at)
    for month in range(days // 30):
        life.booked("SALARY ACME LTD", 240_000, NOW - timedelta(days=3 + 30 * month))
