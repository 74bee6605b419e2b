"""Writing to live accounts: those that messages are stored in, by any number of listeners.

An id may lie under several keys (pending, or on another booking day), so a condition on one key
does not keep two writers from storing it twice. The account does: whatever is written to a live
account is one transaction with an advance of its version, which fails where anybody else has
written to it since it was read. Then all is looked at again.
"""

from collections.abc import Callable, Iterator

from aws.dynamodb import transact
from aws.dynamodb.transactions import ACTIONS_MAX, Action
from txhub.domain.entities import TransactionId
from txhub.repository import (
    ACCOUNT_REPOSITORY,
    REGISTER,
    TRANSACTION_REPOSITORY,
    TransactionKey,
)
from txhub.services.ledgers import Ledger
from txhub.services.packing import packed, units_of_matches

# Beside the account and its register.
_WRITES_MAX = ACTIONS_MAX - 2


def write_live(ledger: Ledger, before_write: Callable[[], None]) -> None:
    """Raises `Conflict` where somebody else was faster; what was written by then stays, and is
    recognised. More than one transaction is needed only for a file that is large for an account.
    """
    if ledger.listings:
        before_write()
        transact(ledger.listings)
    slices = list(packed(_units(ledger), _WRITES_MAX))
    for step, actions in enumerate(slices):
        before_write()
        transact([*_guard(ledger, step, len(slices)), *actions])
    REGISTER.tidy(ledger.registered)


def _guard(ledger: Ledger, step: int, steps: int) -> list[Action]:
    """Directory and register come first, the balances after the last entry."""
    first, last = step == 0, step == steps - 1
    advance = ACCOUNT_REPOSITORY.advance(
        ledger.account,
        step,
        volumes=ledger.new_volumes if first else frozenset(),
        sequence=ledger.sequence,
        balances=ledger.closing if last else None,
    )
    return [advance, *(ledger.reservation if first else [])]


def _units(ledger: Ledger) -> Iterator[list[Action]]:
    """What must not be parted."""
    for new in [*ledger.new, *ledger.contested]:
        yield [TRANSACTION_REPOSITORY.adding(new)]
    yield from units_of_matches(ledger)
    for before, after in ledger.changes:
        yield TRANSACTION_REPOSITORY.replacing(before, after)
    linked: dict[TransactionKey, list[TransactionId]] = {}
    for key, other in ledger.links:
        linked.setdefault(key, []).append(other)
    for key, others in linked.items():
        yield [TRANSACTION_REPOSITORY.linking(key, others)]
