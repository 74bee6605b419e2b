"""Correcting a statement: a new version of it, and of the later ones that this changes."""

from collections.abc import Iterator

from aws.metrics import use_case
from kernel.clock import Clock, utc_now
from kernel.errors import Conflict, Refused, Unavailable
from txhub.domain.entities import AccountId, Transaction
from txhub.repository import register_digest
from txhub.statements.domain.drawing_up import draw_up, restated
from txhub.statements.domain.months import Month
from txhub.statements.domain.statement import Closings, Statement
from txhub.statements.repository import StatementMissing, StatementVersion, booked, booked_on
from txhub.statements.services.desk import Desk, digests_of

_ATTEMPTS_MAX = 5


class NothingToCorrect(Refused):
    """The statement says what is stored already."""

    code = "nothing_to_correct"


@use_case("statements.correct")
def correct(account_id: AccountId, month: Month, *, source: str, clock: Clock = utc_now) -> None:
    """States the month anew, from what is stored now; or issues it, where it is held.

    It takes in what is booked in its period and stands on later statements, or on none. Old
    versions stay. The core's balances are not asked: two people have decided. `source` names their
    decision; doing it again changes nothing. Raises `AccountMissing`, `StatementMissing`,
    `NothingToCorrect`, `TooManyStatements`, `Unavailable`.
    """
    for _attempt in range(_ATTEMPTS_MAX):
        desk = Desk.open(account_id)
        if any(each.source == source for each in desk.versions):
            return
        try:
            _correct(desk, month, source, clock)
        except Conflict:
            continue  # a statement was issued or corrected since we looked: look again
        return
    raise Unavailable("others keep issuing statements of the same account", retry_after_s=1)


def _correct(desk: Desk, month: Month, source: str, clock: Clock) -> None:
    held = desk.scheduled.held
    if held is not None and held.month == month:
        _issue_held(desk, source, clock)
        return
    if month not in desk.current:
        raise StatementMissing
    corrected = _stated_anew(desk, month)
    changed = [corrected, *_changed_successors(desk, corrected)]
    stated = {each.month: digests_of(each) for each in changed}
    desk.commit(desk.scheduled.corrected(), changed, stated, source, clock())


def _issue_held(desk: Desk, source: str, clock: Clock) -> None:
    for period, transactions in desk.due(desk.next_period.closing):
        statement = draw_up(desk.account, period, transactions, desk.closings, checked=False)
        desk.issue(statement, source=source, now=clock())


def _stated_anew(desk: Desk, month: Month) -> Statement:
    old = desk.read(month)
    anew = draw_up(
        desk.account,
        old.period,
        _of_the_period(desk, old),
        {each.currency: each.opening for each in old.sums if each.opening},
        version=old.version + 1,
        checked=False,
    )
    if (anew.sums, anew.lines) == (old.sums, old.lines):
        raise NothingToCorrect
    return anew


def _of_the_period(desk: Desk, old: Statement) -> Iterator[Transaction]:
    """What is booked in its period, and not on an earlier statement; and what came late to it."""
    earlier = frozenset[bytes]().union(
        *(held for month, held in desk.stated.items() if month < old.month)
    )
    late = {each.transaction_id: each.posted_on for each in old.lines if each.late}
    for each in booked_on(desk.account, set(late.values())):
        if each.transaction_id in late:
            yield each
    for each in booked(desk.account, old.period.first_day, old.period.closing):
        if register_digest(each.transaction_id) not in earlier:
            yield each


def _changed_successors(desk: Desk, corrected: Statement) -> Iterator[Statement]:
    """The later statements that open with another balance, or lose lines to the corrected one."""
    taken, closings = digests_of(corrected), corrected.closings
    for month, version in desk.current.items():
        if month <= corrected.month:
            continue
        loses_lines = not taken.isdisjoint(desk.stated.get(month, ()))
        if not loses_lines and _opens_with(version, closings):
            closings = version.closings
            continue
        successor = restated(
            desk.read(month),
            version=version.version + 1,
            without=frozenset(each.transaction_id for each in corrected.lines),
            before=closings,
        )
        closings = successor.closings
        yield successor


def _opens_with(version: StatementVersion, closings: Closings) -> bool:
    known = (each for each in version.sums if each.opening)
    return all(closings.get(each.currency, each.opening) == each.opening for each in known)
