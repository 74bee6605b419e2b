"""From what processes report to the history, on the real Redis and the real table."""

import pytest

from aws.metrics.names import QUEUE_WAITING, REQUEST_SECONDS, STREAM_RECORDS
from monitoring import live
from monitoring.live import NotTheWriter
from monitoring.tests.world import World


class TestCollecting:
    def test_adds_up_what_all_processes_did(self, world: World) -> None:
        world.counts("web@a/1", STREAM_RECORDS, h=100)
        world.counts("web@a/2", STREAM_RECORDS, h=50)
        world.ticks()
        world.counts("web@a/1", STREAM_RECORDS, h=110)
        world.counts("web@a/2", STREAM_RECORDS, h=55)
        world.ticks()
        assert world.total(STREAM_RECORDS, 60) == 15

    def test_counts_all_of_a_process_that_is_new(self, world: World) -> None:
        world.counts("web@a/1", STREAM_RECORDS, h=100)
        world.ticks()
        world.counts("web@a/9", STREAM_RECORDS, h=7)
        world.ticks()
        assert world.total(STREAM_RECORDS, 60) == 7

    def test_loses_nothing_when_a_process_ends(self, world: World) -> None:
        world.counts("web@a/1", STREAM_RECORDS, h=100)
        world.counts("web@a/2", STREAM_RECORDS, h=100)
        world.ticks()
        world.counts("web@a/2", STREAM_RECORDS, h=103)
        world.ends("web@a/1")
        world.ticks(3)
        assert world.total(STREAM_RECORDS, 60) == 3

    def test_counts_a_process_once_that_was_silent_for_a_while(self, world: World) -> None:
        world.counts("web@a/1", STREAM_RECORDS, h=100)
        world.ticks()
        world.falls_silent("web@a/1")
        world.ticks(9)  # its snapshot is forgotten after a minute
        world.counts("web@a/1", STREAM_RECORDS, h=104)
        world.ticks()
        assert world.total(STREAM_RECORDS, 300) == 4

    def test_shows_the_highest_gauge_of_all_processes(self, world: World) -> None:
        world.counts("a@a/1", QUEUE_WAITING, celery=3)
        world.counts("b@a/2", QUEUE_WAITING, celery=8)
        world.ticks(2)
        assert world.frames(QUEUE_WAITING, 60)[-1].values == {("celery", "x"): (8.0,)}

    def test_says_that_nothing_happened_where_nothing_did(self, world: World) -> None:
        world.counts("web@a/1", STREAM_RECORDS, h=100)
        world.ticks(3)
        frames = world.frames(STREAM_RECORDS, 60)
        assert [frame.values for frame in frames] == [{}, {}]

    def test_keeps_histograms_bucket_by_bucket(self, world: World) -> None:
        empty = (0,) * (len(REQUEST_SECONDS.bounds) + 1)
        world.requests("web@a/1", empty)
        world.ticks()
        world.requests("web@a/1", (4, 2, *empty[2:]))
        world.ticks()
        (value,) = world.frames(REQUEST_SECONDS, 60)[-1].values.values()
        assert value[:4] == (6.0, 4.0, 2.0, 0.0)


class TestTheHistory:
    def test_survives_redis_but_for_its_open_blocks(self, world: World) -> None:
        _count_for(world, rounds=22, every_s=60)
        for block in live.open_blocks():
            live.close("first", block, live.metrics_of(block), {})
        assert world.total(STREAM_RECORDS, 1380) >= 10  # a closed block, or two, of ten minutes

    def test_is_the_same_in_all_tiers(self, world: World) -> None:
        _count_for(world, rounds=140, every_s=60)  # more than two hours
        assert world.open_tiers() == ["f", "l", "m"]
        assert world.total(STREAM_RECORDS, 8500) == 140  # read from the middle tier and the fine
        assert world.total(STREAM_RECORDS, 1800) == 30

    def test_has_one_writer(self, world: World) -> None:
        world.ticks()
        assert not world.new_collector("second").tick()

    def test_goes_on_where_the_writer_before_left_off(self, world: World) -> None:
        world.counts("web@a/1", STREAM_RECORDS, h=100)
        world.ticks(2)
        world.counts("web@a/1", STREAM_RECORDS, h=105)
        world.collector.leave()
        world.collector = world.new_collector("second")
        world.ticks()
        assert world.total(STREAM_RECORDS, 60) == 5

    def test_takes_nothing_from_a_writer_that_was_overtaken(self, world: World) -> None:
        world.ticks()
        live.give_back("first")
        assert live.claim("second")
        with pytest.raises(NotTheWriter):
            live.add("first", {}, seen={"p": b""})


def _count_for(world: World, *, rounds: int, every_s: int) -> None:
    """One record in each round."""
    world.counts("web@a/1", STREAM_RECORDS, h=0)
    world.ticks()
    for number in range(rounds):
        world.counts("web@a/1", STREAM_RECORDS, h=number + 1)
        world.ticks(every_s=every_s)
