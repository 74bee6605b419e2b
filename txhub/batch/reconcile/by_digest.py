"""What a file says against what is stored, by digests: all of it is read only where they differ.

    job      one digest of each chunk, kept (`summaries`), against the archive's (`ChunkDigest`)
    chunk    of one that differs: a digest of each part of its accounts
    part     of one that differs: its items, row by row; a row that is not there, by the register

The kept digests follow the stream of changes. Where they are behind, more is read than need be, and
what is found is right all the same.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from aws.dynamodb import Item
from aws.vault import KeyDestroyed, Tampered
from txhub.batch.models import ChunkDigest, JobInstance
from txhub.batch.reconcile.archive import Rows
from txhub.batch.reconcile.expected import digest_of, expected_of, keep_expected, kept_digest
from txhub.batch.reconcile.findings import Fault, Finding, Reconciliation
from txhub.batch.reconcile.full import missing
from txhub.batch.reconcile.sources import Sources
from txhub.domain.digests import NOTHING, Digest
from txhub.domain.entities import Account, AccountId
from txhub.domain.ledger import PENDING_VOLUME, volume_of
from txhub.domain.summaries import Part, part_of
from txhub.repository import REGISTER, SUMMARY_REPOSITORY, TRANSACTION_REPOSITORY, keys_of
from txhub.repository.transactions import stored_from_item
from txhub.services import known_accounts
from txhub.services.summaries import entries_of, summarised_parts

_ACCOUNTS_TOGETHER = 100


def reconcile_by_digest(instance: JobInstance) -> Reconciliation:
    """Raises what opening and parsing the archived file raises, the first time."""
    keep_expected(instance)
    result = Reconciliation(job=instance.pk, by_digest=True)
    kept = list(ChunkDigest.objects.filter(chunk__file__instance=instance))
    standing = SUMMARY_REPOSITORY.digests_of([each.chunk_id for each in kept])
    result.digests += len(kept)
    for each in kept:
        result.rows += each.rows
        found = standing.get(each.chunk_id, NOTHING)
        if found != kept_digest(each):
            Descent(instance, each.chunk_id, result).run(found)
    return result


@dataclass(frozen=True, slots=True)
class Expected:
    """An account, what the file says of it, and where that should lie."""

    account: Account
    rows: Rows
    parts: dict[Part, Rows]


class Descent:
    """Into one chunk whose digests differ; tells `result`."""

    def __init__(self, instance: JobInstance, chunk_id: str, result: Reconciliation) -> None:
        self._instance, self._chunk_id, self._result = instance, chunk_id, result
        self._sources = Sources(instance)
        self._met = NOTHING  # of the chunk's rows in the parts that were looked at

    def run(self, standing: Digest) -> None:
        """`standing`: the digest of all that the chunk has written, wherever it lies now."""
        looked_at: list[Expected] = []
        said = expected_of(self._instance, self._chunk_id)
        while several := dict(islice(said, _ACCOUNTS_TOGETHER)):
            expected = list(self._known(several))
            self._compare(expected)
            looked_at += expected
        if self._met != standing:
            for each in looked_at:
                self._result.found(list(self._findings_elsewhere(each)))

    def _known(self, several: dict[AccountId, Rows]) -> Iterator[Expected]:
        known = known_accounts(several)
        for account_id, rows in several.items():
            self._result.accounts += 1
            self._result.days += len({row.day for group in rows.values() for row in group})
            if account_id in known:
                yield expected_in(known[account_id], rows)
            else:
                self._result.found([missing(account_id, *each) for each in rows.items()])

    def _compare(self, expected: list[Expected]) -> None:
        standing = SUMMARY_REPOSITORY.standing(part for each in expected for part in each.parts)
        self._result.digests += len(standing)
        for each in expected:
            differing = []
            for part, rows in each.parts.items():
                found = standing[part].digests.get(self._chunk_id, NOTHING)
                self._met += found
                if found != digest_of(rows):
                    differing.append(part)
            self._result.found(list(self.findings(each, differing)))

    def findings(self, expected: Expected, parts: Iterable[Part]) -> Iterator[Finding]:
        """What is wrong in some of the parts, item by item."""
        for part in parts:
            lost = dict(expected.parts[part])
            for item in entries_of(part.account_id, part.volume, part.name, part.name):
                lost.pop(_name_of(item), None)
                yield from self._judge(item, expected.rows)
            for name, group in lost.items():
                if not self._sources.may_lack(group):
                    yield from self._findings_by_register(expected, name)

    def _findings_by_register(self, expected: Expected, name: str) -> Iterator[Finding]:
        """A row that is not where its file has it: posted, amended to another day, or lost."""
        slots = REGISTER.slots_of(expected.account.account_id, name)
        keys = keys_of(expected.account, name, slots)
        items = TRANSACTION_REPOSITORY.batch_get(keys, consistent=True)
        for item in items:
            yield from self._judge(item, expected.rows)
        if not items:
            yield missing(expected.account.account_id, name, expected.rows[name])

    def _findings_elsewhere(self, expected: Expected) -> Iterator[Finding]:
        """Where the account holds rows of this chunk though the file names none there."""
        others = set(summarised_parts(expected.account)) - expected.parts.keys()
        for part, standing in SUMMARY_REPOSITORY.standing(others).items():
            self._result.digests += 1
            if self._chunk_id in standing.digests:
                for item in entries_of(part.account_id, part.volume, part.name, part.name):
                    yield from self._judge(item, expected.rows)

    def _judge(self, item: Item, rows: Rows) -> Iterator[Finding]:
        self._result.items += 1
        name = _name_of(item)
        try:
            fault = self._sources.fault_of(stored_from_item(item), rows.get(name, []))
        except (Tampered, KeyDestroyed):
            fault = Fault.ALTERED
        if fault is not None:
            yield Finding(
                fault=fault,
                account_id=item["pk"].partition("#")[0],
                transaction_id=name,
                day=item["sk"].partition("#")[0],
            )


def expected_in(account: Account, rows: Rows) -> Expected:
    """Rows belong into the volume of their day, or that of pending entries."""
    parts: dict[Part, Rows] = {}
    for name, group in rows.items():
        last = group[-1]
        volume = PENDING_VOLUME if last.is_pending else volume_of(last.day, account.volumes)
        day = last.day.isoformat()
        part = part_of(account.account_id, volume or day, day)
        parts.setdefault(part, {})[name] = group
    return Expected(account, rows, parts)


def _name_of(item: Item) -> str:
    return str(item["sk"]).rpartition("#")[2]
