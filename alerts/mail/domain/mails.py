"""A mail: one customer's in one campaign. docs/states/mail.md draws the moves.

Before it is handed over, the intent is written: from then on nobody else hands it over. A sender
that dies leaves it `sending`; whoever takes its part over says `unknown`, and never sends it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class MailStatus(StrEnum):
    """Where a mail stands; one that nobody has looked at yet is not stored at all."""

    SENDING = "sending"  # the intent is written; the transport may have it or not
    SENT = "sent"  # the transport has taken it
    SUPPRESSED = "suppressed"  # not sent, and rightly so: no consent, no address, a bounce before
    FAILED = "failed"  # the transport refused it; it is not sent, and may be sent again
    UNKNOWN = "unknown"  # handed over or not: only an event of SES, or a person, can say


NEXT: dict[MailStatus, frozenset[MailStatus]] = {
    MailStatus.SENDING: frozenset({MailStatus.SENT, MailStatus.FAILED, MailStatus.UNKNOWN}),
    MailStatus.UNKNOWN: frozenset({MailStatus.SENT, MailStatus.FAILED}),
    # Sent again by a re-drive; or an event says that it had been sent after all.
    MailStatus.FAILED: frozenset({MailStatus.SENDING, MailStatus.SENT}),
    MailStatus.SENT: frozenset({MailStatus.FAILED}),  # SES took it, and rejects it after all
    MailStatus.SUPPRESSED: frozenset(),
}
# What a person must see to.
NEEDS_ATTENTION = frozenset({MailStatus.FAILED, MailStatus.UNKNOWN})


# The reason of a mail that SES had taken and then would not deliver.
REJECTED = "rejected by SES"


class Feedback(StrEnum):
    """What SES said of a mail that was sent: a bounce or complaint counts, whatever came before."""

    DELIVERED = "delivered"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


class Reason(StrEnum):
    """Why a mail is suppressed."""

    NO_CONSENT = "no_consent"
    NO_ADDRESS = "no_address"
    BAD_ADDRESS = "bad_address"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """`part` of the campaign; `round`: 1, or the re-drive that sent it. `token`: whose intent."""

    mail_id: str
    campaign: str
    part: int
    customer_id: str
    address_id: str
    status: MailStatus
    since: datetime
    round: int = 1
    token: str = ""
    reason: str = ""
    provider_id: str = ""
    feedback: Feedback | None = None
    version: int = 1

    def may_become(self, status: MailStatus) -> bool:
        """As the chart has it; what SES has rejected is not sent, whatever it said before."""
        if self.reason == REJECTED and status is MailStatus.SENT:
            return False
        return status in NEXT[self.status]

    def is_due(self, round: int) -> bool:
        """Whether it may be sent in this round: it failed in an earlier one."""
        return self.status is MailStatus.FAILED and self.round < round

    def was_left_by(self, token: str) -> bool:
        """Whether another sender than `token` has begun it and has not said how it ended."""
        return self.status is MailStatus.SENDING and self.token != token


def outranks(new: Feedback, old: Feedback | None) -> bool:
    """Whether `new` is what counts from now on. Events come in any order, and more than once."""
    return old is None or (old is Feedback.DELIVERED and new is not Feedback.DELIVERED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many mails of a part, or a campaign, stand where: eligible is the sum of the first four
    once all is sent. The last three are among `sent`."""

    sent: int = 0
    suppressed: int = 0
    failed: int = 0
    unknown: int = 0
    delivered: int = 0
    bounced: int = 0
    complained: int = 0

    @property
    def settled(self) -> int:
        return self.sent + self.suppressed + self.failed + self.unknown

    @classmethod
    def of(cls, counts: Mapping[str, int]) -> "Tally":
        return cls(**{name: counts.get(name, 0) for name in cls.__slots__})

    def plus(self, other: "Tally") -> "Tally":
        names = self.__slots__
        return Tally(**{name: getattr(self, name) + getattr(other, name) for name in names})
