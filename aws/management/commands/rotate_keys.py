"""`manage.py rotate_keys`: new keys, without rewriting what was sealed."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from aws.vault import kms as kms_door
from aws.vault import rotation, vault
from kernel.errors import HubError


class Command(BaseCommand):
    help = (
        "Rotates the vault's keys. Branch keys: a new version each, and every subject key wrapped "
        "under it. KMS: every branch key wrapped under the alias's present KMS key. A subject: a "
        "new key for what is sealed from now on. Interrupted, run it again with --resume."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--branch", action="store_true", help="branch keys")
        what.add_argument("--kms", action="store_true", help="the KMS key above the branch keys")
        what.add_argument("--subject", metavar="SUBJECT", help="one subject, such as account:acc_…")
        parser.add_argument(
            "--resume", action="store_true", help="with --branch: no new version, finish the last"
        )
        parser.add_argument(
            "--new-key", action="store_true", help="with --kms: make a KMS key and move the alias"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["branch"]:
                self._rotate_branches(resume=options["resume"])
            elif options["kms"]:
                self._rotate_kms(new_key=options["new_key"])
            else:
                self._rotate_subject(options["subject"])
        except HubError as error:
            raise CommandError(f"{error.code}: {error.message}") from error

    def _rotate_branches(self, *, resume: bool) -> None:
        keyring = vault().keyring
        if not resume:
            rotation.new_branch_versions(keyring.records)
        done = 0
        for done_now in rotation.wrap_subjects_again(keyring):
            done += done_now
            self.stdout.write(f"\r{done} subject keys wrapped again", ending="")
        in_use = ", ".join(
            f"{branch}: {version}" for branch, version in rotation.versions(keyring.records).items()
        )
        self.stdout.write(f"\r{done} subject keys wrapped again; versions in use: {in_use}")

    def _rotate_kms(self, *, new_key: bool) -> None:
        if new_key:
            self.stdout.write(f"new KMS key {kms_door.point_at_new_key()}")
        changed = list(rotation.wrap_branches_again(vault().keyring.records))
        self.stdout.write(f"{len(changed)} branch keys wrapped under {kms_door.present_key()}")

    def _rotate_subject(self, subject: str) -> None:
        self.stdout.write(f"{subject}: version {rotation.rotate_subject(vault(), subject)}")
