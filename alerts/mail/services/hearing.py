"""Hears from SES what became of mails: it settles the unknown, and feeds the suppression list.

SES says it at least once and in any order, through SNS and SQS; nothing here minds.
"""

import time

import structlog

from alerts.mail.domain.events import NEVER_SENT, EventKind, MailEvent, NotAMailEvent, mail_event
from alerts.mail.domain.kinds import Campaign
from alerts.mail.domain.mails import REJECTED, Feedback, Mail, MailStatus, Reason
from alerts.mail.domain.paper import PaperTask
from alerts.mail.kinds import kind_named
from alerts.mail.metrics import MAIL_EVENTS, EventLabels
from alerts.mail.repository import PAPER, SUPPRESSIONS, Suppression
from alerts.mail.resources import EVENT_QUEUE
from alerts.mail.services.moving import move, note_feedback
from aws import messaging
from aws.messaging import Message, NotAnObjectEvent
from aws.metrics import use_case
from kernel.clock import Clock, utc_now

_log = structlog.get_logger(__name__)
_FEEDBACK = {
    EventKind.DELIVERY: Feedback.DELIVERED,
    EventKind.BOUNCE: Feedback.BOUNCED,
    EventKind.COMPLAINT: Feedback.COMPLAINED,
}
_REASONS = {Feedback.BOUNCED: Reason.BOUNCED, Feedback.COMPLAINED: Reason.COMPLAINED}


@use_case("mail.events")
def hear(*, seconds_max: float = 50.0, clock: Clock = utc_now) -> int:
    """Takes what is in the queue, for so long at the most; how many events it was. Any number of
    processes may do so at once. Raises `Unavailable`."""
    deadline, heard = time.monotonic() + seconds_max, 0
    while time.monotonic() < deadline:
        messages = messaging.receive(EVENT_QUEUE, wait_s=0)
        if not messages:
            break
        for message in messages:
            _take(message, clock)
        heard += len(messages)
    return heard


def apply(event: MailEvent, *, clock: Clock = utc_now) -> None:
    """What one event means; again changes nothing."""
    if event.kind in NEVER_SENT:
        move(event.mail_id, MailStatus.FAILED, REJECTED, clock=clock)
        return
    mail = move(event.mail_id, MailStatus.SENT, clock=clock)
    if mail is None:
        _log.info("mail_event_of_nobody", kind=event.kind.value)
        return
    feedback = _FEEDBACK.get(event.kind)
    if feedback is None or (feedback is Feedback.BOUNCED and not event.permanent):
        return
    if reason := _REASONS.get(feedback):
        _suppress(mail, reason, clock)
    note_feedback(event.mail_id, feedback)


def _take(message: Message, clock: Clock) -> None:
    try:
        event = mail_event(messaging.unwrapped(message))
    except (NotAMailEvent, NotAnObjectEvent) as error:
        messaging.dead_letter(EVENT_QUEUE, message, error.code)
        return
    apply(event, clock=clock)
    MAIL_EVENTS.add(EventLabels(event.kind.value))
    messaging.delete(EVENT_QUEUE, message)


def _suppress(mail: Mail, reason: Reason, clock: Clock) -> None:
    """The address gets no more mail; and where this one had to arrive, a letter brings it."""
    now = clock()
    SUPPRESSIONS.add(
        Suppression(address_id=mail.address_id, reason=reason, at=now, mail_id=mail.mail_id)
    )
    needs_paper = kind_named(Campaign.named(mail.campaign).kind).needs_paper
    if needs_paper and reason is Reason.BOUNCED:
        PAPER.add(
            PaperTask(
                mail_id=mail.mail_id,
                campaign=mail.campaign,
                customer_id=mail.customer_id,
                reason=reason.value,
                opened_at=now,
            )
        )
