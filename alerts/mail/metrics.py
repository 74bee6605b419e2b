"""What the mail measures about itself. docs/metrics.md lists it for readers."""

from typing import NamedTuple

from aws.metrics import Counter, Unit


class MailLabels(NamedTuple):
    """`outcome`: the status that a sender left the mail in."""

    kind: str
    outcome: str


class EventLabels(NamedTuple):
    """What SES said, in its words."""

    event: str


MAILS_ENDED = Counter(
    "txhub_mails_total",
    MailLabels,
    unit=Unit.COUNT,
    help="Mails that senders have seen to: sent, suppressed, failed or unknown.",
)
MAIL_EVENTS = Counter(
    "txhub_mail_events_total",
    EventLabels,
    unit=Unit.COUNT,
    help="Events of mails that SES has told; some of them more than once.",
)
