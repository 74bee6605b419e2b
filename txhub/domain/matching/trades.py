"""What a merchant category code (ISO 18245) says about how authorised amounts change."""

from enum import StrEnum


class Trade(StrEnum):
    TIPPING = "tipping"  # posts up to a tip more
    FUEL = "fuel"  # authorises before it knows the amount
    STAY = "stay"  # authorises an estimate, weeks ahead
    FOOD = "food"  # is handed over whole
    OTHER = "other"
    UNKNOWN = "unknown"  # no code


_TIPPING = frozenset({"4121", "5811", "5812", "5813", "5814", "7230", "7297", "7298"})
_FUEL = frozenset({"5541", "5542", "5552"})
_STAY = frozenset({"4411", "7011", "7512", "7513", "7519"})
_FOOD = frozenset({"5411", "5422", "5441", "5451", "5462", "5499"})
_STAY_RANGES = (range(3351, 3442), range(3501, 3999))  # car hire firms, hotel chains


def trade_of(mcc: str | None) -> Trade:
    """The trade behind a code; `UNKNOWN` where there is none, or it is not a number."""
    if mcc is None or not mcc.isdecimal():
        return Trade.UNKNOWN
    if mcc in _TIPPING:
        return Trade.TIPPING
    if mcc in _FUEL:
        return Trade.FUEL
    if mcc in _STAY or any(int(mcc) in codes for codes in _STAY_RANGES):
        return Trade.STAY
    if mcc in _FOOD:
        return Trade.FOOD
    return Trade.OTHER
