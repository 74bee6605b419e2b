"""Hands messages over as fast as the transport takes them, several at once."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache

import structlog

from alerts.mail.conf import conf
from alerts.mail.domain.outcomes import Outcome, Verdict
from alerts.mail.domain.pace import Pace
from alerts.mail.metrics import MAILS_THROTTLED
from alerts.mail.repository.files import Rendered
from alerts.mail.transports import Transport, transport
from aws.metrics.instruments import NoLabels

_log = structlog.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class PostOffice:
    """One for a process: all its threads share the pace. `now` and `sleep` are of one clock."""

    transport: Transport
    pace: Pace
    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def send_all(self, mails: Sequence[Rendered], *, patience_s: float) -> list[Outcome]:
        """How each ended, in their order. What the transport throttles is offered again for
        `patience_s`; then it counts as not taken."""
        deadline = self.now() + patience_s
        with ThreadPoolExecutor(max(1, min(conf().connections, len(mails)))) as pool:
            return list(pool.map(lambda mail: self._send(mail, deadline), mails))

    def _send(self, mail: Rendered, deadline: float) -> Outcome:
        while self._waits_its_turn(deadline):
            outcome = self.transport.send(mail)
            with self._lock:
                if outcome.verdict is not Verdict.THROTTLED:
                    self.pace.taken()
                    return outcome
                self.pace.throttled(self.now())
            MAILS_THROTTLED.add(NoLabels())
            _log.info("mail_throttled", rate_s=round(self.pace.rate_s, 1), reason=outcome.reason)
        return Outcome(verdict=Verdict.NOT_TAKEN, reason="throttled for too long")

    def _waits_its_turn(self, deadline: float) -> bool:
        """False where the turn would come too late."""
        with self._lock:
            now = self.now()
            turn = self.pace.turn(now)
        if turn > deadline:
            return False
        self.sleep(turn - now)
        return True


@cache
def post_office() -> PostOffice:
    """The process's."""
    return PostOffice(transport=transport(), pace=Pace(rate_max_s=conf().rate_max_s))
