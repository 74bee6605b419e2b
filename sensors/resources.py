"""What the sensors own at AWS. The keys and the questions they answer are in docs/data-model.md."""

from aws.resources import Bucket, Provisioned, Stream, Table

SENSORS = Table(
    name="sensors",
    purpose="Bins of readings by sensor and time, and which sensors there are.",
    ttl_attribute="x",
    # Devices speak at their own pace, so the load is steady, and a unit costs a quarter of one on
    # demand. 25 units a second are some 15,000 readings; a full stream waits, and loses nothing.
    capacity=Provisioned(
        read_units_min=25, read_units_max=4000, write_units_min=25, write_units_max=2000
    ),
)
READINGS = Stream(
    name="readings",
    purpose="Readings as devices send them, in batches, until they are in bins.",
    shards=2,
)
ARCHIVE = Bucket(
    name="sensor-archive",
    purpose="Readings as Parquet, by day and group of sensors, when their bins are deleted.",
)
