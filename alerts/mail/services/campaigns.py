"""Campaigns: announced once, rendered by one job, sent by another; paused, resumed, sent again.

Both jobs are the batch's, so what an operator can do to a job can be done to them. What follows
what is seen to by `take_up`, which runs all the time and may be killed at any point of it.
"""

from datetime import datetime

import structlog
from django.db.models import Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Concat, Substr

from alerts.mail.domain.kinds import Campaign, MailKind
from alerts.mail.kinds import all_kinds, kind_named
from alerts.mail.repository.files import LISTS, list_key
from alerts.mail.resources import FILES_KEPT
from kernel.clock import Clock, utc_now
from kernel.errors import Conflict, Missing
from txhub.batch import jobs
from txhub.batch.models import JobExecution, JobInstance
from txhub.batch.statuses import RESTARTABLE, WORKING, JobStatus, StepStatus

_log = structlog.get_logger(__name__)
# The kinds of the two jobs. A kind of mail has one of each at a time: their feeds.
RENDER, SEND = "mail_render", "mail_send"
_FIRST = 1
_SENT = "mails/"


class CampaignMissing(Missing):
    """There is no such campaign."""

    code = "campaign_missing"


class NotPausable(Conflict):
    """Nothing of this campaign is under way."""

    code = "campaign_not_running"


class NotResumable(Conflict):
    """This campaign is not paused and has not failed."""

    code = "campaign_not_paused"


class NotRedrivable(Conflict):
    """Mails are sent again only when the campaign's last round has ended."""

    code = "campaign_not_ended"


def announce(campaign: Campaign, *, clock: Clock = utc_now) -> JobInstance:
    """Makes the campaign and starts rendering it; one that there is stays as it is. Raises
    `NoSuchKind`."""
    kind_named(campaign.kind)
    instance, is_new = JobInstance.objects.get_or_create(
        object_key=list_key(campaign),
        object_version=str(_FIRST),
        defaults={
            "kind": RENDER,
            "feed": _feed(RENDER, campaign.kind),
            "business_date": campaign.day,
            "landed_at": clock(),
        },
    )
    if is_new:
        _log.info("campaign_announced", campaign=campaign.name)
        jobs.start(instance, clock=clock)
    return instance


def take_up(now: datetime, *, clock: Clock = utc_now) -> None:
    """Announces what is due, and starts sending what is rendered. Run it every few seconds."""
    for kind in all_kinds().values():
        for campaign in kind.due(now):
            announce(campaign, clock=clock)
    for campaign in _rendered(clock() - FILES_KEPT):
        _send(campaign, _FIRST, clock)


def pause(campaign: Campaign, *, clock: Clock = utc_now) -> None:
    """Ends the work on it after the groups under way. Raises `CampaignMissing`, `NotPausable`."""
    execution = current_execution(campaign)
    if execution is None or execution.status not in WORKING:
        raise NotPausable
    jobs.stop(execution.pk, clock=clock)


def resume(campaign: Campaign, *, clock: Clock = utc_now) -> None:
    """Goes on where it was paused, or failed. Raises `CampaignMissing`, `NotResumable`."""
    execution = current_execution(campaign)
    if execution is None or execution.status not in RESTARTABLE:
        raise NotResumable
    jobs.restart(execution.instance, clock=clock)


def redrive(campaign: Campaign, *, clock: Clock = utc_now) -> None:
    """Sends the mails that failed once more, in a new round; none that is sent or unknown.

    Raises `CampaignMissing`, `NotRedrivable`.
    """
    last = send_jobs(campaign)[-1:]
    execution = jobs.last_execution(last[0]) if last else None
    if execution is None or execution.status != JobStatus.COMPLETED:
        raise NotRedrivable
    _send(campaign, int(last[0].object_version) + 1, clock)


def render_job(campaign: Campaign) -> JobInstance:
    """Raises `CampaignMissing`."""
    found = JobInstance.objects.filter(kind=RENDER, object_key=list_key(campaign)).first()
    if found is None:
        raise CampaignMissing
    return found


def newest_jobs(kind: MailKind) -> QuerySet[JobInstance]:
    """The rendering jobs of a kind, newest first."""
    return JobInstance.objects.filter(kind=RENDER, feed=_feed(RENDER, kind.name))


def send_jobs(campaign: Campaign) -> list[JobInstance]:
    """One for each round, in their order. Raises `CampaignMissing`."""
    render_job(campaign)
    found = JobInstance.objects.filter(kind=SEND, object_key=_send_key(campaign))
    return sorted(found, key=lambda each: int(each.object_version))


def being_listed(campaign: Campaign) -> list[Campaign]:
    """The others of its kind that were begun, and whose lists nobody has cut up yet."""
    begun = newest_jobs(kind_named(campaign.kind)).filter(file__isnull=False)
    others = begun.exclude(object_key=list_key(campaign))
    return [campaign_of(each) for each in others.exclude(file__status=StepStatus.COMPLETED)]


def current_execution(campaign: Campaign) -> JobExecution | None:
    """The last attempt at the job that the campaign is at; None while that waits for another."""
    rounds = send_jobs(campaign)
    return jobs.last_execution(rounds[-1] if rounds else render_job(campaign))


def campaign_of(instance: JobInstance) -> Campaign:
    """The campaign that one of the two jobs belongs to."""
    return Campaign.named(instance.object_key.partition("/")[2])


def round_of(instance: JobInstance) -> int:
    return int(instance.object_version)


def _rendered(since: datetime) -> list[Campaign]:
    """Campaigns whose mails are all rendered, and that nobody has begun to send; of those that were
    announced `since`, as others have no files any more."""
    name = Substr(OuterRef("object_key"), len(LISTS) + 1)
    begun = JobInstance.objects.filter(kind=SEND, object_key=Concat(Value(_SENT), name))
    announced = JobInstance.objects.filter(kind=RENDER, landed_at__gte=since)
    done = announced.filter(executions__status=JobStatus.COMPLETED)
    return sorted(campaign_of(each) for each in done.exclude(Exists(begun)).distinct())


def _send(campaign: Campaign, round: int, clock: Clock) -> None:
    instance, _is_new = JobInstance.objects.get_or_create(
        object_key=_send_key(campaign),
        object_version=str(round),
        defaults={
            "kind": SEND,
            "feed": _feed(SEND, campaign.kind),
            "business_date": campaign.day,
            "landed_at": clock(),
        },
    )
    jobs.start(instance, clock=clock)


def _feed(job: str, kind: str) -> str:
    return f"{job}.{kind}"


def _send_key(campaign: Campaign) -> str:
    return f"{_SENT}{campaign.name}"
