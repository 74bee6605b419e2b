"""What workers do by the clock, as a process that can be killed: `python -m ... SENSOR NUMBER`.

It says when it begins, merges the sensor's partition of that number, and archives its group's
closed days.
"""

import sys

import django


def main(sensor: str, number: int) -> None:
    from kernel.clock import utc_now
    from sensors.conf import conf
    from sensors.domain.batches import group_of
    from sensors.domain.partitions import DAY
    from sensors.services.archiving import archive_group
    from sensors.services.merging import merge_partition

    sys.stdout.write("begun\n")
    sys.stdout.flush()
    merge_partition(sensor, DAY, number, conf(), now=utc_now())
    archive_group(group_of(sensor), conf(), now=utc_now())


if __name__ == "__main__":
    django.setup()
    main(sys.argv[1], int(sys.argv[2]))
