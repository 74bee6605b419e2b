"""`manage.py reconcile`: holds archived files against what is stored."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kernel.errors import HubError
from txhub.batch import jobs
from txhub.batch.models import JobInstance
from txhub.batch.reconcile import Reconciliation, reconcile
from txhub.batch.statuses import JobStatus


class Command(BaseCommand):
    help = "Parses archived files anew and holds them against the decrypted items."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--job", help="one job; default: every completed job")
        parser.add_argument("--json", action="store_true", help="the report as the last line")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        try:
            results = [reconcile(each) for each in _instances(options["job"])]
        except HubError as error:
            raise CommandError(f"{error.code}: {error.message}") from error
        agrees = all(each.agrees for each in results)
        if options["json"]:
            report = {"agrees": agrees, "jobs": [_as_json(each) for each in results]}
            self.stdout.write(json.dumps(report))
        else:
            self.stdout.write("\n".join(map(_as_text, results)) or "no completed job")
        if not agrees:
            raise SystemExit(1)


def _instances(job_id: str | None) -> list[JobInstance]:
    if job_id:
        return [jobs.job_named(job_id)]
    brought_in = JobInstance.objects.exclude(profile="")
    completed = brought_in.filter(executions__status=JobStatus.COMPLETED)
    return list(completed.order_by("landed_at"))


def _as_json(result: Reconciliation) -> dict[str, Any]:
    return {**asdict(result), "agrees": result.agrees}


def _as_text(result: Reconciliation) -> str:
    verdict = "agrees" if result.agrees else f"{result.faults} differences"
    lines = [
        f"job {result.job}: {verdict} ({result.rows:,} rows, {result.accounts:,} accounts,"
        f" {result.items:,} items)"
    ]
    for each in result.findings:
        where = f" line {each.line}" if each.line else ""
        lines.append(f"  {each.fault}: {each.account_id} {each.transaction_id}{where}")
    return "\n".join(lines)
