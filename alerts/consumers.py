"""The stream of transactions, for `manage.py consume second_look`."""

from collections import defaultdict
from collections.abc import Sequence

import structlog

from alerts.domain.facts import Fact
from alerts.services.observing import fact_in
from alerts.services.second_look import SecondLook
from aws.streams import Change, Handler, PoisonRecord, Progress, register
from aws.vault import KeyDestroyed, Tampered
from txhub.public import TRANSACTIONS, AccountId, account_id_in

log = structlog.get_logger(__name__)


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


def facts_by_account(changes: Sequence[Change]) -> dict[AccountId, list[Fact]]:
    """What the changes say of each account. Raises `PoisonRecord`."""
    heard: defaultdict[AccountId, list[Fact]] = defaultdict(list)
    for change in changes:
        try:
            fact = fact_in(change)
        except KeyDestroyed:
            continue  # the account is forgotten, and so is what would be said of it
        except Tampered as error:
            raise PoisonRecord(change, "a transaction does not open") from error
        if fact is not None:
            heard[account_id_in(change.key)].append(fact)
    return dict(heard)
