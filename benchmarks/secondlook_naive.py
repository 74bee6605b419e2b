"""What one would write first: each kind of alert in one line, over the raw transactions."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from txhub.public import Transaction

_DAYS = timedelta(days=1)


def naive(
    told: Sequence[Transaction], threshold: int, low: int
) -> Iterator[tuple[str, Transaction]]:
    """Kinds, and what they are about. `told`: in order, each as it was posted in the end."""
    for place, each in enumerate(told):
        before, minor = told[:place], each.amount.minor
        text = each.merchant.name or each.description
        same = [one for one in before if (one.merchant.name or one.description) == text]
        last = same[-1] if same else None
        spent, paid_before = -minor, -last.amount.minor if last else 0
        apart = each.occurred_on - last.occurred_on if last else _DAYS * 999
        held = each.authorised_amount.minor if each.authorised_amount else minor
        if last and spent > 0 and spent == paid_before and apart <= _DAYS:
            yield "duplicate_charge", each
        if held < 0 and spent > -held * 1.2:
            yield "generous_tip", each
        if last and paid_before > 0 and spent > paid_before and 27 * _DAYS < apart < 33 * _DAYS:
            yield "price_increase", each
        if last and 0 <= paid_before <= 100 < spent:
            yield "trial_ended", each
        if spent >= threshold:
            yield "large_purchase", each
        if minor > 0:
            yield "refund_arrived", each
        if each.merchant.country and each.merchant.country not in {
            one.merchant.country for one in before
        }:
            yield "first_in_country", each
        if last and spent > 0 and spent == paid_before and 27 * _DAYS < apart < 33 * _DAYS:
            yield "new_subscription", each
        if last and paid_before > 0 and spent > paid_before * 1.2 and apart > 20 * _DAYS:
            yield "bill_higher", each
        if sum(0 < -one.amount.minor <= 300 for one in [each, *before[-2:]]) == 3:
            yield "small_charges", each
        if "FEE" in text.upper() and spent > 0:
            yield "fee_charged", each
        if each.balance and each.balance.minor < low:
            yield "balance_low", each
