"""What operators can look up about alerts: an alert, and the alerts of a customer."""

from alerts import queries
from alerts.domain.alerts import Alert, AlertId
from alerts.repository import ALERT_REPOSITORY, AlertMissing
from kernel.errors import Missing
from kernel.lookups import Card, Fact, Lookup
from txhub.public import CustomerId


def _alert(wanted: str) -> Card:
    """Also one that was taken back, or that its owner did not want in the inbox."""
    customer_id, _, alert_id = wanted.partition("/")
    if not alert_id:
        raise Missing("say whose alert: customer/alr_…")
    found = ALERT_REPOSITORY.find_many([(CustomerId(customer_id), AlertId(alert_id))])
    if not found:
        raise AlertMissing
    return _card(found[0])


def _alerts_of(wanted: str) -> Card:
    alerts = queries.inbox(CustomerId(wanted)).alerts
    if not alerts:
        raise AlertMissing
    return Card(
        title="Newest alerts of the customer",
        subject=_subject(wanted),
        facts=tuple(
            Fact(queries.label_of(each.kind), each.alert_id, look_up=f"{wanted}/{each.alert_id}")
            for each in alerts
        ),
    )


def _card(alert: Alert) -> Card:
    read = alert.read_at.isoformat(timespec="seconds") if alert.read_at else "not yet"
    return Card(
        title="Alert",
        subject=_subject(alert.customer_id),
        facts=(
            Fact("Id", alert.alert_id),
            Fact("Customer", alert.customer_id, look_up=alert.customer_id),
            Fact("Account", alert.account_id, look_up=alert.account_id),
            Fact("Kind", queries.label_of(alert.kind)),
            Fact("It says", alert.reason or "nothing: it was taken back before it was told"),
            Fact("Raised", alert.created_at.isoformat(timespec="seconds")),
            Fact("Stands", "yes" if alert.stands else "no, it was taken back"),
            Fact("Told by", ", ".join(alert.notify) or "nothing"),
            Fact("Settings of its rule", f"version {alert.settings}"),
            Fact("Read", read),
            Fact("The customer says", alert.feedback.value if alert.feedback else "nothing"),
            *(
                Fact("Transaction", each, look_up=f"{alert.account_id}/{each}")
                for each in alert.transaction_ids
            ),
        ),
    )


def _subject(customer_id: str) -> str:
    return f"customer:{customer_id}"


LOOKUPS = (
    Lookup(key="alert", title="Alert", find=_alert, example="customer/alr_…"),
    Lookup(key="alerts", title="Alerts of a customer", find=_alerts_of),
)
