"""Runs the plain loops, one process or several at once, into a table declared like ours."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.place import ROOT, Bank


@dataclass(frozen=True, slots=True)
class Timed:
    """Rows written in so many seconds of wall clock."""

    rows: int
    seconds: float

    @property
    def rows_per_s(self) -> float:
        return self.rows / self.seconds

    def __add__(self, other: "Timed") -> "Timed":
        return Timed(self.rows + other.rows, self.seconds + other.seconds)


def write_plainly(bank: Bank, file: Path, rows: range, *, processes: int) -> Timed:
    """Writes the rows to a new table; wall clock from the first's begin to the last's end."""
    table = f"{bank.name}-plain-{processes}-{rows.start}"
    _create_like_transactions(bank, table)
    writers = [_start(bank, file, table, part, processes, rows) for part in range(processes)]
    for writer in writers:
        assert writer.stdout is not None
        writer.stdout.readline()  # "ready"
    answers = []
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        output, _none = writer.communicate()
        answers.append(json.loads(output))
    seconds = max(each["ended"] for each in answers) - min(each["began"] for each in answers)
    return Timed(sum(each["rows"] for each in answers), seconds)


def _start(
    bank: Bank, file: Path, table: str, part: int, parts: int, rows: range
) -> "subprocess.Popen[str]":
    numbers = (part, parts, rows.start, rows.stop)
    return subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-m", "benchmarks.plain", str(file), table, *map(str, numbers)],
        env=dict(bank.environment),
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _create_like_transactions(bank: Bank, name: str) -> None:
    """With the declaration of the hub's own table: keys, stream, billing."""
    os.environ |= bank.environment
    from aws.provisioning.tables import definition
    from aws.sessions import client, reset_clients
    from txhub.resources import TRANSACTIONS

    reset_clients()
    client("dynamodb").create_table(**{**definition(TRANSACTIONS), "TableName": name})
