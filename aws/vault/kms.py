"""The door to KMS: data keys under the alias's key, bound to an encryption context.

Nothing here trusts KMS to notice a wrong key or an altered ciphertext: whoever unwraps verifies
the check value that lies beside the ciphertext.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from aws import sessions
from aws.errors import error_code, translate
from aws.vault.errors import Tampered
from kernel.errors import HubError, Unavailable

Context = Mapping[str, str]

_ALTERED = {"InvalidCiphertextException", "IncorrectKeyException"}
# The KMS key is gone, off, or being deleted: an operator can mend that, the caller can come again.
_OUT_OF_USE = {"NotFoundException", "DisabledException", "KMSInvalidStateException"}
_MISTAKEN_KEY_DAYS = 7  # the shortest wait that KMS allows before it deletes a key


class KmsKeyOutOfUse(Unavailable):
    """The KMS key cannot be used: run `manage.py provision`, or look at the key's state."""

    code = "kms_key_out_of_use"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataKey:
    """A fresh secret, and the same wrapped under a KMS key (its ARN)."""

    secret: bytes = field(repr=False)
    ciphertext: bytes = field(repr=False)
    kms_key: str


def alias() -> str:
    """The alias of the KMS key that wraps branch keys; `TXHUB_KMS_ALIAS` names another."""
    prefix = os.environ.get("TXHUB_PREFIX", "txhub")
    return os.environ.get("TXHUB_KMS_ALIAS", f"alias/{prefix}-vault")


def generate(context: Context) -> DataKey:
    """A new secret of 32 bytes under the alias's present key."""
    answer = _call("generate_data_key", KeyId=alias(), KeySpec="AES_256", EncryptionContext=context)
    return DataKey(
        secret=answer["Plaintext"], ciphertext=answer["CiphertextBlob"], kms_key=answer["KeyId"]
    )


def wrap(secret: bytes, context: Context) -> DataKey:
    """A known secret under the alias's present key."""
    answer = _call("encrypt", KeyId=alias(), Plaintext=secret, EncryptionContext=context)
    return DataKey(secret=secret, ciphertext=answer["CiphertextBlob"], kms_key=answer["KeyId"])


def unwrap(ciphertext: bytes, kms_key: str, context: Context) -> bytes:
    """The secret, to be verified. Raises `Tampered` where KMS notices by itself."""
    answer = _call("decrypt", KeyId=kms_key, CiphertextBlob=ciphertext, EncryptionContext=context)
    return bytes(answer["Plaintext"])


def present_key() -> str:
    """The ARN of the key that the alias points at."""
    return str(_call("describe_key", KeyId=alias())["KeyMetadata"]["Arn"])


def ensure_key() -> str:
    """The ARN of the alias's key; key and alias are made where they are missing."""
    try:
        return present_key()
    except KmsKeyOutOfUse:
        made = _create_key()
    try:
        sessions.client("kms").create_alias(AliasName=alias(), TargetKeyId=made)
    except ClientError as error:
        _call("schedule_key_deletion", KeyId=made, PendingWindowInDays=_MISTAKEN_KEY_DAYS)
        if error_code(error) != "AlreadyExistsException":
            raise translate(error) from error
        return present_key()  # somebody else was faster: theirs it is
    return made


def point_at_new_key() -> str:
    """Makes a new KMS key and points the alias at it; its ARN. The old key stays usable."""
    made = _create_key()
    _call("update_alias", AliasName=alias(), TargetKeyId=made)
    return made


def _create_key() -> str:
    made = _call("create_key", Description="TxHub: wraps the vault's branch keys")
    return str(made["KeyMetadata"]["Arn"])


def _call(operation: str, **parameters: object) -> Any:
    try:
        return getattr(sessions.client("kms"), operation)(**parameters)
    except ClientError as error:
        raise _meaning(error) from error
    except BotoCoreError as error:
        raise translate(error) from error


def _meaning(error: ClientError) -> HubError:
    code = error_code(error)
    if code in _ALTERED:
        return Tampered("KMS does not open this wrapped branch key")
    return KmsKeyOutOfUse() if code in _OUT_OF_USE else translate(error)
