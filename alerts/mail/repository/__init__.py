"""The mail's tables and files."""

from alerts.mail.repository.consents import CONSENTS
from alerts.mail.repository.contacts import CONTACTS, Contact
from alerts.mail.repository.mails import MAILS
from alerts.mail.repository.paper import PAPER, PaperTaskMissing, PaperTaskMoved
from alerts.mail.repository.suppressions import SUPPRESSIONS, Suppression

__all__ = [
    "CONSENTS",
    "CONTACTS",
    "MAILS",
    "PAPER",
    "SUPPRESSIONS",
    "Contact",
    "PaperTaskMissing",
    "PaperTaskMoved",
    "Suppression",
]
