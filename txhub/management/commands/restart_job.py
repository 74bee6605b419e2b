"""`manage.py restart_job JOB`: goes on with a job after what it has finished."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from identity import audit
from kernel.errors import HubError
from txhub.batch import jobs, watch
from txhub.batch.statuses import ACTIVE


class Command(BaseCommand):
    help = "Restarts a stopped or failed job; of a running one, sends lost steps again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("job")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        try:
            self.stdout.write(_restart(options["job"]))
        except HubError as error:
            raise CommandError(f"{error.code}: {error.message}") from error


def _restart(job_id: str) -> str:
    instance = jobs.job_named(job_id)
    last = jobs.last_execution(instance)
    if last is not None and last.status in ACTIVE:
        watch.recover(last.pk)
        return f"job {job_id} is {last.status}: steps whose worker is lost were sent again"
    audit.record(actor="console", action="job.restarted", subject=f"job:{job_id}")
    execution = jobs.restart(instance)
    return f"job {job_id} is {execution.status}, attempt {execution.number}"
