"""What is done in the background, by the clock (`CELERY_BEAT_SCHEDULE`)."""

from celery import shared_task

from aws.celery_task import HubTask
from kernel.clock import utc_now
from sensors import hints
from sensors.conf import conf
from sensors.domain.batches import GROUPS
from sensors.services.archiving import archive_group
from sensors.services.merging import merge_partition

_AT_ONCE = 200
_ARCHIVE_EXPIRES_S = 3600  # the next turn


@shared_task(base=HubTask, name="sensors.merge_bins")
def merge_bins(**_later: object) -> None:
    """Merges small bins where they pile up. What a turn does not get to, the next one does."""
    for sensor, tier, number in hints.worth_merging(_AT_ONCE):
        merge_partition(sensor, tier, number, conf(), now=utc_now())


@shared_task(base=HubTask, name="sensors.archive_days", queue="default")
def archive_days(**_later: object) -> None:
    """Has each group's closed days archived, by whichever workers are free."""
    for group in range(GROUPS):
        archive_days_of_group.apply_async(kwargs={"group": group}, expires=_ARCHIVE_EXPIRES_S)


@shared_task(base=HubTask, name="sensors.archive_days_of_group", queue="default")
def archive_days_of_group(*, group: int, **_later: object) -> None:
    """A group's closed days, in order. What a turn does not get to, the next one does."""
    archive_group(group, conf(), now=utc_now())
