"""What the sensors own at AWS. The keys and the questions they answer are in docs/data-model.md."""

from aws.resources import Bucket, Stream, Table

SENSORS = Table(
    name="sensors",
    purpose="Bins of readings by sensor and time, and which sensors there are.",
    ttl_attribute="x",
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
