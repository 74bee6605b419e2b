"""The KMS key under which DynamoDB and S3 encrypt at rest: the layer below our own sealing."""

from aws.errors import translated
from aws.resources import storage_key_alias
from aws.sessions import client
from kernel.errors import Conflict, Missing


def ensure_storage_key() -> list[str]:
    """Creates the key and its alias where the alias does not exist; AWS rotates it yearly."""
    alias = storage_key_alias()
    if _exists(alias):
        return []
    kms = client("kms")
    with translated():
        made = kms.create_key(Description="TxHub: encryption at rest of tables and buckets")
        key_id = made["KeyMetadata"]["KeyId"]
        kms.enable_key_rotation(KeyId=key_id)
    return [f"key {alias}"] if _named(alias, key_id) else []


def _exists(alias: str) -> bool:
    try:
        with translated():
            client("kms").describe_key(KeyId=alias)
    except Missing:
        return False
    return True


def _named(alias: str, key_id: str) -> bool:
    """Whether the alias is ours; another run may have been faster, then our key is surplus."""
    try:
        with translated():
            client("kms").create_alias(AliasName=alias, TargetKeyId=key_id)
    except Conflict:
        with translated():
            client("kms").schedule_key_deletion(KeyId=key_id, PendingWindowInDays=7)
        return False
    return True
