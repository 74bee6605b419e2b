"""What may be tuned. Read at call time, so that a test can set one."""

import os


def _days_by_name(text: str) -> dict[str, int]:
    pairs = (each.split("=") for each in text.split(",") if each)
    return {name.strip(): int(days) for name, days in pairs}


# How long a pending entry is held, in days, by kind of transaction; `stay`: hotels and hire cars,
# which authorise weeks ahead; `other`: every kind that is not named. What is named here replaces
# the days below.
HOLD_DAYS = {
    "card": 10,
    "stay": 31,
    "other": 7,
    **_days_by_name(os.environ.get("TXHUB_HOLD_DAYS", "")),
}
