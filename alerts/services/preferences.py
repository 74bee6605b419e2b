"""Customers' choices."""

from dataclasses import replace

from alerts.domain.alerts import Channel
from alerts.domain.preferences import BadPreferences, Preferences
from alerts.repository import PREFERENCE_REPOSITORY
from alerts.rules import RuleMissing, rule_named
from aws.metrics import use_case

_CHOICES = frozenset({Channel.INBOX, Channel.EMAIL})


@use_case("alerts.prefer")
def choose(before: Preferences, after: Preferences) -> Preferences:
    """Puts `after` in the place of what the customer had chosen; with its new version.

    Raises `BadPreferences`, `BadSetting`, and `Conflict` with the stored `Preferences` where they
    are not `before` any more.
    """
    chosen = replace(
        after,
        kinds={name: each for name, each in after.kinds.items() if _checked(name, after)},
        version=before.version + 1,
    )
    PREFERENCE_REPOSITORY.replace(before, chosen)
    return chosen


def _checked(kind: str, preferences: Preferences) -> bool:
    """Whether it differs from the default; else it need not be kept."""
    wish = preferences.of(kind)
    try:
        rule_named(kind).checked(wish.settings, customers=True)
    except RuleMissing:
        raise BadPreferences("there is no such kind of alert") from None
    if not wish.channels <= _CHOICES:
        raise BadPreferences("an alert comes to the inbox, by e-mail, both or neither")
    return wish != Preferences(customer_id=preferences.customer_id).of(kind)
