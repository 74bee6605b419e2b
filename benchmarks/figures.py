"""Figures: what a benchmark yields, as a table and as JSON in `var/bench/`."""

import json
import math
import os
import platform
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.place import BENCH_DIR


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured number. `aim` such as ">= 1.0"; None where nothing is aimed at."""

    name: str
    value: float
    unit: str
    how: str
    aim: str | None = None

    @property
    def holds(self) -> bool | None:
        """Whether the aim is met; None without an aim."""
        if self.aim is None:
            return None
        relation, bound = self.aim.split()
        limit = float(bound)
        return {
            ">=": self.value >= limit,
            "<=": self.value <= limit,
            "=": math.isclose(self.value, limit),
        }[relation]


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that `percent` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def engine() -> str:
    """What stands in for AWS here."""
    return f"ministack {version('ministack')}"


def machine() -> str:
    """Where the figures were measured; they mean little elsewhere."""
    cores = f"{os.cpu_count()} cores"
    python = f"Python {platform.python_version()}"
    system = f"{platform.system()} {platform.machine()}"
    busy = f"load {os.getloadavg()[0]:.1f} at the end"
    speed = f"{core_speed():.0f} M loops/s a core"
    return f"{system}, {cores} ({speed}), {python}, {engine()}, {busy}"


def core_speed() -> float:
    """Millions of turns of an empty Python loop a second: how fast the core was just now.

    Times of two runs compare only where this does.
    """
    turns = 2_000_000
    began = time.process_time()
    for _turn in range(turns):
        pass
    return turns / (time.process_time() - began) / 1e6


def write(bench: str, figures: Sequence[Figure]) -> Path:
    """Writes `var/bench/<bench>.json`."""
    path = BENCH_DIR / f"{bench}.json"
    content = {
        "bench": bench,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "figures": [_as_json(figure) for figure in figures],
    }
    path.write_text(json.dumps(content, indent=2) + "\n")
    return path


def show(bench: str, figures: Sequence[Figure]) -> None:
    """Prints the table."""
    table = Table(title=bench, caption=machine(), title_justify="left", caption_justify="left")
    for heading in ("figure", "value", "unit", "aim", "holds", "how"):
        table.add_column(heading, justify="right" if heading == "value" else "left")
    for each in figures:
        holds = {True: "yes", False: "NO", None: ""}[each.holds]
        table.add_row(each.name, _readable(each.value), each.unit, each.aim or "", holds, each.how)
    Console(width=None if os.isatty(1) else 150).print(table)


def _as_json(figure: Figure) -> dict[str, object]:
    fields = asdict(figure)
    rounded = round(figure.value, 4)
    how = fields.pop("how")
    return {**fields, "value": rounded, "holds": figure.holds, "how": how}


def _readable(value: float) -> str:
    if abs(value) >= 1000 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:,.2f}" if abs(value) >= 1 else f"{value:.4f}"
