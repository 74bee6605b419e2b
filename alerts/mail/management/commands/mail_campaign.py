"""`manage.py mail_campaign statement_ready --date 2026-06-30 --wait`: announces a campaign."""

import json
import time
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from alerts.mail import queries
from alerts.mail.domain.kinds import Campaign
from alerts.mail.queries import Progress, Stage
from alerts.mail.services import campaigns
from kernel.clock import utc_now
from kernel.errors import HubError

_LOOK_EVERY_S = 0.5
_ENDED = frozenset({Stage.DONE, Stage.PAUSED, Stage.STOPPED, Stage.ABANDONED})


class Command(BaseCommand):
    help = "Announces a campaign of e-mails; one that there is goes on as it was."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", help="such as statement_ready")
        parser.add_argument("--date", type=date.fromisoformat, required=True, help="YYYY-MM-DD")
        parser.add_argument("--edition", type=int, default=1)
        parser.add_argument("--wait", action="store_true", help="until all is sent")
        parser.add_argument("--json", action="store_true", help="the report as the last line")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        campaign = Campaign(kind=options["kind"], day=options["date"], edition=options["edition"])
        try:
            campaigns.announce(campaign)
            progress = _waited(campaign) if options["wait"] else _now(campaign)
        except HubError as error:
            raise CommandError(f"{error.code}: {error.message}") from error
        report = _report(progress)
        self.stdout.write(json.dumps(report) if options["json"] else _summary(progress))
        if options["wait"] and progress.stage is not Stage.DONE:
            raise SystemExit(1)


def _waited(campaign: Campaign) -> Progress:
    while (progress := _now(campaign)).stage not in _ENDED:
        time.sleep(_LOOK_EVERY_S)
    return progress


def _now(campaign: Campaign) -> Progress:
    return queries.progress_of(campaign, utc_now())


def _report(progress: Progress) -> dict[str, Any]:
    tally = progress.tally
    return {
        "campaign": progress.campaign.name,
        "stage": progress.stage.value,
        "eligible": progress.eligible,
        "sent": tally.sent,
        "suppressed": tally.suppressed,
        "failed": tally.failed,
        "unknown": tally.unknown,
    }


def _summary(progress: Progress) -> str:
    tally = progress.tally
    return (
        f"{progress.campaign.name} {progress.stage.value}: {progress.eligible or 0:,} eligible ="
        f" {tally.sent:,} sent + {tally.suppressed:,} suppressed + {tally.failed:,} failed +"
        f" {tally.unknown:,} unknown + {progress.waiting:,} waiting"
    )
