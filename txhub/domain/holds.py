"""How long a pending entry is held, where nothing posts it."""

from collections.abc import Mapping
from datetime import date, timedelta

from txhub.domain.entries import Entry
from txhub.domain.matching.trades import Trade, trade_of

# What stands in the setting beside the kinds of transactions.
STAY, OTHER = "stay", "other"


def held_until(entry: Entry, hold_days: Mapping[str, int]) -> date:
    """The last day of a pending entry's hold. `hold_days`: by kind, for hotels and hire cars
    (`STAY`), and for all kinds that are not named (`OTHER`)."""
    is_stay = trade_of(entry.mcc) is Trade.STAY
    days = hold_days[STAY] if is_stay else hold_days.get(entry.kind, hold_days[OTHER])
    return entry.occurred_on + timedelta(days=days)
