from datetime import UTC, datetime

import pytest

from aws.streams.in_flight import BATCH_MAX, Hand, InFlight
from aws.streams.records import Record

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)


def _records(count: int) -> list[Record]:
    return [
        Record(stream="try", partition_key="p", data=b"", sequence=str(n), at=AT)
        for n in range(count)
    ]


class TestHand:
    def test_gives_all_it_has_and_no_more_than_a_batch(self) -> None:
        hand = Hand()
        hand.take(_records(BATCH_MAX + 5))
        assert len(hand.batch()) == BATCH_MAX
        hand.give()
        assert len(hand.batch()) == 5
        hand.give()
        assert hand.batch() == []

    def test_finds_the_one_that_fails_in_few_steps(self) -> None:
        hand, records = Hand(), _records(1000)
        hand.take(records)
        attempts = 0
        while hand.batch() != [records[777]]:
            attempts += 1
            hand.halve() if records[777] in hand.batch() else hand.give()
        assert attempts < 40

    def test_grows_back_after_success(self) -> None:
        hand = Hand()
        hand.take(_records(100))
        for _ in range(3):
            hand.halve()
        sizes = []
        while hand.batch():
            sizes.append(len(hand.batch()))
            hand.give()
        assert sizes == [12, 24, 48, 16]

    def test_drops_one_of_several_equal_records(self) -> None:
        hand, (first,), (second,) = Hand(), _records(1), _records(1)
        hand.take([first, second])
        hand.drop(second)
        assert hand.batch()[0] is first


class TestInFlight:
    def test_settles_up_to_what_is_durable(self) -> None:
        flying = InFlight()
        flying.add(_records(5))
        assert flying.settle("2") == ("2", AT)
        assert flying.settle(None) is None
        assert flying.settle("4") == ("4", AT)
        assert not flying

    def test_settles_given_up_records_when_those_before_are_settled(self) -> None:
        flying = InFlight()
        flying.add(_records(5))
        flying.give_up("2")
        flying.give_up("3")
        assert flying.settle(None) is None
        assert flying.settle("0") == ("0", AT)
        assert flying.settle("1") == ("3", AT)
        flying.give_up("4")
        assert flying.settle(None) == ("4", AT)

    @pytest.mark.parametrize("progress", ["9", "0"])
    def test_refuses_progress_that_cannot_be(self, progress: str) -> None:
        flying = InFlight()
        flying.add(_records(3))
        flying.settle("0")
        with pytest.raises(ValueError, match="cannot have made"):
            flying.settle(progress)
