"""Hands steps to workers. A step's state is in the database, so a lost message costs minutes only:
`watch.look_for_work` sends again what was sent and did not begin."""

from collections.abc import Iterable

from celery import current_app
from kombu.exceptions import OperationalError

from kernel.clock import Clock, utc_now
from kernel.errors import Unavailable
from txhub.batch.models import ChunkExecution, FileExecution, PruneExecution, Step
from txhub.batch.statuses import WORKING, StepStatus

RUN_FILE = "txhub.run_file"
RUN_CHUNK = "txhub.run_chunk"
RUN_PRUNE = "txhub.run_prune"
START_JOB = "txhub.start_job"
REDRIVE_ROW = "txhub.redrive_row"
RECONCILE_JOB = "txhub.reconcile_job"

_MARKED_TOGETHER = 200


class BrokerAway(Unavailable):
    """The message broker does not answer. Nothing is lost: the work is found again in minutes."""

    code = "broker_away"


def send(task: str, **arguments: str | None) -> None:
    """Raises `BrokerAway`."""
    try:
        current_app.send_task(task, kwargs=arguments)
    except OperationalError as error:
        raise BrokerAway from error


def send_file(file_id: str, *, clock: Clock = utc_now) -> None:
    send(RUN_FILE, file_id=file_id)
    _mark_sent(FileExecution, [file_id], clock)


def send_chunks(chunk_ids: Iterable[str], *, clock: Clock = utc_now) -> None:
    """Marks them as sent afterwards: who dies in between leaves some that are sent twice, which is
    harmless, and none that looks sent and is not."""
    ids = list(chunk_ids)
    for start in range(0, len(ids), _MARKED_TOGETHER):
        group = ids[start : start + _MARKED_TOGETHER]
        for chunk_id in group:
            send(RUN_CHUNK, chunk_id=chunk_id)
        _mark_sent(ChunkExecution, group, clock)


def send_prune(prune_id: str, *, clock: Clock = utc_now) -> None:
    send(RUN_PRUNE, prune_id=prune_id)
    _mark_sent(PruneExecution, [prune_id], clock)


def send_waiting_chunks(file_id: str, *, clock: Clock = utc_now) -> None:
    """Those that nobody has sent."""
    chunks = ChunkExecution.objects.filter(file=file_id, status=StepStatus.WAITING, sent_at=None)
    send_chunks(list(chunks.values_list("pk", flat=True)), clock=clock)


def send_due_prune(file_id: str, *, clock: Clock = utc_now) -> None:
    """The file's prune, once all its chunks are stored, where it has one that nobody has sent."""
    waiting = PruneExecution.objects.filter(
        file=file_id, status=StepStatus.WAITING, sent_at=None, execution__status__in=WORKING
    )
    for prune_id in waiting.values_list("pk", flat=True):
        if is_due(prune_id):
            send_prune(prune_id, clock=clock)


def is_due(prune_id: str) -> bool:
    """Whether a prune may begin: all chunks of its file are stored."""
    chunks = ChunkExecution.objects.filter(file__prune=prune_id)
    return not chunks.exclude(status=StepStatus.COMPLETED).exists()


def _mark_sent(model: type[Step], ids: list[str], clock: Clock) -> None:
    model._default_manager.filter(pk__in=ids).update(sent_at=clock())
