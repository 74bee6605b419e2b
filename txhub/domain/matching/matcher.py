"""From postings and candidates to decisions."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

from txhub.domain.entities import Transaction, TransactionId
from txhub.domain.fits import Fit
from txhub.domain.matching.choices import Choice, choices
from txhub.domain.matching.evidence import weigh
from txhub.domain.matching.features import features_of
from txhub.domain.matching.pairing import LOOK_ALIKES_MAX
from txhub.domain.matching.values import Candidate, Decision, Doubtful, Matched, Unmatched
from txhub.domain.matching.weighing import likely_pairs

# Against the next best explanation: a hundred to one is sure, less than ten to one is no match.
SURE_DB, DOUBT_DB = 20, 10
# Postings that are matched together; more of them are taken in turn, earliest first. No more than
# look-alikes are weighed for each, or a crowd of equal postings would all see the same candidates.
_TOGETHER_MAX = LOOK_ALIKES_MAX

_Book = dict[TransactionId, Candidate]


def match(postings: Sequence[Transaction], candidates: Iterable[Candidate]) -> list[Decision]:
    """A decision for each posting, in the order given; all are of one account.

    The answer depends on neither order. Time grows with the number of look-alikes, at worst 200
    for each posting (docs/adr/0010-matching.md).
    """
    book: _Book = {each.pending.transaction_id: each for each in candidates}
    decisions: dict[int, Decision] = {
        position: _same_id(posting)
        for position, posting in enumerate(postings)
        if book.pop(posting.transaction_id, None)
    }
    others = [position for position in range(len(postings)) if position not in decisions]
    others.sort(key=lambda position: _order(postings[position]))
    for start in range(0, len(others), _TOGETHER_MAX):
        together = others[start : start + _TOGETHER_MAX]
        found = _match_together([postings[position] for position in together], book)
        decisions.update((together[position], decision) for position, decision in found.items())
    return [decisions.get(position, Unmatched()) for position in range(len(postings))]


def _match_together(postings: Sequence[Transaction], book: _Book) -> dict[int, Decision]:
    """Decisions by the posting's position; what they take is taken off the book."""
    open_ones = sorted(book.values(), key=lambda each: _order(each.pending))
    said = [features_of(posting) for posting in postings]
    held = [features_of(each.pending) for each in open_ones]
    pairs = likely_pairs(said, open_ones, held, DOUBT_DB)
    rooms = [each.rest_minor for each in open_ones]
    ids = [each.pending.transaction_id for each in open_ones]
    decisions: dict[int, Decision] = {}
    for choice in sorted(choices(pairs, said, held, rooms), key=lambda each: each.posting):
        own, other = said[choice.posting], held[choice.candidate]
        candidate = book[ids[choice.candidate]]
        # Postings come by day, and one before this may have been the candidate's last capture.
        if choice.margin_db >= DOUBT_DB and weigh(candidate, other, own):
            weighed = pairs[choice.posting, choice.candidate]
            closes = _enter(book, candidate, postings[choice.posting], weighed.taken_minor)
            decisions[choice.posting] = _decision(choice, weighed.fit, ids, closes=closes)
    return decisions


def _enter(
    book: _Book, candidate: Candidate, posting: Transaction, taken_minor: int | None
) -> bool:
    """Takes the posting off its candidate; whether that closes it."""
    chosen = candidate.pending.transaction_id
    if taken_minor is None or taken_minor == candidate.rest_minor:
        del book[chosen]
        return True
    book[chosen] = candidate.after_capture(posting)
    return posting.final


def _decision(choice: Choice, fit: Fit, ids: Sequence[TransactionId], *, closes: bool) -> Matched:
    chosen = ids[choice.candidate]
    confidence = 1 / (1 + 10 ** (-choice.margin_db / 10))
    if choice.margin_db >= SURE_DB:
        return Matched(pending=chosen, fit=fit, confidence=confidence, closes=closes)
    return Doubtful(
        pending=chosen,
        fit=fit,
        confidence=confidence,
        closes=closes,
        runner_up=None if choice.runner_up is None else ids[choice.runner_up],
    )


def _same_id(posting: Transaction) -> Matched:
    pending = posting.transaction_id
    return Matched(pending=pending, fit=Fit.SAME_ID, confidence=1.0, closes=True)


def _order(transaction: Transaction) -> tuple[date, date, datetime, int, str]:
    """Earliest first, and the same whatever order they were given in."""
    moment = transaction.occurred_at or datetime.min.replace(tzinfo=UTC)
    return (
        transaction.booked_day,
        transaction.occurred_on,
        moment,
        transaction.amount.minor,
        transaction.transaction_id,
    )
