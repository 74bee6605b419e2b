"""Celery's door to the mail. A newer message may carry more than an older worker knows."""

from celery import shared_task

from alerts.mail.services import campaigns, hearing
from aws.celery_task import HubTask
from kernel.clock import utc_now


@shared_task(base=HubTask, name="mail.take_up", queue="default")
def take_up(**_later: object) -> None:
    """Every ten seconds: announces what is due and sends what is rendered."""
    campaigns.take_up(utc_now())


@shared_task(base=HubTask, name="mail.hear", queue="default")
def hear(**_later: object) -> None:
    """Every ten seconds: what SES says became of mails."""
    hearing.hear()
