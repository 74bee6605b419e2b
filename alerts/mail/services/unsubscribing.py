"""Consent to optional mails: given by the signed in, withdrawn by anybody who holds a mail's link.

A link's token names customer and kind under a key of ours that never changes: links in old mails
must work for as long as mails are kept.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as BadBase64
from dataclasses import dataclass

from alerts.mail.conf import conf
from alerts.mail.domain.consents import Consent, Source, decided
from alerts.mail.domain.kinds import MailKind
from alerts.mail.kinds import NoSuchKind, all_kinds, kind_named
from alerts.mail.repository import CONSENTS
from aws.metrics import use_case
from aws.vault import vault
from kernel.clock import Clock, utc_now
from kernel.errors import Conflict, Missing, Refused, Unavailable

# The wording that customers agree to. A new one gets a new name, and asks them again.
TERMS = "2026-11"
_MAC_BYTES = 16
_ATTEMPTS_MAX = 5


class BadLink(Missing):
    """This link is not, or no longer, one of ours."""

    code = "bad_unsubscribe_link"


class NotOptional(Refused):
    """This mail cannot be turned off."""

    code = "mail_not_optional"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What a link is about."""

    customer_id: str
    kind: MailKind

    @property
    def kinds(self) -> list[MailKind]:
        """All that customers agree to, and withdraw from, together."""
        return [each for each in all_kinds().values() if each.consent == self.kind.consent]


def unsubscribe_url(customer_id: str, kind: str) -> str:
    return f"{conf().site}/mail/unsubscribe/{token_of(customer_id, kind)}/"


def token_of(customer_id: str, kind: str) -> str:
    content = f"{kind}|{customer_id}".encode()
    return urlsafe_b64encode(_mac(content) + content).decode().rstrip("=")


def subscription_of(token: str) -> Subscription:
    """Raises `BadLink`."""
    try:
        raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        mac, content = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
        if not hmac.compare_digest(mac, _mac(content)):
            raise BadLink
        kind, _, customer_id = content.decode().partition("|")
        return Subscription(customer_id=customer_id, kind=kind_named(kind))
    except (BadBase64, ValueError, NoSuchKind):
        raise BadLink from None


def unsubscribe(token: str, *, clock: Clock = utc_now) -> Subscription:
    """Withdraws the consent that the link is about; again changes nothing. Raises `BadLink`,
    `NotOptional`, `Unavailable`."""
    found = subscription_of(token)
    decide(found.customer_id, found.kind.name, given=False, source=Source.LINK, clock=clock)
    return found


@use_case("mail.consent")
def decide(
    customer_id: str, kind: str, *, given: bool, source: Source, clock: Clock = utc_now
) -> Consent | None:
    """A customer's decision about an optional kind, and those that are agreed to with it; the new
    version, None where it says nothing new. Raises `NoSuchKind`, `NotOptional`, `Unavailable`."""
    about = kind_named(kind)
    if not about.can_unsubscribe:
        raise NotOptional
    for _attempt in range(_ATTEMPTS_MAX):
        new = decided(
            CONSENTS.find(customer_id, about.consent),
            customer_id=customer_id,
            kind=about.consent,
            given=given,
            at=clock(),
            source=source,
            terms=TERMS,
        )
        try:
            if new is not None:
                CONSENTS.add(new)
        except Conflict:
            continue  # they have decided in another window meanwhile: look again
        return new
    raise Unavailable("others keep deciding for the same customer", retry_after_s=1)


def has_withdrawn(customer_id: str, kind: str) -> bool:
    """Whether a customer had agreed to a kind and does not any more. Raises `NoSuchKind`."""
    last = CONSENTS.find(customer_id, kind_named(kind).consent)
    return last is not None and not last.given


def _mac(content: bytes) -> bytes:
    key = vault().id_key("mail-unsubscribe")
    return hmac.digest(key, content, "sha256")[:_MAC_BYTES]
