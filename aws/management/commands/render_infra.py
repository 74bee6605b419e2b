"""`manage.py render_infra [--check]`"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from aws.infra.template import rendered
from aws.provisioning.discovery import import_declarations


class Command(BaseCommand):
    """Writes the template; with `--check` only says whether the file is as it would be written."""

    help = "Renders infra/txhub.yaml (CloudFormation) from the declarations."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; 1 if it differs")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        import_declarations()
        path = Path(settings.BASE_DIR) / "infra" / "txhub.yaml"
        wanted = rendered()
        if check:
            if not path.exists() or path.read_text() != wanted:
                raise CommandError("infra/txhub.yaml is out of date: run manage.py render_infra")
            self.stdout.write("infra/txhub.yaml is up to date")
            return
        path.parent.mkdir(exist_ok=True)
        path.write_text(wanted)
        self.stdout.write(f"wrote {path.relative_to(settings.BASE_DIR)}")
