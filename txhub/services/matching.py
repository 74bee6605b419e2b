"""Matching, while an account's entries are stored: which pending transactions its postings settle.

Two rounds, each one best assignment:

    the postings of these entries, with all that is pending in the account
    what is pending of these entries and came too late, with the postings that are stored
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from itertools import islice

from txhub.domain.entities import Transaction, TransactionId
from txhub.domain.entries import Status
from txhub.domain.fits import Fit
from txhub.domain.matching import Matched
from txhub.domain.matching.timing import EARLY, LAG
from txhub.domain.pairs import joined
from txhub.domain.storing import Outcome, Stored
from txhub.repository import TRANSACTION_REPOSITORY, StoredTransaction
from txhub.services.conversion import transaction_of
from txhub.services.ledgers import Ledger, look_up
from txhub.services.rounds import Round

# A pending transaction and its postings are written in one transaction of 100 at the most.
_PARTS_MAX = 90
# How many stored postings are looked at, oldest first, for what comes late.
_NEAR_MAX = 500


def settle(ledger: Ledger, stored: Sequence[Stored]) -> list[Stored]:
    """Plans the matches of what was judged, and says which rows are matched."""
    matched = _settle_with_pending(ledger, stored)
    _settle_what_is_late(ledger, stored)
    return [
        replace(each, outcome=Outcome.MATCHED) if each.sourced.source in matched else each
        for each in stored
    ]


# --- the postings of these entries ---


def _settle_with_pending(ledger: Ledger, stored: Sequence[Stored]) -> set[str]:
    """The sources of the rows that are matched."""
    rows = {each.sourced.transaction_id: each for each in stored if _is_new_posting(ledger, each)}
    if all(one in ledger.held for one in rows):
        return set()
    made: dict[str, TransactionId | None] = {
        one: _settled_by_now(ledger.held[one]) for one in rows if one in ledger.held
    }
    round_ = Round(
        [transaction_of(each.sourced) for each in rows.values()],
        _candidates(ledger, [one for one in made.values() if one]),
        made,
    )
    matched = set()
    for posting, found in round_.pairs():
        row = rows[posting.transaction_id]
        if _join(ledger, round_.pending, posting.transaction_id, found, by=row.sourced.source):
            matched.add(row.sourced.source)
    return matched


def _is_new_posting(ledger: Ledger, each: Stored) -> bool:
    """Stored by this very row, now or by an earlier taker, and not in the place of its own id."""
    if each.sourced.entry.status is not Status.POSTED:
        return False
    if each.outcome is Outcome.MATCHED:
        now = ledger.current(each.sourced.transaction_id)
        settles = now.transaction.settles if now else None
        return settles is not None and settles.fit is not Fit.SAME_ID
    return each.outcome is Outcome.WRITTEN


def _settled_by_now(posting: StoredTransaction) -> TransactionId | None:
    settles = posting.transaction.settles
    return settles.other if settles else None


def _candidates(ledger: Ledger, made: Sequence[str]) -> dict[str, StoredTransaction]:
    """All that is pending or ended lately, of these entries too; and what earlier takers have
    settled (`made`)."""
    pending = {one: ledger.current(one) or each for one, each in ledger.pending.items()}
    pending |= {one: each for one, each in ledger.after.items() if each.is_open}
    pending |= look_up(ledger, [one for one in made if one not in pending])
    return {one: each for one, each in pending.items() if each.is_open or each.is_settled}


# --- what comes later than its posting ---


def _settle_what_is_late(ledger: Ledger, stored: Sequence[Stored]) -> None:
    own = {each.sourced.transaction_id for each in stored}
    late = dict(_late(ledger, stored, own))
    if not any(one in ledger.after and each.is_open for one, each in late.items()):
        return
    postings = {
        each.transaction.transaction_id: each
        for each in _stored_near(ledger, late.values())
        if each.transaction.transaction_id not in own and _may_have_posted(each, late)
    }
    settled = {one: _settled_by_now(each) for one, each in postings.items()}
    made: dict[str, TransactionId | None] = {
        one: settles for one, settles in settled.items() if settles in late
    }
    round_ = Round([each.transaction for each in postings.values()], late, made)
    for posting, found in round_.pairs():
        one = posting.transaction_id
        if found.pending in ledger.after:
            ledger.held[one] = postings[one]
            _join(ledger, late, one, found)


def _late(
    ledger: Ledger, stored: Sequence[Stored], own: Set[str]
) -> Iterator[tuple[str, StoredTransaction]]:
    """What these very rows brought as pending while the account has postings of that day."""
    last = ledger.registered.root.last
    for each in stored:
        if each.sourced.entry.status is Status.POSTED or each.outcome is not Outcome.WRITTEN:
            continue
        now = ledger.current(each.sourced.transaction_id)
        # Another of these rows may have moved it to an earlier day.
        is_late = now and last and last.day >= now.transaction.occurred_on - EARLY
        if now and is_late and _may_be_late(now.transaction, own):
            yield each.sourced.transaction_id, now


def _may_be_late(now: Transaction, own: Set[str]) -> bool:
    """It is pending at the end of these rows too, and none of them has settled it."""
    is_pending = now.status is Status.PENDING
    return is_pending and own.isdisjoint(each.other for each in now.settled_by)


def _stored_near(ledger: Ledger, late: Iterable[StoredTransaction]) -> Iterator[StoredTransaction]:
    days = [each.transaction.occurred_on for each in late]
    first, last = min(days) - EARLY, max(days) + LAG
    return islice(TRANSACTION_REPOSITORY.posted_between(ledger.account, first, last), _NEAR_MAX)


def _may_have_posted(posting: StoredTransaction, late: Mapping[str, object]) -> bool:
    """It stands by itself; or it was taken for one of these before, and maybe parted from it."""
    settles = posting.transaction.settles
    return settles is None or not settles.holds or settles.other in late


# --- joining ---


def _join(
    ledger: Ledger,
    pending: Mapping[str, StoredTransaction],
    posting_id: str,
    found: Matched,
    *,
    by: str | None = None,
) -> bool:
    """Plans a pair; False where it cannot be written in one go. `by`: the row that is matched."""
    if len(ledger.settled.get(found.pending, ())) == _PARTS_MAX:
        return False
    before = ledger.current(found.pending) or pending[found.pending]
    posting = ledger.current(posting_id)
    if posting is None or not before.is_unsettled:
        return False
    settled, settles = joined(before.transaction, posting.transaction, found)
    after = replace(before, transaction=settled)
    if found.pending in ledger.pending:
        ledger.held.setdefault(found.pending, ledger.pending[found.pending])
    stays_open = before.is_open and not found.closes
    ledger.settle(
        _next(ledger, after if stays_open else after.put_away()),
        _next(ledger, replace(posting, transaction=settles, matched_by=by or posting.matched_by)),
    )
    return True


def _next(ledger: Ledger, after: StoredTransaction) -> StoredTransaction:
    """With the version behind the one that is held."""
    held = ledger.held.get(after.transaction.transaction_id)
    version = held.transaction.version + 1 if held else after.transaction.version
    return replace(after, transaction=replace(after.transaction, version=version))
