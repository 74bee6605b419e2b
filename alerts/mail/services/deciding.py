"""What people decide: how the unknown ended, and that a letter has gone out."""

from dataclasses import replace
from datetime import datetime

from django.contrib.auth.models import User

from alerts.mail.domain.mails import MailStatus
from alerts.mail.repository import MAILS, PAPER, PaperTaskMissing, PaperTaskMoved
from alerts.mail.services.moving import move
from identity import audit
from identity.repository import Outrun
from identity.staff import Role, actor_of, check_role
from kernel.clock import Clock, utc_now

NOT_SENT = "not sent, as staff found"


def settle_unknown(campaign: str, *, sent: bool, until: datetime, clock: Clock = utc_now) -> int:
    """Says of the campaign's unknown mails that they were sent, or were not: of those that are
    unknown since `until` at the latest, which somebody has looked into. How many; again: none.

    Those that were not sent count as failed, and the next re-drive sends them.
    """
    to, reason = (MailStatus.SENT, "") if sent else (MailStatus.FAILED, NOT_SENT)
    moved = 0
    for mail in list(MAILS.needing_attention(campaign, MailStatus.UNKNOWN)):
        if mail.since <= until:
            move(mail.mail_id, to, reason, clock=clock)
            moved += 1
    return moved


def letter_sent(mail_id: str, by: User, *, clock: Clock = utc_now) -> None:
    """Closes a letter's task, with its entry in the audit log. Raises `PaperTaskMissing`,
    `PaperTaskMoved`, `RoleMissing`."""
    check_role(by, Role.OPERATOR)
    task = PAPER.find(mail_id)
    if task is None:
        raise PaperTaskMissing
    if not task.is_open:
        raise PaperTaskMoved
    actor = actor_of(by)
    done = replace(task, done_at=clock(), done_by=actor, version=task.version + 1)
    try:
        audit.record(
            actor=actor,
            action="mail.letter_sent",
            subject=f"customer:{task.customer_id}",
            detail={"mail": mail_id, "campaign": task.campaign},
            together=(PAPER.replaced(task, done),),
            clock=clock,
        )
    except Outrun as error:
        raise PaperTaskMoved from error
