"""How alerts and preferences look in JSON. Absent facts are null."""

from typing import Any

from alerts.domain.alerts import Alert
from alerts.domain.preferences import Preferences
from alerts.domain.rules import Rule
from alerts.queries import kinds

Json = dict[str, Any]


def alert_json(alert: Alert) -> Json:
    """The alert resource."""
    return {
        "id": alert.alert_id,
        "kind": alert.kind,
        "account_id": alert.account_id,
        "transaction_ids": alert.transaction_ids,
        "reason": alert.reason,
        "created_at": alert.created_at,
        "read_at": alert.read_at,
        "feedback": alert.feedback,
    }


def preferences_json(preferences: Preferences) -> Json:
    """All kinds, with what may be chosen about each."""
    quiet = preferences.quiet
    return {
        "version": preferences.version,
        "kinds": [_kind_json(rule, preferences) for rule in kinds()],
        "quiet_hours": quiet and {"begin": quiet.begin, "end": quiet.end},
        "digest": preferences.digest,
    }


def _kind_json(rule: Rule, preferences: Preferences) -> Json:
    wish = preferences.of(rule.name)
    return {
        "kind": rule.name,
        "label": rule.label,
        "about": rule.about,
        "channels": sorted(wish.channels),
        "settings": wish.settings,
        "parameters": [
            {
                "name": each.name,
                "label": each.label,
                "unit": each.unit,
                "least": each.least,
                "most": each.most,
                "default": each.default,
            }
            for each in rule.parameters
            if each.customers
        ],
    }
