"""The stream of transactions, for `manage.py consume second_look`."""

from collections.abc import Sequence

from alerts.services.observing import facts_by_account
from alerts.services.second_look import SecondLook
from aws.streams import Change, Handler, Progress, register
from txhub.public import TRANSACTIONS


@register
class LookTwice(Handler[Change]):
    """Alerts customers to what is unusual about new transactions."""

    name = "second_look"
    source = TRANSACTIONS

    def __init__(self) -> None:
        self._look = SecondLook()

    def handle(self, batch: Sequence[Change]) -> Progress:
        self._look.take(facts_by_account(batch))
        return batch[-1].sequence
