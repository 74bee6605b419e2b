"""Pending entries whose hold has ended, and that nothing has posted: they are shown no longer."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice

from aws.dynamodb import transact
from aws.metrics import use_case
from kernel.errors import Conflict
from txhub.domain.entities import Account
from txhub.repository import (
    ACCOUNT_REPOSITORY,
    TRANSACTION_REPOSITORY,
    WORKLIST,
    Due,
    StoredTransaction,
)

_TOGETHER = 100


@use_case("pending.expire")
def expire_pending(today: date) -> int:
    """Puts away what was held until before `today`, in all accounts; how many there were.

    It is kept: its id must stay known, or a memo file that comes again would bring it back. May be
    repeated, and run by several at once.
    """
    due = WORKLIST.expired(today)
    return sum(_put_away(group, today) for group in _groups(due))


def _groups(due: Iterator[Due]) -> Iterator[list[Due]]:
    while group := list(islice(due, _TOGETHER)):
        yield group


def _put_away(group: Sequence[Due], today: date) -> int:
    stored = TRANSACTION_REPOSITORY.at([each.key for each in group]).values()
    expired = [each for each in stored if each.expires_on and each.expires_on < today]
    accounts = ACCOUNT_REPOSITORY.find_many(each.transaction.account_id for each in expired)
    return sum(_put_away_one(accounts[each.transaction.account_id], each) for each in expired)


def _put_away_one(account: Account, before: StoredTransaction) -> bool:
    after = before.next_version(before.transaction).put_away()
    try:
        transact(
            [
                *TRANSACTION_REPOSITORY.replacing(before, after),
                *ACCOUNT_REPOSITORY.openings(account, {after.volume}),
            ]
        )
    except Conflict:
        return False  # somebody has posted or changed it since we looked; the next run looks again
    return True
