"""What a customer does with alerts: read them, and say whether they helped."""

from collections.abc import Callable

from alerts.domain.alerts import Alert, Feedback
from alerts.metrics import ANSWERS, AnswerLabels
from alerts.repository import ALERT_REPOSITORY, RULE_REPOSITORY
from aws.dynamodb import transact
from aws.metrics import use_case
from kernel.clock import Clock, utc_now
from kernel.errors import Conflict, Missing, Unavailable
from txhub.public import CustomerId

_ATTEMPTS_MAX = 5


@use_case("alerts.mark")
def mark(
    customer_id: CustomerId, alert_id: str, *, read: bool = True, clock: Clock = utc_now
) -> Alert:
    """The alert, read or unread. Raises `AlertMissing`."""
    return _change(customer_id, alert_id, lambda alert: alert.marked(clock(), read=read))


@use_case("alerts.answer")
def answer(customer_id: CustomerId, alert_id: str, feedback: Feedback | None) -> Alert:
    """The alert with the customer's answer, which counts for the rule's settings that raised it;
    None takes it back. Raises `AlertMissing`."""
    answered = _change(customer_id, alert_id, lambda alert: alert.answered(feedback))
    ANSWERS.add(AnswerLabels(answered.kind, feedback.value if feedback else "nothing"))
    return answered


@use_case("alerts.mark_all")
def mark_all(customer_id: CustomerId, *, clock: Clock = utc_now) -> int:
    """Marks all as read, as far as they are counted; how many there were."""
    unread = ALERT_REPOSITORY.unread_ids(customer_id)
    for alert_id in unread:
        try:
            mark(customer_id, alert_id, clock=clock)
        except Missing:
            continue  # it was taken back meanwhile
    return len(unread)


def _change(customer_id: CustomerId, alert_id: str, change: Callable[[Alert], Alert]) -> Alert:
    for _attempt in range(_ATTEMPTS_MAX):
        before = ALERT_REPOSITORY.find(customer_id, alert_id)
        after = change(before)
        if after is before:
            return before
        counted = RULE_REPOSITORY.counting(before, after)
        try:
            transact([ALERT_REPOSITORY.replacing(before, after), *counted])
            return after
        except Conflict:
            continue
    raise Unavailable("others keep changing this alert", retry_after_s=1)
