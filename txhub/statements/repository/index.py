"""The index: which versions of which statements there are, and which transactions they hold."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice

import orjson

from aws.dynamodb import Attr, Delete, Item, Key, Put, Repository, transact
from aws.dynamodb.transactions import ACTIONS_MAX, Action
from aws.vault import Place, vault
from kernel.clock import epoch_s
from kernel.errors import Missing, Refused
from kernel.money import Money
from txhub.domain.entities import AccountId
from txhub.repository.sealing import minor, money, subject_of
from txhub.resources import STATEMENTS
from txhub.statements.domain.months import Month, Period
from txhub.statements.domain.statement import Closings, StatementKind, Sums, closings_of, kind_of
from txhub.statements.repository.schedule import SCHEDULE, Scheduled

# The 8 bytes of `register_digest`, for each transaction on a month's current statement.
Stated = Mapping[Month, frozenset[bytes]]
_DIGEST_BYTES = 8
_DIGESTS_AN_ITEM = 30_000  # 240 KB of DynamoDB's 400
_VERSIONS = "V#"
_STATED = "T#"


class StatementMissing(Missing):
    """No such statement of this account."""

    code = "statement_not_found"


class TooManyStatements(Refused):
    """This changes more statements than can be changed together; correct a later month."""

    code = "too_many_statements"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementVersion:
    """A version that was issued. `name` is its content's, by which its objects are found.

    `sums` are without categories. `source`: the chunk, or proposal, that issued it.
    """

    account_id: AccountId
    period: Period
    version: int
    name: str
    sums: tuple[Sums, ...]
    issued_at: datetime
    source: str

    @property
    def month(self) -> Month:
        return self.period.month

    @property
    def kind(self) -> StatementKind:
        return kind_of(self.sums)

    @property
    def closings(self) -> Closings:
        return closings_of(self.sums)

    @property
    def file_name(self) -> str:
        """What a file with it may be called; it names no account."""
        return f"{self.kind}-{self.month}"


class StatementIndex(Repository):
    """Statements by account.

    pk       sk                 what
    acc_…    V#2026-05#0001     a version
    acc_…    T#2026-05#00       digests of the transactions on the month's current version
    """

    table = STATEMENTS

    def versions(self, account_id: str, *, consistent: bool = False) -> list[StatementVersion]:
        """All, the newest month first and in it the current version."""
        items = self.query_all(
            account_id,
            sort=Key("sk").begins_with(_VERSIONS),
            descending=True,
            consistent=consistent,
        )
        return list(map(version_from_item, items))

    def of_month(self, account_id: str, month: Month) -> list[StatementVersion]:
        """All versions of one month, the current one first."""
        prefix = Key("sk").begins_with(f"{_VERSIONS}{month}#")
        items = self.query_all(account_id, sort=prefix, descending=True)
        return list(map(version_from_item, items))

    def stated(self, account_id: str) -> dict[Month, frozenset[bytes]]:
        """What the current versions hold, by month."""
        by_month: dict[Month, frozenset[bytes]] = {}
        prefix = Key("sk").begins_with(_STATED)
        for item in self.query_all(account_id, sort=prefix, consistent=True):
            month = Month.named(item["sk"].split("#")[1])
            by_month[month] = by_month.get(month, frozenset()) | _digests_from_item(item)
        return by_month

    def issue(
        self,
        scheduled: tuple[Scheduled, Scheduled],
        versions: Sequence[StatementVersion],
        stated: tuple[Stated, Stated],
    ) -> None:
        """Issues versions and notes what they hold, all or nothing; `scheduled` and `stated` are
        before and after, `stated` for the months that change.

        Raises `Conflict` where somebody else has issued or corrected since, `TooManyStatements`.
        """
        never_issued = Attr("pk").not_exists()
        actions: list[Action] = [SCHEDULE.moved(*scheduled)]
        actions += [Put(self, version_to_item(each), never_issued) for each in versions]
        actions += self._noted(versions[0].account_id, *stated)
        if len(actions) > ACTIONS_MAX:
            raise TooManyStatements
        transact(actions)

    def _noted(self, account_id: AccountId, before: Stated, after: Stated) -> Iterator[Action]:
        for month, digests in after.items():
            pieces = list(_stated_to_items(account_id, month, digests))
            surplus = list(_stated_to_items(account_id, month, before.get(month, frozenset())))
            yield from (Put(self, item) for item in pieces)
            for item in surplus[len(pieces) :]:
                yield Delete(self, item["pk"], item["sk"])


def version_to_item(each: StatementVersion) -> Item:
    pk, sk = each.account_id, f"{_VERSIONS}{each.month}#{each.version:04}"
    return {
        "pk": pk,
        "sk": sk,
        "z": vault().seal(subject_of(pk), _sums_plain(each.sums), _place(pk, sk)),
        "f": each.period.first_day.isoformat(),
        "d": each.period.closing.isoformat(),
        "o": each.name,
        "t": epoch_s(each.issued_at),
        "s": each.source,
    }


def version_from_item(item: Item) -> StatementVersion:
    pk, sk = item["pk"], item["sk"]
    _prefix, month, version = sk.split("#")
    plain = vault().open(subject_of(pk), item["z"], _place(pk, sk))
    return StatementVersion(
        account_id=AccountId(pk),
        period=Period(
            month=Month.named(month),
            first_day=date.fromisoformat(item["f"]),
            closing=date.fromisoformat(item["d"]),
        ),
        version=int(version),
        name=item["o"],
        sums=tuple(_sums(*each) for each in orjson.loads(plain)),
        issued_at=datetime.fromtimestamp(item["t"], UTC),
        source=item["s"],
    )


def _sums_plain(sums: tuple[Sums, ...]) -> bytes:
    return orjson.dumps(
        [
            [
                each.currency,
                minor(each.opening),
                each.money_in.minor,
                each.money_out.minor,
                minor(each.closing),
                each.count,
            ]
            for each in sums
        ]
    )


def _sums(
    currency: str,
    opening: int | None,
    money_in: int,
    money_out: int,
    closing: int | None,
    count: int,
) -> Sums:
    return Sums(
        currency=currency,
        opening=money(opening, currency),
        money_in=Money(money_in, currency),
        money_out=Money(money_out, currency),
        closing=money(closing, currency),
        count=count,
    )


def _stated_to_items(
    account_id: AccountId, month: Month, digests: frozenset[bytes]
) -> Iterator[Item]:
    ordered = iter(sorted(digests))
    number = 0
    while piece := b"".join(islice(ordered, _DIGESTS_AN_ITEM)):
        yield {"pk": account_id, "sk": f"{_STATED}{month}#{number:02}", "i": piece}
        number += 1


def _digests_from_item(item: Item) -> frozenset[bytes]:
    packed: bytes = item["i"]
    starts = range(0, len(packed), _DIGEST_BYTES)
    return frozenset(packed[at : at + _DIGEST_BYTES] for at in starts)


def _place(pk: str, sk: str) -> Place:
    return Place(table="statements", key=f"{pk}|{sk}", attribute="z")


STATEMENT_INDEX = StatementIndex()
