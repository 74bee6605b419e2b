"""What the mail is asked for from time to time: what waits, and what nobody knows of."""

from alerts.mail import queries
from alerts.mail.metrics import LETTERS_OPEN, MAILS_OPEN, StateLabels
from alerts.mail.queries import Stage
from aws.metrics import use_case
from aws.metrics.instruments import NoLabels
from kernel.clock import utc_now

_ENDED = {Stage.DONE, Stage.ABANDONED}


@use_case("monitoring.mail")
def mails() -> None:
    """Counts the open mails of the newest campaigns, and the letters that wait for paper."""
    found = queries.newest(utc_now())
    counted = {
        "waiting": sum(each.waiting for each in found if each.stage not in _ENDED),
        "unknown": sum(each.tally.unknown for each in found),
    }
    MAILS_OPEN.replace({StateLabels(state): count for state, count in counted.items()})
    LETTERS_OPEN.set(NoLabels(), len(queries.open_letters()))
