"""Waiting for a job to end, with a progress bar."""

import sys
import time

from celery import current_app
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from txhub.batch import jobs, reports, watch
from txhub.batch.models import JobInstance

_POLL_S = 0.2
_RECOVER_EVERY_S = 10.0
_NOBODY_AFTER_S = 6.0
_NOBODY = (
    "No worker answers, so nothing will happen. Start one with `celery -A config.celery worker"
    " -Q default,batch,chunks`, or the whole place with `make demo`. Still waiting."
)


def wait_for_end(instance: JobInstance) -> None:
    """Does meanwhile what beat does for this job, should no beat run."""
    console = Console(stderr=True)
    began = recovered = time.monotonic()
    asked = False
    with _bar(console) as bar:
        task = bar.add_task("waiting", total=None)
        while not (now := reports.progress(instance)).finished:
            bar.update(task, description=now.phase, completed=now.done, total=now.of)
            idle_s = time.monotonic() - began
            if not asked and now.done == 0 and idle_s > _NOBODY_AFTER_S:
                asked = True
                if not current_app.control.ping(timeout=1.0):
                    console.print(_NOBODY)
            if time.monotonic() - recovered > _RECOVER_EVERY_S:
                recovered = time.monotonic()
                _recover(instance)
            time.sleep(_POLL_S)
        bar.update(task, description=now.phase, completed=now.done, total=now.of or now.done)


def _recover(instance: JobInstance) -> None:
    execution = jobs.last_execution(instance)
    if execution is not None:
        watch.recover(execution.pk)
    else:
        jobs.start_waiting(instance.feed)


def _bar(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description:10}"),
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=not sys.stderr.isatty(),
    )
