"""Makes a message of a customer's facts: the kind's templates, filled in and packed as MIME.

Text is not escaped and HTML is, by engines of their own; a name is shown only where it is one.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.template import Context, Engine

from alerts.mail.conf import Conf, conf
from alerts.mail.domain.addresses import BadAddress, checked_address, shown_name
from alerts.mail.domain.kinds import Facts, MailKind
from alerts.mail.domain.mails import Reason
from alerts.mail.domain.mime import Message, as_bytes
from alerts.mail.repository import Contact
from alerts.mail.repository.files import Rendered
from alerts.mail.repository.ids import address_id, mail_id
from alerts.mail.services.unsubscribing import unsubscribe_url


@dataclass(frozen=True, slots=True, kw_only=True)
class Bodies:
    """What a mail says."""

    subject: str
    text: str
    html: str


def rendered(
    kind: MailKind,
    campaign: str,
    customer_id: str,
    facts: Facts,
    contact: Contact | None,
    *,
    now: datetime,
) -> Rendered:
    """The customer's mail of a campaign, or why there can be none."""
    identity = mail_id(campaign, customer_id)
    if contact is None or not contact.address:
        return Rendered(mail_id=identity, customer_id=customer_id, missing=Reason.NO_ADDRESS)
    try:
        address = checked_address(contact.address)
    except BadAddress:
        return Rendered(mail_id=identity, customer_id=customer_id, missing=Reason.BAD_ADDRESS)
    settled = conf()
    link = unsubscribe_url(customer_id, kind.name) if kind.can_unsubscribe else None
    said = bodies(kind, facts, name=contact.name, unsubscribe=link, settled=settled)
    message = Message(
        mail_id=identity,
        domain=settled.domain,
        sender=settled.sender,
        sender_name=settled.bank_name,
        to=address,
        subject=said.subject,
        text=said.text,
        html=said.html,
        date=now,
        unsubscribe=link,
    )
    return Rendered(
        mail_id=identity,
        customer_id=customer_id,
        address_id=address_id(address),
        address=address,
        raw=as_bytes(message),
    )


def bodies(
    kind: MailKind, facts: Facts, *, name: str, unsubscribe: str | None, settled: Conf
) -> Bodies:
    """The kind's templates with these facts."""
    context: dict[str, Any] = {
        "facts": facts,
        "name": shown_name(name),
        "kind": kind,
        "bank": settled.bank_name,
        "site": settled.site,
        "button": settled.site + kind.path,
        "unsubscribe": unsubscribe,
    }
    folder = kind.name
    subject = _text_engine().get_template(f"{folder}/subject.txt").render(Context(context))
    text = _text_engine().get_template(f"{folder}/body.txt")
    html = _html_engine().get_template(f"{folder}/body.html")
    context["subject"] = " ".join(subject.split())
    return Bodies(
        subject=context["subject"],
        text=text.render(Context(context, autoescape=False)).strip() + "\n",
        html=html.render(Context(context)).strip() + "\n",
    )


@cache
def _html_engine() -> Engine:
    return _engine(autoescape=True)


@cache
def _text_engine() -> Engine:
    return _engine(autoescape=False)


def _engine(*, autoescape: bool) -> Engine:
    folder = settings.BASE_DIR / "templates" / "alerts" / "mail"
    loader = ("django.template.loaders.filesystem.Loader", [str(folder)])
    cached = ("django.template.loaders.cached.Loader", [loader])
    return Engine(loaders=[cached], autoescape=autoescape)
