"""Doing a thing once, though it is asked for twice: a claim with a lease, then a stored result.

    #  claim           lease_expires               record_expires
    #    |-- in progress --|-- may be taken over -- ... --|-- forgotten
    #    |------ finish ------ done: the result is given again --|-- forgotten

Whoever wins the conditional put holds the claim and its token. A holder that is too late loses on
the token, whatever it believes about its lease. Work under a claim may run twice (the holder died
after its effects), so its effects must be safe to repeat, or go into one transaction with
`finishing`.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from aws.dynamodb import Attr, Change, ConditionBase, Item, Repository, Update
from aws.resources import Table
from aws.vault import Place, vault
from kernel.clock import Clock, epoch_s, utc_now
from kernel.errors import Conflict, Refused
from kernel.ids import keyed_digest, keyed_id

LEASE_S = 60
KEEP_S = 24 * 3600


class State(StrEnum):
    """Where a record stands; `p` and `d` in the table."""

    IN_PROGRESS = "p"  # somebody holds, or held, the claim
    DONE = "d"  # the result is there


class InProgress(Conflict):
    """The same request is being worked on; ask again when its lease has run out."""

    code = "in_progress"
    http_status: ClassVar[int] = 409

    def __init__(self, message: str = "", *, retry_after_s: int = 1) -> None:
        text = f"the same request is being worked on; ask again in {retry_after_s} s"
        super().__init__(message or text)
        self.retry_after_s = retry_after_s


class ClaimLost(Conflict):
    """The lease ran out and somebody else has taken the work over; what we did must not count."""

    code = "claim_lost"
    http_status: ClassVar[int] = 409


class PayloadMismatch(Refused):
    """This idempotency key was used before, for another request."""

    code = "idempotency_key_reused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What is to be done once.

    `scope` names the use-case, `owner` who asks (two callers may choose the same key), `key` is
    the caller's, `payload` what must be the same when the key comes again. None of the last three
    is stored or logged as it is. `subject`: under whose vault key the result is sealed; None only
    where the result holds nothing personal.
    """

    scope: str
    owner: str = field(repr=False)
    key: str = field(repr=False)
    payload: bytes = field(repr=False)
    subject: str | None
    lease_s: int = LEASE_S
    keep_s: int = KEEP_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The right to do the work, until somebody takes it over."""

    operation: Operation
    record_id: str
    token: str


@dataclass(frozen=True, slots=True)
class Done:
    """It has been done before, with this result."""

    result: bytes = field(repr=False)


class Records(Repository):
    """`s` state, `d` payload's digest, `t` token, `l` lease_expires and `e` record_expires in epoch
    seconds, `r` result."""

    table = Table(
        name="idempotency",
        purpose="What was asked for under an idempotency key, and what came of it; kept for a day.",
        sort_key=None,
        ttl_attribute="e",
        backed_up=False,
    )


_records = Records()


def claim(operation: Operation, *, clock: Clock = utc_now) -> Claim | Done:
    """The claim, for the one who is first or comes after a lease ran out; else the result.

    Raises `InProgress`, or `PayloadMismatch` where the key stands for another payload.
    """
    digest = keyed_digest(_key(), operation.payload.hex())
    mine = Claim(operation=operation, record_id=_record_id(operation), token=secrets.token_hex(8))
    now = epoch_s(clock())
    never_seen = Attr("pk").not_exists()
    forgotten = Attr("e").lt(now)  # TTL deletes days late, so we decide, not TTL
    same_payload = Attr("d").eq(digest)
    abandoned = Attr("s").eq(State.IN_PROGRESS.value) & Attr("l").lt(now) & same_payload
    try:
        _records.put(_claimed(mine, digest, now), condition=never_seen | forgotten | abandoned)
    except Conflict as conflict:
        return _loser(mine, digest, conflict.stored, now)
    return mine


def renew(claim: Claim, *, clock: Clock = utc_now) -> None:
    """A new lease from now on, for work that takes long. Raises `ClaimLost`."""
    now = epoch_s(clock())
    operation = claim.operation
    expiries = {"l": now + operation.lease_s, "e": now + operation.lease_s + operation.keep_s}
    _change(claim, Update(set=expiries))


def finish(claim: Claim, result: bytes, *, clock: Clock = utc_now) -> None:
    """Stores the result for whoever asks again. Raises `ClaimLost`; our result then does not count.

    Finishing again, as a retried call does, changes nothing.
    """
    _change(claim, _finished(claim, result, clock()))


def finishing(claim: Claim, result: bytes, *, clock: Clock = utc_now) -> Change:
    """`finish` as an action for `transact`: effects and result are written together, or neither."""
    update = _finished(claim, result, clock())
    return Change(_records, claim.record_id, None, update, _is_mine(claim))


def release(claim: Claim) -> None:
    """Gives the claim back, for work that failed and left nothing: the next may try at once."""
    in_progress = Attr("s").eq(State.IN_PROGRESS.value)
    try:
        _records.delete(claim.record_id, condition=_is_mine(claim) & in_progress)
    except Conflict:
        return  # taken over, or gone: nothing of ours is left to give back


def once(operation: Operation, work: Callable[[], bytes], *, clock: Clock = utc_now) -> bytes:
    """The result of `work`, done now or before. Where it fails, the claim is given back."""
    claimed = claim(operation, clock=clock)
    if isinstance(claimed, Done):
        return claimed.result
    try:
        result = work()
    except BaseException:
        release(claimed)
        raise
    finish(claimed, result, clock=clock)
    return result


def _loser(mine: Claim, digest: bytes, stored: Item | None, now: int) -> Claim | Done:
    """What the stored record means for the one who did not win the put."""
    if stored is None:  # given back between our put and its answer
        raise InProgress(retry_after_s=1)
    if stored["t"] == mine.token:
        return mine  # our own put, sent twice because its first answer was lost
    if stored["d"] != digest:
        raise PayloadMismatch
    if stored["s"] == State.DONE:
        return Done(_opened(mine, stored["r"]))
    raise InProgress(retry_after_s=max(1, stored["l"] - now + 1))


def _claimed(claim: Claim, digest: bytes, now: int) -> Item:
    lease_expires = now + claim.operation.lease_s
    return {
        "pk": claim.record_id,
        "s": State.IN_PROGRESS.value,
        "d": digest,
        "t": claim.token,
        "l": lease_expires,
        "e": lease_expires + claim.operation.keep_s,
    }


def _finished(claim: Claim, result: bytes, now: datetime) -> Update:
    return Update(
        set={
            "s": State.DONE.value,
            "r": _sealed(claim, result),
            "e": epoch_s(now) + claim.operation.keep_s,
        }
    )


def _change(claim: Claim, update: Update) -> None:
    try:
        _records.update(claim.record_id, None, update, condition=_is_mine(claim))
    except Conflict as conflict:
        raise ClaimLost from conflict


def _is_mine(claim: Claim) -> ConditionBase:
    """Nobody has taken it over. Their put brings another token, so also a missing record fails."""
    return Attr("t").eq(claim.token)


def _sealed(claim: Claim, result: bytes) -> bytes:
    subject = claim.operation.subject
    return vault().seal(subject, result, _place(claim)) if subject else result


def _opened(claim: Claim, stored: bytes) -> bytes:
    subject = claim.operation.subject
    return vault().open(subject, stored, _place(claim)) if subject else stored


def _place(claim: Claim) -> Place:
    return Place(table=Records.table.name, key=claim.record_id, attribute="r")


def _record_id(operation: Operation) -> str:
    return keyed_id("idem", _key(), operation.scope, operation.owner, operation.key)


def _key() -> bytes:
    return vault().id_key("idempotency")
