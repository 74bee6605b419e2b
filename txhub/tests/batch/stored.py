"""What is stored of a job's accounts, decrypted."""

import hashlib
from collections import Counter

import orjson

from txhub.batch.cutting import lines_of
from txhub.batch.models import JobInstance
from txhub.domain.digests import facts_of_stored
from txhub.domain.entities import Account, AccountId
from txhub.repository import TRANSACTION_REPOSITORY, StoredTransaction
from txhub.services import known_accounts


def stored_by(instance: JobInstance) -> list[StoredTransaction]:
    """Every transaction of every account that the job's chunks name."""
    return [
        stored
        for account in accounts_of(instance)
        for stored in TRANSACTION_REPOSITORY.all_of(account)
    ]


def accounts_of(instance: JobInstance) -> list[Account]:
    accounts = {
        AccountId(orjson.loads(line)[1])
        for chunk in instance.file.chunks.all()
        for line in lines_of(chunk.object_key)
    }
    return list(known_accounts(accounts).values())


def digest(instance: JobInstance) -> str:
    """Over all decrypted items, each with the line of the file that it came from. Equal for two
    files that differ in nothing but account numbers and ids."""
    items = Counter(
        (stored.transaction.source.partition(":")[2], facts_of_stored(stored.transaction).hex())
        for stored in stored_by(instance)
    )
    return hashlib.sha256(orjson.dumps(sorted(items.items()))).hexdigest()
