"""The `alarms` table: where each alarm stands, and what happened to it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from aws.dynamodb import Attr, Item, Key, Put, Repository
from kernel.clock import epoch_s
from kernel.errors import Conflict
from monitoring.domain.alarms import State, Status
from monitoring.resources import ALARMS

_HISTORY_KEPT = timedelta(days=400)


class AlarmMoved(Conflict):
    """This alarm has changed meanwhile. Load it again."""

    code = "alarm_moved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """`what`: a status, or what somebody did; `by`: who, empty for the evaluator."""

    at: datetime
    what: str
    value: float | None = None
    by: str = ""


class AlarmRepository(Repository):
    """Alarms, each in a partition with its history.

    pk              sk                      what
    api-errors      -                       where it stands
    api-errors      2026-05-04T12:00:00Z    what happened to it
    """

    table = ALARMS

    def all(self, names: Iterable[str]) -> dict[str, State]:
        """Those that have been looked at before."""
        items = self.batch_get([(name, _STANDING) for name in names], consistent=True)
        return {item["pk"]: state_from_item(item) for item in items}

    def find(self, name: str) -> State | None:
        item = self.get(name, _STANDING, consistent=True)
        return state_from_item(item) if item else None

    def save(self, name: str, state: State) -> State:
        """Writes the next version of a state. Raises `AlarmMoved`: somebody else was faster."""
        action = self.saved(name, state)
        try:
            self.put(action.item, condition=action.condition)
        except Conflict as lost:
            raise AlarmMoved from lost
        return replace(state, version=state.version + 1)

    def saved(self, name: str, state: State) -> Put:
        """The same as a part of a transaction."""
        is_new = Attr("pk").not_exists()
        unchanged = Attr("n").eq(state.version)
        item = state_to_item(name, replace(state, version=state.version + 1))
        return Put(self, item, unchanged if state.version else is_new)

    def note(self, name: str, happened: Happened) -> None:
        """Adds to its history; the same again is the same item."""
        self.put(happened_to_item(name, happened))

    def history(self, name: str, *, limit: int) -> list[Happened]:
        """Newest first."""
        behind = Key("sk").gt(_STANDING)
        page = self.query(name, sort=behind, descending=True, limit=limit)
        return [happened_from_item(item) for item in page.items]


_STANDING = "-"  # sorts before all moments


def state_to_item(name: str, state: State) -> Item:
    item: Item = {
        "pk": name,
        "sk": _STANDING,
        "s": state.status.value,
        "t": _text(state.since),
        "v": _number(state.value),
        "i": _text(state.incident_at),
        "u": state.untold.value if state.untold else None,
        "a": state.acknowledged_by,
        "q": _text(state.silenced_until),
        "qb": state.silenced_by,
        "n": state.version,
    }
    return {key: value for key, value in item.items() if value not in (None, "")}


def state_from_item(item: Item) -> State:
    return State(
        status=Status(item["s"]),
        since=_moment(item["t"]),
        value=float(item["v"]) if "v" in item else None,
        incident_at=_moment(item["i"]) if "i" in item else None,
        untold=Status(item["u"]) if "u" in item else None,
        acknowledged_by=item.get("a", ""),
        silenced_until=_moment(item["q"]) if "q" in item else None,
        silenced_by=item.get("qb", ""),
        version=item["n"],
    )


def happened_to_item(name: str, happened: Happened) -> Item:
    item: Item = {
        "pk": name,
        "sk": f"{_text(happened.at)}#{happened.what}",
        "v": _number(happened.value),
        "by": happened.by,
        "x": epoch_s(happened.at + _HISTORY_KEPT),
    }
    return {key: value for key, value in item.items() if value not in (None, "")}


def happened_from_item(item: Item) -> Happened:
    at, _, what = item["sk"].partition("#")
    value = float(item["v"]) if "v" in item else None
    return Happened(at=_moment(at), what=what, value=value, by=item.get("by", ""))


def _text(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat(timespec="seconds") if moment else None


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _number(value: float | None) -> str | None:
    """As text: DynamoDB's numbers are decimal."""
    return None if value is None else repr(value)


ALARM_REPOSITORY = AlarmRepository()
