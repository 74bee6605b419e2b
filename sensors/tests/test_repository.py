"""The `sensors` table, on the engine."""

from datetime import timedelta
from secrets import token_hex

import pytest

from aws.dynamodb.attributes import encode_item
from aws.dynamodb.sizes import item_bytes
from sensors.domain.batches import group_of
from sensors.domain.bins import Bin, BinDamaged
from sensors.domain.partitions import DAY, HOUR, TIERS, FiledBin, Tier
from sensors.domain.readings import NS_PER_S
from sensors.domain.sealing import ITEM_BYTES
from sensors.repository import SENSOR_REPOSITORY, bin_from_item, bin_to_item, key_of
from sensors.tests.generated import temperature

_KEPT = timedelta(days=37)


def _filed(sensor: str, count: int = 60, *, seed: int = 1, tier: Tier = DAY) -> FiledBin:
    return FiledBin(sensor=sensor, tier=tier, bin=Bin.of(temperature(count, seed=seed)))


class TestAnItem:
    def test_holds_all_of_a_bin(self) -> None:
        filed = _filed("boiler", 600)
        assert bin_from_item(bin_to_item(filed, _KEPT), "boiler") == filed

    def test_is_as_large_as_it_is_taken_to_be(self) -> None:
        for tier in TIERS:
            filed = _filed("a sensor with a long name, which does not matter", tier=tier)
            size = item_bytes(encode_item(bin_to_item(filed, _KEPT)))
            assert -4 <= size - len(filed.bin.packed) - ITEM_BYTES <= 0

    def test_expires_so_long_after_its_last_reading(self) -> None:
        filed = _filed("boiler")
        expires_s = bin_to_item(filed, _KEPT)["x"]
        last_s = filed.bin.summary.last.at // NS_PER_S
        assert expires_s - last_s == _KEPT.total_seconds()

    def test_that_was_damaged_is_refused(self) -> None:
        item = bin_to_item(_filed("boiler"), _KEPT)
        damaged = item["z"][:-1] + bytes([item["z"][-1] ^ 1])
        with pytest.raises(BinDamaged):
            bin_from_item({**item, "z": damaged}, "boiler")


class TestBins:
    def test_are_found_by_their_range(self) -> None:
        sensor = token_hex(8)
        whole = temperature(6000)
        filed = [
            FiledBin(sensor=sensor, tier=DAY, bin=Bin.of(whole[begin : begin + 600]))
            for begin in range(0, 6000, 600)
        ]
        SENSOR_REPOSITORY.write(filed, kept=_KEPT)
        first = int(whole["at"][0])
        found = SENSOR_REPOSITORY.bins(
            sensor, [DAY], first + 700 * NS_PER_S, first + 1200 * NS_PER_S
        )
        assert list(found) == filed[1:2]
        everything = SENSOR_REPOSITORY.bins(sensor, TIERS, first, first + 6000 * NS_PER_S)
        assert list(everything) == filed

    def test_written_twice_are_one(self) -> None:
        sensor = token_hex(8)
        for _time in range(2):
            SENSOR_REPOSITORY.write([_filed(sensor)], kept=_KEPT)
        number = DAY.number(_filed(sensor).bin.summary.first.at)
        assert len(list(SENSOR_REPOSITORY.partition(sensor, DAY, number))) == 1

    def test_that_end_at_the_same_moment_stand_beside_each_other(self) -> None:
        assert key_of(_filed("a", seed=1)) != key_of(_filed("a", seed=2))


class TestTiers:
    def test_are_those_that_were_noted(self) -> None:
        sensor, other = token_hex(8), token_hex(8)
        SENSOR_REPOSITORY.note_tiers([(sensor, DAY), (sensor, HOUR)])
        SENSOR_REPOSITORY.note_tiers([(sensor, DAY)])
        assert SENSOR_REPOSITORY.tiers([sensor, other]) == {
            sensor: {DAY, HOUR},
            other: frozenset(),
        }


class TestTheList:
    def test_has_each_sensor_once_and_page_by_page(self) -> None:
        run = token_hex(6)
        sensors = {f"{run}-{number}" for number in range(30)}
        SENSOR_REPOSITORY.list_sensors(sensors)
        SENSOR_REPOSITORY.list_sensors(sensors)
        found: list[str] = []
        while page := SENSOR_REPOSITORY.listed(after=found[-1] if found else None, limit=7):
            found += page
        assert len(found) == len(set(found))
        assert sensors <= set(found)
        assert [group_of(each) for each in found] == sorted(map(group_of, found))
