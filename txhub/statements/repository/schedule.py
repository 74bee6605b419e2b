"""The schedule: every account, and how far its statements have come."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from aws.dynamodb import Attr, Change, Item, Repository, Update, transact
from aws.dynamodb.transactions import ACTIONS_MAX
from kernel.errors import Conflict
from txhub.domain.entities import AccountId
from txhub.resources import STATEMENTS
from txhub.statements.domain.months import Month, Period

# What account ids may begin with, as DynamoDB sorts it.
_LETTERS = "234567abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A statement that is not issued until a person has looked; `day` is where to look first."""

    month: Month
    reason: str
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled:
    """An account's place in the schedule. `since`: the day it was put there. `last`: the period of
    its newest statement. `revision` counts what was issued and corrected: whoever issues a
    statement does so only if it is what they read."""

    account_id: AccountId
    since: date
    cycle_day: int | None = None
    last: Period | None = None
    held: Held | None = None
    revision: int = 0

    @property
    def next_period(self) -> Period | None:
        """None before the first statement: then the first transaction tells."""
        return self.last.following(self.cycle_day) if self.last else None

    def issued(self, period: Period) -> "Scheduled":
        return replace(self, last=period, held=None, revision=self.revision + 1)

    def corrected(self) -> "Scheduled":
        return replace(self, revision=self.revision + 1)


class ScheduleRepository(Repository):
    """All accounts, by their ids.

    pk        sk       what
    S#<x>     acc_…    an account; `x` is the first letter of its id behind `acc_`

    By first letters the schedule is spread over 32 partitions, which are read one after the other.
    """

    table = STATEMENTS

    def enrol(self, account_ids: Iterable[AccountId], since: date) -> None:
        """Puts accounts on the schedule; those that are on it stay as they are."""
        first = Update(set_if_absent={"e": since.isoformat(), "n": 0})
        changes = [Change(self, _partition(each), each, first) for each in account_ids]
        for start in range(0, len(changes), ACTIONS_MAX):
            transact(changes[start : start + ACTIONS_MAX])

    def find(self, account_id: str) -> Scheduled | None:
        item = self.get(_partition(account_id), account_id, consistent=True)
        return scheduled_from_item(item) if item else None

    def all(self) -> Iterator[Scheduled]:
        """Every account, by id."""
        for letter in _LETTERS:
            yield from map(scheduled_from_item, self.query_all(f"S#{letter}"))

    def held(self) -> Iterator[Scheduled]:
        """Accounts whose next statement is held."""
        is_held = Attr("h").exists()
        for letter in _LETTERS:
            items = self.query_all(f"S#{letter}", filter=is_held)
            yield from map(scheduled_from_item, items)

    def set_cycle_day(self, account_id: AccountId, cycle_day: int | None) -> None:
        """From the next statement on. Raises `Conflict` where the account is not enrolled."""
        change = Update(set={"c": cycle_day}) if cycle_day else Update(remove=("c",))
        self.update(_partition(account_id), account_id, change, condition=Attr("pk").exists())

    def hold(self, before: Scheduled, held: Held) -> None:
        """Holds the next statement, unless somebody has issued one meanwhile."""
        change = self.moved(before, replace(before, held=held))
        try:
            self.update(change.pk, change.sk, change.update, condition=change.condition)
        except Conflict:
            return

    def moved(self, before: Scheduled, after: Scheduled) -> Change:
        """The write that moves the schedule, if nobody else has moved it since `before`."""
        unchanged = Attr("n").eq(before.revision)
        account_id = before.account_id
        kept = {"n": after.revision, **_last_to_item(after), **_held_to_item(after)}
        gone = () if after.held else ("h",)
        update = Update(set=kept, remove=gone)
        return Change(self, _partition(account_id), account_id, update, unchanged)


def scheduled_from_item(item: Item) -> Scheduled:
    return Scheduled(
        account_id=AccountId(item["sk"]),
        since=date.fromisoformat(item["e"]),
        cycle_day=item.get("c"),
        last=_last_from_item(item),
        held=_held_from_item(item),
        revision=item["n"],
    )


def _last_to_item(scheduled: Scheduled) -> Item:
    last = scheduled.last
    if last is None:
        return {}
    return {"m": str(last.month), "f": last.first_day.isoformat(), "d": last.closing.isoformat()}


def _last_from_item(item: Item) -> Period | None:
    if "m" not in item:
        return None
    return Period(
        month=Month.named(item["m"]),
        first_day=date.fromisoformat(item["f"]),
        closing=date.fromisoformat(item["d"]),
    )


def _held_to_item(scheduled: Scheduled) -> Item:
    held = scheduled.held
    return {"h": [str(held.month), held.reason, held.day.isoformat()]} if held else {}


def _held_from_item(item: Item) -> Held | None:
    if "h" not in item:
        return None
    month, reason, day = item["h"]
    return Held(month=Month.named(month), reason=reason, day=date.fromisoformat(day))


def _partition(account_id: str) -> str:
    return f"S#{account_id.partition('_')[2][:1]}"


SCHEDULE = ScheduleRepository()
