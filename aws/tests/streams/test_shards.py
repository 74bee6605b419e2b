"""Which shards may be read, from where, and what is a loss: tables of values."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aws.streams.shards import (
    After,
    Beginning,
    From,
    Gap,
    Listing,
    Position,
    Shard,
    Where,
    eligible,
    first_position,
    is_covered,
    resume,
    segment_index,
)

BEGUN = datetime(2026, 11, 23, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
RETENTION = 23 * HOUR


def _begun(segments: int = 0, **shards: str) -> Beginning:
    return Beginning(number=1, at=BEGUN, by="anna", stream="arn", shards=shards, segments=segments)


def _at(sequence: str | None = "7", *, hours: float = 0, finished: bool = False) -> Position:
    return Position(beginning=1, sequence=sequence, at=BEGUN + hours * HOUR, finished=finished)


def _listing(**parents: tuple[str, ...]) -> Listing:
    shards = {name: Shard(id=name, parents=parents[name]) for name in parents}
    return Listing(stream="arn", shards=shards)


#        /-- left --\
#   root             merged -- last
#        \-- right -/
GRAPH = _listing(
    root=(), left=("root",), right=("root",), merged=("left", "right"), last=("merged",)
)


class TestEligible:
    @pytest.mark.parametrize(
        ("finished", "under_way", "readable"),
        [
            ("", "", "root"),
            ("", "root", "root"),
            ("root", "", "left right"),
            ("root left", "right", "right"),
            ("root left right", "", "merged"),
            ("root left right merged", "last", "last"),
            ("root left right merged last", "", ""),
        ],
    )
    def test_takes_parents_before_children(
        self, finished: str, under_way: str, readable: str
    ) -> None:
        positions = {name: _at(finished=True) for name in finished.split()}
        positions |= {name: _at() for name in under_way.split()}
        found = eligible(GRAPH, positions, _begun())
        assert [each.id for each in found] == readable.split()

    def test_does_not_wait_for_a_parent_that_nobody_knows(self) -> None:
        listing = _listing(orphan=("forgotten",))
        assert [each.id for each in eligible(listing, {}, _begun())] == ["orphan"]

    def test_waits_for_a_vanished_parent_that_was_not_read_to_its_end(self) -> None:
        listing = _listing(child=("vanished",))
        found = eligible(listing, {"vanished": _at()}, _begun())
        assert [each.id for each in found] == ["vanished"]
        found = eligible(listing, {"vanished": _at(finished=True)}, _begun())
        assert [each.id for each in found] == ["child"]

    def test_takes_the_whole_sweep_before_any_shard(self) -> None:
        beginning = _begun(segments=2)
        first, second = beginning.sweep()
        assert eligible(GRAPH, {}, beginning) == [first, second]
        assert eligible(GRAPH, {first.id: _at(finished=True)}, beginning) == [second]
        done = {each.id: _at(finished=True) for each in (first, second)}
        assert [each.id for each in eligible(GRAPH, done, beginning)] == ["root"]
        assert (segment_index(first), segment_index(second)) == ((0, 2), (1, 2))


class TestFirstPosition:
    def test_is_where_the_last_parent_ended(self) -> None:
        positions = {"left": _at(hours=1, finished=True), "right": _at(hours=2, finished=True)}
        found = first_position(GRAPH.shards["merged"], positions, _begun())
        assert (found.sequence, found.at) == (None, BEGUN + 2 * HOUR)

    def test_is_the_beginning_where_no_parent_was_read(self) -> None:
        assert first_position(GRAPH.shards["root"], {}, _begun()).at == BEGUN


class TestResume:
    @pytest.mark.parametrize(
        ("position", "noted", "first_sequence", "owner", "where"),
        [
            # After the last record, whoever it is.
            (_at("7"), {}, "1", "bert", After("7")),
            (_at("7"), {"s": "1"}, "1", "bert", After("7")),
            # A shard that has come since: from its first record, which must be there.
            (_at(None), {}, "1", "bert", From.START),
            (_at(None), {}, None, "bert", From.START),
            # One that was there when the handler began: from whatever it had then.
            (_at(None), {"s": "1"}, "1", "bert", From.HORIZON),
            (_at(None), {"s": ""}, "1", "anna", From.HORIZON),
            (_at(None), {"s": ""}, None, "anna", From.HORIZON),
        ],
    )
    def test_goes_on_from(
        self,
        position: Position,
        noted: Mapping[str, str],
        first_sequence: str | None,
        owner: str,
        where: Where,
    ) -> None:
        shard = Shard(id="s", first_sequence=first_sequence)
        beginning = replace(_begun(), shards=noted)
        assert resume(shard, position, beginning, owner=owner) == where

    @pytest.mark.parametrize(
        ("noted", "first_sequence"), [("", None), ("", "5"), ("1", None), ("1", "5")]
    )
    def test_takes_for_a_gap_what_nothing_proves(
        self, noted: str, first_sequence: str | None
    ) -> None:
        """A restarted engine has lost what was written, under the same name of the shard."""
        shard = Shard(id="s", first_sequence=first_sequence)
        found = resume(shard, _at(None), _begun(s=noted), owner="bert")
        assert isinstance(found, Gap)


class TestIsCovered:
    @pytest.mark.parametrize(
        ("where", "position_h", "now_h", "covered"),
        [
            # Hours since the handler began. Old news, from before: never promised, or swept.
            (After("7"), -23, 0, True),
            (After("7"), -22, 1, True),
            # Gone before its time: the stream was made anew.
            (After("7"), -1, 1, False),
            (After("7"), 1, 2, False),
            # Grown old since: a handler that was away for too long.
            (After("7"), 1, 24, False),
            (After("7"), -1, 24, False),
            # At the horizon the oldest record may go at any moment; that is no loss.
            (From.HORIZON, 0, 1, True),
            (From.HORIZON, 0, 23, False),
            (From.START, -23, 0, True),
            (From.START, 2, 25, False),
        ],
    )
    def test_tells_what_has_grown_old_from_what_is_lost(
        self, where: Where, position_h: float, now_h: float, covered: bool
    ) -> None:
        found = is_covered(
            where,
            _at(hours=position_h),
            _begun(),
            retention=RETENTION,
            now=BEGUN + now_h * HOUR,
        )
        assert found is covered
