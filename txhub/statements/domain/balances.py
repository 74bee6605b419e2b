"""Do the core's running balances agree with a statement's opening and closing balance?

Each transaction leads from one balance to another. Together they must be one way from the opening
to the closing balance, which can be told from the balances alone, whatever the order within a day,
and wherever in it a late one was processed:

    opening 100    100 > 90    85 > 80    90 > 85    closing 80

If the closing balance is thought to lead back to the opening one, the way is a ring: each balance
is left as often as it is come to, and all of it hangs together. Where that is not so, a transaction
is missing, or a balance is wrong.

Some cores send a balance now and then, such as with a day's last transaction. Then each must be
what the transactions up to it add up to, in their order.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby

from kernel.errors import Refused
from txhub.domain.entities import Transaction

Step = tuple[int, int]  # from a balance to another, in minor units


class BalancesContradict(Refused):
    """The core's running balances do not lead from the opening to the closing balance.

    `day`: the booking day on which to look first.
    """

    code = "balances_contradict"

    def __init__(self, day: date) -> None:
        super().__init__()
        self.day = day


def opening_of(transactions: Sequence[Transaction]) -> int | None:
    """The balance before the first of them (in booking order, one currency) in minor units; None
    where none of them carries a balance."""
    steps = _steps(transactions)
    begins = Counter(left for left, _come_to in steps) - Counter(
        come_to for _left, come_to in steps
    )
    if begins.total() == 1 and len(steps) == len(transactions):
        return next(iter(begins))
    moved = 0
    for each in transactions:
        if each.balance:
            return _step(each, each.balance.minor)[0] - moved
        moved += each.amount.minor
    return None


def check_balances(opening: int, transactions: Sequence[Transaction], first_day: date) -> None:
    """Raises `BalancesContradict`. `transactions`: as for `opening_of`; those booked before
    `first_day` are late."""
    steps = _steps(transactions)
    if len(steps) < len(transactions):
        _check_in_order(opening, transactions, first_day)
        return
    closing = opening + sum(each.amount.minor for each in transactions)
    ring = [(closing, opening), *steps]
    if _begins(ring) or len(_connected(ring)) > 1:
        raise BalancesContradict(_first_break(opening, transactions))


def _check_in_order(opening: int, transactions: Iterable[Transaction], first_day: date) -> None:
    balance = opening
    for each in transactions:
        balance += each.amount.minor
        # The balance of a late one is of the time when it was processed, and not of its place here.
        if each.balance and each.booked_day >= first_day and each.balance.minor != balance:
            raise BalancesContradict(each.booked_day)


def _begins(steps: Sequence[Step]) -> Counter[int]:
    """The balances that are left more often than they are come to."""
    return Counter(left for left, _ in steps) - Counter(come_to for _, come_to in steps)


def _connected(steps: Iterable[Step]) -> list[set[int]]:
    """The balances that hang together by some steps."""
    group_of: dict[int, set[int]] = {}
    for left, come_to in steps:
        small, large = sorted(
            (group_of.get(left, {left}), group_of.get(come_to, {come_to})), key=len
        )
        large |= small
        group_of |= dict.fromkeys(small | {left, come_to}, large)
    return list({id(group): group for group in group_of.values()}.values())


def _first_break(opening: int, transactions: Sequence[Transaction]) -> date:
    """The first day with a transaction that goes on from no balance seen until then."""
    seen = {opening}
    for day, booked in groupby(transactions, key=_booked_day):
        steps = _steps(list(booked))
        seen.update(come_to for _left, come_to in steps)
        if any(left not in seen for left, _come_to in steps):
            return day
    return transactions[-1].booked_day


def _booked_day(transaction: Transaction) -> date:
    return transaction.booked_day


def _steps(transactions: Sequence[Transaction]) -> list[Step]:
    """Of those that carry a balance."""
    return [_step(each, each.balance.minor) for each in transactions if each.balance]


def _step(transaction: Transaction, balance: int) -> Step:
    return balance - transaction.amount.minor, balance
