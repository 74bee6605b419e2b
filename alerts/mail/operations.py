"""What operators can look up about the mail: a mail, and a campaign."""

from alerts.mail import queries
from alerts.mail.domain.kinds import Campaign
from alerts.mail.domain.paper import PaperTask
from alerts.mail.repository import MAILS, PAPER
from kernel.clock import utc_now
from kernel.errors import Missing
from kernel.lookups import Card, Fact, Lookup


class MailMissing(Missing):
    """No mail has this id; one that no sender has looked at yet is not stored."""

    code = "mail_missing"


def _mail(wanted: str) -> Card:
    mail = MAILS.find(wanted)
    if mail is None:
        raise MailMissing
    return Card(
        title="Mail",
        subject=f"customer:{mail.customer_id}",
        page=f"/admin/mail/campaigns/{mail.campaign}/",
        facts=(
            Fact("Id", mail.mail_id),
            Fact("Customer", mail.customer_id, look_up=mail.customer_id),
            Fact("Campaign", mail.campaign, look_up=mail.campaign),
            Fact("Status", mail.status.value),
            Fact("Since", mail.since.isoformat(timespec="seconds")),
            Fact("Reason", mail.reason or "none"),
            Fact("Round", str(mail.round)),
            Fact("Id at SES", mail.provider_id or "none"),
            Fact("SES says", mail.feedback.value if mail.feedback else "nothing"),
            Fact("Letter", _letter(PAPER.find(mail.mail_id))),
        ),
    )


def _letter(task: PaperTask | None) -> str:
    if task is None:
        return "none"
    return "to be sent" if task.is_open else "sent"


def _campaign(wanted: str) -> Card:
    """No customer is named in it."""
    progress = queries.progress_of(Campaign.named(wanted), utc_now())
    tally = progress.tally
    eligible = progress.eligible
    return Card(
        title="Campaign",
        page=f"/admin/mail/campaigns/{progress.campaign.name}/",
        facts=(
            Fact("Name", progress.campaign.name),
            Fact("Kind", progress.kind.label),
            Fact("Stage", progress.stage.value),
            Fact("Eligible", "not counted yet" if eligible is None else f"{eligible:,}"),
            Fact("Sent", f"{tally.sent:,}"),
            Fact("Suppressed", f"{tally.suppressed:,}"),
            Fact("Failed", f"{tally.failed:,}"),
            Fact("Unknown", f"{tally.unknown:,}"),
        ),
    )


LOOKUPS = (
    Lookup(key="mail", title="Mail", find=_mail, prefixes=("mail_",), example="mail_…"),
    Lookup(
        key="campaign",
        title="Campaign",
        find=_campaign,
        example="statement_ready.2026-06-30",
    ),
)
