"""Who gets no mail, and why. Asked right before sending: what was true at rendering may be old."""

from collections.abc import Sequence

from alerts.mail.domain.kinds import MailKind
from alerts.mail.domain.mails import Reason
from alerts.mail.repository import CONSENTS, SUPPRESSIONS
from alerts.mail.repository.files import Rendered
from alerts.mail.services.unsubscribing import TERMS


def reasons_against(kind: MailKind, mails: Sequence[Rendered]) -> dict[str, Reason]:
    """By mail id, for those that must not be sent."""
    reasons = {each.mail_id: each.missing for each in mails if each.missing}
    addressed = [each for each in mails if not each.missing]
    listed = SUPPRESSIONS.find_many(each.address_id for each in addressed)
    agreed = _agreed(kind, addressed)
    for each in addressed:
        if suppression := listed.get(each.address_id):
            reasons[each.mail_id] = suppression.reason
        elif each.customer_id not in agreed:
            reasons[each.mail_id] = Reason.NO_CONSENT
    return reasons


def _agreed(kind: MailKind, mails: Sequence[Rendered]) -> frozenset[str]:
    """The customers who agreed to the wording that holds; all of them where nobody is asked."""
    customers = frozenset(each.customer_id for each in mails)
    if not kind.can_unsubscribe:
        return customers
    consents = CONSENTS.find_many(customers, kind.consent)
    given = (each for each in consents.values() if each.given and each.terms == TERMS)
    return frozenset(each.customer_id for each in given)
