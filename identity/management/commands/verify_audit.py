"""`manage.py verify_audit [--noted SEQUENCE:DIGEST] [--json]`"""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from identity import audit
from identity.chain import ChainReport, Head


class Command(BaseCommand):
    help = (
        "Verifies the audit log's chain; exit status 1 on any entry that was changed, removed or "
        "inserted. Keep the head that it prints elsewhere and give it next time as --noted: so a "
        "log that was cut off is noticed too."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--noted", type=_head, metavar="SEQUENCE:DIGEST")
        parser.add_argument("--json", action="store_true", help="prints the report as one line")

    def handle(self, *_args: Any, **options: Any) -> None:
        report = audit.verify_chain(options["noted"])
        self.stdout.write(_as_json(report) if options["json"] else _as_text(report))
        if not report.intact:
            raise CommandError("the audit log is not intact")


def _head(text: str) -> Head:
    return Head.parse(text)


def _as_text(report: ChainReport) -> str:
    lines = [f"{each.fault.value} at {each.sequence}" for each in report.findings]
    return "\n".join([*lines, f"{report.entries} entries, head {report.head}"])


def _as_json(report: ChainReport) -> str:
    findings = [{"sequence": each.sequence, "fault": each.fault} for each in report.findings]
    body = {"entries": report.entries, "head": str(report.head), "findings": findings}
    return json.dumps({**body, "intact": report.intact})
