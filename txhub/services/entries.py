"""Storing entries: what batch chunks and real-time messages end in.

    look    what is already there: accounts, registers, and the transactions that they name
    judge   each entry against what is held under its id (`txhub.domain.storing`, pure)
    match   what is posted with what is pending (`txhub.services.matching`)
    write   directories and registers first, then the transactions; so a reader never misses a
            volume, and whoever takes over a half-written group finds every id that may have been
            written, and writes it to the same key

A register is written only where nobody has written it since the look, and changes are conditional
on the version that was read. An account that messages are stored in is written to by several at
once (`txhub.services.live`), any other by one at a time (`txhub.services.quiet`). Doing all of it
again changes nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from aws.metrics import use_case
from kernel.errors import Conflict, Unavailable
from txhub.domain.entities import Balances, Transaction, TransactionId
from txhub.domain.entries import Entry, SourcedEntry, Status
from txhub.domain.holds import held_until
from txhub.domain.pairs import posted_itself
from txhub.domain.slots import filing_of
from txhub.domain.storing import Held, Outcome, Stored, Verdict, judge
from txhub.repository import StoredTransaction, TransactionKey
from txhub.services import conf
from txhub.services.conversion import transaction_of
from txhub.services.ledgers import Ledger, look_up, open_ledgers
from txhub.services.live import write_live
from txhub.services.matching import settle
from txhub.services.quiet import write_quiet

# More in one call could make an account's register larger than DynamoDB takes an item.
ENTRIES_MAX = 10_000
_ATTEMPTS_MAX = 5
# Such entries are part of what is stored.
_STANDING = {Outcome.WRITTEN, Outcome.UPDATED, Outcome.MATCHED}


@use_case("entries.store")
def store_entries(
    entries: Sequence[SourcedEntry], *, before_write: Callable[[], None] = lambda: None
) -> list[Stored]:
    """Stores entries of any accounts, `ENTRIES_MAX` at the most; what became of each, in the order
    given. A day's postings are filed in the order of their balances where they come together.

    `before_write` is called right before each group of writes, and may raise to prevent it (a
    chunk's lease). Raises `AccountMissing` where an account is not known, `Unavailable` when
    DynamoDB is over its limits or others keep changing the same transactions; then some may be
    stored, and all must be given again.
    """
    if len(entries) > ENTRIES_MAX:
        raise ValueError(f"{len(entries)} entries in a call; {ENTRIES_MAX} at the most")
    stored: dict[int, Stored] = {}
    left = entries
    for _attempt in range(_ATTEMPTS_MAX):
        try:
            ledgers = open_ledgers(left)
        except Conflict:
            continue
        stored |= {id(each.sourced): each for ledger in ledgers for each in _judge_all(ledger)}
        # Somebody else may have changed some of them since we looked: look at those again.
        left = [sourced for lost in _write(ledgers, before_write) for sourced in lost.entries]
        if not left:
            return [stored[id(sourced)] for sourced in entries]
    raise Unavailable("others keep changing the same transactions", retry_after_s=1)


def _write(ledgers: Sequence[Ledger], before_write: Callable[[], None]) -> list[Ledger]:
    """Those that somebody else was faster with."""
    writing = [ledger for ledger in ledgers if ledger.has_writes]
    quiet = [ledger for ledger in writing if not ledger.is_live]
    lost: list[Ledger] = []
    try:
        write_quiet(quiet, before_write)
    except Conflict:
        lost += quiet
    for ledger in writing:
        if ledger.is_live:
            try:
                write_live(ledger, before_write)
            except Conflict:
                lost.append(ledger)
    return lost


# --- judge ---


def _judge_all(ledger: Ledger) -> list[Stored]:
    stored = settle(ledger, [_judge_one(ledger, sourced) for sourced in ledger.entries])
    for each in stored:
        if each.outcome in _STANDING and each.sourced.reversed_id:
            _plan_links(ledger, each.sourced.reversed_id, each.sourced.transaction_id)
    ledger.closing = _closing(ledger, stored)
    return stored


def _judge_one(ledger: Ledger, sourced: SourcedEntry) -> Stored:
    transaction = transaction_of(sourced)
    current = ledger.current(sourced.transaction_id)
    verdict = judge(sourced, transaction.content, _held(current))
    if verdict.write:
        filing = filing_of(sourced)
        key = ledger.key_at(ledger.slots[filing], sourced.transaction_id)
        ledger.plan(filing, _after(sourced, transaction, key, current, verdict))
    return Stored(sourced=sourced, outcome=verdict.outcome, reason=verdict.reason)


def _held(stored: StoredTransaction | None) -> Held | None:
    if stored is None:
        return None
    return Held(
        status=stored.transaction.status,
        content=stored.transaction.content,
        sources=stored.sources,
        matched_by=stored.matched_by,
        sequence=stored.sequence,
        settled=stored.is_settled,
    )


def _after(
    sourced: SourcedEntry,
    transaction: Transaction,
    key: TransactionKey,
    current: StoredTransaction | None,
    verdict: Verdict,
) -> StoredTransaction:
    new = StoredTransaction(
        transaction=transaction,
        key=key,
        sources=(sourced.source,),
        feed=sourced.feed,
        edition=sourced.edition,
        sequence=sourced.sequence,
        expires_on=_expires_on(sourced.entry),
        is_news=sourced.is_news,
    )
    if current is None:
        return new
    before = current.transaction
    return replace(
        new,
        transaction=replace(_in_place_of(before, transaction), version=before.version + 1),
        sources=(sourced.source, *current.sources),
        matched_by=sourced.source if verdict.outcome is Outcome.MATCHED else current.matched_by,
        # An older message does not come so far.
        sequence=current.sequence if sourced.sequence is None else sourced.sequence,
    )


def _expires_on(entry: Entry) -> date | None:
    return held_until(entry, conf.HOLD_DAYS) if entry.status is Status.PENDING else None


def _in_place_of(before: Transaction, transaction: Transaction) -> Transaction:
    """What it belongs to, and was matched with, it keeps."""
    after = replace(
        transaction, links=before.links, settles=before.settles, settled_by=before.settled_by
    )
    if before.status is Status.PENDING and after.status is Status.POSTED:
        return posted_itself(before, after)
    return after


def _plan_links(ledger: Ledger, reversed_id: str, reversal: str) -> None:
    """The reversed transaction names its reversal, where we hold it. So do the postings of one that
    was pending."""
    reversed_one = ledger.current(reversed_id)
    if reversed_one is None:
        return
    _plan_link(ledger, reversed_one, reversal)
    postings = [each.other for each in reversed_one.transaction.settled_by if each.holds]
    known = {one: ledger.current(one) for one in postings}
    elsewhere = look_up(ledger, [one for one, found in known.items() if found is None])
    for posting in (*known.values(), *elsewhere.values()):
        if posting is not None:
            _plan_link(ledger, posting, reversal)


def _plan_link(ledger: Ledger, reversed_one: StoredTransaction, reversal: str) -> None:
    transaction = reversed_one.transaction
    if reversal in transaction.links:
        return
    if transaction.transaction_id not in ledger.after:
        ledger.links.append((reversed_one.key, TransactionId(reversal)))
        return
    links = (*transaction.links, TransactionId(reversal))
    ledger.after[transaction.transaction_id] = replace(
        reversed_one, transaction=replace(transaction, links=links)
    )


def _closing(ledger: Ledger, stored: Sequence[Stored]) -> Balances | None:
    """The running balance after the last posting given here, unless the account has a later one.

    What an earlier taker wrote counts too: it may have died before it set the account's balance.
    """
    closing = ledger.account.balances
    for each in stored:
        now = ledger.current(each.sourced.transaction_id) if each.outcome in _STANDING else None
        if now is None or now.transaction.balance is None or now.transaction.posted_on is None:
            continue
        slot = ledger.slot_of((now.transaction.transaction_id, False, now.transaction.posted_on))
        if closing.as_of is None or (closing.as_of, closing.order) <= (slot.day, slot.order):
            closing = Balances(booked=now.transaction.balance, as_of=slot.day, order=slot.order)
    return closing if closing != ledger.account.balances else None
