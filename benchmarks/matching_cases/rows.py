"""What is authorised and what is cleared, as the card scheme tells the issuer."""

from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from benchmarks.matching_cases.town import Shop


class Tells(StrEnum):
    """What an account's clearings say of the purchase's time."""

    NOTHING = "nothing"  # but the day it is booked
    DAY = "day"
    MOMENT = "moment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorisation:
    """Amounts are of money spent. `abroad`: minor units and currency at the merchant's."""

    key: str
    shop: Shop
    minor: int
    at: datetime
    name: str
    mcc: str
    country: str
    code: str
    abroad: tuple[int, str] | None
    until: date  # the last day it is held


@dataclass(frozen=True, slots=True, kw_only=True)
class Clearing:
    key: str
    minor: int
    booked: date
    bought: date | datetime | None
    name: str
    mcc: str | None
    country: str
    code: str | None
    abroad: tuple[int, str] | None
    authorised: int | None
    final: bool = False  # the acquirer says that nothing more of the authorisation will come


def look_of_authorisation(each: Authorisation) -> Hashable:
    """All but the code and the time of day, which few clearings repeat."""
    return each.shop, each.minor, each.at.date(), each.abroad


def look_of_clearing(each: Clearing) -> Hashable:
    """All that it says."""
    return replace(each, key="")
