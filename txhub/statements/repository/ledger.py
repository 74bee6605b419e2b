"""What statements ask the ledger: which transactions are booked on some days, and on which days the
register files ids."""

from collections.abc import Collection, Iterator
from datetime import date

from aws.dynamodb import Key
from txhub.domain.entities import Account, Transaction
from txhub.domain.ledger import posted_volumes
from txhub.repository import REGISTER, TRANSACTION_REPOSITORY
from txhub.repository.transactions import stored_from_item


def booked(account: Account, first: date, last: date) -> Iterator[Transaction]:
    """The posted transactions booked on these days, in booking order; read consistently."""
    days = Key("sk").between(first.isoformat(), f"{last.isoformat()}$")  # "$" is just behind "#"
    for volume in sorted(posted_volumes(account.volumes, first, last)):
        partition = f"{account.account_id}#{volume}"
        for item in TRANSACTION_REPOSITORY.query_all(partition, sort=days, consistent=True):
            yield stored_from_item(item).transaction


def booked_on(account: Account, days: Collection[date]) -> Iterator[Transaction]:
    """The same for some days and, maybe, days between them: one Query for each volume."""
    for volume in sorted(posted_volumes(account.volumes)):
        within = [day for day in days if day.isoformat().startswith(volume)]
        if within:
            yield from booked(account, min(within), max(within))


def first_booked_day(account: Account) -> date | None:
    """The day of the oldest posted transaction."""
    for volume in sorted(posted_volumes(account.volumes)):
        partition = f"{account.account_id}#{volume}"
        page = TRANSACTION_REPOSITORY.query(partition, limit=1, consistent=True)
        if page.items:
            return stored_from_item(page.items[0]).transaction.booked_day
    return None


def filed_days(account: Account) -> Iterator[tuple[bytes, date]]:
    """`register_digest` and booking day of every posting that the account holds, held, or was about
    to hold; one that moved comes with each of its days."""
    for digest, slot in REGISTER.all_of(account.account_id):
        if not slot.pending:
            yield digest, slot.day
