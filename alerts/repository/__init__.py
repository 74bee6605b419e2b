"""The alerts' tables. A repository speaks entities; its storage format stands right under it."""

from alerts.repository.alerts import ALERT_REPOSITORY, AlertMissing
from alerts.repository.preferences import PREFERENCE_REPOSITORY
from alerts.repository.profiles import PROFILE_REPOSITORY, StoredProfile
from alerts.repository.rulebook import RULE_REPOSITORY

__all__ = [
    "ALERT_REPOSITORY",
    "PREFERENCE_REPOSITORY",
    "PROFILE_REPOSITORY",
    "RULE_REPOSITORY",
    "AlertMissing",
    "StoredProfile",
]
