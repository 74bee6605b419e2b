import os
import random
import subprocess
from pathlib import Path

import pytest

from txhub.batch.spool import Record, Sorter, Spool


def sorted_again(folder: Path, rows: int, rows_max: int) -> list[Record]:
    numbers = random.Random(7).sample(range(rows), rows)  # noqa: S311
    with Spool(folder) as spool:
        sorter = Sorter(spool, rows_max)
        for number in numbers:
            sorter.add((f"account {number % 7}", number, b"PLAIN TEXT"))
        _assert_sealed(folder)
        return list(sorter.sorted())


def _assert_sealed(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            assert b"PLAIN" not in path.read_bytes()


class TestSorter:
    @pytest.mark.parametrize("rows_max", [1, 3, 10, 1_000])
    def test_sorts_whatever_fits_in_memory(self, tmp_path: Path, rows_max: int) -> None:
        found = sorted_again(tmp_path, 700, rows_max)
        assert [each[:2] for each in found] == sorted(
            (f"account {number % 7}", number) for number in range(700)
        )

    def test_leaves_nothing_on_disk(self, tmp_path: Path) -> None:
        sorted_again(tmp_path, 700, 3)
        assert list(tmp_path.iterdir()) == []

    def test_tells_that_it_is_alive_while_it_merges(self, tmp_path: Path) -> None:
        """A merge of millions of rows may outlast a lease."""
        told: list[None] = []
        with Spool(tmp_path) as spool:
            sorter = Sorter(spool, 1_000, lambda: told.append(None))
            for number in range(24_000):  # as many runs as are merged at once
                sorter.add((number, b""))
        assert len(told) >= 4

    def test_of_nothing_is_nothing(self, tmp_path: Path) -> None:
        assert sorted_again(tmp_path, 0, 3) == []


class TestSpool:
    def test_removes_what_killed_processes_left_and_nothing_else(self, tmp_path: Path) -> None:
        dead = subprocess.Popen(["true"])
        dead.wait()
        left, mine = tmp_path / f"{dead.pid}-abc", tmp_path / f"{os.getpid()}-abc"
        for folder in (left, mine):
            folder.mkdir()
        with Spool(tmp_path):
            assert not left.exists()
            assert mine.exists()
