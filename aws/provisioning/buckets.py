"""Creates buckets: private, versioned, encrypted at rest, with expiry and notification."""

from typing import Any

from aws.arns import region, topic_arn
from aws.errors import translated
from aws.resources import Bucket, storage_key_alias
from aws.sessions import client
from kernel.errors import Missing

PUBLIC_ACCESS_BLOCK = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}
UPLOAD_DAYS_MAX = 2  # an upload in parts that nobody finished is paid for, and seen by nobody
_FIRST_REGION = "us-east-1"  # the only one that a bucket's location must not name


def ensure(bucket: Bucket) -> list[str]:
    """Creates the bucket where it is missing, and sets everything that is declared about it."""
    name, s3 = bucket.physical_name, client("s3")
    known = _exists(name)
    with translated():
        if not known:
            s3.create_bucket(Bucket=name, **_location())
        s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=PUBLIC_ACCESS_BLOCK)
        s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration=_encryption())
        if bucket.versioned:
            s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        s3.put_bucket_lifecycle_configuration(
            Bucket=name, LifecycleConfiguration={"Rules": [_lifecycle_rule(bucket)]}
        )
        if bucket.notifies:
            s3.put_bucket_notification_configuration(
                Bucket=name, NotificationConfiguration=_notification(topic_arn(bucket.notifies))
            )
    return [] if known else [f"bucket {name}"]


def _exists(name: str) -> bool:
    try:
        with translated():
            client("s3").head_bucket(Bucket=name)
    except Missing:
        return False
    return True


def _location() -> dict[str, Any]:
    here = region()
    if here == _FIRST_REGION:
        return {}
    return {"CreateBucketConfiguration": {"LocationConstraint": here}}


def _encryption() -> dict[str, Any]:
    by_default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": storage_key_alias()}
    rule = {"ApplyServerSideEncryptionByDefault": by_default, "BucketKeyEnabled": True}
    return {"Rules": [rule]}


def _lifecycle_rule(bucket: Bucket) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "ID": "expiry",
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": UPLOAD_DAYS_MAX},
    }
    if bucket.expire_days:
        rule["Expiration"] = {"Days": bucket.expire_days}
        rule["NoncurrentVersionExpiration"] = {"NoncurrentDays": bucket.expire_days}
    return rule


def _notification(topic: str) -> dict[str, Any]:
    return {"TopicConfigurations": [{"TopicArn": topic, "Events": ["s3:ObjectCreated:*"]}]}
