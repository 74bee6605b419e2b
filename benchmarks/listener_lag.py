"""From sending a message to the first read that shows it.

Imported once Django is set up: it uses the queries that the pages use.
"""

import threading
import time

from kernel.clock import utc_now
from txhub import queries
from txhub.domain.filters import TransactionFilter
from txhub.repository import ACCOUNT_REPOSITORY
from txhub.tests.realtime.queues import MessageQueue
from txhub.tests.realtime.samples import BankAccount, a_message, bank_account

_READ_EVERY_S = 0.01
_WAIT_S_MAX = 30.0
_EVERYTHING = TransactionFilter()


class LagProbe:
    """Sends messages to accounts in turn, and reads until each of them is there."""

    def __init__(self, queue: MessageQueue, accounts: int) -> None:
        self._queue = queue
        self._accounts = [bank_account() for _ in range(accounts)]
        # Number of the account -> description -> when it was sent.
        self._waiting: dict[str, dict[str, float]] = {each.number: {} for each in self._accounts}
        self._lags_ms: list[float] = []
        self._sent = 0

    def measure(self, *, per_s: float, seconds: float) -> list[float]:
        """The lags, in milliseconds, of messages sent at a steady rate."""
        self._lags_ms = []
        sender = threading.Thread(target=self._send_steadily, args=(per_s, seconds))
        sender.start()
        until = time.monotonic() + seconds + _WAIT_S_MAX
        while sender.is_alive() or any(self._waiting.values()):
            assert time.monotonic() < until, "some messages did not arrive"
            for account in self._accounts:
                if self._waiting[account.number]:
                    self._look(account)
            time.sleep(_READ_EVERY_S)
        return self._lags_ms

    def _send_steadily(self, per_s: float, seconds: float) -> None:
        began = time.monotonic()
        for number in range(int(per_s * seconds)):
            time.sleep(max(0.0, began + number / per_s - time.monotonic()))
            self._send()

    def _send(self) -> None:
        account = self._accounts[self._sent % len(self._accounts)]
        self._sent += 1
        name = f"Purchase {self._sent}"
        today = utc_now()
        message = a_message(
            account=account.number,
            sequence=self._sent,
            description=name,
            posted_on=today.date().isoformat(),
            occurred_at=f"{today:%Y-%m-%dT%H:%M:%SZ}",
        )
        self._waiting[account.number][name] = time.monotonic()
        self._queue.send([message])

    def _look(self, account: BankAccount) -> None:
        shown = ACCOUNT_REPOSITORY.find(account.account_id)
        assert shown is not None
        page = queries.transactions_page(shown, _EVERYTHING, limit=50)
        waiting = self._waiting[account.number]
        for transaction in page.transactions:
            sent = waiting.pop(transaction.description, None)
            if sent is not None:
                self._lags_ms.append((time.monotonic() - sent) * 1000)
