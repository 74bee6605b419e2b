"""Authorised before the amount is known: tips, pumps, hotels, foreign currencies."""

from datetime import datetime, timedelta

from benchmarks.matching_cases.account import Account
from benchmarks.matching_cases.rows import Authorisation
from benchmarks.matching_cases.town import Shop

_TIPPED = ("4121", "5812", "5814", "7230")
_RATES = {"EUR": 1.17, "USD": 1.28, "SEK": 13.4, "DKK": 8.7, "PLN": 5.0, "HKD": 9.9}


def tip(account: Account) -> None:
    """Cleared with what was added on the slip: a usual share, a round total, some sum.

    Decoy, one of two: a second bill at the same place that evening, to which the total would be a
    tip too, but which is cleared for its own amount in the same file; or a bill at another place
    that the total would fit, never cleared (other name).
    """
    rng = account.rng
    shop, at = account.shop(_TIPPED), account.moment()
    bill = max(400, account.price(shop))
    total = _with_tip(account, bill)
    clearing = account.clear(account.authorise(shop, bill, at), total)
    other_bill = round(total / rng.uniform(1.05, 1.22))
    if abs(other_bill - bill) < bill * 0.02:
        other_bill = round(bill * 1.04)
    near = at + timedelta(minutes=rng.uniform(-90, 90))
    if rng.random() < 0.5:
        second = account.authorise(shop, other_bill, near)
        account.clear(second, booked=clearing.booked)
    else:
        account.authorise(account.shop(_TIPPED, unlike=shop), other_bill, near)


def _with_tip(account: Account, bill: int) -> int:
    rng = account.rng
    (way,) = rng.choices(("share", "round", "some", "kind"), (55, 25, 17, 3))
    if way == "round":
        step = 500 if bill > 3_000 and rng.random() < 0.4 else 100
        return (round(bill * 1.06) // step + 1) * step
    if way == "share":
        return round(bill * (1 + rng.choice((0.10, 0.10, 0.125, 0.15, 0.18, 0.20))))
    return round(
        bill * (1 + (rng.uniform(0.25, 0.40) if way == "kind" else rng.uniform(0.05, 0.25)))
    )


def fuel(account: Account) -> None:
    """The pump holds one pound or the most it would give; what was filled is cleared.

    Decoy: another station's hold of the same sum within a day, where no fuel came, never cleared
    (other name).
    """
    rng = account.rng
    shop, at = account.shop(["5541"]), account.moment()
    hold = rng.choice((100, 100, 9_900, 10_000, 10_000, 12_000, 100 * rng.randint(99, 160)))
    filled = min(max(800, account.price(shop)) + rng.randrange(100), 9_850)
    account.clear(account.authorise(shop, hold, at), filled)
    elsewhere = account.shop(["5541"], unlike=shop)
    account.authorise(elsewhere, hold, at + timedelta(hours=rng.uniform(-24, 24)))


def stay(account: Account) -> None:
    """A hotel or hire car holds nights times rate, and clears at the end: with extras, or less.

    Decoy: a booking elsewhere for the same days of about the amount that was cleared, cancelled
    (other name).
    """
    rng = account.rng
    trade = ["7512"] if rng.random() < 0.15 else ["7011"]
    shop, at = account.shop(trade), account.moment()
    nights = rng.randint(1, 6)
    held = max(2_500, account.price(shop)) * rng.choice((1, nights))
    cleared = round(held * rng.choice((rng.uniform(1.02, 1.35), rng.uniform(0.6, 0.97))))
    left = at + timedelta(days=nights + rng.choice((0, 0, 0, 7, 14)))
    account.clear(account.authorise(shop, held, at, held_days=31), cleared, bought=left)
    cancelled = round(cleared * rng.uniform(0.97, 1.03))
    elsewhere = account.shop(["7011"], unlike=shop)
    account.authorise(
        elsewhere, cancelled, at + timedelta(hours=rng.uniform(-30, 30)), held_days=31
    )


def foreign(account: Account) -> None:
    """Bought abroad, authorised at one day's rate, cleared at another's with a fee.

    Three in ten authorisations know the account's currency only. Decoy: on the same day in the
    same currency, exactly the account's amount of the clearing at another shop (other amount
    abroad, other name), or, where the amount abroad is known, another amount at the same shop.
    Never cleared.
    """
    rng = account.rng
    shop, at = rng.choice(account.town.abroad), account.moment()
    abroad = round(rng.choice(shop.prices) * rng.uniform(0.4, 2.5)) + 150
    rate = _RATES[shop.currency] * rng.uniform(0.97, 1.03)
    known = rng.random() < 0.7
    held = _authorise_abroad(account, shop, abroad, rate, at, known=known)
    drifted = rate * (1 + rng.gauss(0, 0.008))
    cleared = account.converted(abroad, drifted, with_fee=True)
    account.clear(held, cleared, abroad=(abroad, shop.currency))
    if known and rng.random() < 0.5:
        other = round(abroad * rng.choice((rng.uniform(0.5, 0.85), rng.uniform(1.2, 2))))
        _authorise_abroad(account, shop, other, rate, account.later_on(at.date()), known=True)
        return
    elsewhere = rng.choice(account.town.abroad)
    while elsewhere.resembles(shop) or elsewhere.currency not in ("EUR", "USD"):
        elsewhere = rng.choice(account.town.abroad)
    near = account.later_on(at.date())
    there = round(cleared * _RATES[elsewhere.currency])
    account.authorise(
        elsewhere, cleared, near, abroad=(there, elsewhere.currency) if known else None
    )


def _authorise_abroad(
    account: Account, shop: Shop, abroad: int, rate: float, at: datetime, *, known: bool
) -> Authorisation:
    minor = account.converted(abroad, rate, with_fee=False)
    told = (abroad, shop.currency) if known else None
    return account.authorise(shop, minor, at, abroad=told)
