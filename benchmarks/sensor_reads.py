"""Reading a sensor's ranges, beside the bare engine read of the same bytes."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial

from aws.dynamodb import Key
from benchmarks.figures import Figure, percentile
from benchmarks.sensor_data import generated
from sensors import queries
from sensors.archive import ARCHIVE_REPOSITORY
from sensors.conf import conf
from sensors.domain.archiving import day_of
from sensors.domain.batches import group_of
from sensors.domain.overview import downsampled
from sensors.domain.partitions import FiledBin, Tier
from sensors.domain.readings import NS_PER_S, ns
from sensors.domain.sealing import Size, cut
from sensors.repository import SENSOR_REPOSITORY, partition_key
from sensors.services.archiving import archive_group

_DAYS, _DAY_S = 30, 86_400
_HOUR_NS = 3600 * NS_PER_S
_HOURS, _MONTHS, _ARCHIVED_HOURS = 300, 20, 50
_POINTS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A sensor with thirty days at 1 Hz, up to `now`, in bins of these tiers."""

    sensor: str
    tiers: frozenset[Tier]
    begin_ns: int
    now: datetime


def store_month(sensor: str, size: Size) -> Month:
    """In bins of this size, as the consumer cuts them."""
    end_s = int(time.time()) // _DAY_S * _DAY_S
    begin_ns = (end_s - (_DAYS - 1) * _DAY_S) * NS_PER_S
    whole = generated(_DAYS * _DAY_S - _DAY_S, seed=7, begin_ns=begin_ns)
    pieces = cut(whole, size, bytes_a_reading=1.0, in_use=())
    bins = [FiledBin(sensor=sensor, tier=piece.tier, bin=piece.bin) for piece in pieces]
    tiers = frozenset(each.tier for each in bins)
    SENSOR_REPOSITORY.note_tiers((sensor, tier) for tier in tiers)
    SENSOR_REPOSITORY.write(bins, kept=conf().kept)
    SENSOR_REPOSITORY.list_sensors([sensor])
    return Month(
        sensor=sensor, tiers=tiers, begin_ns=begin_ns, now=datetime.fromtimestamp(end_s, UTC)
    )


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
    for tier in month.tiers:
        for number in tier.numbers(first_ns, end_ns):
            SENSOR_REPOSITORY.query(
                partition_key(month.sensor, tier, number),
                sort=Key("sk").between(f"{first_ns:016x}", f"{end_ns + tier.span_ns:016x}g"),
                consistent=True,
            )


def _ms(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def figures(month: Month) -> list[Figure]:
    ours, bare = hours(month)
    whole = month_to_points(month)
    how = f"{_HOURS} random hours of {_DAYS - 1} days at 1 Hz, {_bins_of_a_day(month)} bins a day"
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


def archive_figures(month: Month) -> list[Figure]:
    """The same month a month later: how fast it is archived, and how long an hour of it takes."""
    group, later = group_of(month.sensor), month.now + timedelta(days=35)
    began = time.perf_counter()
    for turn in (month.now + timedelta(days=7), later):  # the first looks back 37 days
        archive_group(group, conf(), now=turn)
    seconds = time.perf_counter() - began
    days = ARCHIVE_REPOSITORY.days(group, day_of(month.begin_ns), later.date())
    kept = [each for each in days if each.count]
    count = sum(each.count for each in kept)
    asked = replace(month, now=later)
    chance, last = random.Random(5), ns(month.now) - _HOUR_NS  # noqa: S311 - reproducible on purpose
    read_ms = [
        _ms(partial(_read, asked, chance.randrange(month.begin_ns, last)))
        for _turn in range(_ARCHIVED_HOURS)
    ]
    return [
        Figure(
            name="archive_readings_per_s",
            value=count / seconds,
            unit="readings/s",
            how=f"{len(kept)} days of a group of sensors: read, written, read back, compared",
        ),
        Figure(
            name="archive_bytes_per_reading",
            value=sum(each.size for each in kept) / count,
            unit="bytes",
            how="Parquet in S3",
        ),
        Figure(
            name="archived_range_p50_ms",
            value=percentile(read_ms, 50),
            unit="ms",
            how=f"{_ARCHIVED_HOURS} random hours at 1 Hz out of the archive",
        ),
    ]


def _bins_of_a_day(month: Month) -> int:
    end_ns = month.begin_ns + _DAY_S * NS_PER_S
    bins = SENSOR_REPOSITORY.bins(month.sensor, month.tiers, month.begin_ns, end_ns)
    return len(list(bins))
