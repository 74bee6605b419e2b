"""What the matcher is asked, and what it answers."""

from dataclasses import dataclass
from datetime import date

from txhub.domain.entities import Transaction, TransactionId
from txhub.domain.fits import Fit


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A pending transaction that a posting may settle.

    `captured_minor`: what earlier postings took of it, signed as its amount is.
    `final`: its last posting was seen. `expires_on`: the last booking day that may settle it.
    """

    pending: Transaction
    captured_minor: int = 0
    final: bool = False
    expires_on: date | None = None

    @property
    def rest_minor(self) -> int:
        """What is left to be captured, without a sign; 0 where nothing is."""
        rest = abs(self.pending.amount.minor) - abs(self.captured_minor)
        return 0 if self.final else max(0, rest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """The posting settles the pending transaction, or a part of it.

    `confidence`: how sure, between 0 and 1, against the next best explanation of the whole group.
    `closes`: nothing more of the pending transaction is to come.
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
