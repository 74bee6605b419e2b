"""What monitoring owns at AWS. The keys and the questions they answer are in docs/data-model.md."""

from django.conf import settings

from aws.messaging import subscribe_by_email
from aws.resources import Heartbeat, Table, Topic

HISTORY = Table(
    name="metric-history",
    purpose="What the application measured about itself, by metric and time.",
    ttl_attribute="x",
    backed_up=False,
)
ALARMS = Table(
    name="alarms",
    purpose="How every alarm and objective stands, and what happened to each.",
    ttl_attribute="x",
)
ALARM_TOPIC = Topic(
    name="alarms", purpose="Says which alarm fires or is over; people subscribe to it."
)
EVALUATOR = Heartbeat(
    name="evaluator",
    purpose="No alarm has been evaluated for five minutes: no `manage.py monitor` runs.",
    metric="txhub_alarm_evaluations_total",
    tells=ALARM_TOPIC,
)


def provision() -> list[str]:
    """Has the topic's mail sent to whom the settings name; each has to confirm it once."""
    return [
        f"subscription of {number + 1} of {len(settings.ALARM_EMAILS)} addresses to alarms"
        for number, address in enumerate(settings.ALARM_EMAILS)
        if subscribe_by_email(ALARM_TOPIC, address)
    ]
