"""What the steps of a job do, by its kind.

Another app's job is `register`ed when its app is ready; a job of a kind that nobody registered
brings a file in.
"""

from collections.abc import Callable
from dataclasses import dataclass

from aws.metrics import use_case
from txhub.batch import chunks, partition, statements
from txhub.batch.leases import Lease
from txhub.batch.models import STATEMENTS, ChunkExecution, FileExecution


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    """Both are called with the lease on their step, end it with `lease.finish`, and may run again
    where their worker died. `use_case`: whose calls to AWS theirs are, where they name none."""

    use_case: str
    file: Callable[[Lease[FileExecution]], None]
    chunk: Callable[[Lease[ChunkExecution]], None]


_BRING_IN = Procedure(use_case="feeds.bring_in", file=partition.run_file, chunk=chunks.run_chunk)
_OTHERS = {
    STATEMENTS: Procedure(
        use_case="statements.job", file=statements.run_file, chunk=statements.run_chunk
    )
}


def register(kind: str, procedure: Procedure) -> None:
    """Says what the jobs of a kind do; the same again changes nothing."""
    if _OTHERS.setdefault(kind, procedure) != procedure:
        raise ValueError(f"jobs of kind {kind!r} are registered twice, differently")


def run_file(lease: Lease[FileExecution]) -> None:
    procedure = _of(lease)
    with use_case(procedure.use_case):
        procedure.file(lease)


def run_chunk(lease: Lease[ChunkExecution]) -> None:
    procedure = _of(lease)
    with use_case(procedure.use_case):
        procedure.chunk(lease)


def _of(lease: Lease[FileExecution] | Lease[ChunkExecution]) -> Procedure:
    return _OTHERS.get(lease.step.execution.instance.kind, _BRING_IN)
