"""What identity does on a schedule."""

from celery import shared_task

from aws.celery_task import HubTask
from identity import approvals


@shared_task(base=HubTask, name="identity.resume_approvals")
def resume_approvals(**_later: object) -> None:
    """Every few minutes: finishes what was approved and whose run died."""
    approvals.resume_abandoned()
