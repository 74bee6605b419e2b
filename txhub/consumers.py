"""The hub's stream handlers."""

from collections.abc import Sequence

import structlog

from aws.streams import Change, Handler, Progress, register
from txhub import projections
from txhub.resources import TRANSACTIONS

log = structlog.get_logger(__name__)


@register
class Summaries(Handler[Change]):
    """Keeps what accounts add up to: spending by category and month, and digests."""

    name = "summaries"
    source = TRANSACTIONS

    def handle(self, batch: Sequence[Change]) -> Progress:
        projections.keep_summaries(batch)
        log.info("changes_summed_up", changes=len(batch), origins=projections.origins_of(batch))
        return batch[-1].sequence
