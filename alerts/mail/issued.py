"""What the hub's statement jobs have issued, with whose accounts they are about."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice

from txhub import queries
from txhub.batch import statements
from txhub.batch.models import JobInstance
from txhub.domain.entities import Account
from txhub.statements.repository import StatementVersion

_ASKED_TOGETHER = 200


def job_of(closing: date, number: int) -> JobInstance:
    """The job of a closing day, by its number. Raises `JobMissing`."""
    return statements.job_of(closing, number)


def owned_statements(job: JobInstance) -> Iterator[tuple[Account, StatementVersion]]:
    """Each statement that the job issued, with its account."""
    versions = statements.issued_by(job)
    while group := list(islice(versions, _ASKED_TOGETHER)):
        yield from _with_accounts(group)


def _with_accounts(
    versions: Iterable[StatementVersion],
) -> Iterator[tuple[Account, StatementVersion]]:
    versions = list(versions)
    accounts = queries.accounts_named(each.account_id for each in versions)
    for version in versions:
        if account := accounts.get(version.account_id):
            yield account, version
