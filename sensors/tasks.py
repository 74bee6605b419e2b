"""What is done in the background, by the clock (`CELERY_BEAT_SCHEDULE`)."""

from celery import shared_task

from aws.celery_task import HubTask
from sensors import hints
from sensors.conf import conf
from sensors.services.merging import merge_partition

_AT_ONCE = 200


@shared_task(base=HubTask, name="sensors.merge_bins")
def merge_bins(**_later: object) -> None:
    """Merges small bins where they pile up. What a turn does not get to, the next one does."""
    for sensor, tier, number in hints.worth_merging(_AT_ONCE):
        merge_partition(sensor, tier, number, conf())
