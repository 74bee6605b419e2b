"""Whatever happens, and in whatever order: exactly the readings that were sent, for any range."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from datetime import timedelta
from secrets import token_hex
from typing import TypeVar

import numpy as np
import redis
from django.conf import settings as django_settings
from django.test import override_settings
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from kernel.errors import Unavailable
from sensors import queries
from sensors.archive import ARCHIVE_REPOSITORY
from sensors.conf import Conf
from sensors.domain.archiving import range_of_day
from sensors.domain.batches import batches, group_of
from sensors.domain.partitions import TIERS
from sensors.domain.readings import NS_PER_S, Readings, between, ns, readings, union
from sensors.services.archiving import archive_group
from sensors.services.merging import merge_partition
from sensors.services.sending import send
from sensors.tests.generated import pairs_of
from sensors.tests.world import World

_T = TypeVar("_T")
CONF = Conf(
    hold=timedelta(hours=2),
    replay=timedelta(minutes=20),
    buffered_max=3000,
    kept=timedelta(days=5),
    deleted_after=timedelta(days=3),
)
_ALIVE = timedelta(hours=10)  # a consumer, and the archive's task, run so often at least
_LOOKED_BACK_NS = 20 * 86_400 * NS_PER_S
DAY_NS = 86_400 * NS_PER_S
_EVERY_S = st.sampled_from([0, 1, 60, 3600])


class Histories(RuleBasedStateMachine):
    """Devices send, consumers die, bins are merged, archived and deleted, Redis forgets, AWS fails,
    S3 is away, time goes on."""

    @initialize(seed=st.integers(0, 2**16), faults=st.sampled_from([0, 0, 5, 20]))
    def begin(self, seed: int, faults: int) -> None:
        self.world = World(CONF, seed=seed, faults=faults)
        run = token_hex(4)
        self.sensors = [f"{run}-a", f"{run}-b"]
        self.offered = {sensor: readings([], []) for sensor in self.sensors}
        self.accepted = dict(self.offered)
        self.redis = redis.Redis.from_url(django_settings.REDIS_URL)
        self.has_forgotten = False

    @rule(
        index=st.integers(0, 1),
        back_s=st.one_of(st.just(0), st.integers(0, 4 * 86_400)),
        every_s=_EVERY_S,
        count=st.sampled_from([1, 2, 30, 900]),
    )
    def a_device_sends(self, index: int, back_s: int, every_s: int, count: int) -> None:
        """New readings and late ones, and often the same again: a moment has its value."""
        now = ns(self.world.clock.now)
        begin = now - (back_s // 600 * 600 + count * every_s) * NS_PER_S
        at = begin + np.arange(count, dtype=np.int64) * every_s * NS_PER_S
        self._send(self.sensors[index], readings(at, at // NS_PER_S * 7919 % 10_007 / 100))

    @rule(index=st.integers(0, 1), times=st.integers(3, 12))
    def a_device_says_little_for_long(self, index: int, times: int) -> None:
        for _time in range(times):
            self.a_device_sends(index, 0, 1, 2)
            self.the_consumer_goes_on(5)
            self._pass(CONF.hold + timedelta(minutes=1))
            self.the_consumer_goes_on(5)

    def _send(self, sensor: str, sent: Readings) -> None:
        """What is too late is refused at the door."""
        sent = sent[sent["at"] >= ns(self.world.clock.now - CONF.late_max)]
        self.offered[sensor] = union([self.offered[sensor], sent])
        with suppress(Unavailable), self.world.here():
            send(batches([sensor] * len(sent), sent["at"], sent["value"]))
            self.accepted[sensor] = union([self.accepted[sensor], sent])

    @rule(records=st.integers(1, 5))
    def the_consumer_goes_on(self, records: int) -> None:
        with self.world.here():
            self.world.consume(records)

    @rule()
    def the_consumer_dies(self) -> None:
        with self.world.here():
            self.world.die()

    @rule(minutes=st.sampled_from([1, 25, 300, 1500, 6000]))
    def time_goes_on(self, minutes: int) -> None:
        self._pass(timedelta(minutes=minutes))

    def _pass(self, span: timedelta) -> None:
        while span:
            step = min(span, _ALIVE)
            self.world.clock.forward(step)
            span -= step
            if step == _ALIVE:
                with self.world.here():
                    self.world.drain()
                    self.world.consume()
                    self._archive()

    def _archive(self) -> None:
        """Again and again where AWS fails. While S3 is away it only sees to what is late."""
        for group in set(map(group_of, self.sensors)):
            while True:
                with suppress(Unavailable):
                    archive_group(group, CONF, now=self.world.clock.now)
                    break
                if self.world.s3_is_away:
                    break

    @rule()
    def s3_goes_away(self) -> None:
        self.world.s3_is_away, self.world.faults = True, 0

    @rule()
    def s3_comes_back(self) -> None:
        self.world.s3_is_away = False

    @rule()
    def redis_forgets(self) -> None:
        for key in self.redis.scan_iter(f"*{self.sensors[0]}"):
            self.redis.delete(key)
        self.has_forgotten = True

    @rule()
    def dynamodb_deletes_what_has_expired(self) -> None:
        self.world.delete_expired()

    @rule()
    def small_bins_are_merged(self) -> None:
        now = ns(self.world.clock.now)
        with self.world.here():
            for sensor in self.sensors:
                for tier in TIERS[1:]:
                    for number in tier.numbers(now - 5 * DAY_NS, now + 1):
                        with suppress(Unavailable):  # cut short, wherever it is
                            merge_partition(sensor, tier, number, CONF, now=self.world.clock.now)

    @rule(back_s=st.integers(0, 5 * 86_400), length_s=st.integers(1, 86_400))
    def a_reader_asks(self, back_s: int, length_s: int) -> None:
        """Sees all that was accepted and nothing that was never sent, in any range."""
        self.world.s3_is_away = False
        now = self.world.clock.now
        first = ns(now) - back_s * NS_PER_S
        everything = (ns(now) - _LOOKED_BACK_NS, ns(now) + 1)
        with self.world.here():
            self._catch_up()
            for sensor in self.sensors:
                for first_ns, end_ns in (everything, (first, first + length_s * NS_PER_S)):
                    self._compare(sensor, first_ns, end_ns)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.a_reader_asks(0, 1)

    def _catch_up(self) -> None:
        self.world.drain()
        if self.has_forgotten:  # a consumer says all of it again when it puts it off
            self.world.clock.forward(CONF.replay)
            self.world.consume()
            self.world.drain()
            self.has_forgotten = False

    def _compare(self, sensor: str, first_ns: int, end_ns: int) -> None:
        seen = self._seen(sensor, first_ns, end_ns)
        accepted = between(self.accepted[sensor], first_ns, end_ns)
        offered = pairs_of(between(self.offered[sensor], first_ns, end_ns))
        assert len(seen) == len(pairs_of(seen))
        assert pairs_of(self._shown(sensor, accepted)) <= pairs_of(seen) <= offered

    def _shown(self, sensor: str, accepted: Readings) -> Readings:
        """What is in bins and not too old, or in the archive."""
        since_ns = ns(self.world.clock.now - CONF.kept)
        archived = _insisting(lambda: ARCHIVE_REPOSITORY.latest(group_of(sensor)))
        until_ns = range_of_day(archived.day)[1] if archived else 0
        at = accepted["at"]
        shown: Readings = accepted[(at >= since_ns) | (at < until_ns)]
        return shown

    def _seen(self, sensor: str, first_ns: int, end_ns: int) -> Readings:
        now = self.world.clock.now
        return _insisting(lambda: queries.find(sensor, first_ns, end_ns, now=now).readings())


def _insisting(ask: Callable[[], _T]) -> _T:
    """Asks until AWS does not fail."""
    while True:
        with suppress(Unavailable):
            return ask()


def test_any_history_shows_exactly_what_was_sent() -> None:
    steps = settings(
        max_examples=25,
        stateful_step_count=30,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    with override_settings(SENSORS=asdict(CONF)):
        run_state_machine_as_test(Histories, settings=steps)
