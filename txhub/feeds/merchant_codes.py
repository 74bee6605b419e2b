"""What a merchant category code (MCC, ISO 18245) says: a category to group by, and cash or not.

A small table of ranges, in words that a customer would use. A code outside it has no category.
"""

from bisect import bisect_right
from functools import lru_cache

from txhub.domain.entries import Kind

# first code, last code, category
_RANGES = (
    (3000, 3350, "Travel"),
    (3351, 3441, "Travel"),
    (3501, 3838, "Travel"),
    (4111, 4131, "Transport"),
    (4411, 4411, "Travel"),
    (4511, 4511, "Travel"),
    (4722, 4722, "Travel"),
    (4784, 4789, "Transport"),
    (4812, 4816, "Phone and internet"),
    (4899, 4899, "Entertainment"),
    (4900, 4900, "Household bills"),
    (5200, 5261, "Home and garden"),
    (5300, 5399, "Shopping"),
    (5411, 5411, "Groceries"),
    (5422, 5499, "Groceries"),
    (5541, 5542, "Fuel"),
    (5611, 5699, "Clothes"),
    (5712, 5722, "Home and garden"),
    (5732, 5735, "Electronics"),
    (5811, 5814, "Eating out"),
    (5815, 5818, "Entertainment"),
    (5912, 5912, "Health"),
    (5921, 5921, "Groceries"),
    (5931, 5999, "Shopping"),
    (6010, 6011, "Cash"),
    (6300, 6300, "Insurance"),
    (7011, 7011, "Travel"),
    (7230, 7298, "Personal care"),
    (7512, 7523, "Transport"),
    (7832, 7841, "Entertainment"),
    (7922, 7999, "Entertainment"),
    (8011, 8099, "Health"),
    (8211, 8299, "Education"),
    (8398, 8398, "Giving"),
)
_FIRSTS = [first for first, _, _ in _RANGES]
_CASH = frozenset({"6010", "6011"})


@lru_cache(maxsize=10_000)
def category_of(mcc: str) -> str | None:
    """`5411` is Groceries; None for a code that the table does not have. `mcc`: four digits."""
    place = bisect_right(_FIRSTS, int(mcc)) - 1
    if place >= 0 and int(mcc) <= _RANGES[place][1]:
        return _RANGES[place][2]
    return None


def kind_of(mcc: str | None, *, incoming: bool) -> Kind:
    """What a record with this code is: cards have codes, other payments do not."""
    if mcc is None:
        return Kind.PAYMENT
    if mcc in _CASH:
        return Kind.CASH
    return Kind.REFUND if incoming else Kind.CARD
