"""Peak memory of a process's children, as Linux keeps it."""

from pathlib import Path

_KB_PER_MB = 1024


def peak_mb_of_children(pid: int) -> float:
    """The largest peak resident set among the processes that `pid` has started; 0 off Linux."""
    return max(map(_peak_mb, _children(pid)), default=0.0)


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def _peak_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / _KB_PER_MB
    return 0.0
