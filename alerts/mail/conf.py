"""The mail's settings: `settings.MAIL` overrides any of these."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings

_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conf:
    """Why these are what they are: docs/adr/0030-mail.md.

    sender, domain     who mails come from; the domain is the one that SES has verified
    site               where links lead
    transport          the class that takes messages: SES's, or SMTP's with `smtp_*`
    part_mails         mails of a part: what one worker renders, and another sends
    group_mails        mails whose intents are written together; a crash leaves as many unknown
    connections        messages that one process hands over at once
    rate_max_s         messages that one process hands over in a second, at the most
    patience_s         how long a group waits for a transport that throttles
    alerts_every       how long a slot is whose alerts are told together, for who wants them at
                       once: a part of a day, in whole minutes
    sent_within        how long such mails may take from their list to the transport: who has quiet
                       hours that begin within it is told when they are over
    contacts_max_age   older copies of the customers' addresses are made anew before a campaign
    bank_name          who writes
    """

    sender: str = "post@bank.example"
    bank_name: str = "TxHub Bank"
    site: str = "http://127.0.0.1:8000"
    transport: str = "alerts.mail.transports.ses.Ses"
    smtp_host: str = "127.0.0.1"
    smtp_port: int = 25
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_tls: bool = False
    smtp_timeout_s: float = 20
    part_mails: int = 500
    group_mails: int = 25
    connections: int = 4
    rate_max_s: float = 200
    patience_s: float = 30
    alerts_every: timedelta = timedelta(minutes=5)
    sent_within: timedelta = timedelta(minutes=2)
    contacts_max_age: timedelta = timedelta(hours=12)

    def __post_init__(self) -> None:
        if self.alerts_every % _MINUTE or _DAY % self.alerts_every:
            raise ValueError("alerts_every is a part of a day, in whole minutes")

    @property
    def told_within(self) -> timedelta:
        """How long it takes at the most until an alert that is raised now is mailed."""
        return self.alerts_every + self.sent_within

    @property
    def domain(self) -> str:
        return self.sender.rpartition("@")[2]


def conf() -> Conf:
    """The settings as they stand now."""
    overrides: dict[str, Any] = getattr(settings, "MAIL", {})
    return Conf(**overrides)
