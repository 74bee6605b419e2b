"""A feed profile: everything that sets one bank's files apart from another's, as plain values.

`txhub.feeds.profiles` reads these from `profiles/*.yaml`; `docs/howto-feed-profile.md` explains
each key.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from kernel.money import AmountFormat
from txhub.domain.entries import Kind

Where = tuple[tuple[str, frozenset[str]], ...]  # column -> the values that it may have


class FileCoverage(StrEnum):
    """What a file without ids stands for; it decides what makes a row's id."""

    COMPLETE = "complete"  # all of each account-day it mentions: ids count repetitions in the day
    INCREMENT = "increment"  # what is new since the last: feed, date and sequence are in the id


@dataclass(frozen=True, slots=True, kw_only=True)
class SkipLimit:
    """How many rows of a file may go to quarantine before the file fails."""

    per_thousand: int = 1
    at_least: int = 10

    def allows(self, bad_rows: int, rows: int) -> bool:
        return bad_rows <= max(self.at_least, rows * self.per_thousand // 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRule:
    """`namespace`: feeds that speak of the same accounts share one. `column`: CSV only.

    `type` and `name` describe an account that is opened because a row mentions it. The name is
    what its customer calls it by; pages show the last digits of its number beside.
    """

    namespace: str
    column: str = ""
    type: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRule:
    """A column with a day; `century` is added to a year of two digits."""

    column: str
    format: str
    century: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeRule(DayRule):
    """A column with a day and a time of day. `zone`: an IANA name, or "bank" for the bank's own."""

    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectionRule:
    """A column that says whether money comes in or goes out, where the amount has no sign."""

    column: str
    incoming: frozenset[str]
    outgoing: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountRule:
    """`when_empty`: the column to take where `column` is empty. `positive_is_out`: card feeds write
    a purchase as a positive amount; for the account it is money out."""

    column: str
    when_empty: str = ""
    form: AmountFormat = field(default_factory=AmountFormat)
    positive_is_out: bool = False
    direction: DirectionRule | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrencyRule:
    """A column, a default where it is empty, or the default alone."""

    column: str = ""
    default: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginalRule:
    """The columns of what was paid in another currency; kept where that currency differs."""

    amount: str
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KindRule:
    """The first rule that fits decides. `incoming` None fits both directions."""

    kind: Kind
    where: Where = ()
    incoming: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SkipRule:
    where: Where
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRule:
    """A text made of columns: put into `template`, or joined by a middle dot without the empty."""

    columns: tuple[str, ...]
    template: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvRules:
    """How the rows of a CSV feed become entries."""

    encoding: str
    delimiter: str
    quote: str  # empty where the feed has none
    columns: tuple[str, ...]
    id_column: str
    identity: tuple[str, ...]
    coverage: FileCoverage | None
    posted_on: DayRule | None
    value_on: DayRule | None
    occurred_on: DayRule | None
    occurred_at: TimeRule | None
    amount: AmountRule
    currency: CurrencyRule
    original: OriginalRule | None
    balance: str
    final: Where  # empty where the feed does not say which capture is the last
    kinds: tuple[KindRule, ...]
    default_kind: Kind
    texts: tuple[tuple[str, TextRule], ...]  # field of the entry -> how it is made
    skip: tuple[SkipRule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """`csv` is None for the hub's own format."""

    name: str
    label: str
    account: AccountRule
    skip_limit: SkipLimit
    csv: CsvRules | None

    @property
    def coverage(self) -> FileCoverage | None:
        """What a file without ids covers; None where rows carry the feed's own ids."""
        return self.csv.coverage if self.csv else None
