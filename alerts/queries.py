"""What can be asked of alerts. Every answer is for one customer."""

from dataclasses import dataclass

from alerts.domain.alerts import Alert
from alerts.domain.preferences import Preferences
from alerts.domain.rules import Rule
from alerts.repository import ALERT_REPOSITORY, PREFERENCE_REPOSITORY
from alerts.repository.alerts import COUNTED_MAX
from alerts.rules import rules
from aws.dynamodb import decode_cursor, encode_cursor
from aws.metrics import use_case
from aws.vault import vault
from txhub.public import CustomerId

LIMIT_DEFAULT, LIMIT_MAX = 50, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertFilter:
    """Of one kind; only those that are not read."""

    kind: str | None = None
    unread: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxPage:
    """Newest first. May be short, even empty, and still have a next page."""

    alerts: tuple[Alert, ...]
    next_cursor: str | None


@use_case("alerts.inbox")
def inbox(
    customer_id: CustomerId,
    wanted: AlertFilter = AlertFilter(),
    *,
    cursor: str | None = None,
    limit: int = LIMIT_DEFAULT,
) -> InboxPage:
    """A page of the customer's alerts. Raises `BadCursor`."""
    key, scope = vault().id_key("cursors"), f"{customer_id}|{wanted.kind}|{wanted.unread}"
    page = ALERT_REPOSITORY.page(
        customer_id,
        kind=wanted.kind,
        unread=wanted.unread,
        after=decode_cursor(key, scope, cursor) if cursor else None,
        limit=min(max(limit, 1), LIMIT_MAX),
    )
    next_cursor = encode_cursor(key, scope, page.last) if page.last else None
    return InboxPage(alerts=page.alerts, next_cursor=next_cursor)


@use_case("alerts.unread")
def unread_count(customer_id: CustomerId) -> int:
    """How many the customer has not read; no more than `COUNTED_MAX` are counted."""
    return ALERT_REPOSITORY.unread(customer_id)


@use_case("alerts.preferences")
def preferences_of(customer_id: CustomerId) -> Preferences:
    return PREFERENCE_REPOSITORY.find(customer_id)


def kinds() -> tuple[Rule, ...]:
    """The kinds of alerts there are, in the order in which they are shown."""
    return rules()


def label_of(kind: str) -> str:
    """What customers call a kind; its name where its rule is gone."""
    return next((rule.label for rule in rules() if rule.name == kind), kind.replace("_", " "))


__all__ = [
    "COUNTED_MAX",
    "LIMIT_DEFAULT",
    "LIMIT_MAX",
    "AlertFilter",
    "InboxPage",
    "inbox",
    "kinds",
    "label_of",
    "preferences_of",
    "unread_count",
]
