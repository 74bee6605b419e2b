"""Moves one mail, as its chart allows; who comes later and says the same changes nothing."""

from dataclasses import replace

from alerts.mail.domain.mails import Feedback, Mail, MailStatus, outranks
from alerts.mail.repository import MAILS
from kernel.clock import Clock, utc_now
from kernel.errors import Conflict, Unavailable

_ATTEMPTS_MAX = 6


def move(
    mail_id: str,
    to: MailStatus,
    reason: str = "",
    *,
    provider_id: str = "",
    clock: Clock = utc_now,
) -> Mail | None:
    """The mail as it stands afterwards; None where there is none."""
    for _attempt in range(_ATTEMPTS_MAX):
        old = MAILS.find(mail_id)
        if old is None or not old.may_become(to):
            return old
        new = replace(
            old,
            status=to,
            since=clock(),
            reason=reason,
            provider_id=provider_id or old.provider_id,
            version=old.version + 1,
        )
        try:
            MAILS.move(old, new)
        except Conflict:
            continue
        return new
    raise Unavailable("others keep changing the same mail", retry_after_s=1)


def note_feedback(mail_id: str, feedback: Feedback) -> Mail | None:
    """Keeps what SES said, unless more than that is known."""
    for _attempt in range(_ATTEMPTS_MAX):
        old = MAILS.find(mail_id)
        if old is None or not outranks(feedback, old.feedback):
            return old
        try:
            MAILS.note_feedback(old, feedback)
        except Conflict:
            continue
        return replace(old, feedback=feedback, version=old.version + 1)
    raise Unavailable("others keep changing the same mail", retry_after_s=1)
