"""How long a posting may take, and what the days between say."""

from datetime import timedelta

from txhub.domain.matching.features import Features

# Nobody posts later than this: schemes end an authorisation after 30 days at the most.
LAG_DAYS_MAX = 35
EARLY_DAYS_MAX = 1  # the two sides may count days in different zones
LAG, EARLY = timedelta(days=LAG_DAYS_MAX), timedelta(days=EARLY_DAYS_MAX)
# A time of day that both sides state: to the second, or nearly.
_MOMENTS_DB = ((timedelta(0), 30), (timedelta(minutes=2), 20))
# Days from one stated day of purchase to the other: up to so many, weight.
_GAPS_DB = ((0, 10), (1, -2), (5, -11), (10, -16), (LAG_DAYS_MAX, -24))
# Days until it is booked, where the posting does not say when it was bought.
_LAGS_DB = ((3, 3), (5, 0), (7, -4), (10, -9), (LAG_DAYS_MAX, -18))
# A stay is authorised when it is booked, and dated when it ends; a parcel when it is sent.
_SLOW_DB = ((2, 4), (14, 0), (LAG_DAYS_MAX, -4))
# Bought a day, or more, before it was authorised.
_DAY_BEFORE_DB, _BEFORE_DB = -10, -25


def timing_db(held: Features, posting: Features, *, slow: bool) -> int | None:
    """The weight of the days between; None where no posting takes, or precedes, so long.

    `slow`: a stay or a shipment.
    """
    lag_days = (posting.transaction.booked_day - held.day).days
    if not -EARLY_DAYS_MAX <= lag_days <= LAG_DAYS_MAX:
        return None
    if held.moment and posting.moment:
        apart = abs(posting.moment - held.moment)
        for until, weight_db in _MOMENTS_DB:
            if apart <= until:
                return weight_db
    days = (posting.day - held.day).days if posting.dated else lag_days
    if days < 0:
        return _DAY_BEFORE_DB if days >= -EARLY_DAYS_MAX else _BEFORE_DB
    if slow:
        return _first(_SLOW_DB, days)
    return _first(_GAPS_DB if posting.dated else _LAGS_DB, days)


def _first(steps: tuple[tuple[int, int], ...], days: int) -> int:
    return next(weight_db for until, weight_db in steps if days <= until)
