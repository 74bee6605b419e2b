"""What operators can look up about alerts."""

from alerts import queries
from alerts.domain.alerts import Alert
from alerts.repository import ALERT_REPOSITORY
from alerts.repository.alerts import AlertMissing
from kernel.errors import Missing
from kernel.lookups import Card, Fact, Lookup
from txhub.public import CustomerId

_SHOWN_MAX = 20


def _alert(wanted: str) -> Card:
    """An alert is filed under its customer: only with that one can it be found."""
    customer_id, _, alert_id = wanted.partition("/")
    if not alert_id:
        raise Missing("say CUSTOMER/alr_…")
    alert = ALERT_REPOSITORY.find(CustomerId(customer_id), alert_id)
    return Card(
        title="Alert",
        subject=f"customer:{alert.customer_id}",
        facts=(
            Fact("Id", alert.alert_id),
            Fact("Customer", alert.customer_id, look_up=alert.customer_id),
            Fact("Account", alert.account_id, look_up=alert.account_id),
            Fact("Kind", queries.label_of(alert.kind)),
            Fact("Reason", alert.reason),
            Fact("Raised", alert.created_at.isoformat(timespec="seconds")),
            Fact("Holds", "yes" if alert.stands else "no: taken back"),
            Fact("Told by", ", ".join(alert.notify) or "nothing"),
            Fact("Read", alert.read_at.isoformat(timespec="seconds") if alert.read_at else "no"),
            Fact("The customer says", alert.feedback or "nothing"),
            Fact("Settings of the rule", f"version {alert.settings}"),
            *(
                Fact("Transaction", each, look_up=f"{alert.account_id}/{each}")
                for each in alert.transaction_ids
            ),
        ),
    )


def _alerts_of(wanted: str) -> Card:
    found = queries.inbox(CustomerId(wanted), limit=_SHOWN_MAX).alerts
    if not found:
        raise AlertMissing
    return Card(
        title="Newest alerts of the customer",
        subject=f"customer:{wanted}",
        facts=tuple(map(_line, found)),
    )


def _line(alert: Alert) -> Fact:
    raised = alert.created_at.isoformat(timespec="seconds")
    return Fact(
        f"{raised} {queries.label_of(alert.kind)}",
        alert.alert_id,
        look_up=f"{alert.customer_id}/{alert.alert_id}",
    )


LOOKUPS = (
    Lookup(key="alert", title="Alert", find=_alert, example="CUSTOMER/alr_…"),
    Lookup(key="alerts", title="Alerts of a customer", find=_alerts_of),
)
