"""What holds for whatever a feed may bring."""

from collections import defaultdict
from datetime import date, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.money import Money
from txhub.domain.entities import Transaction
from txhub.domain.matching import Candidate, Decision, Fit, Matched, match
from txhub.tests.matching.purchases import MONDAY, at, pending, posted

NAMES = st.sampled_from(
    ["CORNER COFFEE", "Corner Coffee LEEDS", "SQ *CORNER COF", "OAK & HINGE", "ESSO 4471", "", "☕"]
)
MINORS = st.sampled_from([-100, -350, -351, -400, -700, -9900, -10_000, 350, 0])
CODES = st.sampled_from([None, None, "A1B2C3", "000000"])
CODED = st.sampled_from([None, "5812", "5542", "7011", "5942", "XXXX"])
DAYS = st.integers(0, 6).map(lambda count: MONDAY + timedelta(days=count))
MOMENTS = st.none() | st.integers(0, 7 * 24).map(lambda hours: at(0) + timedelta(hours=hours))
ABROAD = st.none() | st.sampled_from([Money(-500, "EUR"), Money(0, "JPY"), Money(-400, "GBP")])


@st.composite
def facts(draw: st.DrawFn) -> dict[str, object]:
    return {
        "name": draw(NAMES),
        "code": draw(CODES),
        "mcc": draw(CODED),
        "occurred_at": draw(MOMENTS),
        "original_amount": draw(ABROAD),
    }


@st.composite
def candidates(draw: st.DrawFn) -> Candidate:
    minor = draw(MINORS)
    captured = draw(st.sampled_from([0, 0, minor // 2, 2 * minor]))
    return Candidate(
        pending=pending(minor, draw(DAYS), **draw(facts())),
        captured_minor=captured,
        ends_on=draw(st.none() | DAYS),
    )


@st.composite
def postings(draw: st.DrawFn) -> Transaction:
    final = draw(st.sampled_from([False, False, True]))
    return posted(draw(MINORS), draw(DAYS), final=final, **draw(facts()))


GROUPS = st.tuples(st.lists(postings(), max_size=7), st.lists(candidates(), max_size=7))


class TestMatch:
    @settings(max_examples=300)
    @given(GROUPS, st.integers(0, 1_000))
    def test_does_not_depend_on_any_order(
        self, group: tuple[list[Transaction], list[Candidate]], seed: int
    ) -> None:
        given_postings, given_candidates = group
        before = _by_id(given_postings, match(given_postings, given_candidates))
        other_postings, other_candidates = list(given_postings), list(given_candidates)
        Random(seed).shuffle(other_postings)  # noqa: S311 - an order, not a secret
        Random(seed + 1).shuffle(other_candidates)  # noqa: S311
        assert _by_id(other_postings, match(other_postings, other_candidates)) == before

    @settings(max_examples=300)
    @given(GROUPS)
    def test_never_takes_more_than_there_is(
        self, group: tuple[list[Transaction], list[Candidate]]
    ) -> None:
        given_postings, given_candidates = group
        decisions = match(given_postings, given_candidates)
        settled: dict[str, list[tuple[Transaction, Matched]]] = defaultdict(list)
        for posting, decision in zip(given_postings, decisions, strict=True):
            if isinstance(decision, Matched):
                settled[decision.pending].append((posting, decision))
        for each in given_candidates:
            _is_within(each, settled[each.pending.transaction_id])

    @given(GROUPS)
    def test_is_sure_of_nothing_entirely(
        self, group: tuple[list[Transaction], list[Candidate]]
    ) -> None:
        for decision in match(*group):
            if isinstance(decision, Matched):
                assert 0.9 <= decision.confidence <= 1

    @given(st.dates(), st.dates(), st.integers(-(10**15), 10**15), st.text(max_size=60))
    def test_survives_odd_values(self, one: date, other: date, minor: int, name: str) -> None:
        held = Candidate(pending=pending(minor, one, name=name, code=name[:6], mcc=name[:4]))
        match([posted(minor, other, name=name[::-1], code=name[:6]), posted(1, other)], [held])


def _by_id(given_postings: list[Transaction], decisions: list[Decision]) -> dict[str, Decision]:
    ids = [each.transaction_id for each in given_postings]
    return dict(zip(ids, decisions, strict=True))


def _is_within(candidate: Candidate, settled: list[tuple[Transaction, Matched]]) -> None:
    if not settled:
        return
    assert candidate.rest_minor
    if len(settled) > 1 or candidate.captured_minor:
        assert {decision.fit for _posting, decision in settled} == {Fit.CAPTURE}
    taken = sum(abs(posting.amount.minor) for posting, each in settled if each.fit is Fit.CAPTURE)
    assert taken <= candidate.rest_minor
    for posting, decision in settled:
        assert decision.closes or not posting.final
    assert sum(each.closes for posting, each in settled if not posting.final) <= 1
