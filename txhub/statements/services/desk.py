"""What is known of one account while its statements are drawn up, and the writes that issue them.

Everything hangs on the schedule's revision: it is read first, and whoever writes does so only if
it is still the same. So what was read after it, the transactions that earlier statements hold, is
true at the moment of writing.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain

from txhub.domain.entities import Account, Transaction
from txhub.repository import ACCOUNT_REPOSITORY, AccountMissing, register_digest
from txhub.statements.documents import from_json, to_json
from txhub.statements.domain.months import Month, Period, period_of
from txhub.statements.domain.statement import Closings, Statement
from txhub.statements.pdf import statement_pdf
from txhub.statements.repository import (
    SCHEDULE,
    STATEMENT_INDEX,
    Form,
    Scheduled,
    StatementVersion,
    booked,
    booked_on,
    content_name,
    filed_days,
    first_booked_day,
    read_object,
    write_object,
)


@dataclass(slots=True)
class Desk:
    """`current`: the newest version of each month. `stated`: digests of what those hold."""

    account: Account
    scheduled: Scheduled
    versions: list[StatementVersion]
    stated: dict[Month, frozenset[bytes]]

    @classmethod
    def open(cls, account_id: str) -> "Desk":
        """Raises `AccountMissing`."""
        scheduled = SCHEDULE.find(account_id)
        account = ACCOUNT_REPOSITORY.find(account_id)
        if scheduled is None or account is None:
            raise AccountMissing
        return cls(
            account=account,
            scheduled=scheduled,
            versions=STATEMENT_INDEX.versions(account_id, consistent=True),
            stated=STATEMENT_INDEX.stated(account_id),
        )

    @property
    def current(self) -> dict[Month, StatementVersion]:
        """The current version of each month, oldest month first."""
        return {each.month: each for each in reversed(self.versions)}

    @property
    def closings(self) -> Closings:
        """What the next statement opens with."""
        return self.versions[0].closings if self.versions else {}

    @property
    def next_period(self) -> Period:
        """Of the next statement; the first covers the account's first transaction, or first day."""
        if following := self.scheduled.next_period:
            return following
        since = self.scheduled.since
        first = first_booked_day(self.account) or since
        return period_of(min(first, since), self.scheduled.cycle_day)

    def due(self, through: date) -> Iterator[tuple[Period, list[Transaction]]]:
        """Period after period that closes by `through`, with the transactions for its statement:
        those booked up to its closing that no statement holds."""
        period = self.next_period
        if period.closing > through:
            return
        stream = chain(
            self._late(period.first_day), booked(self.account, period.first_day, through)
        )
        ahead = next(stream, None)
        while period.closing <= through:
            found = []
            while ahead is not None and ahead.booked_day <= period.closing:
                found.append(ahead)
                ahead = next(stream, None)
            yield period, self._unstated(found)
            period = period.following(self.scheduled.cycle_day)

    def read(self, month: Month) -> Statement:
        """The current version of a month."""
        version = self.current[month]
        content = read_object(self.account.account_id, month, version.name, Form.JSON)
        return from_json(content)

    def issue(self, statement: Statement, *, source: str, now: datetime) -> None:
        """The next statement. Raises `Conflict` where somebody else was faster."""
        after = self.scheduled.issued(statement.period)
        self.commit(after, [statement], {statement.month: digests_of(statement)}, source, now)

    def commit(
        self,
        scheduled: Scheduled,
        statements: Sequence[Statement],
        stated: dict[Month, frozenset[bytes]],
        source: str,
        now: datetime,
    ) -> None:
        """Writes the statements' objects, and then all that makes them known, or nothing."""
        versions = [self._written(each, source, now) for each in statements]
        STATEMENT_INDEX.issue((self.scheduled, scheduled), versions, (self.stated, stated))
        self.scheduled = scheduled
        self.stated = {**self.stated, **stated}
        self.versions = sorted([*self.versions, *versions], key=_newest_first, reverse=True)

    def _late(self, first_day: date) -> Iterator[Transaction]:
        """Transactions booked before `first_day` that no statement holds, and others of their days:
        those on which the register files ids that are on no statement."""
        on_statements = self._on_statements()
        filed = filed_days(self.account)
        days = {day for digest, day in filed if day < first_day and digest not in on_statements}
        return booked_on(self.account, days)

    def _unstated(self, transactions: Iterable[Transaction]) -> list[Transaction]:
        on_statements = self._on_statements()
        return [
            each
            for each in transactions
            if register_digest(each.transaction_id) not in on_statements
        ]

    def _on_statements(self) -> frozenset[bytes]:
        return frozenset().union(*self.stated.values())

    def _written(self, statement: Statement, source: str, now: datetime) -> StatementVersion:
        account_id, month = self.account.account_id, statement.month
        content = to_json(statement)
        name = content_name(content)
        write_object(account_id, month, name, Form.JSON, content)
        write_object(account_id, month, name, Form.PDF, statement_pdf(statement))
        return StatementVersion(
            account_id=account_id,
            period=statement.period,
            version=statement.version,
            name=name,
            sums=statement.sums,
            issued_at=now,
            source=source,
        )


def digests_of(statement: Statement) -> frozenset[bytes]:
    """What the register calls the transactions on it."""
    return frozenset(register_digest(each.transaction_id) for each in statement.lines)


def _newest_first(version: StatementVersion) -> tuple[Month, int]:
    return version.month, version.version
