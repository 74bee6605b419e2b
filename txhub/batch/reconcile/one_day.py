"""Both sides of one account's day: what each file says of it, and what is stored."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from aws.vault import vault
from txhub.batch.models import ChunkDigest
from txhub.batch.reconcile.archive import Rows
from txhub.batch.reconcile.by_digest import Descent, expected_in
from txhub.batch.reconcile.expected import digest_of, expected_of
from txhub.batch.reconcile.findings import Finding, Reconciliation
from txhub.batch.reconcile.sources import Row
from txhub.domain.digests import NOTHING, Digest
from txhub.domain.entities import Account, AccountId
from txhub.domain.ledger import volume_of
from txhub.domain.sources import writer_of
from txhub.domain.summaries import added
from txhub.repository import AccountMissing
from txhub.repository.sealing import subject_of
from txhub.services import known_accounts
from txhub.services.summaries import entries_of, leaf_of, opened_item


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOfFile:
    """`said`: the digest of the rows that the file has of the day; `stored`: of those that its
    chunk has written. `others`: how many others have. Where the two digests are equal, nothing was
    lost; else `findings` say what was, if anything."""

    job: str
    feed: str
    business_date: date
    said: Digest
    stored: Digest
    others: int
    findings: tuple[Finding, ...] = ()

    @property
    def agrees(self) -> bool:
        return not self.findings


def both_sides(account_id: str, day: date) -> list[DayOfFile]:
    """One for each file that mentions the booking day, oldest first; of jobs that have been
    reconciled by digest once. Raises `AccountMissing`."""
    account = known_accounts([AccountId(account_id)]).get(AccountId(account_id))
    if account is None:
        raise AccountMissing
    stored = _stored(account, day)
    return [
        found for kept in _kept(account, day) if (found := _compared(account, day, kept, stored))
    ]


def _kept(account: Account, day: date) -> Iterator[ChunkDigest]:
    """The chunks that may hold rows of it."""
    covering = ChunkDigest.objects.filter(
        first_account__lte=account.account_id,
        last_account__gte=account.account_id,
        first_day__lte=day,
        last_day__gte=day,
    )
    instances = covering.select_related("chunk__file__instance")
    return iter(instances.order_by("chunk__file__instance__landed_at"))


def _stored(account: Account, day: date) -> dict[str, Digest]:
    """By writer; read now, and opened."""
    volume = volume_of(day, account.volumes)
    if volume is None:
        return {}
    key = vault().key(subject_of(account.account_id), create=False)
    items = entries_of(account.account_id, volume, day.isoformat(), day.isoformat())
    return added((writer_of(item["s"]), leaf_of(item, opened_item(item, key))) for item in items)


def _compared(
    account: Account, day: date, kept: ChunkDigest, stored: dict[str, Digest]
) -> DayOfFile | None:
    instance = kept.chunk.file.instance
    rows = dict(expected_of(instance, kept.chunk_id)).get(account.account_id, {})
    of_day = {name: group for name, group in rows.items() if _is_booked_on(group[-1], day)}
    if not of_day:
        return None
    said, own = digest_of(of_day), stored.get(kept.chunk_id, NOTHING)
    return DayOfFile(
        job=instance.pk,
        feed=instance.feed,
        business_date=instance.business_date,
        said=said,
        stored=own,
        others=sum(each.count for each in stored.values()) - own.count,
        findings=() if said == own else _findings(account, day, kept, rows),
    )


def _findings(account: Account, day: date, kept: ChunkDigest, rows: Rows) -> tuple[Finding, ...]:
    instance = kept.chunk.file.instance
    descent = Descent(instance, kept.chunk_id, Reconciliation(job=instance.pk))
    expected = expected_in(account, rows)
    parts = [
        part
        for part, group in expected.parts.items()
        if any(_is_booked_on(each[-1], day) for each in group.values())
    ]
    found = descent.findings(expected, parts)
    return tuple(each for each in found if each.day == day.isoformat())


def _is_booked_on(row: Row, day: date) -> bool:
    return row.day == day and not row.is_pending
