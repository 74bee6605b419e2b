"""An account's month played through a matcher, file by file, as the hub would see it.

What is settled is gone. What has ended with something left, by time or by its last capture, is
still a candidate, and says when it ended.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from benchmarks.matching_cases import Account, Authorisation, Clearing
from kernel.money import Money
from txhub.domain.entities import AccountId, Merchant, Transaction, TransactionId
from txhub.domain.entries import Kind, Status
from txhub.domain.matching import Candidate, Decision, Doubtful, Fit, Matched, Unmatched

Matcher = Callable[[Sequence[Transaction], Sequence[Candidate]], Sequence[Decision]]
_NAIVE_DAYS = 7


@dataclass(slots=True)
class Score:
    """`true`: clearings that settle something; `made`: matches; `right` of these; `doubtful` of
    these, and `right_doubtful` of those.
    """

    true: int = 0
    made: int = 0
    right: int = 0
    doubtful: int = 0
    right_doubtful: int = 0

    @property
    def precision(self) -> float:
        return self.right / self.made if self.made else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.true if self.true else 1.0

    def count(self, decision: Decision, answers: Collection[str]) -> None:
        """`answers`: the ids that would be right; none where nothing is settled."""
        self.true += bool(answers)
        if isinstance(decision, Matched):
            right, doubtful = decision.pending in answers, isinstance(decision, Doubtful)
            self.made += 1
            self.right += right
            self.doubtful += doubtful
            self.right_doubtful += right and doubtful

    def __add__(self, other: "Score") -> "Score":
        return Score(
            self.true + other.true,
            self.made + other.made,
            self.right + other.right,
            self.doubtful + other.doubtful,
            self.right_doubtful + other.right_doubtful,
        )


@dataclass(slots=True)
class Played:
    """What a matcher did: scores by kind of case; `pairs`: postings times open candidates, summed
    over the files; `seconds`: of processor time in the matcher.
    """

    scores: dict[str, Score] = field(default_factory=lambda: defaultdict(Score))
    postings: int = 0
    pairs: int = 0
    seconds: float = 0.0

    @property
    def overall(self) -> Score:
        return sum(self.scores.values(), Score())


def play(account: Account, matcher: Matcher, played: Played) -> None:
    """Adds a month to `played`. What was captured and settled is kept from file to file."""
    answers = account.right_answers()
    book = {each.key: _candidate(each) for each in account.authorisations}
    for clearings, booked in _files(account):
        postings = [_posting(clearing) for clearing in clearings]
        candidates = [each for each in book.values() if each.pending.occurred_on <= booked]
        began = time.process_time()
        decisions = matcher(postings, candidates)
        played.seconds += time.process_time() - began
        played.postings += len(postings)
        played.pairs += len(postings) * len(candidates)
        for clearing, posting, decision in zip(clearings, postings, decisions, strict=True):
            _enter(book, posting, decision)
            played.scores[account.kind_of[clearing.key]].count(decision, answers[clearing.key])


def naive(postings: Sequence[Transaction], candidates: Sequence[Candidate]) -> list[Decision]:
    """What many do: the first that is open with the same amount, within a week."""
    waiting = list(candidates)
    decisions: list[Decision] = []
    for posting in postings:
        found = next((each for each in waiting if _naively_equal(each, posting)), None)
        if found is None:
            decisions.append(Unmatched())
            continue
        waiting.remove(found)
        pending = found.pending.transaction_id
        decisions.append(Matched(pending=pending, fit=Fit.EXACT, confidence=1.0, closes=True))
    return decisions


def _naively_equal(candidate: Candidate, posting: Transaction) -> bool:
    pending, ends_on = candidate.pending, candidate.ends_on
    days = (posting.booked_day - pending.occurred_on).days
    is_held = ends_on is None or posting.booked_day <= ends_on
    return pending.amount == posting.amount and 0 <= days <= _NAIVE_DAYS and is_held


def _files(account: Account) -> Iterator[tuple[list[Clearing], date]]:
    by_day: dict[date, list[Clearing]] = defaultdict(list)
    for clearing in account.clearings:
        by_day[clearing.booked].append(clearing)
    for booked in sorted(by_day):
        yield by_day[booked], booked


def _enter(book: dict[str, Candidate], posting: Transaction, decision: Decision) -> None:
    if isinstance(decision, Matched) and decision.fit is Fit.CAPTURE:
        book[decision.pending] = book[decision.pending].after_capture(posting)
    elif isinstance(decision, Matched):
        del book[decision.pending]


def _candidate(each: Authorisation) -> Candidate:
    pending = _transaction(each, each.at, None)
    return Candidate(pending=pending, ends_on=each.until)


def _posting(each: Clearing) -> Transaction:
    posting = _transaction(each, each.bought or each.booked, each.booked)
    stated = Money(-each.authorised, "GBP") if each.authorised is not None else None
    return replace(posting, authorised_amount=stated, final=each.final)


def _transaction(
    each: Authorisation | Clearing, happened: date | datetime, booked: date | None
) -> Transaction:
    at = happened if isinstance(happened, datetime) else None
    return Transaction(
        transaction_id=TransactionId(each.key),
        account_id=AccountId("acc_bench"),
        status=Status.PENDING if booked is None else Status.POSTED,
        kind=Kind.CARD,
        amount=Money(-each.minor, "GBP"),
        description="",
        merchant=Merchant(name=each.name, country=each.country),
        occurred_on=at.date() if at else happened,
        occurred_at=at,
        posted_on=booked,
        value_on=booked,
        original_amount=Money(-each.abroad[0], each.abroad[1]) if each.abroad else None,
        auth_code=each.code,
        mcc=each.mcc,
    )
