"""The archive: a Parquet object for each day and group of sensors, and what is known of each.

    pk                sk            what
    archive#3         2026-03-01    the day is kept: readings, digest, the object's version and size

An object is written first, read back, and only then noted: whoever reads goes by the note.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from aws.dynamodb import Item, Key, Repository
from aws.ranged import RangedObject
from aws.storage import head, put_stream
from sensors.domain.archiving import ArchivedDay
from sensors.domain.readings import Readings
from sensors.formats.parquet import Part, from_parquet, sensor_from_parquet, to_parquet
from sensors.resources import ARCHIVE, SENSORS


class ArchiveRepository(Repository):
    """Which days of which groups are kept."""

    table = SENSORS

    def note(self, kept: ArchivedDay) -> None:
        """From now on readers look there."""
        self.put(day_to_item(kept))

    def days(self, group: int, first: date, last: date) -> Iterator[ArchivedDay]:
        """Those that are kept, both ends included, in order."""
        within = Key("sk").between(first.isoformat(), last.isoformat())
        for item in self.query_all(_partition(group), sort=within, consistent=True):
            yield day_from_item(item)

    def latest(self, group: int) -> ArchivedDay | None:
        """The group's last day that is kept; all before it are, too."""
        found = self.query(_partition(group), descending=True, limit=1, consistent=True).items
        return day_from_item(found[0]) if found else None


def day_to_item(kept: ArchivedDay) -> Item:
    item: Item = {
        "pk": _partition(kept.group),
        "sk": kept.day.isoformat(),
        "n": kept.count,
        "d": kept.digest,
    }
    if kept.key:
        item |= {"o": kept.key, "v": kept.version, "b": kept.size}
    return item


def day_from_item(item: Item) -> ArchivedDay:
    return ArchivedDay(
        group=int(item["pk"].partition("#")[2]),
        day=date.fromisoformat(item["sk"]),
        count=int(item["n"]),
        digest=item["d"],
        key=item.get("o", ""),
        version=item.get("v", ""),
        size=int(item.get("b", 0)),
    )


def write_object(group: int, day: date, parts: Iterable[Part]) -> tuple[str, str, int]:
    """Writes a day's readings; key, version and size. Written again it is another version."""
    key = f"day={day.isoformat()}/group={group}/readings.parquet"
    version = put_stream(ARCHIVE, key, to_parquet(parts), content_type=_PARQUET)
    return key, version, head(ARCHIVE, key, version).size


def read_object(kept: ArchivedDay) -> Iterator[Part]:
    """All readings of a day and group. Raises `ParquetDamaged`, `ObjectMissing`, `Unavailable`."""
    if kept.key:
        yield from from_parquet(_opened(kept))


def read_sensor(kept: ArchivedDay, sensor: str, first_ns: int, end_ns: int) -> Readings:
    """One sensor's readings of a day that has an object; raises as `read_object`."""
    return sensor_from_parquet(_opened(kept), sensor, first_ns, end_ns)


def _opened(kept: ArchivedDay) -> RangedObject:
    return RangedObject(ARCHIVE, kept.key, size=kept.size, version=kept.version)


def _partition(group: int) -> str:
    return f"archive#{group}"


_PARQUET = "application/vnd.apache.parquet"
ARCHIVE_REPOSITORY = ArchiveRepository()
