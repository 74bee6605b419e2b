"""`python -m tests.mutations [WORD]`: breaks each guard (whose name or place has WORD) in a copy of
the tree and expects its test to fail. `--write` writes docs/guards.md instead."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from tests.mutations import (
    alerts,
    batch_jobs,
    batch_steps,
    checkouts,
    mail,
    matching,
    rows,
    statements,
    storing,
    storing_changes,
    storing_places,
    summaries,
)
from tests.mutations.guard import Guard

ROOT = Path(__file__).parents[2]
COPY = ROOT / "var" / f"mutations-{os.getpid()}"
DOCS = ROOT / "docs" / "guards.md"
ROOMS = {
    "Jobs": batch_jobs.GUARDS,
    "Steps": batch_steps.GUARDS,
    "Rows": rows.GUARDS,
    "Storing": storing.GUARDS + storing_changes.GUARDS + storing_places.GUARDS,
    "Matching": matching.GUARDS,
    "Statements": statements.GUARDS,
    "The shop": checkouts.GUARDS,
    "Summaries and digests": summaries.GUARDS,
    "Alerts": alerts.GUARDS,
    "Mail": mail.GUARDS,
}
GUARDS = tuple(guard for guards in ROOMS.values() for guard in guards)
_LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "var", "__pycache__", ".*_cache", ".hypothesis")


def main(arguments: list[str]) -> int:
    if arguments == ["--write"]:
        DOCS.write_text(as_page(), encoding="utf-8")
        return 0
    word = arguments[0] if arguments else ""
    chosen = [each for each in GUARDS if word in each.name or word in each.file]
    shutil.rmtree(COPY, ignore_errors=True)
    shutil.copytree(ROOT, COPY, ignore=_LEFT_OUT)
    try:
        return _survivors(chosen)
    finally:
        shutil.rmtree(COPY, ignore_errors=True)


def as_page() -> str:
    """docs/guards.md."""
    lines = [
        "# Guards",
        "",
        "The conditions that keep rows, statements, check-outs, alerts and mails from being lost",
        "or done twice, and the test that fails without each. `make mutations` takes them away one",
        "by one and sees. Made by `python -m tests.mutations --write` from the lists in",
        "`tests/mutations/`.",
    ]
    for room, guards in ROOMS.items():
        lines += ["", f"## {room}", "", "| guard | prevents that | where | test |"]
        lines += ["| --- | --- | --- | --- |", *map(_row, guards)]
    return "\n".join([*lines, ""])


def _row(guard: Guard) -> str:
    file, *names = guard.test.split("::")
    test = " ".join([Path(file).name, *names])
    return f"| {guard.name} | {guard.prevents} | `{guard.place}` | `{test}` |"


def _survivors(guards: Iterable[Guard]) -> int:
    chosen = list(guards)
    if not _passes([each.test for each in chosen]):
        print("The tests do not pass as the tree is: mend that first.")  # noqa: T201
        return 2
    survivors = 0
    for guard in chosen:
        began = time.monotonic()
        survived = _survives(guard)
        survivors += survived
        verdict = "SURVIVED" if survived else "found"
        print(f"{verdict:9}{time.monotonic() - began:5.1f} s  {guard.name}", flush=True)  # noqa: T201
    print(f"{len(chosen)} guards, {survivors} without a test")  # noqa: T201
    return 1 if survivors else 0


def _survives(guard: Guard) -> bool:
    path = COPY / guard.file
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole.replace(guard.holds, guard.broken), encoding="utf-8")
    try:
        return _passes([guard.test])
    finally:
        path.write_text(whole, encoding="utf-8")


def _passes(tests: list[str]) -> bool:
    command = [sys.executable, "-m", "pytest", "-q", "-x", "--no-header", "-p", "no:cacheprovider"]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [*command, *dict.fromkeys(tests)],
        cwd=COPY,
        env=environment,
        capture_output=True,
        check=False,
    )
    if done.returncode not in (0, 1):
        raise SystemExit(done.stdout.decode() + done.stderr.decode())
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
