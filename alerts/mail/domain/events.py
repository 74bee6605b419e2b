"""What SES says of a message, as its event publishing sends it to SNS."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from kernel.errors import Refused

MAIL_TAG = "mail"  # carries our id of the mail


class NotAMailEvent(Refused):
    """This is no event of a message that we tagged."""

    code = "not_a_mail_event"


class EventKind(StrEnum):
    """As SES calls them."""

    SEND = "Send"
    DELIVERY = "Delivery"
    DELAY = "DeliveryDelay"
    BOUNCE = "Bounce"
    COMPLAINT = "Complaint"
    REJECT = "Reject"
    RENDERING_FAILURE = "Rendering Failure"


# SES had taken the message, and will not deliver it.
NEVER_SENT = frozenset({EventKind.REJECT, EventKind.RENDERING_FAILURE})


@dataclass(frozen=True, slots=True, kw_only=True)
class MailEvent:
    """`permanent`: of a bounce, that the address does not work."""

    mail_id: str
    kind: EventKind
    permanent: bool = False


def mail_event(body: Mapping[str, Any]) -> MailEvent:
    """Raises `NotAMailEvent`."""
    try:
        kind = EventKind(body["eventType"])
        (mail_id,) = body["mail"]["tags"][MAIL_TAG]
        bounce = body.get("bounce") or {}
        permanent = bounce.get("bounceType") == "Permanent"
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NotAMailEvent from error
    return MailEvent(mail_id=str(mail_id), kind=kind, permanent=permanent)
