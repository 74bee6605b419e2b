"""What monitoring owns at AWS. The keys and the questions they answer are in docs/data-model.md."""

from aws.resources import Table, Topic

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
