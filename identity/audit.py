"""The audit log: who did what to what, append-only and hash-chained (docs/adr/0006-audit-chain.md).

What is acted upon in DynamoDB is acted upon together with its entry. Otherwise record first and
act after: an act that then fails has left a harmless entry, while the other way round a crash
leaves an act that nobody can see.
"""

import time
from collections.abc import Sequence
from typing import Any

from aws.dynamodb import Item
from aws.dynamodb.transactions import Action
from aws.vault import Place, vault
from identity import seals
from identity.chain import AuditEntry, ChainReport, Fault, Head, Walk
from identity.repository import (
    BLOCK_ENTRIES,
    AuditLogBroken,
    AuditRepository,
    Outrun,
    entry_from_item,
    entry_key,
)
from kernel.clock import Clock, utc_now
from kernel.errors import Conflict, Unavailable
from kernel.retry import GiveUp, RetryPolicy

_KIND = "audit"
# Everybody appends to one chain: whoever loses the race for its end tries again at once.
_RACE = RetryPolicy(base_s=0.01, delay_s_max=0.25, attempts_max=40)
_log = AuditRepository()


def record(
    *,
    actor: str,
    action: str,
    subject: str,
    detail: dict[str, Any] | None = None,
    together: Sequence[Action] = (),
    clock: Clock = utc_now,
) -> AuditEntry:
    """Appends an entry and returns it once it is durable.

    `actor`: `staff:7`, `console`, `system`. `action`: such as `job.abandoned`. `subject`: what it
    was done to, such as `account:acc_…` or `job:12`. None of them holds personal data; `detail`
    (JSON) may, and is sealed. `together`: writes to DynamoDB that happen if and only if the entry
    does. Raises `Unavailable`: then do not act; and `Outrun` where a condition of `together` fails.
    """
    attempt = 0
    while True:
        attempt += 1
        try:
            return _append(actor, action, subject, detail, together, clock)
        except (Outrun, AuditLogBroken):
            raise
        except (Conflict, Unavailable) as error:
            _wait_or_give_up(error, attempt)


def detail_of(entry: AuditEntry) -> dict[str, Any]:
    """The detail, opened. Raises `Tampered`, or `KeyDestroyed` where its subject is forgotten."""
    if not entry.detail:
        return {}
    return seals.unseal(_KIND, entry.subject, entry.detail, _place(entry.sequence))


def entries_about(subject: str, *, limit: int = 100) -> list[AuditEntry]:
    """The newest entries about a subject, newest first; the last second's may be missing."""
    return _log.of_subject(subject, limit)


def latest(*, limit: int = 100, before: int | None = None) -> list[AuditEntry]:
    """The newest entries, or the newest of those before a sequence, newest first."""
    end = (_log.head().sequence + 1) if before is None else before
    keys = [entry_key(each) for each in range(max(1, end - limit), end)]
    entries = [entry_from_item(item) for item in _log.batch_get(keys, consistent=True)]
    return sorted(entries, key=lambda each: each.sequence, reverse=True)


def head() -> Head:
    """The chain's last entry: note it elsewhere, and `verify_chain` proves that nothing before it
    has been changed or cut off since."""
    return _log.head()


def verify_chain(noted: Head | None = None) -> ChainReport:
    """Reads the whole chain and finds every entry that was changed, removed or inserted.

    `noted`: a head that was written down earlier, which the chain must still contain.
    """
    end = _log.head()
    walk = Walk(key=_key(), noted=noted)
    # One block further than the chain goes: there nothing may be.
    for number in range(end.sequence // BLOCK_ENTRIES + 2):
        _verify_block(walk, number, end)
    return walk.report(end)


def _append(
    actor: str,
    action: str,
    subject: str,
    detail: dict[str, Any] | None,
    together: Sequence[Action],
    clock: Clock,
) -> AuditEntry:
    last = _log.head()
    sequence = last.sequence + 1
    sealed = seals.seal(_KIND, subject, detail, _place(sequence)) if detail else b""
    content = AuditEntry(
        sequence=sequence,
        at=clock(),
        actor=actor,
        action=action,
        subject=subject,
        detail=sealed,
        previous=last.digest,
    )
    entry = content.signed(_key())
    _log.append(entry, together)
    return entry


def _wait_or_give_up(error: Conflict | Unavailable, attempt: int) -> None:
    if isinstance(error, Unavailable) and error.retry_after_s > 0:
        raise error  # DynamoDB is away, which is no race
    lost = Unavailable("the audit log is busy", retry_after_s=0)
    decision = _RACE.decide(lost, attempt=attempt)
    if isinstance(decision, GiveUp):
        raise Unavailable("the audit log is busy") from error
    time.sleep(decision.seconds)


def _verify_block(walk: Walk, number: int, end: Head) -> None:
    stored = _log.block(number)
    first = max(1, number * BLOCK_ENTRIES)
    for sequence in range(first, min(end.sequence + 1, (number + 1) * BLOCK_ENTRIES)):
        walk.step(sequence, _parsed(walk, sequence, stored.pop(entry_key(sequence)[1], None)))
    # What was appended since we began is no intruder.
    newest = _log.head().sequence if stored else end.sequence
    for sort_key in stored:
        sequence = int(sort_key) if sort_key.isdigit() else 0
        is_new = end.sequence < sequence <= newest and entry_key(sequence)[1] == sort_key
        if not is_new:
            walk.found(sequence, Fault.INSERTED)


def _parsed(walk: Walk, sequence: int, item: Item | None) -> AuditEntry | None:
    try:
        return entry_from_item(item) if item else None
    except (KeyError, ValueError, TypeError):
        walk.found(sequence, Fault.CHANGED)
        return None


def _place(sequence: int) -> Place:
    return Place(table="audit", key="|".join(entry_key(sequence)), attribute="d")


def _key() -> bytes:
    return vault().id_key("audit")
