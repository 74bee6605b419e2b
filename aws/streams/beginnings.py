"""When a handler begins to read a stream, and when it has to begin anew."""

from datetime import datetime

import structlog

from aws.metrics.names import STREAM_GAPS, HandlerLabels
from aws.streams.leases import HandlerState, StreamLeases
from aws.streams.shards import Beginning
from aws.streams.source import Source
from kernel.errors import Conflict

log = structlog.get_logger(__name__)


class Beginnings:
    """Writes down where the handlers of one stream begin."""

    def __init__(self, source: Source, leases: StreamLeases) -> None:
        self._source, self._leases = source, leases

    def on_stream(self, handler: str, known: HandlerState | None, now: datetime) -> None:
        """The first beginning, or the next one where the stream has been made anew."""
        if known is None:
            self._begin(handler, 0, now, sweep=False)
        elif not self.mend(handler, known.beginning, "the stream has been made anew", now):
            self._begin(handler, known.beginning.number + 1, now, sweep=False)

    def mend(self, handler: str, beginning: Beginning, reason: str, now: datetime) -> bool:
        """Whether a sweep will mend the loss. Where none can, that is said and counted."""
        STREAM_GAPS.add(HandlerLabels(handler))
        if self._source.sweep is None:
            log.error("stream_records_lost", handler=handler, reason=reason)
            self._leases.note_gap(handler)
            return False
        log.error("stream_gap", handler=handler, reason=reason, mended_by="sweep")
        self._begin(handler, beginning.number + 1, now, sweep=True)
        return True

    def _begin(self, handler: str, number: int, now: datetime, *, sweep: bool) -> None:
        """The shards are listed after `now` and before the sweep: nothing between is missed."""
        listing = self._source.list()
        segments = self._source.sweep.segments() if sweep and self._source.sweep else 0
        beginning = Beginning(
            number=number,
            at=now,
            by=self._leases.owner,
            stream=listing.stream,
            shards={each.id: each.first_sequence or "" for each in listing.shards.values()},
            segments=segments,
        )
        try:
            self._leases.begin(handler, beginning)
        except Conflict:
            return  # another process was faster: its beginning counts
        log.info("stream_begins", handler=handler, number=number, segments=segments)
