"""Real worker processes for journeys, with leases of seconds."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from django.conf import settings

from config.celery import app
from tests.forked import Forked
from txhub.batch import conf, jobs, reports, watch
from txhub.batch.models import JobInstance

# Short, so that a test need not wait for minutes; and small, so that there is much to interrupt.
QUICK = {
    "TXHUB_BATCH_LEASE_S": "2",
    "TXHUB_BATCH_LEASE_MARGIN_S": "0.5",
    "TXHUB_BATCH_RENEW_S": "0.2",
    "TXHUB_BATCH_CHUNK_ROWS": "60",
    "TXHUB_BATCH_GROUP_ROWS": "25",
    "TXHUB_BATCH_SORT_ROWS": "50",
}


@contextmanager
def worker(
    *,
    die_at: str = "",
    processes: int = 2,
    log: str = "worker.log",
    environment: Mapping[str, str] | None = None,
) -> Iterator[Forked]:
    """A worker with some processes (see `deadly`); killed at the end, if it lives so long."""
    child = Forked.start(
        ["-m", "txhub.tests.batch.deadly", str(processes)],
        log=Path(settings.VAR_DIR) / log,
        environment={**QUICK, "TXHUB_DIE_AT": die_at, **(environment or {})},
    )
    try:
        yield child
    finally:
        child.kill()


def forget_messages() -> None:
    """What jobs that were worked on without a worker have left in the queues."""
    app.control.purge()


def wait_for_end(instance: JobInstance, *, seconds_max: float = 120) -> dict[str, object]:
    """The report once the job has ended; meanwhile does what beat would do."""
    deadline = time.monotonic() + seconds_max
    while not reports.progress(instance).finished:
        assert time.monotonic() < deadline, reports.report(instance)
        execution = jobs.last_execution(instance)
        if execution is not None:
            # A message that a killed worker held may be the only one of its step.
            with patch.object(conf, "RESEND_AFTER", timedelta(seconds=6)):
                watch.recover(execution.pk)
        time.sleep(0.1)
    return reports.report(instance)
