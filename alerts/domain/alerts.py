"""Alerts: what a customer is told, and what the customer made of it."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import NewType

from txhub.domain.entities import AccountId, CustomerId, TransactionId

AlertId = NewType("AlertId", str)  # alr_…, a keyed hash of owner, rule and transaction


class Feedback(StrEnum):
    """The answer to "Was this helpful?"."""

    HELPFUL = "helpful"
    NOT_HELPFUL = "not_helpful"


class AlertStatus(StrEnum):
    """Where an alert stands. The moves are in `NEXT` and drawn in docs/states/alert.md."""

    NEW = "new"  # its owner has not read it
    READ = "read"
    TAKEN_BACK = "taken_back"  # it does not hold any more, and nobody sees it


NEXT: dict[AlertStatus, frozenset[AlertStatus]] = {
    AlertStatus.NEW: frozenset({AlertStatus.READ, AlertStatus.TAKEN_BACK}),
    AlertStatus.READ: frozenset({AlertStatus.NEW, AlertStatus.TAKEN_BACK}),
    AlertStatus.TAKEN_BACK: frozenset({AlertStatus.NEW, AlertStatus.READ}),
}


class Channel(StrEnum):
    """Where a customer wants to be told."""

    INBOX = "inbox"
    EMAIL = "email"  # at once, quiet hours apart
    DIGEST = "digest"  # by e-mail, with others, once a day


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One owner's alert about one occurrence.

    `stands`: what it says holds; an earlier transaction that came late may show that it does not,
    and then nobody sees it any more. `notify`: where its owner wanted to be told when it was
    raised, by e-mail at once not before `not_before`; `mailed`: and it is on a list of such mails,
    and comes on no other. `settings`: the version of the rule's settings that
    raised it. `decided`: the version of the account's profile that was last decided on.
    """

    alert_id: AlertId
    customer_id: CustomerId
    account_id: AccountId
    kind: str
    reason: str = field(repr=False)
    transaction_ids: tuple[TransactionId, ...]
    created_at: datetime
    stands: bool = True
    notify: tuple[Channel, ...] = (Channel.INBOX,)
    not_before: datetime | None = None
    mailed: bool = False
    settings: int = 0
    decided: int = 0
    read_at: datetime | None = None
    feedback: Feedback | None = None
    version: int = 1

    @property
    def status(self) -> AlertStatus:
        if not self.stands:
            return AlertStatus.TAKEN_BACK
        return AlertStatus.NEW if self.read_at is None else AlertStatus.READ

    @property
    def is_listed(self) -> bool:
        """Whether its owner sees it in the inbox."""
        return self.stands and Channel.INBOX in self.notify

    @property
    def is_in_digest(self) -> bool:
        """Whether the digest of its day counts it."""
        return self.stands and Channel.DIGEST in self.notify

    @property
    def awaits_mail(self) -> bool:
        """Whether its owner is still to be told by e-mail at once."""
        return self.stands and Channel.EMAIL in self.notify and not self.mailed

    @property
    def due_at(self) -> datetime:
        """When its owner is to be told by e-mail."""
        return self.not_before or self.created_at

    def decided_anew(self, later: "Alert") -> "Alert | None":
        """The alert as a later decision has it; None where the decision is no later one.

        What its owner did with it, and when and where the owner was told, stay.
        """
        if later.decided <= self.decided:
            return None
        if not later.stands:
            return replace(self, stands=False, decided=later.decided, version=self.version + 1)
        told = later if not self.reason else self
        return replace(
            later,
            created_at=told.created_at,
            notify=told.notify,
            not_before=told.not_before,
            mailed=self.mailed,
            read_at=self.read_at,
            feedback=self.feedback,
            version=self.version + 1,
        )

    def marked(self, now: datetime, *, read: bool) -> "Alert":
        """Read, or not read any more; the same where it is so already."""
        if read == (self.read_at is not None):
            return self
        return replace(self, read_at=now if read else None, version=self.version + 1)

    def answered(self, feedback: Feedback | None) -> "Alert":
        """With the customer's answer, or without one again."""
        if feedback is self.feedback:
            return self
        return replace(self, feedback=feedback, version=self.version + 1)
