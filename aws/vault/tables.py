"""The table of wrapped keys."""

from aws.resources import Table

# Not backed up with the data, and no stream: a restored copy of the data must not bring a
# destroyed key back, and nobody needs to hear of keys. docs/retention.md says what is kept instead.
WRAPPED_KEYS = Table(
    name="wrapped-keys",
    purpose="Wrapped branch keys and subject keys; nothing in it is of use without KMS",
    sort_key=None,
    backed_up=False,
)
