"""What workers do: one function for each task, each safe to run twice."""

from kernel.clock import Clock, utc_now
from txhub.batch import jobs, landing
from txhub.batch.models import ChunkExecution, FileExecution, PruneExecution
from txhub.batch.procedures import run_chunk, run_file
from txhub.batch.prune import run_prune
from txhub.batch.sending import is_due, send_due_prune, send_waiting_chunks
from txhub.batch.steps import run_step


def take_in(key: str, version: str | None, *, clock: Clock = utc_now) -> None:
    """Makes a job of an object that has appeared in the landing bucket, and starts it."""
    landed = landing.receive(key, version, clock=clock)
    if landed is not None:
        jobs.start(jobs.register(landed, clock=clock), clock=clock)


def work_on_file(file_id: str, *, clock: Clock = utc_now) -> None:
    """The file step, and then its chunks are sent."""
    if run_step(FileExecution, file_id, run_file, clock=clock):
        send_waiting_chunks(file_id, clock=clock)
        send_due_prune(file_id, clock=clock)  # a file may have no chunks


def work_on_chunk(chunk_id: str, *, clock: Clock = utc_now) -> None:
    """A chunk; after the last one the file's prune is sent, where it has one."""
    if run_step(ChunkExecution, chunk_id, run_chunk, clock=clock):
        send_due_prune(ChunkExecution.objects.get(pk=chunk_id).file_id, clock=clock)


def work_on_prune(prune_id: str, *, clock: Clock = utc_now) -> None:
    if is_due(prune_id):
        run_step(PruneExecution, prune_id, run_prune, clock=clock)
