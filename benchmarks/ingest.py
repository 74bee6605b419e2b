"""A feed file end to end, beside plain loops of boto3 over the same rows.

Ours is everything: landing bucket, file step, chunks in real Celery processes, checkpoints, until
the job is COMPLETED; every row parsed, validated, looked up, sealed and written. The plain loops
parse and write in the clear.
"""

import gzip
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from benchmarks.figures import Figure, engine
from benchmarks.place import BENCH_DIR, CommandFailed, Place, data_file
from benchmarks.plain_side import Timed, write_plainly
from benchmarks.processes import peak_mb_of_children
from benchmarks.sizes import size

ROWS = size("ROWS", 200_000)
SWEEP_ROWS = size("SWEEP_ROWS", 20_000)
WORKERS = 2
_CHUNK_ROWS = 2_000
_SWEEP = (  # chunk rows, workers
    (500, WORKERS),
    (_CHUNK_ROWS, WORKERS),
    (8_000, WORKERS),
    (_CHUNK_ROWS, 1),
    (_CHUNK_ROWS, 4),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ingested:
    timed: Timed  # by the wall clock, the command's own start included
    job: Timed  # what the job says of itself
    peak_mb: float


def run(place: Place) -> list[Figure]:
    large, small = first_rows(ROWS), first_rows(SWEEP_ROWS)
    sweep = {
        (chunk, workers): _ingest(place, small, chunk_rows=chunk, workers=workers)
        for chunk, workers in _SWEEP
    }
    middle = ROWS // 2
    one, two = _plainly(place, large, range(middle))
    ours = _ingest(place, large, chunk_rows=_CHUNK_ROWS, workers=WORKERS)
    one_after, two_after = _plainly(place, large, range(middle, ROWS))
    sides = (ours, one + one_after, two + two_after)
    small_run = sweep[_CHUNK_ROWS, WORKERS]
    return [*_rates(*sides), *_peaks(small_run, ours), *map(_swept, sweep.items())]


def first_rows(count: int) -> Path:
    """A file of the first rows of the simulated card data. Raises `DataMissing`."""
    path = BENCH_DIR / f"simulated_card_{count}.csv"
    source = data_file("simulated_card_transactions.csv.gz")
    with gzip.open(source, "rt") as rows, path.open("w") as file:
        file.writelines(islice(rows, count + 1))
    return path


def _plainly(place: Place, file: Path, rows: range) -> Iterator[Timed]:
    bank = place.new_bank()
    for processes in (1, WORKERS):
        _say(f"plain boto3, {len(rows):,} rows, {processes} process(es)")
        yield write_plainly(bank, file, rows, processes=processes)


def _ingest(place: Place, file: Path, *, chunk_rows: int, workers: int) -> _Ingested:
    """Into an empty bank, by fresh workers."""
    _say(f"the hub, {file.name}, chunks of {chunk_rows:,} rows, {workers} worker process(es)")
    bank = place.new_bank(TXHUB_BATCH_CHUNK_ROWS=str(chunk_rows))
    worker = bank.start_worker(workers)
    began = time.perf_counter()
    output = bank.manage(
        *("ingest", str(file), "--kind", "historical", "--profile", "simulated_card"),
        *("--create-accounts", "--wait", "--json"),
    )
    seconds = time.perf_counter() - began
    peak_mb = peak_mb_of_children(worker.pid)
    place.stop(worker)
    report = json.loads(output.splitlines()[-1])
    if report["written"] + report["quarantined"] != report["read"]:
        raise CommandFailed(f"not all rows were written: {report}")
    rows = report["read"]
    return _Ingested(
        timed=Timed(rows, seconds), job=Timed(rows, report["seconds"]), peak_mb=peak_mb
    )


def _rates(ours: _Ingested, one: Timed, several: Timed) -> list[Figure]:
    plain = f"batch_write_item in the clear, same rows, declaration and {engine()} process"
    return [
        Figure(
            name="rows_per_s",
            value=ours.timed.rows_per_s,
            unit="rows/s",
            how=f"{ours.timed.rows:,} rows, `manage.py ingest --wait` from its start to its end, "
            f"{WORKERS} worker processes",
        ),
        Figure(
            name="plain_boto3_rows_per_s",
            value=one.rows_per_s,
            unit="rows/s",
            how=f"one process: {plain}; half before ours, half after",
        ),
        Figure(
            name=f"plain_boto3_{WORKERS}_processes_rows_per_s",
            value=several.rows_per_s,
            unit="rows/s",
            how=f"{WORKERS} processes: {plain}; half before ours, half after",
        ),
        Figure(
            name="ratio_to_plain_boto3",
            value=ours.timed.rows_per_s / one.rows_per_s,
            unit="ratio",
            aim=">= 1.0",
            how="rows_per_s / plain_boto3_rows_per_s",
        ),
    ]


def _peaks(small: _Ingested, large: _Ingested) -> list[Figure]:
    how = "largest VmHWM among fresh worker processes"
    return [
        Figure(name="worker_peak_mb_20k", value=small.peak_mb, unit="MB", how=how),
        Figure(name="worker_peak_mb_200k", value=large.peak_mb, unit="MB", how=how),
    ]


def _swept(entry: tuple[tuple[int, int], _Ingested]) -> Figure:
    (chunk_rows, workers), ingested = entry
    return Figure(
        name=f"rows_per_s_chunk_{chunk_rows}_workers_{workers}",
        value=ingested.job.rows_per_s,
        unit="rows/s",
        how=f"{ingested.job.rows:,} rows, the job's own seconds",
    )


def _say(line: str) -> None:
    print(f"  {line} ...", flush=True)
