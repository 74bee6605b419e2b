"""Writing to quiet accounts: no messages are stored in them, but files, one after the other."""

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import TypeVar

from aws.dynamodb import transact
from aws.dynamodb.transactions import ACTIONS_MAX, Action
from txhub.repository import ACCOUNT_REPOSITORY, REGISTER, TRANSACTION_REPOSITORY
from txhub.services.ledgers import Ledger
from txhub.services.packing import packed, units_of_matches

# New transactions between two questions to the caller whether it may still write.
_WRITE_GROUP = 500
_T = TypeVar("_T")


def write_quiet(ledgers: Sequence[Ledger], before_write: Callable[[], None]) -> None:
    """In batches, many accounts at once. Raises `Conflict` where somebody else has written to one
    of them since it was read; what was written by then stays, and is recognised.
    """
    for actions in packed(map(_filing, ledgers), ACTIONS_MAX):
        if actions:
            before_write()
            transact(actions)
    for new in _groups((each for ledger in ledgers for each in ledger.new), _WRITE_GROUP):
        before_write()
        TRANSACTION_REPOSITORY.write_new(new)
    for rest in _groups((each for ledger in ledgers for each in ledger.contested), ACTIONS_MAX):
        before_write()
        transact([TRANSACTION_REPOSITORY.adding(each) for each in rest])
    for matches in packed(
        (unit for ledger in ledgers for unit in units_of_matches(ledger)), ACTIONS_MAX
    ):
        if matches:
            before_write()
            transact(matches)
    for ledger in ledgers:
        _write_changes(ledger, before_write)
        REGISTER.tidy(ledger.registered)


def _filing(ledger: Ledger) -> list[Action]:
    """Where readers and later writers will look, before anything is there. All or nothing: two
    writers never cut one year differently, nor file one id twice."""
    return [*ledger.openings, *ledger.listings, *ledger.reservation]


def _write_changes(ledger: Ledger, before_write: Callable[[], None]) -> None:
    for before, after in ledger.changes:
        before_write()
        TRANSACTION_REPOSITORY.replace(before, after)
    for key, reversal in ledger.links:
        before_write()
        TRANSACTION_REPOSITORY.link(key, reversal)
    if ledger.closing:
        ACCOUNT_REPOSITORY.set_balances(ledger.account.account_id, ledger.closing)


def _groups(values: Iterable[_T], size: int) -> Iterable[list[_T]]:
    remaining = iter(values)
    while group := list(islice(remaining, size)):
        yield group
