"""What operators see of campaigns, letters, and mails as they look."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import chain, islice

from django.db.models import Sum

from alerts.mail.conf import conf
from alerts.mail.domain.kinds import Campaign, MailKind
from alerts.mail.domain.mails import Mail, MailStatus, Tally
from alerts.mail.domain.paper import PaperTask
from alerts.mail.kinds import all_kinds, kind_named
from alerts.mail.repository import MAILS, PAPER
from alerts.mail.services import campaigns
from alerts.mail.services.rendering import Bodies, bodies
from txhub.batch import jobs
from txhub.batch.models import ChunkExecution, JobExecution, JobInstance
from txhub.batch.pace import pace_of
from txhub.batch.statuses import ACTIVE, WORKING, JobStatus, StepStatus

SHOWN_MAX = 50
OF_EACH_KIND = 12
_SAMPLE_NAME = "Alex Example"


class Stage(StrEnum):
    """Where a campaign is, in people's words."""

    WAITING = "waiting"  # for another campaign of its kind
    RENDERING = "rendering"
    RENDERED = "rendered"  # sending begins within seconds
    SENDING = "sending"
    PAUSING = "pausing"  # groups under way are ending
    PAUSED = "paused"
    STOPPED = "failed"  # something must be put right, and then it can be resumed
    ABANDONED = "abandoned"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """`eligible` is None until the list is cut: nobody has counted it. `left_s`: until all is sent
    at the last minute's pace, where something is being sent."""

    campaign: Campaign
    kind: MailKind
    stage: Stage
    eligible: int | None
    rendered: int
    tally: Tally
    rounds: int
    per_s: float = 0.0
    left_s: int | None = None
    reason: str = ""

    @property
    def title(self) -> str:
        return self.kind.title(self.campaign)

    @property
    def waiting(self) -> int:
        """Neither sent nor anything else yet."""
        return (self.eligible or 0) - self.tally.settled

    @property
    def percent(self) -> int | None:
        return round(100 * self.tally.settled / self.eligible) if self.eligible else None

    @property
    def adds_up(self) -> bool:
        """Of a campaign that is done: eligible = sent + suppressed + failed + unknown."""
        return self.stage is not Stage.DONE or self.waiting == 0

    @property
    def may_pause(self) -> bool:
        return self.stage in {Stage.RENDERING, Stage.SENDING}

    @property
    def may_resume(self) -> bool:
        return self.stage in {Stage.PAUSED, Stage.STOPPED}

    @property
    def may_redrive(self) -> bool:
        return self.stage is Stage.DONE and self.tally.failed > 0


def newest(now: datetime, kind: MailKind | None = None) -> list[Progress]:
    """The newest campaigns of a kind, or some of each kind; newest first. Where alerts are mailed
    every few minutes, nobody would see another kind otherwise."""
    wanted, number = ([kind], SHOWN_MAX) if kind else (all_kinds().values(), OF_EACH_KIND)
    of_each = (campaigns.newest_jobs(each)[:number] for each in wanted)
    found = sorted(chain(*of_each), key=lambda each: each.landed_at, reverse=True)
    return [progress_of(campaigns.campaign_of(each), now) for each in found]


def progress_of(campaign: Campaign, now: datetime) -> Progress:
    """Raises `CampaignMissing`."""
    rendering = campaigns.render_job(campaign)
    rounds = campaigns.send_jobs(campaign)
    execution = jobs.last_execution(rounds[-1] if rounds else rendering)
    is_sending = bool(rounds)
    pace = pace_of(execution, now) if execution and execution.status in ACTIVE else None
    return Progress(
        campaign=campaign,
        kind=kind_named(campaign.kind),
        stage=_stage(execution, is_sending=is_sending),
        eligible=_eligible(rendering),
        rendered=_rendered(rendering),
        tally=MAILS.tally(campaign.name),
        rounds=len(rounds),
        per_s=pace.rows_s if pace else 0.0,
        left_s=pace.left_s if pace and is_sending else None,
        reason=execution.reason if execution else "",
    )


def needing_attention(campaign: Campaign, status: MailStatus) -> list[Mail]:
    """The first of the campaign's mails that failed, or are unknown."""
    return list(islice(MAILS.needing_attention(campaign.name, status), SHOWN_MAX))


def open_letters() -> list[PaperTask]:
    """The oldest letters that are still to be sent."""
    letters: Iterator[PaperTask] = PAPER.open()
    return list(islice(letters, SHOWN_MAX))


def preview(kind: MailKind) -> Bodies:
    """A mail of the kind, with made-up data."""
    settled = conf()
    link = f"{settled.site}/mail/unsubscribe/…/" if kind.can_unsubscribe else None
    return bodies(kind, kind.sample, name=_SAMPLE_NAME, unsubscribe=link, settled=settled)


_STAGES = {
    JobStatus.STOPPING: Stage.PAUSING,
    JobStatus.STOPPED: Stage.PAUSED,
    JobStatus.FAILED: Stage.STOPPED,
    JobStatus.ABANDONED: Stage.ABANDONED,
}


def _stage(execution: JobExecution | None, *, is_sending: bool) -> Stage:
    if execution is None:
        return Stage.WAITING
    status = JobStatus(execution.status)
    if status in WORKING:
        return Stage.SENDING if is_sending else Stage.RENDERING
    if status == JobStatus.COMPLETED:
        return Stage.DONE if is_sending else Stage.RENDERED
    return _STAGES[status]


def _eligible(rendering: JobInstance) -> int | None:
    """Customers on the list, each once."""
    chunks = ChunkExecution.objects.filter(file__instance=rendering)
    is_cut = JobInstance.objects.filter(pk=rendering.pk, file__status=StepStatus.COMPLETED)
    return chunks.aggregate(rows=Sum("rows", default=0))["rows"] if is_cut.exists() else None


def _rendered(rendering: JobInstance) -> int:
    done = ChunkExecution.objects.filter(
        file__instance=rendering, status=StepStatus.COMPLETED
    ).aggregate(rows=Sum("rows", default=0))
    return int(done["rows"])
