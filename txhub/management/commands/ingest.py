"""`manage.py ingest FILE --kind daily --profile hub --wait`: brings a feed file in."""

import json
import sys
import time
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from celery import current_app
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from kernel.errors import HubError
from txhub.batch import jobs, landing, reports, watch
from txhub.batch.models import JobInstance
from txhub.batch.statuses import JobStatus
from txhub.feeds.profiles import profile_named
from txhub.feeds.rows import FeedKind

_POLL_S = 0.2
_RECOVER_EVERY_S = 10.0
_NOBODY_AFTER_S = 6.0
_NOBODY = (
    "No worker answers, so nothing will happen. Start one with `celery -A config.celery worker"
    " -Q default,batch,chunks`, or the whole place with `make demo`. Still waiting."
)


class Command(BaseCommand):
    help = "Puts a feed file (plain or .gz) into the landing bucket and starts its job."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the feed file")
        parser.add_argument("--kind", required=True, choices=[str(kind) for kind in FeedKind])
        parser.add_argument("--profile", required=True, help="the feed's profile, such as hub")
        parser.add_argument(
            "--business-date", type=date.fromisoformat, help="YYYY-MM-DD; default: the header's"
        )
        parser.add_argument(
            "--create-accounts", action="store_true", help="open accounts that rows mention"
        )
        parser.add_argument("--wait", action="store_true", help="show progress until it has ended")
        parser.add_argument("--json", action="store_true", help="the report as the last line")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        try:
            instance = _begin(options)
            if options["wait"]:
                _wait(instance)
        except (HubError, OSError) as error:
            raise CommandError(_text_of(error)) from error
        report = reports.report(instance)
        self.stdout.write(json.dumps(report) if options["json"] else _summary(report))
        if options["wait"] and report["status"] != JobStatus.COMPLETED:
            raise SystemExit(1)


def _begin(options: dict[str, Any]) -> JobInstance:
    profile_named(options["profile"])
    landed = landing.land(
        options["file"],
        kind=FeedKind(options["kind"]),
        profile=options["profile"],
        business_date=options["business_date"],
        create_accounts=options["create_accounts"],
    )
    instance = jobs.register(landed)
    jobs.start(instance)
    return instance


def _wait(instance: JobInstance) -> None:
    """Until the job has ended. Does what beat does for this job, should no beat run."""
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


def _summary(report: dict[str, Any]) -> str:
    counts = ", ".join(f"{report[name]:,} {name}" for name in reports.NUMBERS)
    reason = f"\n{report['reason']}" if report["reason"] else ""
    return f"job {report['job']} {report['status']} in {report['seconds']} s: {counts}{reason}"


def _text_of(error: Exception) -> str:
    return f"{error.code}: {error.message}" if isinstance(error, HubError) else str(error)
