"""One round of matching, played as it was when the chunk began.

Whoever takes a chunk over must come to the same pairs, though some are written by then. So the
postings that are stored play again, and their pending transactions are as they were before them.
Where that does not give the very pairs that are stored, somebody else has changed what was pending;
then the rest is matched with what is left.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from txhub.domain.entities import Transaction, TransactionId
from txhub.domain.matching import Candidate, Decision, Matched, Unmatched, match
from txhub.domain.pairs import candidate_of
from txhub.repository import StoredTransaction


@dataclass(frozen=True, slots=True)
class Round:
    """`postings`, and what may be settled, by id. `made`: of those postings that were decided on
    before, what they settle."""

    postings: Sequence[Transaction]
    pending: Mapping[str, StoredTransaction]
    made: Mapping[str, TransactionId | None]

    def pairs(self) -> list[tuple[Transaction, Matched]]:
        """What is to be joined now, by day; what closes a pending transaction comes last."""
        decided = self._as_it_was()
        if any(_chosen(decided[one]) != settles for one, settles in self.made.items()):
            decided = self._with_what_is_left()
        found = [
            (posting, decision)
            for posting in self.postings
            if posting.transaction_id not in self.made
            and isinstance(decision := decided[posting.transaction_id], Matched)
        ]
        return sorted(found, key=_last_part_last)

    def _as_it_was(self) -> dict[str, Decision]:
        before = {each.transaction_id for each in self.postings}
        return _decided(
            self.postings,
            [
                candidate_of(each.transaction, each.expires_on, before=before)
                for each in self.pending.values()
            ],
        )

    def _with_what_is_left(self) -> dict[str, Decision]:
        open_ones = [each for each in self.pending.values() if each.is_unsettled]
        return _decided(
            [each for each in self.postings if each.transaction_id not in self.made],
            [candidate_of(each.transaction, each.expires_on) for each in open_ones],
        )


def _last_part_last(pair: tuple[Transaction, Matched]) -> tuple[bool, date, str]:
    posting, found = pair
    return found.closes, posting.booked_day, posting.transaction_id


def _decided(
    postings: Sequence[Transaction], candidates: Sequence[Candidate]
) -> dict[str, Decision]:
    decisions = match(postings, candidates)
    ids = (each.transaction_id for each in postings)
    return defaultdict(Unmatched, zip(ids, decisions, strict=True))


def _chosen(decision: Decision) -> TransactionId | None:
    return decision.pending if isinstance(decision, Matched) else None
