"""What can be asked of statements. Whoever asks has shown that the account is theirs."""

from collections.abc import Iterator, Sequence

from aws.metrics import use_case
from txhub.domain.entities import AccountId
from txhub.statements.documents import from_json
from txhub.statements.domain.months import Month
from txhub.statements.domain.statement import Statement
from txhub.statements.repository import (
    SCHEDULE,
    STATEMENT_INDEX,
    Form,
    Scheduled,
    StatementMissing,
    StatementVersion,
    read_object,
)


@use_case("statements.list")
def statements_of(account_id: AccountId) -> list[StatementVersion]:
    """The current version of every statement, newest first."""
    versions: dict[Month, StatementVersion] = {}
    for each in STATEMENT_INDEX.versions(account_id):
        versions.setdefault(each.month, each)
    return list(versions.values())


@use_case("statements.one")
def versions_of(account_id: AccountId, month: Month) -> list[StatementVersion]:
    """All versions of one statement, the current one first. Raises `StatementMissing`."""
    versions = STATEMENT_INDEX.of_month(account_id, month)
    if not versions:
        raise StatementMissing
    return versions


def chosen(versions: Sequence[StatementVersion], asked: int | None) -> StatementVersion:
    """The version that was asked for, or the current one. Raises `StatementMissing`."""
    for each in versions:
        if asked in (None, each.version):
            return each
    raise StatementMissing


@use_case("statements.read")
def written(version: StatementVersion, form: Form) -> bytes:
    """The statement as it was issued."""
    return read_object(version.account_id, version.month, version.name, form)


def content(version: StatementVersion) -> Statement:
    """The same, read."""
    return from_json(written(version, Form.JSON))


def held_accounts() -> Iterator[Scheduled]:
    """For operators: accounts whose next statement is held."""
    return SCHEDULE.held()
