"""From a decision to the alert that it makes."""

from datetime import datetime

from alerts.conf import bank_zone
from alerts.domain.alerts import Alert, AlertId
from alerts.domain.looking import Decision
from alerts.domain.preferences import Preferences
from alerts.repository import StoredProfile
from aws.vault import vault
from kernel.ids import keyed_id
from txhub.public import AccountId, CustomerId, TransactionId


def alert_of(
    decision: Decision,
    profile: StoredProfile,
    preferences: Preferences,
    *,
    settings: int,
    now: datetime,
) -> Alert:
    """The alert as it is first written; `settings`: the version of the rule's."""
    raised, finding = decision.raised, decision.finding
    return Alert(
        alert_id=alert_id(raised.customer_id, raised.rule, raised.transaction_id),
        customer_id=CustomerId(raised.customer_id),
        account_id=AccountId(profile.account_id),
        kind=raised.rule,
        reason=finding.reason if finding else "",
        transaction_ids=tuple(
            map(TransactionId, (raised.transaction_id, *(finding.others if finding else ())))
        ),
        created_at=now,
        stands=raised.stands,
        notify=preferences.notify(raised.rule),
        not_before=preferences.quiet_until(now, bank_zone()),
        settings=settings,
        decided=profile.version,
    )


def alert_id(customer_id: str, rule: str, transaction_id: str) -> AlertId:
    """The same for the same occurrence, whoever decides on it and when."""
    key = vault().id_key("alerts")
    return AlertId(keyed_id("alr", key, customer_id, rule, transaction_id))
