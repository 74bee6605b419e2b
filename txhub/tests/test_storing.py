"""What becomes of an entry: messages end as their sender meant, in whatever order they come."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from txhub.domain.entities import AccountId
from txhub.domain.entries import Action, SourcedEntry, Status
from txhub.domain.storing import Held, Outcome, Verdict, judge
from txhub.tests.people import an_entry, days_back

ACCOUNT, DAY = AccountId("acc_" + "a" * 26), days_back(1)[0]


def said(
    sequence: int | None, minor: int, action: Action = Action.NEW, status: Status = Status.POSTED
) -> SourcedEntry:
    """A message, or a row of a file where `sequence` is None."""
    source = f"{sequence}:{minor}:{action}:{status}"
    entry = an_entry(ACCOUNT, "1", DAY, minor, action=action, status=status, source=source)
    return replace(entry, sequence=sequence)


def content_of(sourced: SourcedEntry) -> bytes:
    return f"{sourced.entry.amount_minor} {sourced.entry.status}".encode()


def after(held: Held | None, sourced: SourcedEntry) -> tuple[Held | None, Verdict]:
    """What is held when the verdict has been carried out."""
    verdict = judge(sourced, content_of(sourced), held)
    if not verdict.write:
        return held, verdict
    before = held.sequence if held else None
    sequences = [each for each in (sourced.sequence, before) if each is not None]
    return Held(
        status=sourced.entry.status,
        content=content_of(sourced),
        sources=(sourced.source, *(held.sources if held else ())),
        sequence=max(sequences, default=None),
    ), verdict


def held_after(messages: list[SourcedEntry]) -> Held:
    held = None
    for each in messages:
        held, _verdict = after(held, each)
    assert held is not None
    return held


@st.composite
def histories(draw: st.DrawFn) -> list[SourcedEntry]:
    """One transaction as its sender tells it: first pending, if at all; then posted; amended."""
    minors = st.integers(1, 3)
    pending, posted = draw(st.integers(0, 3)), draw(st.integers(0, 3))
    statuses = [Status.PENDING] * pending + [Status.POSTED] * max(posted, 1 - pending)
    sequences = draw(st.lists(st.integers(0, 99), min_size=6, max_size=6, unique=True))
    history: list[SourcedEntry] = []
    for sequence, status in zip(sorted(sequences), statuses, strict=False):
        known = history and history[-1].entry.status is status
        action = Action.AMEND if known else Action.NEW
        history.append(said(sequence, draw(minors), action, status))
    return history


class TestMessagesOfOneTransaction:
    @given(data=st.data(), history=histories())
    def test_end_as_their_sender_meant_in_any_order_and_with_repetitions(
        self, data: st.DataObject, history: list[SourcedEntry]
    ) -> None:
        arrived = data.draw(st.permutations(history + history[:2]))
        meant, held = held_after(history), held_after(arrived)
        assert held.content == meant.content == content_of(history[-1])
        assert held.status is history[-1].entry.status
        assert held.sequence == history[-1].sequence

    def test_never_give_way_to_an_older_one(self) -> None:
        held = held_after([said(5, 50)])
        for action in Action:
            _, verdict = after(held, said(4, 40, action))
            assert (verdict.outcome, verdict.write) == (Outcome.DUPLICATE, False)

    def test_leave_their_sequence_even_where_they_change_nothing(self) -> None:
        same = said(7, 50, Action.AMEND)
        held = held_after([said(5, 50), same, said(6, 60, Action.AMEND)])
        assert held.content == content_of(same)

    def test_of_one_sequence_must_not_contradict_each_other(self) -> None:
        _, verdict = after(held_after([said(5, 50)]), said(5, 51, Action.AMEND))
        assert verdict.outcome is Outcome.REFUSED
        assert (verdict.reason or "").startswith("sequence: ")


class TestMessagesAndFiles:
    @pytest.mark.parametrize("action", [Action.NEW, Action.AMEND])
    def test_agree_or_are_told_apart_by_the_rules_of_files(self, action: Action) -> None:
        by_file = held_after([said(5, 50), said(None, 60, Action.AMEND)])
        assert by_file.sequence == 5, "what a file says does not make older messages young again"
        _, late = after(by_file, said(4, 40, action))
        assert late.outcome is Outcome.DUPLICATE

    def test_an_amendment_of_a_file_needs_what_it_amends(self) -> None:
        assert after(None, said(None, 1, Action.AMEND))[1].outcome is Outcome.REFUSED
        assert after(None, said(1, 1, Action.AMEND))[1].outcome is Outcome.WRITTEN

    def test_posting_by_a_file_takes_the_place_of_a_pending_message(self) -> None:
        held = held_after([said(1, 10, status=Status.PENDING)])
        assert after(held, said(None, 11))[1].outcome is Outcome.MATCHED
