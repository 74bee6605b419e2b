"""`manage.py stop_job JOB`: an orderly stop; `restart_job` goes on."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from identity import audit
from kernel.errors import HubError
from txhub.batch import jobs


class Command(BaseCommand):
    help = "Asks a running job to stop after the rows under way."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("job")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        try:
            execution = jobs.last_execution(jobs.job_named(options["job"]))
            if execution is None:
                raise jobs.NotRunning
            audit.record(actor="console", action="job.stopped", subject=f"job:{options['job']}")
            jobs.stop(execution.pk)
        except HubError as error:
            raise CommandError(f"{error.code}: {error.message}") from error
        execution.refresh_from_db()
        self.stdout.write(f"job {options['job']} is {execution.status}")
