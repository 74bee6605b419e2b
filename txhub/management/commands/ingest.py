"""`manage.py ingest FILE --kind daily --profile hub --wait`: brings a feed file in."""

import json
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kernel.errors import HubError
from txhub.batch import jobs, landing, reports
from txhub.batch.models import JobInstance
from txhub.batch.statuses import JobStatus
from txhub.feeds.profiles import profile_named
from txhub.feeds.rows import FeedKind
from txhub.management.waiting import wait_for_end

_IN_QUARANTINE = (
    "{quarantined:,} rows wait in quarantine, to be corrected or discarded:"
    " /admin/txhub/quarantinedrow/?instance__id__exact={job}"
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
                wait_for_end(instance)
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


def _summary(report: dict[str, Any]) -> str:
    counts = ", ".join(f"{report[name]:,} {name}" for name in reports.NUMBERS)
    lines = [f"job {report['job']} {report['status']} in {report['seconds']} s: {counts}"]
    if report["removed"]:
        lines.append(f"{report['removed']:,} pending entries that it does not name were taken away")
    if report["quarantined"]:
        lines.append(_IN_QUARANTINE.format(**report))
    return "\n".join(filter(None, [*lines, report["reason"]]))


def _text_of(error: HubError | OSError) -> str:
    if isinstance(error, HubError):
        return f"{error.code}: {error.message}"
    return f"cannot read {error.filename}: {error.strerror}"
