"""The hub's stream handlers."""

from collections.abc import Sequence

from aws.streams import Change, Handler, Progress, register
from txhub import projections
from txhub.resources import TRANSACTIONS


@register
class Summaries(Handler[Change]):
    """Keeps what accounts add up to: spending by category and month, and digests."""

    name = "summaries"
    source = TRANSACTIONS

    def handle(self, batch: Sequence[Change]) -> Progress:
        projections.keep_summaries(batch)
        return batch[-1].sequence
