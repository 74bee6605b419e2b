"""What a merchant category code (ISO 18245) says of how a merchant sells."""

_SUBSCRIPTIONS = frozenset(
    (
        "4814", "4816", "4899", "5192", "5815", "5816", "5817", "5818", "5968", "5994", "7273",
        "7372", "7375", "7841", "7997", "8299", "8699",
    )
)  # fmt: skip
# Fares, tolls, parking, vending machines: small sums, many a day.
_SMALL_CHANGE = frozenset(
    ("4111", "4112", "4121", "4131", "4784", "5441", "5462", "5499", "5814", "5816", "7523", "7994")
)


def sells_by_subscription(mcc: str) -> bool:
    """Whether it is usual there to charge regularly; also where nothing is known."""
    return not mcc or mcc in _SUBSCRIPTIONS


def is_subscription(mcc: str) -> bool:
    """Whether it is known to be usual there."""
    return mcc in _SUBSCRIPTIONS


def takes_small_change(mcc: str) -> bool:
    return mcc in _SMALL_CHANGE
