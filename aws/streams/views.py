"""What a handler may read at a moment, and who holds it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from aws.streams.leases import Lease, Ledger
from aws.streams.shards import Beginning, Listing, Position, Shard, eligible, first_position
from aws.streams.sharing import held_counts, share


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """`shards` may be read now; `holders` are those of them that have a living one."""

    beginning: Beginning
    positions: Mapping[str, Position]
    shards: Mapping[str, Shard]
    holders: Mapping[str, str]
    members: frozenset[str]

    def free(self) -> set[str]:
        """The shards that nobody holds."""
        return self.shards.keys() - self.holders.keys()

    def share_of(self, owner: str) -> int:
        """How many of the shards this process may hold."""
        return share(len(self.shards), held_counts(self.holders, self.members, owner).values())

    def position_in(self, shard: Shard, lease: Lease) -> Position:
        """Where the handler stands: what was noted since it began, else where its way begins."""
        noted = lease.position
        if noted is not None and noted.beginning == self.beginning.number:
            return noted
        return first_position(shard, self.positions, self.beginning)


def view_of(handler: str, ledger: Ledger, listing: Listing, now: datetime) -> View:
    """The view of a handler that has begun."""
    beginning = ledger.handlers[handler].beginning
    leases = {shard: lease for (shard, name), lease in ledger.leases.items() if name == handler}
    positions = {
        shard: lease.position
        for shard, lease in leases.items()
        if lease.position is not None and lease.position.beginning == beginning.number
    }
    shards = {each.id: each for each in eligible(listing, positions, beginning)}
    holders = {shard: lease.held_at(now) for shard, lease in leases.items() if shard in shards}
    return View(
        beginning=beginning,
        positions=positions,
        shards=shards,
        holders={shard: owner for shard, owner in holders.items() if owner is not None},
        members=frozenset(each for each, names in ledger.members.items() if handler in names),
    )
