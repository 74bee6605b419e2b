"""What becomes of a doubtful match: somebody confirms it, or two people undo it."""

from collections.abc import Iterator
from datetime import date

from django.contrib.auth.models import User

from aws.dynamodb import transact
from aws.dynamodb.transactions import Action
from aws.metrics import use_case
from identity import audit
from identity.repository import Outrun
from identity.staff import Role, actor_of, check_role
from kernel.clock import Clock, utc_now
from kernel.errors import Conflict, Unavailable
from txhub.domain.entities import Account, AccountId, Match, Transaction
from txhub.domain.entries import Status
from txhub.domain.fits import Fit
from txhub.domain.pairs import MatchMissing, SameId, confirmed, parted_pending, parted_posting
from txhub.repository import (
    ACCOUNT_REPOSITORY,
    PENDING_DIRECTORY,
    REGISTER,
    TRANSACTION_REPOSITORY,
    AccountMissing,
    StoredTransaction,
    keys_of,
)

_ATTEMPTS_MAX = 5


class MatchMoved(Conflict):
    """This match has changed meanwhile. Load it again."""

    code = "match_moved"


@use_case("matches.confirm")
def confirm_match(
    account_id: str, posting_id: str, by: User, *, clock: Clock = utc_now
) -> Transaction:
    """It is right, and marked no longer. Again changes nothing.

    Raises `RoleMissing` for anybody but an operator, `AccountMissing`, `MatchMissing`,
    `MatchMoved`.
    """
    check_role(by, Role.OPERATOR)
    posting = _posting(_account(account_id), posting_id)
    if not _match_of(posting).doubtful:
        return posting.transaction
    after = posting.next_version(confirmed(posting.transaction))
    try:
        audit.record(
            actor=actor_of(by),
            action="match.confirmed",
            subject=f"account:{account_id}",
            detail={"posting": posting_id, "pending": _match_of(posting).other},
            together=TRANSACTION_REPOSITORY.replacing(posting, after),
            clock=clock,
        )
    except Outrun as lost:
        raise MatchMoved from lost
    return after.transaction


@use_case("matches.undo")
def undo_match(account_id: str, posting_id: str, *, decision: str, today: date) -> None:
    """Parts a posting from its pending transaction: that is pending again, unless its hold has
    ended by `today`, and the posting stands by itself. The two are not matched again.

    `decision` names what two people decided; doing it again changes nothing. Raises
    `AccountMissing`, `MatchMissing`, `SameId`, and `Unavailable` when others keep changing them.
    """
    for _attempt in range(_ATTEMPTS_MAX):
        account = _account(account_id)
        posting = _posting(account, posting_id)
        settles = posting.transaction.settles
        if settles is not None and settles.undone_by == decision:
            return
        try:
            transact(list(_parting(account, posting, _match_of(posting), decision, today)))
        except Conflict:
            continue  # somebody has changed one of them since we looked: look again
        return
    raise Unavailable("others keep changing the same transactions", retry_after_s=1)


def _parting(
    account: Account, posting: StoredTransaction, match: Match, decision: str, today: date
) -> Iterator[Action]:
    if match.fit is Fit.SAME_ID:
        raise SameId
    parted = posting.next_version(parted_posting(posting.transaction, decision))
    yield from TRANSACTION_REPOSITORY.replacing(posting, parted)
    pending = _find(account, match.other)
    if pending is None or pending.transaction.status is Status.POSTED:
        return  # taken away by a full memo file, or posted under its own id
    free = parted_pending(pending.transaction, posting.transaction.transaction_id, decision)
    after = pending.next_version(free)
    after = after.brought_back() if _is_held(after, today) else after.put_away()
    yield from TRANSACTION_REPOSITORY.replacing(pending, after)
    yield from ACCOUNT_REPOSITORY.openings(account, {after.volume})
    if after.is_open and after.feed and after.edition:
        yield PENDING_DIRECTORY.listing(after.feed, account.account_id, after.edition)


def _is_held(pending: StoredTransaction, today: date) -> bool:
    """Neither its time has run out, nor did its last capture come."""
    in_time = pending.expires_on is None or today <= pending.expires_on
    return in_time and pending.transaction.final_on is None


def _match_of(posting: StoredTransaction) -> Match:
    match = posting.transaction.was_pending
    if match is None:
        raise MatchMissing
    return match


def _account(account_id: str) -> Account:
    account = ACCOUNT_REPOSITORY.find(AccountId(account_id))
    if account is None:
        raise AccountMissing
    return account


def _posting(account: Account, posting_id: str) -> StoredTransaction:
    found = _find(account, posting_id)
    if found is None or found.transaction.status is not Status.POSTED:
        raise MatchMissing
    return found


def _find(account: Account, transaction_id: str) -> StoredTransaction | None:
    slots = REGISTER.slots_of(account.account_id, transaction_id)
    found = TRANSACTION_REPOSITORY.at(keys_of(account, transaction_id, slots))
    return next(iter(found.values()), None)
