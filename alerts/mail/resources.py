"""What the mail owns at AWS. The keys and the questions they answer are in docs/data-model.md."""

from datetime import timedelta

from alerts.mail.conf import conf
from aws import ses
from aws.resources import Bucket, Index, Queue, Table, Topic
from aws.ses import ConfigurationSet

FILES_KEPT = timedelta(days=30)
MAILS = Table(
    name="mails",
    purpose="Each mail of each campaign, from the intent to send it on, and tallies of them.",
    indexes=(
        Index(
            name="attention",
            answers="Which mails of a campaign failed, or are unknown?",
            partition_key="q",
            sort_key="t",
        ),
    ),
    ttl_attribute="e",
)
CONTACTS = Table(
    name="mail-contacts",
    purpose="Customers' e-mail addresses, sealed: a copy of Cognito's, made anew twice a day.",
    sort_key=None,
)
SUPPRESSIONS = Table(
    name="mail-suppressions",
    purpose="Addresses, as keyed hashes, that bounced or complained and get no mail.",
    sort_key=None,
)
CONSENTS = Table(
    name="mail-consents",
    purpose="Which optional mails a customer agreed to, every version of it.",
)
PAPER = Table(
    name="mail-paper",
    purpose="Statutory mails that could not be delivered and go out on paper.",
    sort_key=None,
    indexes=(
        Index(
            name="open",
            answers="Which letters are to be sent, oldest first?",
            partition_key="q",
            sort_key="t",
        ),
    ),
)
FILES = Bucket(
    name="mail",
    purpose="Customer lists and rendered mails of campaigns, sealed.",
    expire_days=FILES_KEPT.days,
)
EVENTS = Topic(name="mail-events", purpose="What SES says became of each mail.")
EVENT_QUEUE = Queue(
    name="mail-events",
    purpose="Deliveries, bounces and complaints, for the task that hears them.",
    subscribes=EVENTS,
)
SENDING = ConfigurationSet(
    name="mail", purpose="What customers' mails are sent under.", events=EVENTS
)


def provision() -> list[str]:
    """Creates what SES needs to know; tables and the rest are created from their declarations."""
    return ses.ensure(SENDING, domain=conf().domain)
