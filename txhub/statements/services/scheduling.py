"""Which accounts get statements, and when."""

from collections.abc import Iterable, Iterator
from datetime import date

from aws.metrics import use_case
from kernel.clock import Clock, utc_now
from kernel.errors import Conflict
from txhub.domain.entities import AccountId
from txhub.repository import AccountMissing
from txhub.statements.domain.months import checked_cycle_day
from txhub.statements.repository import SCHEDULE


def enrol(account_ids: Iterable[AccountId], *, clock: Clock = utc_now) -> None:
    """Puts accounts on the schedule; again changes nothing."""
    SCHEDULE.enrol(account_ids, clock().date())


@use_case("statements.schedule")
def set_cycle_day(account_id: AccountId, cycle_day: int | None) -> None:
    """The day of the month that the account's statements close on, from the next one on; None: the
    month's last. Raises `BadCycleDay`, `AccountMissing`."""
    try:
        SCHEDULE.set_cycle_day(account_id, checked_cycle_day(cycle_day))
    except Conflict:
        raise AccountMissing from None


def due_accounts(through: date) -> Iterator[AccountId]:
    """The accounts that may have a statement to be issued, closing on `through` at the latest."""
    for scheduled in SCHEDULE.all():
        following = scheduled.next_period
        if following is None or following.closing <= through:
            yield scheduled.account_id
