"""Memory and CPU time of processes that we started, as Linux counts them; 0 elsewhere."""

import os
from pathlib import Path

_KB_PER_MB = 1024


def peak_mb_of_children(pid: int) -> float:
    """The largest peak resident set among the processes that `pid` has started."""
    return max(map(_peak_mb, _children(pid)), default=0.0)


def cpu_seconds(pid: int) -> float:
    """CPU time so far of the process and those that it has started."""
    return sum(map(_cpu_seconds, [pid, *_children(pid)]))


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def _peak_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / _KB_PER_MB
    return 0.0


def _cpu_seconds(pid: int) -> float:
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return 0.0
    after_name = stat.read_text().rpartition(")")[2].split()
    ticks = int(after_name[11]) + int(after_name[12])  # in user mode, in the kernel
    return ticks / os.sysconf("SC_CLK_TCK")
