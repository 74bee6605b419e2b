"""What takes too long for a page."""

from celery import shared_task

from alerts.services import time_machine
from aws.celery_task import HubTask


@shared_task(base=HubTask, name="alerts.replay")
def replay(*, rule: str, replay_id: str, **_later: object) -> None:
    """Plays a rule's settings over the last days."""
    time_machine.run(rule, replay_id)
