"""What the matcher is asked, and what it answers."""

from dataclasses import dataclass, replace
from datetime import date

from txhub.domain.entities import Transaction, TransactionId
from txhub.domain.fits import Fit


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A pending transaction that a posting may settle.

    `captured_minor`: what earlier postings took of it, signed as its amount is. `ends_on`: the last
    day of its hold. What is booked later settles it only where it has its authorisation code.
    """

    pending: Transaction
    captured_minor: int = 0
    ends_on: date | None = None

    @property
    def rest_minor(self) -> int:
        """What is left to be captured, without a sign; 0 where nothing is."""
        return max(0, abs(self.pending.amount.minor) - abs(self.captured_minor))

    def after_capture(self, posting: Transaction) -> "Candidate":
        """What an assumed capture leaves of it. With the last one its hold ends."""
        ends_on = self.ends_on
        if posting.final:
            ends_on = min(ends_on or posting.booked_day, posting.booked_day)
        captured_minor = self.captured_minor + posting.amount.minor
        return replace(self, captured_minor=captured_minor, ends_on=ends_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """The posting settles the pending transaction, or a part of it.

    `confidence`: how sure, between 0 and 1, against the next best explanation of the whole group.
    `closes`: nothing is left of the pending transaction, or the posting says that it is the last.
    """

    pending: TransactionId
    fit: Fit
    confidence: float
    closes: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubtful(Matched):
    """A match that somebody should look at. `runner_up`: what it may have settled instead."""

    runner_up: TransactionId | None


@dataclass(frozen=True, slots=True)
class Unmatched:
    """No candidate is likely enough, or two are about equally so."""


Decision = Matched | Doubtful | Unmatched
