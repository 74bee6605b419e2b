"""Batches: rows of a device, records of the stream."""

import numpy as np
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from sensors.domain.batches import (
    GROUPS,
    RECORD_BYTES_MAX,
    Batch,
    BatchDamaged,
    batch_from_bytes,
    batch_to_bytes,
    batches,
    group_of,
)
from sensors.domain.readings import NONE, readings, union
from sensors.tests.generated import pairs_of, temperature

_NAMES = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=12)
_ROWS = st.lists(
    st.tuples(_NAMES, st.integers(-(2**63), 2**63 - 1), st.floats(width=64)), max_size=60
)


class TestBatches:
    @given(_ROWS)
    @settings(deadline=None)
    def test_carry_all_rows_there_and_back(self, rows: list[tuple[str, int, float]]) -> None:
        names = [row[0] for row in rows]
        at, values = np.array([row[1] for row in rows], np.int64), [row[2] for row in rows]
        arrived = dict.fromkeys(names, NONE)
        for group, batch in batches(names, at, np.array(values, np.float64)):
            for sensor, part in batch_from_bytes(batch_to_bytes(batch)).parts():
                assert group_of(sensor) == group
                arrived[sensor] = union([arrived[sensor], part])
        for name in arrived:
            mine = [row for row in rows if row[0] == name]
            sent = readings([row[1] for row in mine], [row[2] for row in mine])
            assert pairs_of(arrived[name]) == pairs_of(sent)

    def test_are_one_for_each_group_at_the_most(self) -> None:
        names = [f"sensor-{n % 100}" for n in range(5000)]
        made = list(batches(names, np.arange(5000), np.zeros(5000)))
        assert len(made) == len({group for group, _batch in made}) == GROUPS

    def test_keep_a_sensor_in_the_order_it_sent(self) -> None:
        ((_group, batch),) = batches(["a", "a", "a"], np.array([3, 1, 2]), np.array([1.0, 2, 3]))
        assert batch.readings["at"].tolist() == [3, 1, 2]

    def test_fit_into_a_record_whatever_they_hold(self) -> None:
        chance = np.random.default_rng(1)
        noise = chance.integers(0, 2**63, 200_000)
        names = ["one"] * 150_000 + [f"{n:x}" * 30 for n in range(50_000)]
        made = [batch for _group, batch in batches(names, noise, noise.view(np.float64))]
        assert sum(len(batch.readings) for batch in made) == 200_000
        assert max(len(batch_to_bytes(batch)) for batch in made) < RECORD_BYTES_MAX

    def test_take_few_bytes_a_reading(self) -> None:
        part = temperature(600)
        names = [f"s{n}" for n in range(10) for _reading in part]
        at, values = np.tile(part["at"], 10), np.tile(part["value"], 10)
        size = sum(len(batch_to_bytes(batch)) for _group, batch in batches(names, at, values))
        assert size / 6000 < 6


class TestARecord:
    @given(st.integers(0, 10_000), st.integers(1, 255))
    @settings(deadline=None)
    def test_notices_damage(self, position: int, change: int) -> None:
        whole = Batch(sensors=("a", "b"), counts=(200, 100), readings=temperature(300))
        data = bytearray(batch_to_bytes(whole))
        data[position % len(data)] ^= change
        try:
            again = batch_from_bytes(bytes(data))
        except BatchDamaged:
            return
        assert again.readings.tobytes() == whole.readings.tobytes()  # a bit that means nothing

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"nothing",
            b"\x28\xb5\x2f\xfd",
            zstandard.compress(b""),
            zstandard.compress(b"x" * 99),
        ],
    )
    def test_refuses_what_it_did_not_make(self, data: bytes) -> None:
        with pytest.raises(BatchDamaged):
            batch_from_bytes(data)
