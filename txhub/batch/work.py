"""What workers do: one function for each task, each safe to run twice."""

from kernel.clock import Clock, utc_now
from txhub.batch import jobs, landing
from txhub.batch.chunks import run_chunk
from txhub.batch.models import ChunkExecution, FileExecution
from txhub.batch.partition import run_file
from txhub.batch.sending import send_chunks
from txhub.batch.statuses import StepStatus
from txhub.batch.steps import run_step


def take_in(key: str, version: str | None, *, clock: Clock = utc_now) -> None:
    """Makes a job of an object that has appeared in the landing bucket, and starts it."""
    landed = landing.receive(key, version, clock=clock)
    if landed is not None:
        jobs.start(jobs.register(landed, clock=clock), clock=clock)


def work_on_file(file_id: str, *, clock: Clock = utc_now) -> None:
    """The file step, and then its chunks are sent."""
    if run_step(FileExecution, file_id, lambda lease: run_file(lease, clock), clock=clock):
        send_waiting_chunks(file_id, clock=clock)


def work_on_chunk(chunk_id: str, *, clock: Clock = utc_now) -> None:
    run_step(ChunkExecution, chunk_id, run_chunk, clock=clock)


def send_waiting_chunks(file_id: str, *, clock: Clock = utc_now) -> None:
    chunks = ChunkExecution.objects.filter(file_id=file_id, status=StepStatus.WAITING, sent_at=None)
    send_chunks(list(chunks.values_list("pk", flat=True)), clock=clock)
