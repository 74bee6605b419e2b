"""Reading a sensor's ranges, beside the bare engine read of the same bytes."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from aws.dynamodb import Key
from benchmarks.figures import Figure, percentile
from benchmarks.sensor_data import generated
from sensors import queries
from sensors.conf import conf
from sensors.domain.bins import Bin
from sensors.domain.overview import downsampled
from sensors.domain.partitions import DAY, FiledBin
from sensors.domain.readings import NS_PER_S, ns
from sensors.domain.sealing import Size, cut
from sensors.repository import SENSOR_REPOSITORY, partition_key

_DAYS, _DAY_S = 30, 86_400
_HOUR_NS = 3600 * NS_PER_S
_HOURS, _MONTHS = 300, 20
_POINTS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A sensor with thirty days at 1 Hz, up to `now`."""

    sensor: str
    begin_ns: int
    now: datetime


def store_month(sensor: str, size: Size) -> Month:
    """In bins of this size, as the consumer cuts them."""
    end_s = int(time.time()) // _DAY_S * _DAY_S
    begin_ns = (end_s - (_DAYS - 1) * _DAY_S) * NS_PER_S
    whole = generated(_DAYS * _DAY_S - _DAY_S, seed=7, begin_ns=begin_ns)
    pieces = cut(whole, size, bytes_a_reading=1.0, in_use=())
    SENSOR_REPOSITORY.note_tiers([(sensor, DAY)])
    SENSOR_REPOSITORY.write(
        (FiledBin(sensor=sensor, tier=piece.tier, bin=piece.bin) for piece in pieces),
        kept=conf().kept,
    )
    return Month(sensor=sensor, begin_ns=begin_ns, now=datetime.fromtimestamp(end_s, UTC))


def hours(month: Month) -> tuple[list[float], list[float]]:
    """Milliseconds of reading random hours: by us, and by the engine alone, in turn."""
    chance = random.Random(5)  # noqa: S311 - reproducible on purpose
    last = ns(month.now) - _HOUR_NS
    ours, bare = [], []
    for _turn in range(_HOURS):
        first_ns = chance.randrange(month.begin_ns, last)
        ours.append(_ms(partial(_read, month, first_ns)))
        bare.append(_ms(partial(_read_bare, month, first_ns)))
    return ours, bare


def month_to_points(month: Month) -> list[float]:
    """Milliseconds of all of it as a thousand points."""
    end_ns = ns(month.now)

    def read() -> None:
        found = queries.find(month.sensor, month.begin_ns, end_ns, now=month.now)
        assert len(downsampled(found.parts, _POINTS)) == _POINTS

    return [_ms(read) for _turn in range(_MONTHS)]


def _read(month: Month, first_ns: int) -> None:
    found = queries.find(month.sensor, first_ns, first_ns + _HOUR_NS, now=month.now)
    assert len(found.readings()) == _HOUR_NS // NS_PER_S


def _read_bare(month: Month, first_ns: int) -> None:
    """The same Queries, whose items nobody opens."""
    end_ns = first_ns + _HOUR_NS
    for number in DAY.numbers(first_ns, end_ns):
        SENSOR_REPOSITORY.query(
            partition_key(month.sensor, DAY, number),
            sort=Key("sk").between(f"{first_ns:016x}", f"{end_ns + DAY.span_ns:016x}g"),
            consistent=True,
        )


def _ms(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def figures(month: Month) -> list[Figure]:
    ours, bare = hours(month)
    whole = month_to_points(month)
    how = (
        f"{_HOURS} random hours of {_DAYS - 1} days at 1 Hz, {len(list(_a_day(month)))} bins a day"
    )
    ratio = percentile(ours, 50) / percentile(bare, 50)
    return [
        Figure(name="range_p50_ms", value=percentile(ours, 50), unit="ms", aim="<= 10", how=how),
        Figure(name="range_p99_ms", value=percentile(ours, 99), unit="ms", aim="<= 10", how=how),
        Figure(
            name="range_ratio_to_engine_p50",
            value=ratio,
            unit="ratio",
            aim="<= 1.5",
            how="to the same Query by our client, items as Python values, in turn; "
            f"its p50 {percentile(bare, 50):.2f} ms",
        ),
        Figure(
            name="month_to_1000_points_p50_ms",
            value=percentile(whole, 50),
            unit="ms",
            how=f"{_DAYS - 1} days at 1 Hz, from bins' summaries, {_MONTHS} times",
        ),
    ]


def _a_day(month: Month) -> "list[Bin]":
    number = DAY.number(month.begin_ns)
    return [each.bin for each in SENSOR_REPOSITORY.partition(month.sensor, DAY, number)]
