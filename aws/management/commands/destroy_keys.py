"""`manage.py destroy_keys`: makes a subject's data unreadable for ever, wherever it lies."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from aws.vault import destruction, vault
from kernel.clock import utc_now
from kernel.errors import HubError


class Command(BaseCommand):
    help = (
        "Destroys the keys of subjects such as account:acc_…: nothing sealed under them opens "
        "again, in no table, file or back-up. There is no way back. docs/retention.md says when."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("subjects", nargs="+", metavar="SUBJECT")
        instead = parser.add_mutually_exclusive_group()
        instead.add_argument(
            "--hold", metavar="CASE", help="set a legal hold instead; CASE is a reference, no name"
        )
        instead.add_argument("--release", metavar="CASE", help="end that case's hold instead")
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args: Any, **options: Any) -> None:
        subjects: list[str] = options["subjects"]
        if not (options["hold"] or options["release"] or options["yes"]):
            self._confirm(subjects)
        failed = [each for each in subjects if not self._do(each, options)]
        if failed:
            raise CommandError(f"{len(failed)} of {len(subjects)} refused")

    def _confirm(self, subjects: list[str]) -> None:
        self.stdout.write("\n".join(subjects))
        if (
            input(f"Destroy the keys of these {len(subjects)} for ever? Type 'destroy': ")
            != "destroy"
        ):
            raise CommandError("nothing was destroyed")

    def _do(self, subject: str, options: dict[str, Any]) -> bool:
        """Whether it was done; one subject that is refused does not stop the others."""
        try:
            self.stdout.write(f"{subject}: {self._done(subject, options)}")
        except HubError as error:
            self.stderr.write(f"{subject}: {error.code}: {error.message}")
            return False
        return True

    def _done(self, subject: str, options: dict[str, Any]) -> str:
        if options["hold"]:
            holds = destruction.hold(vault(), subject, options["hold"])
            return f"held by {len(holds)}"
        if options["release"]:
            holds = destruction.release(vault(), subject, options["release"])
            return f"held by {len(holds)}"
        destroyed_at = destruction.destroy(vault(), subject, now=utc_now())
        return f"destroyed at {destroyed_at.isoformat(timespec='seconds')}"
