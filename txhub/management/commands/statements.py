"""`manage.py statements --month 2026-05 --wait`: issues the statements that are due."""

import json
from argparse import ArgumentParser
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from kernel.errors import HubError
from txhub.batch import jobs, reports, statements
from txhub.batch.models import JobInstance
from txhub.batch.statuses import RESTARTABLE, JobStatus
from txhub.management.waiting import wait_for_end
from txhub.statements.domain.months import Month


class Command(BaseCommand):
    help = "Starts the job that issues all statements which are due and have not been issued."

    def add_arguments(self, parser: ArgumentParser) -> None:
        until = parser.add_mutually_exclusive_group()
        until.add_argument(
            "--closing", type=date.fromisoformat, help="YYYY-MM-DD; default: yesterday"
        )
        until.add_argument("--month", help="YYYY-MM: up to its last day")
        parser.add_argument("--wait", action="store_true", help="show progress until it has ended")
        parser.add_argument("--json", action="store_true", help="the report as the last line")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        try:
            instance = _begin(_closing(options))
            if options["wait"]:
                wait_for_end(instance)
        except HubError as error:
            raise CommandError(f"{error.code}: {error.message}") from error
        report = reports.report(instance)
        self.stdout.write(json.dumps(report) if options["json"] else _summary(report))
        if options["wait"] and report["status"] != JobStatus.COMPLETED:
            raise SystemExit(1)


def _closing(options: dict[str, Any]) -> date:
    """Raises `NoSuchMonth`."""
    if options["month"]:
        return Month.named(options["month"]).closing(None)
    chosen: date | None = options["closing"]
    return chosen or timezone.localdate() - timedelta(days=1)


def _begin(closing: date) -> JobInstance:
    """Starts the day's job, or goes on with one that stopped or failed."""
    instance = statements.register(closing)
    last = jobs.last_execution(instance)
    if last is not None and last.status in RESTARTABLE:
        jobs.restart(instance)
    else:
        jobs.start(instance)
    return instance


def _summary(report: dict[str, Any]) -> str:
    line = (
        f"job {report['job']} {report['status']} in {report['seconds']} s:"
        f" {report['written']:,} statements issued"
    )
    held = f"{report['quarantined']:,} held until somebody has looked: /admin/statements/"
    return "\n".join(filter(None, [line, report["quarantined"] and held, report["reason"]]))
