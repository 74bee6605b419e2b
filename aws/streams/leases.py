"""The `stream-leases` table: who reads which shard for which handler, and how far it is.

    pk = source (`table/transactions`)   what
    sk = shard#<shard>                   for each handler: owner, epoch, lease, position
    sk = handler#<handler>               where it began; whether it has stopped, and why
    sk = member#<process>                a living process, and the handlers that it runs

A handler's lease on a shard and its position lie in one item, so one conditional write renews the
lease and moves the checkpoint, for all handlers of a process at once. Every such write names owner
and epoch: who has lost the lease, whatever it believes, changes nothing.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import and_

from aws.dynamodb import Attr, ConditionBase, Item, Repository, Update
from aws.resources import Table
from aws.streams.shards import Beginning, Position
from kernel.clock import epoch_s
from kernel.errors import Conflict

_KEEP_MEMBER = timedelta(hours=1)


class LeaseLost(Conflict):
    """Another process has taken over; what this one did since must not count."""

    code = "lease_lost"

    def __init__(self, handlers: Iterable[str]) -> None:
        self.handlers = frozenset(handlers)
        super().__init__(f"lost: {', '.join(sorted(self.handlers))}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A handler's right to a shard. `owner` is None where it was given back."""

    owner: str | None
    epoch: int
    expires: datetime
    position: Position | None

    def held_at(self, now: datetime) -> str | None:
        """Who holds it."""
        return self.owner if self.owner is not None and now < self.expires else None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlerState:
    """What is known of a handler on a stream. `gaps`: losses that nothing could mend."""

    beginning: Beginning
    stopped: str | None = None
    stopped_at: datetime | None = None
    gaps: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """All of one stream: leases by shard and handler, handlers by name, members' handlers."""

    leases: Mapping[tuple[str, str], Lease] = field(default_factory=dict)
    handlers: Mapping[str, HandlerState] = field(default_factory=dict)
    members: Mapping[str, frozenset[str]] = field(default_factory=dict)


Held = tuple[int, Position]  # epoch, and what to note


class LeaseItems(Repository):
    """In a shard's item, for a handler `h`: `o_h` owner, `e_h` epoch, `x_h` lease_expires, `p_h`
    position. In a handler's: `b` beginning, `s` why and `sa` when it stopped, `g` gaps. In a
    member's: `h` handlers, `x` when it counts as dead. `t`: when DynamoDB may delete the item.
    Times are milliseconds since 1970, but for `t`."""

    table = Table(
        name="stream-leases",
        purpose="Which process reads which shard of a stream, and how far each handler is.",
        ttl_attribute="t",
        backed_up=False,
    )


class StreamLeases:
    """One process's door to the leases of one stream. All methods raise `Unavailable`.

    `keep`: for how long the item of a shard that nobody reads is of use.
    """

    def __init__(
        self,
        source: str,
        owner: str,
        *,
        lease: timedelta,
        keep: timedelta,
        items: Repository | None = None,
    ) -> None:
        self.owner, self.lease = owner, lease
        self._source, self._keep = source, keep
        self._items = items or LeaseItems()

    def load(self, now: datetime) -> Ledger:
        """All that is known, read consistently."""
        leases: dict[tuple[str, str], Lease] = {}
        handlers: dict[str, HandlerState] = {}
        members: dict[str, frozenset[str]] = {}
        for item in self._items.query_all(self._source, consistent=True):
            kind, _, name = item["sk"].partition("#")
            if kind == "shard":
                leases |= {(name, handler): lease for handler, lease in leases_from_item(item)}
            elif kind == "handler":
                handlers[name] = handler_from_item(item)
            elif _moment(item["x"]) > now:
                members[name] = item["h"]
        return Ledger(leases=leases, handlers=handlers, members=members)

    def join(self, handlers: frozenset[str], now: datetime) -> None:
        """Lets the others know for another lease that this process lives."""
        self._items.put(
            {
                "pk": self._source,
                "sk": f"member#{self.owner}",
                "h": handlers,
                "x": _ms(now + self.lease),
                "t": epoch_s(now + _KEEP_MEMBER),
            }
        )

    def leave(self) -> None:
        """The process ends: others may take its share."""
        self._items.delete(self._source, f"member#{self.owner}")

    def claim(self, shard: str, handlers: Iterable[str], now: datetime) -> dict[str, Lease]:
        """Takes the leases of all these handlers, or raises `Conflict` and takes none."""
        names = list(handlers)
        free = [
            Attr(f"o_{each}").not_exists()
            | Attr(f"x_{each}").lte(_ms(now))
            | Attr(f"o_{each}").eq(self.owner)
            for each in names
        ]
        owned = {f"o_{each}": self.owner for each in names}
        update = Update(
            set={**owned, **self._expiries(names, now)}, add={f"e_{each}": 1 for each in names}
        )
        item = self._items.update(self._source, f"shard#{shard}", update, condition=_all(free))
        return {name: lease for name, lease in leases_from_item(item) if name in names}

    def save(self, shard: str, held: Mapping[str, Held], now: datetime) -> None:
        """Renews the leases and notes the positions. Raises `LeaseLost`, and then did nothing."""
        noted = {f"p_{each}": position_to_value(held[each][1]) for each in held}
        self._write(shard, held, Update(set={**noted, **self._expiries(held, now)}))

    def release(self, shard: str, held: Mapping[str, Held]) -> None:
        """Notes the positions and gives the leases back. Raises `LeaseLost`."""
        noted = {f"p_{each}": position_to_value(held[each][1]) for each in held}
        given_back = tuple(f"{letter}_{each}" for each in held for letter in "ox")
        self._write(shard, held, Update(set=noted, remove=given_back))

    def begin(self, handler: str, beginning: Beginning) -> None:
        """Writes down that a handler begins (anew). Raises `Conflict` if another one just did."""
        begun_before = Attr("n").eq(beginning.number - 1)
        never = Attr("pk").not_exists()
        self._items.update(
            self._source,
            f"handler#{handler}",
            Update(set={"n": beginning.number, "b": beginning_to_value(beginning)}),
            condition=begun_before if beginning.number else never,
        )

    def stop(self, handler: str, reason: str, now: datetime) -> None:
        """No process runs the handler from now on, until `resume`."""
        self._change(handler, Update(set={"s": reason, "sa": _ms(now)}))

    def resume(self, handler: str) -> None:
        self._change(handler, Update(remove=("s", "sa")))

    def note_gap(self, handler: str) -> None:
        """The stream lost records, and nothing can bring them back."""
        self._change(handler, Update(add={"g": 1}))

    def _change(self, handler: str, update: Update) -> None:
        has_begun = Attr("pk").exists()
        self._items.update(self._source, f"handler#{handler}", update, condition=has_begun)

    def _write(self, shard: str, held: Mapping[str, Held], update: Update) -> None:
        mine = [
            Attr(f"o_{each}").eq(self.owner) & Attr(f"e_{each}").eq(epoch)
            for each, (epoch, _position) in held.items()
        ]
        try:
            self._items.update(self._source, f"shard#{shard}", update, condition=_all(mine))
        except Conflict as conflict:
            raise LeaseLost(self._lost(held, conflict.stored or {})) from conflict

    def _lost(self, held: Mapping[str, Held], stored: Item) -> Iterator[str]:
        for each, (epoch, _position) in held.items():
            if (stored.get(f"o_{each}"), stored.get(f"e_{each}")) != (self.owner, epoch):
                yield each

    def _expiries(self, handlers: Iterable[str], now: datetime) -> dict[str, int]:
        expires = {f"x_{each}": _ms(now + self.lease) for each in handlers}
        return {**expires, "t": epoch_s(now + self._keep)}


def leases_from_item(item: Item) -> Iterator[tuple[str, Lease]]:
    """The leases of a shard, each with its handler."""
    for attribute, epoch in item.items():
        if attribute.startswith("e_"):
            handler = attribute[2:]
            noted = item.get(f"p_{handler}")
            yield (
                handler,
                Lease(
                    owner=item.get(f"o_{handler}"),
                    epoch=epoch,
                    expires=_moment(item.get(f"x_{handler}", 0)),
                    position=position_from_value(noted) if noted else None,
                ),
            )


def handler_from_item(item: Item) -> HandlerState:
    return HandlerState(
        beginning=beginning_from_value(item["n"], item["b"]),
        stopped=item.get("s"),
        stopped_at=_moment(item["sa"]) if "sa" in item else None,
        gaps=item.get("g", 0),
    )


def position_to_value(position: Position) -> list[object]:
    return [position.beginning, position.sequence, _ms(position.at), position.finished]


def position_from_value(value: list[object]) -> Position:
    beginning, sequence, at, finished = value
    return Position(beginning=beginning, sequence=sequence, at=_moment(at), finished=finished)  # type: ignore[arg-type]


def beginning_to_value(beginning: Beginning) -> dict[str, object]:
    return {
        "at": _ms(beginning.at),
        "by": beginning.by,
        "stream": beginning.stream,
        "shards": dict(beginning.shards),
        "segments": beginning.segments,
    }


def beginning_from_value(number: int, value: Item) -> Beginning:
    return Beginning(
        number=number,
        at=_moment(value["at"]),
        by=value["by"],
        stream=value["stream"],
        shards=value["shards"],
        segments=value["segments"],
    )


def _all(conditions: list[ConditionBase]) -> ConditionBase:
    return reduce(and_, conditions)


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
