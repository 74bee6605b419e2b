"""`manage.py generate_feed`: the files of an invented bank, the same for the same seed and day."""

import json
import time
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from kernel.clock import utc_now
from txhub.feeds.generator import Plan, generate

FORMATS = ("hub",)


class Command(BaseCommand):
    help = "Writes a realistic, reproducible feed: historical, memo and daily file, and a manifest."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--customers", type=int, required=True, help="how many customers")
        parser.add_argument("--months", type=int, required=True, help="months of history")
        parser.add_argument("--seed", type=int, required=True, help="another seed, another bank")
        parser.add_argument("--out", type=Path, required=True, help="folder for the files")
        parser.add_argument("--format", choices=FORMATS, default="hub")
        parser.add_argument(
            "--until", type=date.fromisoformat, help="business day of the files (default: today)"
        )
        parser.add_argument(
            "--json", action="store_true", dest="as_json", help="print a summary as JSON"
        )

    def handle(
        self,
        *,
        customers: int,
        months: int,
        seed: int,
        out: Path,
        until: date | None,
        as_json: bool,
        **_options: object,
    ) -> None:
        if customers < 1 or months < 1:
            raise CommandError("there must be one customer and one month at least")
        day = until or utc_now().astimezone(ZoneInfo(settings.BANK_TIME_ZONE)).date()
        plan = Plan(customers=customers, months=months, seed=seed, until=day)
        began = time.monotonic()
        files = generate(plan, out)["files"]
        self._report(files, out, time.monotonic() - began, as_json=as_json)

    def _report(
        self, files: list[dict[str, object]], out: Path, seconds: float, *, as_json: bool
    ) -> None:
        if as_json:
            self.stdout.write(json.dumps({"files": files, "seconds": round(seconds, 2)}))
            return
        for file in files:
            self.stdout.write(f"{out / str(file['path'])}  {file['rows']:>9,} rows")
        rows = sum(int(str(file["rows"])) for file in files)
        self.stdout.write(f"{rows:,} rows in {seconds:.1f} s ({rows / seconds:,.0f} rows/s)")
