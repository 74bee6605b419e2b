"""The stream of transactions, for `manage.py consume second_look`."""

from collections.abc import Sequence

import structlog

from alerts.domain.facts import Fact
from alerts.metrics import LOOK_SECONDS, LOOKED_AT, NewsLabels
from alerts.services.observing import facts_by_account
from alerts.services.second_look import SecondLook
from aws.metrics.instruments import NoLabels
from aws.streams import Change, Handler, Progress, register
from kernel.clock import epoch_s, utc_now
from txhub.public import TRANSACTIONS, origins_of

log = structlog.get_logger(__name__)


@register
class LookTwice(Handler[Change]):
    """Alerts customers to what is unusual about new transactions."""

    name = "second_look"
    source = TRANSACTIONS

    def __init__(self) -> None:
        self._look = SecondLook()

    def handle(self, batch: Sequence[Change]) -> Progress:
        heard = facts_by_account(batch)
        self._look.take(heard)
        log.info("changes_looked_at", changes=len(batch), origins=origins_of(batch))
        _measure([fact for facts in heard.values() for fact in facts])
        return batch[-1].sequence


def _measure(facts: Sequence[Fact]) -> None:
    """Streams tell the time of a change to the second, and so does this."""
    news = [fact for fact in facts if fact.news and not fact.removed]
    LOOKED_AT.add(NewsLabels("news"), len(news))
    LOOKED_AT.add(NewsLabels("learnt"), len(facts) - len(news))
    now = epoch_s(utc_now())
    for fact in news:
        LOOK_SECONDS.observe(NoLabels(), now - fact.seen)
