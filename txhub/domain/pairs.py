"""A pair of posting and pending transaction: how the two are joined, and parted again. Pure."""

from collections.abc import Container
from dataclasses import replace
from datetime import date

from kernel.errors import Missing, Refused
from txhub.domain.entities import Match, Transaction, TransactionId
from txhub.domain.fits import Fit
from txhub.domain.matching import Candidate, Doubtful, Matched


class MatchMissing(Missing):
    """This transaction settles no pending one, or no longer does."""

    code = "match_not_found"


class SameId(Refused):
    """The bank calls both by one id, so they cannot be parted."""

    code = "same_id"


def candidate_of(
    pending: Transaction, expires_on: date | None, *, before: Container[str] = ()
) -> Candidate:
    """A pending transaction as the matcher sees it: as it was `before` these postings came."""
    earlier = tuple(each for each in pending.settled_by if each.other not in before)
    as_it_was = replace(pending, settled_by=earlier)
    days = [day for day in (expires_on, as_it_was.final_on) if day]
    return Candidate(
        pending=pending,
        captured_minor=as_it_was.captured_minor,
        ends_on=min(days, default=None),
    )


def joined(
    pending: Transaction, posting: Transaction, found: Matched
) -> tuple[Transaction, Transaction]:
    """Both sides as they are once they are matched: each says what the other was, and links to it.
    A posting links to the earlier ones of its pending transaction too."""
    settles = Match(
        other=pending.transaction_id,
        amount=pending.amount,
        day=pending.occurred_on,
        fit=found.fit,
        confidence=found.confidence,
        doubtful=isinstance(found, Doubtful),
        runner_up=found.runner_up if isinstance(found, Doubtful) else None,
    )
    settled = replace(
        settles,
        other=posting.transaction_id,
        amount=posting.amount,
        day=posting.booked_day,
        final=posting.final,
    )
    others = (each.other for each in pending.settled_by if each.holds)
    return (
        replace(
            pending,
            settled_by=(*pending.settled_by, settled),
            links=_with(pending.links, posting.transaction_id),
        ),
        replace(
            posting,
            settles=settles,
            links=_with(posting.links, pending.transaction_id, *others),
        ),
    )


def posted_itself(pending: Transaction, posting: Transaction) -> Transaction:
    """A posting that has the pending one's id, in the place of it."""
    settles = Match(
        other=pending.transaction_id,
        amount=pending.amount,
        day=pending.occurred_on,
        fit=Fit.SAME_ID,
        confidence=1.0,
    )
    return replace(posting, settles=settles)


def parted_pending(pending: Transaction, posting: TransactionId, by: str) -> Transaction:
    """The pending side without a posting: the match is history."""
    return replace(
        pending,
        settled_by=tuple(
            replace(each, undone_by=by, doubtful=False) if each.other == posting else each
            for each in pending.settled_by
        ),
        links=tuple(each for each in pending.links if each != posting),
    )


def parted_posting(posting: Transaction, by: str) -> Transaction:
    """The other side: it stands by itself."""
    assert posting.settles is not None
    other = posting.settles.other
    return replace(
        posting,
        settles=replace(posting.settles, undone_by=by, doubtful=False),
        links=tuple(each for each in posting.links if each != other),
    )


def confirmed(posting: Transaction) -> Transaction:
    """Somebody has looked: the match is right."""
    assert posting.settles is not None
    return replace(posting, settles=replace(posting.settles, doubtful=False))


def _with(links: tuple[TransactionId, ...], *more: TransactionId) -> tuple[TransactionId, ...]:
    return tuple(dict.fromkeys((*links, *more)))
