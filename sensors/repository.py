"""The `sensors` table: bins, the tiers that a sensor's bins lie in, and the list of sensors.

Nothing here is ever changed, but for when a bin may be deleted: what is written is the same whoever
writes it and however often, so all of it is written in batches and without conditions. Sensors have
short hashed keys, as keys are paid for in every item.
"""

from base64 import b32encode, urlsafe_b64encode
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from aws.dynamodb import Attr, Item, Key, Repository
from kernel.clock import epoch_s
from sensors.domain.batches import GROUPS, group_of
from sensors.domain.bins import bin_from_bytes
from sensors.domain.partitions import TIERS, FiledBin, Tier, tier_named
from sensors.domain.readings import NS_PER_S
from sensors.resources import SENSORS

_KEY_BYTES = 10
_LEVELS = "0123456789abcdefghijklmnopqrstuvwxyz"
_MOMENT_DIGITS = 16
_BEYOND = "g"  # sorts behind all hexadecimal digits


class SensorRepository(Repository):
    """Bins, filed by sensor and partition; the sort key is last reading, level, digest.

    pk                sk                         what
    k3w…#d20455       17d3f2…0MTIzNDU2           a bin
    k3w…              d                          bins of the sensor lie in days
    list#3            boiler-7                   there is a sensor of this name
    """

    table = SENSORS

    def write(self, bins: Iterable[FiledBin], *, kept: timedelta) -> None:
        """Writes bins, whose tiers are noted already. `kept`: so long after the last reading."""
        self.batch_write(puts=[bin_to_item(each, kept) for each in bins])

    def delete_bins(self, bins: Iterable[FiledBin]) -> None:
        """Deletes bins whose readings all stand in other ones, behind them."""
        self.batch_write(deletes=map(key_of, bins))

    def bins(
        self, sensor: str, tiers: Iterable[Tier], first_ns: int, end_ns: int
    ) -> Iterator[FiledBin]:
        """The bins that may have readings from `first_ns` on and before `end_ns`."""
        for tier in tiers:
            for number in tier.numbers(first_ns, end_ns):
                yield from self.partition(sensor, tier, number, (first_ns, end_ns))

    def keep_longer(
        self,
        sensor: str,
        tiers: Iterable[Tier],
        within: tuple[int, int],
        *,
        if_deleted_before: datetime,
        until: datetime,
    ) -> None:
        """Moves the deletion of bins to `until`, where it is too near.

        One that was merged meanwhile is there again, and says what the merged one says.
        """
        first_ns, end_ns = within
        near = Attr("x").lt(epoch_s(if_deleted_before))
        for tier in tiers:
            for number in tier.numbers(first_ns, end_ns):
                items = self._partition_items(sensor, tier, number, within, filter=near)
                self.batch_write(puts=[{**item, "x": epoch_s(until)} for item in items])

    def partition(
        self, sensor: str, tier: Tier, number: int, within: tuple[int, int] | None = None
    ) -> Iterator[FiledBin]:
        """The bins of a partition, in order of their last reading.

        They are read forwards and consistently: a bin that replaces others sorts behind them and is
        there before they go, so whoever misses one of them comes to it.
        """
        within = within or (number * tier.width_ns, (number + 1) * tier.width_ns)
        for item in self._partition_items(sensor, tier, number, within):
            filed = bin_from_item(item, sensor)
            if filed.bin.summary.first.at < within[1]:
                yield filed

    def _partition_items(
        self, sensor: str, tier: Tier, number: int, within: tuple[int, int], **options: Any
    ) -> Iterator[Item]:
        first_ns, end_ns = within
        ends = Key("sk").between(_moment(first_ns), _moment(end_ns + tier.span_ns) + _BEYOND)
        pk = partition_key(sensor, tier, number)
        return self.query_all(pk, sort=ends, consistent=True, **options)

    def tiers(self, sensors: Iterable[str]) -> dict[str, frozenset[Tier]]:
        """Where to look for the bins of each sensor; nowhere for a sensor without."""
        names = {sensor_key(sensor): sensor for sensor in sensors}
        keys = [(key, tier.letter) for key in names for tier in TIERS]
        found: dict[str, set[Tier]] = {sensor: set() for sensor in names.values()}
        for item in self.batch_get(keys, consistent=True):
            found[names[item["pk"]]].add(tier_named(item["sk"]))
        return {sensor: frozenset(tiers) for sensor, tiers in found.items()}

    def note_tiers(self, new: Iterable[tuple[str, Tier]]) -> None:
        """From now on readers look into these tiers of these sensors too."""
        items = [{"pk": sensor_key(sensor), "sk": tier.letter} for sensor, tier in new]
        self.batch_write(puts=items)

    def list_sensors(self, sensors: Collection[str]) -> None:
        """Puts sensors on the list, where they are not yet."""
        listed = {item["sk"] for item in self.batch_get(map(_listing_key, sensors))}
        absent = (_listing_key(sensor) for sensor in sensors if sensor not in listed)
        self.batch_write(puts=[{"pk": pk, "sk": sk} for pk, sk in absent])

    def sensors_of(self, group: int) -> Iterator[str]:
        """All sensors of a group, by name."""
        return (item["sk"] for item in self.query_all(f"list#{group}"))

    def listed(self, *, after: str | None, limit: int) -> list[str]:
        """Up to `limit` sensors, by group and name: those that come after `after`."""
        found: list[str] = []
        for group in range(group_of(after) if after else 0, GROUPS):
            behind = Key("sk").gt(after) if after and group == group_of(after) else None
            page = self.query(f"list#{group}", sort=behind, limit=limit - len(found))
            found += [item["sk"] for item in page.items]
            if len(found) == limit:
                break
        return found


def bin_to_item(filed: FiledBin, kept: timedelta) -> Item:
    pk, sk = key_of(filed)
    return {
        "pk": pk,
        "sk": sk,
        "h": filed.bin.header(),
        "z": filed.bin.packed,
        "x": filed.bin.summary.last.at // NS_PER_S + int(kept.total_seconds()),
    }


def bin_from_item(item: Item, sensor: str) -> FiledBin:
    """Raises `BinDamaged`."""
    level = _LEVELS.index(item["sk"][_MOMENT_DIGITS])
    tier = tier_named(item["pk"].partition("#")[2][0])
    return FiledBin(sensor=sensor, tier=tier, bin=bin_from_bytes(item["h"], item["z"]), level=level)


def key_of(filed: FiledBin) -> tuple[str, str]:
    """Where a bin lies."""
    summary = filed.bin.summary
    name = urlsafe_b64encode(filed.bin.digest()).decode()
    sort = f"{_moment(summary.last.at)}{_LEVELS[filed.level]}{name}"
    return partition_key(filed.sensor, filed.tier, filed.tier.number(summary.first.at)), sort


def sensor_key(sensor: str) -> str:
    """16 letters for a sensor's name, however long that is."""
    return b32encode(blake2b(sensor.encode(), digest_size=_KEY_BYTES).digest()).decode().lower()


def partition_key(sensor: str, tier: Tier, number: int) -> str:
    """Of the bins that begin in this stretch of time."""
    return f"{sensor_key(sensor)}#{tier.letter}{number}"


def _listing_key(sensor: str) -> tuple[str, str]:
    return f"list#{group_of(sensor)}", sensor


def _moment(at: int) -> str:
    return f"{at:0{_MOMENT_DIGITS}x}"


SENSOR_REPOSITORY = SensorRepository()
