"""What the mail measures about itself. docs/metrics.md lists it for readers."""

from typing import NamedTuple

from aws.metrics import Counter, Gauge, Unit
from aws.metrics.instruments import NoLabels


class MailLabels(NamedTuple):
    """`outcome`: the status that a sender left the mail in."""

    kind: str
    outcome: str


class EventLabels(NamedTuple):
    """What SES said, in its words."""

    event: str


class StateLabels(NamedTuple):
    """`state`: `waiting` or `unknown`."""

    state: str


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
MAILS_THROTTLED = Counter(
    "txhub_mail_throttled_total",
    NoLabels,
    unit=Unit.COUNT,
    help="Messages that the transport would not take so fast; they are offered again.",
)
MAILS_OPEN = Gauge(
    "txhub_mails_open",
    StateLabels,
    unit=Unit.COUNT,
    help="Mails of the newest campaigns that wait for a sender, or whose outcome is unknown.",
)
LETTERS_OPEN = Gauge(
    "txhub_mail_letters_open",
    NoLabels,
    unit=Unit.COUNT,
    help="Statutory mails that bounced and wait for paper; 50 at the most.",
)
