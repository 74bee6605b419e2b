"""`manage.py reconcile`: holds archived files against what is stored."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kernel.errors import HubError
from txhub.batch import jobs
from txhub.batch.reconcile import (
    DayOfFile,
    Finding,
    Reconciliation,
    both_sides,
    reconcile,
    reconcile_by_digest,
)
from txhub.batch.reconcile.reports import completed_jobs, reconcile_and_keep


class Command(BaseCommand):
    help = "Parses archived files anew and holds them against the decrypted items."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--job", help="one job; default: every completed job")
        parser.add_argument("--json", action="store_true", help="the report as the last line")
        parser.add_argument("--account", help="with --day: one account's day, from all files")
        parser.add_argument("--day", type=date.fromisoformat, help="a booking day: 2026-05-17")
        parser.add_argument(
            "--by-digest",
            action="store_true",
            help="read items only where the kept digests differ from the file's",
        )

    def handle(self, *_arguments: Any, **options: Any) -> None:
        if options["account"] and options["day"]:
            self._show_day(options["account"], options["day"])
            return
        act = reconcile_by_digest if options["by_digest"] else reconcile
        try:
            one = options["job"]
            instances = [jobs.job_named(one)] if one else completed_jobs()
            results = [reconcile_and_keep(each, act) for each in instances]
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

    def _show_day(self, account_id: str, day: date) -> None:
        try:
            files = both_sides(account_id, day)
        except HubError as error:
            raise CommandError(f"{error.code}: {error.message}") from error
        self.stdout.write("\n".join(map(_day_as_text, files)) or "no file mentions this day")
        if not all(each.agrees for each in files):
            raise SystemExit(1)


def _day_as_text(each: DayOfFile) -> str:
    verdict = "agrees" if each.agrees else f"{len(each.findings)} differences"
    lines = [
        f"{each.feed} {each.business_date} (job {each.job}): {verdict}",
        f"  the file says     {each.said.count:,} rows, digest {each.said.total:032x}",
        f"  its chunk stored  {each.stored.count:,} rows, digest {each.stored.total:032x}",
    ]
    if each.others:
        lines.append(f"  others stored     {each.others:,} rows")
    return "\n".join([*lines, *map(_finding_as_text, each.findings)])


def _finding_as_text(each: Finding) -> str:
    where = f" line {each.line}" if each.line else ""
    return f"  {each.fault}: {each.account_id} {each.day} {each.transaction_id}{where}"


def _as_json(result: Reconciliation) -> dict[str, Any]:
    return {**asdict(result), "agrees": result.agrees}


def _as_text(result: Reconciliation) -> str:
    verdict = "agrees" if result.agrees else f"{result.faults} differences"
    digests = f", {result.digests:,} digests" if result.by_digest else ""
    lines = [
        f"job {result.job}: {verdict} ({result.rows:,} rows, {result.accounts:,} accounts,"
        f" {result.days:,} account-days, {result.items:,} items{digests})"
    ]
    if result.balances_broken or result.pending_left:
        lines.append(
            f"  {result.balances_broken:,} balances do not follow from the one before,"
            f" {result.pending_left:,} entries are pending for more than a week"
        )
    return "\n".join([*lines, *map(_finding_as_text, result.findings)])
