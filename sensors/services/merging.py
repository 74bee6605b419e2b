"""Small bins become large ones, while everybody reads on.

The large bin is written first, and sorts behind those that it replaces; they are deleted after. So
whoever reads the partition forwards sees each reading at least once, and a set counts it once.
Merging may be cut short anywhere, and done by several at once: no bin is deleted unless one that
holds all its readings is there.
"""

from datetime import datetime

from sensors.conf import Conf
from sensors.domain import merging
from sensors.domain.partitions import Tier
from sensors.domain.readings import ns
from sensors.domain.sealing import Size
from sensors.metrics import BINS, BinLabels
from sensors.repository import SENSOR_REPOSITORY


def merge_partition(sensor: str, tier: Tier, number: int, conf: Conf, *, now: datetime) -> int:
    """Merges the small bins of a partition; how many bins fewer there are. Raises `Unavailable`.

    Bins that are shown no more stay as they are: the archive may have put off their deletion.
    """
    size = Size(units=conf.bin_units)
    shown_ns = ns(now - conf.kept)
    partition = SENSOR_REPOSITORY.partition(sensor, tier, number)
    shown = (filed for filed in partition if filed.bin.summary.last.at >= shown_ns)
    fewer = 0
    for small in merging.groups(shown, size):
        large = merging.merged(small, size)
        if large is not None:
            SENSOR_REPOSITORY.write([large], kept=conf.kept + conf.deleted_after)
            SENSOR_REPOSITORY.delete_bins(small)
            BINS.add(BinLabels("merged"))
            fewer += len(small) - 1
    return fewer
