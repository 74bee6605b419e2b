""" "I don't recognise this": opened by a customer, withdrawn by them or answered by the bank."""

from django.contrib.auth.models import User

from aws.metrics import use_case
from identity import audit
from identity.repository import Outrun
from identity.staff import Role, actor_of, check_role
from kernel.clock import Clock, utc_now
from txhub.domain.disputes import Dispute, DisputeMoved, DisputeStatus
from txhub.domain.entities import CustomerId, Transaction
from txhub.repository import DISPUTE_REPOSITORY, DisputeMissing


@use_case("disputes.open")
def open_dispute(
    disputed: Transaction, by: CustomerId, *, note: str = "", clock: Clock = utc_now
) -> Dispute:
    """The transaction's open dispute; asked for again, the one that is open already."""
    known = DISPUTE_REPOSITORY.find(disputed.account_id, disputed.transaction_id)
    if known and known.status is DisputeStatus.OPEN:
        return known
    if known:
        opened = known.opened_again(note, by, clock())
    else:
        opened = Dispute(
            account_id=disputed.account_id,
            transaction_id=disputed.transaction_id,
            opened_by=by,
            opened_at=clock(),
            note=note,
        )
    try:
        DISPUTE_REPOSITORY.save(opened)
    except DisputeMoved as moved:
        if moved.stored and moved.stored.status is DisputeStatus.OPEN:
            return moved.stored  # type: ignore[no-any-return]  # pressed twice at once
        raise
    return opened


@use_case("disputes.withdraw")
def withdraw_dispute(disputed: Transaction, *, clock: Clock = utc_now) -> Dispute:
    """The customer knows the transaction after all. Raises `DisputeMissing`, `DisputeMoved`."""
    withdrawn = _of(disputed.account_id, disputed.transaction_id).withdrawn(clock())
    DISPUTE_REPOSITORY.save(withdrawn)
    return withdrawn


@use_case("disputes.answer")
def answer_dispute(
    account_id: str, transaction_id: str, answer: str, by: User, *, clock: Clock = utc_now
) -> Dispute:
    """The bank's answer, which the customer reads on the transaction's page.

    Raises `RoleMissing` for anybody but an operator, `DisputeMissing`, `DisputeMoved`.
    """
    check_role(by, Role.OPERATOR)
    known = _of(account_id, transaction_id)
    answered = known.answered(answer, actor_of(by), clock())
    try:
        audit.record(
            actor=actor_of(by),
            action="dispute.answered",
            subject=f"account:{account_id}",
            detail={"transaction": transaction_id, "answer": answer},
            together=[DISPUTE_REPOSITORY.saved(answered)],
            clock=clock,
        )
    except Outrun as lost:
        raise DisputeMoved from lost
    return answered


def _of(account_id: str, transaction_id: str) -> Dispute:
    found = DISPUTE_REPOSITORY.find(account_id, transaction_id)
    if found is None:
        raise DisputeMissing
    return found
