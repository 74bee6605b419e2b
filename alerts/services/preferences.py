"""Customers' choices."""

from dataclasses import replace

from alerts.domain.alerts import Channel
from alerts.domain.preferences import LEFT_LEAST, BadPreferences, Preferences
from alerts.mail.domain.consents import Source
from alerts.mail.services.unsubscribing import decide, has_withdrawn
from alerts.repository import PREFERENCE_REPOSITORY
from alerts.rules import RuleMissing, rule_named
from aws.metrics import use_case

_MAIL = "alert_digest"
_CHOICES = frozenset({Channel.INBOX, Channel.EMAIL})


@use_case("alerts.prefer")
def choose(before: Preferences, after: Preferences) -> Preferences:
    """Puts `after` in the place of what the customer had chosen; with its new version. Choosing
    e-mail is also the consent to it, which may be withdrawn by one click in any mail.

    Raises `BadPreferences`, `BadSetting`, and `Conflict` with the stored `Preferences` where they
    are not `before` any more.
    """
    if after.quiet and after.quiet.leave < LEFT_LEAST:
        raise BadPreferences("quiet hours leave at least an hour of the day")
    chosen = replace(
        after,
        kinds={name: each for name, each in after.kinds.items() if _checked(name, after)},
        version=before.version + 1,
    )
    PREFERENCE_REPOSITORY.replace(before, chosen)
    decide(chosen.customer_id, _MAIL, given=chosen.wants_mail, source=Source.SETTINGS)
    return chosen


def is_unsubscribed(chosen: Preferences) -> bool:
    """Whether the customer has chosen e-mail, and withdrawn from it by a mail's link since."""
    return chosen.wants_mail and has_withdrawn(chosen.customer_id, _MAIL)


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
