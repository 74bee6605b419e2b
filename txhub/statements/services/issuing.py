"""Issuing what is due."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from aws.metrics import use_case
from kernel.clock import Clock, utc_now
from kernel.errors import Conflict, Unavailable
from txhub.domain.entities import AccountId
from txhub.statements.domain.balances import BalancesContradict
from txhub.statements.domain.drawing_up import draw_up
from txhub.statements.repository import SCHEDULE, Held
from txhub.statements.services.desk import Desk

_ATTEMPTS_MAX = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """`count`: the account's statements that are this source's, in this call or an earlier one.
    `held`: why the next one was not issued."""

    count: int
    held: Held | None = None


@use_case("statements.issue")
def issue_due(
    account_id: AccountId,
    through: date,
    *,
    source: str,
    before_write: Callable[[], None] = lambda: None,
    clock: Clock = utc_now,
) -> Issued:
    """Issues every statement of the account that closes on `through` at the latest and is not
    issued yet, the oldest first. Doing it again changes nothing.

    `before_write` is called before each is issued, and may raise to prevent it. Raises
    `AccountMissing`, or `Unavailable` where others keep issuing for the same account.
    """
    for _attempt in range(_ATTEMPTS_MAX):
        desk = Desk.open(account_id)
        try:
            held = _issue(desk, through, source, before_write, clock)
        except Conflict:
            continue  # somebody else has issued or corrected since we looked: look again
        count = sum(each.source == source for each in desk.versions)
        return Issued(count=count, held=held)
    raise Unavailable("others keep issuing statements of the same account", retry_after_s=1)


def _issue(
    desk: Desk, through: date, source: str, before_write: Callable[[], None], clock: Clock
) -> Held | None:
    for period, transactions in desk.due(through):
        try:
            statement = draw_up(desk.account, period, transactions, desk.closings)
        except BalancesContradict as fault:
            held = Held(month=period.month, reason=fault.message, day=fault.day)
            SCHEDULE.hold(desk.scheduled, held)
            return held
        before_write()
        desk.issue(statement, source=source, now=clock())
    return None
