"""What operators can look up about e-mail."""

from alerts.mail.repository import MAILS
from kernel.errors import Missing
from kernel.lookups import Card, Fact, Lookup


class MailMissing(Missing):
    """No such mail: nobody has begun to send it, or it is too long ago."""

    code = "mail_not_found"


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
            Fact("Campaign", mail.campaign),
            Fact("Customer", mail.customer_id, look_up=mail.customer_id),
            Fact("Status", mail.status),
            Fact("Since", mail.since.isoformat(timespec="seconds")),
            Fact("Reason", mail.reason or "none"),
            Fact("Round", str(mail.round)),
            Fact("Transport's id", mail.provider_id or "none"),
            Fact("SES says", mail.feedback or "nothing"),
        ),
    )


LOOKUPS = (Lookup(key="mail", title="Mail", find=_mail, prefixes=("mail_",), example="mail_…"),)
