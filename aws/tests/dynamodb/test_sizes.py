"""Sizes and units, by the examples of AWS's documentation."""

from typing import Any

import pytest

from aws.dynamodb.attributes import encode_item
from aws.dynamodb.sizes import item_bytes, write_units


class TestItemBytes:
    @pytest.mark.parametrize(
        ("item", "size"),
        [
            ({"pk": "abc"}, 5),
            ({"é": "é"}, 4),
            ({"b": b"\x00" * 10}, 11),
            ({"n": 1234}, 1 + 3),
            ({"n": -1234}, 1 + 4),
            ({"n": 12000}, 1 + 2),
            ({"t": True, "u": None}, 4),
            ({"s": frozenset({"ab", "cde"})}, 6),
            ({"l": ["ab", 1]}, 1 + 3 + 3 + 3),
            ({"m": {"a": "b"}}, 1 + 3 + 2 + 1),
        ],
    )
    def test_counts_names_and_values(self, item: dict[str, Any], size: int) -> None:
        assert item_bytes(encode_item(item)) == size


class TestWriteUnits:
    @pytest.mark.parametrize(("size", "units"), [(1, 1), (1023, 1), (1024, 2), (3000, 3)])
    def test_are_started_kilobytes(self, size: int, units: int) -> None:
        assert write_units(encode_item({"b": b"x" * size})) == units
