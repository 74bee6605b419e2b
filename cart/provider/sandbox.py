"""A simulated payment provider with books of its own, so that its truth outlives our crashes.

What it does is said by the method that the customer pays with:

=================  ===============================================================
`sandbox-approve`  approves
`sandbox-decline`  declines
`sandbox-silent`   approves, but its first answer gets lost
`sandbox-twice`    approves, and says so again by a notification
`sandbox-late`     decides after 15 s, and says so by a notification
`sandbox-never`    never decides
`sandbox-lapse`    approves, but holds the money no more when it is to be captured
`sandbox-hold`     never decides, and cannot let go of the money either
=================  ===============================================================
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from django.dispatch import Signal

from aws.dynamodb import Attr, Item, Repository
from cart.domain.payments import Answer
from cart.provider.port import Authorisation, NoAnswer
from cart.resources import SANDBOX
from kernel.clock import Clock, utc_now
from kernel.errors import Conflict
from kernel.money import Money

LATE_AFTER = timedelta(seconds=15)
# Sent with `key`, `answer` and `after` (a timedelta): the provider will say so by itself.
notified = Signal()


class Method(StrEnum):
    """What customers pay with in the sandbox."""

    APPROVE = "sandbox-approve"
    DECLINE = "sandbox-decline"
    SILENT = "sandbox-silent"
    TWICE = "sandbox-twice"
    LATE = "sandbox-late"
    NEVER = "sandbox-never"
    LAPSE = "sandbox-lapse"
    HOLD = "sandbox-hold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A payment in the provider's books. `decides_at`: when a pending one turns approved."""

    key: str
    amount: Money
    method: str
    state: Answer
    decides_at: datetime | None = None

    def standing(self, now: datetime) -> Answer:
        """How it stands at this moment."""
        decided = self.decides_at is not None and self.decides_at <= now
        return Answer.APPROVED if self.state is Answer.PENDING and decided else self.state


class Books(Repository):
    """`s` state, `a` amount in minor units and `c` its currency, `m` method, `d` decides at."""

    table = SANDBOX

    def find(self, key: str) -> Entry | None:
        item = self.get(key, consistent=True)
        return entry_from_item(item) if item else None

    def add(self, entry: Entry) -> bool:
        """Whether it is new; one that stands there already stays as it is."""
        try:
            self.put(entry_to_item(entry), condition=Attr("pk").not_exists())
        except Conflict:
            return False
        return True

    def change(self, old: Entry, state: Answer) -> None:
        """Unless somebody else was faster: whoever asks again sees who."""
        item = {**entry_to_item(old), "s": state.value}
        unchanged = Attr("s").eq(old.state.value)
        try:
            self.put(item, condition=unchanged)
        except Conflict:
            return


def entry_to_item(entry: Entry) -> Item:
    item: Item = {
        "pk": entry.key,
        "s": entry.state.value,
        "a": entry.amount.minor,
        "c": entry.amount.currency,
        "m": entry.method,
    }
    return item | ({"d": entry.decides_at.isoformat()} if entry.decides_at else {})


def entry_from_item(item: Item) -> Entry:
    return Entry(
        key=item["pk"],
        amount=Money(item["a"], item["c"]),
        method=item["m"],
        state=Answer(item["s"]),
        decides_at=datetime.fromisoformat(item["d"]) if "d" in item else None,
    )


class Sandbox:
    """A `Provider`."""

    methods: ClassVar[Mapping[str, str]] = {
        Method.APPROVE.value: "Sandbox card that approves",
        Method.DECLINE.value: "Sandbox card that declines",
        Method.SILENT.value: "Sandbox card whose answer gets lost",
        Method.TWICE.value: "Sandbox card that answers twice",
        Method.LATE.value: "Sandbox card that answers late",
        Method.NEVER.value: "Sandbox card that never answers",
        Method.LAPSE.value: "Sandbox card whose approval lapses",
        Method.HOLD.value: "Sandbox card that will not let go",
    }

    def __init__(self, clock: Clock = utc_now) -> None:
        self._clock = clock
        self._books = Books()

    def authorise(self, asked: Authorisation) -> Answer:
        now = self._clock()
        if now > asked.valid_until:
            return self.inquire(asked.key)
        is_new = self._books.add(_opened(asked, now))
        standing = self.inquire(asked.key)
        if is_new:
            _notify(asked)
            if asked.method == Method.SILENT:
                raise NoAnswer
        return standing

    def capture(self, key: str) -> Answer:
        return self._changed(key, {Answer.APPROVED: Answer.CAPTURED})

    def void(self, key: str) -> Answer:
        return self._changed(key, {Answer.APPROVED: Answer.VOIDED, Answer.PENDING: Answer.VOIDED})

    def inquire(self, key: str) -> Answer:
        entry = self._books.find(key)
        return entry.standing(self._clock()) if entry else Answer.UNSEEN

    def _changed(self, key: str, moves: dict[Answer, Answer]) -> Answer:
        """How it stands after the move that fits, if one does."""
        entry = self._books.find(key)
        if entry is None:
            return Answer.UNSEEN
        to = moves.get(entry.standing(self._clock()))
        if to is Answer.CAPTURED and entry.method == Method.LAPSE:
            to = Answer.VOIDED
        if to is Answer.VOIDED and entry.method == Method.HOLD:
            to = Answer.HELD
        if to is not None:
            self._books.change(entry, to)
        return self.inquire(key)


def _opened(asked: Authorisation, now: datetime) -> Entry:
    undecided = {Method.LATE, Method.NEVER, Method.HOLD}
    state = Answer.PENDING if asked.method in undecided else Answer.APPROVED
    return Entry(
        key=asked.key,
        amount=asked.amount,
        method=asked.method,
        state=Answer.DECLINED if asked.method == Method.DECLINE else state,
        decides_at=now + LATE_AFTER if asked.method == Method.LATE else None,
    )


def _notify(asked: Authorisation) -> None:
    delays: dict[str, timedelta] = {Method.TWICE: timedelta(seconds=1), Method.LATE: LATE_AFTER}
    if after := delays.get(asked.method):
        notified.send(Sandbox, key=asked.key, answer=Answer.APPROVED, after=after)
