"""One order, several shipments, each cleared when it is sent."""

from collections.abc import Sequence
from datetime import timedelta

from benchmarks.matching_cases.account import Account
from benchmarks.matching_cases.rows import Authorisation

_BY_POST = ("5399", "5651", "5734", "5942", "5943", "5999")


def shipments(account: Account) -> None:
    """An order of real lines goes out in two to four parcels.

    Seven in ten are cleared parcel by parcel over days with the order's authorisation code, and of
    these one in seven never comes to an end. Of the others, without a code, half are cleared in one
    file, where their sum tells, and half over days, where only the last one makes up the sum.

    Decoys, one for each parcel: another, smaller order at the same shop, cleared for its own amount
    (it fits better; the order is its decoy in turn); or a smaller purchase that was never
    authorised, cleared under another code.
    """
    rng = account.rng
    shop, at = account.shop(_BY_POST), account.moment()
    parcels = _parcels(account)
    order = account.authorise(shop, sum(parcels), at, held_days=21)
    coded = rng.random() < 0.7
    together = not coded and rng.random() < 0.5
    sent, booked = at, account.file_after(at.date())
    for parcel in parcels[:-1] if coded and rng.random() < 0.15 else parcels:
        account.clear(order, parcel, bought=sent, booked=booked, code=coded)
        _decoy(account, order, max(150, round(parcel * rng.uniform(0.3, 0.9))), coded=coded)
        if not together:
            sent += timedelta(days=rng.choice((0, 1, 1, 2, 3)))
            booked = max(booked, account.file_after(sent.date()))


def final_short(account: Account) -> None:
    """An order of which a part is sold out: the parcels are cleared over days with the order's
    authorisation code, and the last one says that nothing more will come.

    It is the first order at its shop, since what nothing asked for could be a parcel of any order
    that is open there. Decoys, one for each parcel: for the last one a purchase at the same shop
    that was never authorised, days later, without a code, of what the order has left or less (after
    the last parcel nothing of the order is left to be cleared); for the others another, smaller
    order at the same shop, cleared for its own amount (it fits better).
    """
    rng = account.rng
    shop, at = account.stranger(_BY_POST), account.moment()
    parcels = _parcels(account)
    sold_out = max(150, round(parcels[-1] * rng.uniform(0.2, 1.5)))
    order = account.authorise(shop, sum(parcels) + sold_out, at, held_days=21)
    sent, booked = at, account.file_after(at.date())
    for number, parcel in enumerate(parcels, start=1):
        last = number == len(parcels)
        account.clear(order, parcel, bought=sent, booked=booked, code=True, final=last)
        if not last:
            smaller = max(150, round(parcel * rng.uniform(0.3, 0.9)))
            near = order.at + timedelta(hours=rng.uniform(-20, 20))
            account.clear(account.authorise(shop, smaller, near))
            sent += timedelta(days=rng.choice((0, 1, 1, 2, 3)))
            booked = max(booked, account.file_after(sent.date()))
    later = account.later_on(booked + timedelta(days=rng.randrange(1, 4)))
    minor = sold_out if rng.random() < 0.5 else max(150, round(sold_out * rng.uniform(0.3, 0.9)))
    account.clear_unasked(shop, minor, later, account.file_after(later.date()))


def _decoy(account: Account, order: Authorisation, smaller: int, *, coded: bool) -> None:
    near = order.at + timedelta(hours=account.rng.uniform(-20, 20))
    if coded and account.rng.random() < 0.5:
        booked = account.file_after(near.date())
        account.clear_unasked(order.shop, smaller, near, booked, code=account.code())
    else:
        account.clear(account.authorise(order.shop, smaller, near))


def _parcels(account: Account) -> Sequence[int]:
    rng = account.rng
    lines = list(rng.choice(account.town.orders))
    rng.shuffle(lines)
    cuts = sorted(rng.sample(range(1, len(lines)), rng.choice((1, 1, 2, 3))))
    ends = [*cuts, len(lines)]
    return [sum(lines[start:end]) for start, end in zip([0, *cuts], ends, strict=True)]
