"""What stands on a statement: the account, the balances, the categories, the lines."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from kernel.money import Money
from txhub.statements.domain.statement import CategorySum, Line, Statement, StatementKind, Sums
from txhub.statements.pdf.flow import Block
from txhub.statements.pdf.sheet import LEFT, QUIET, RIGHT, RULE, Sheet
from txhub.statements.pdf.texts import figure, short_day, unsigned, with_code, wrapped
from txhub.statements.wording import (
    KIND_NAMES,
    UNCATEGORISED,
    foreign,
    full_day,
    month_name,
    notes_of,
    title_of,
)

# Where columns begin (words) or end (figures), in points.
_WHAT, _OUT, _IN = LEFT + 58, RIGHT - 168, RIGHT - 84
_FIGURE_WIDE = 62.0
_WHAT_WIDE = _OUT - _FIGURE_WIDE - _WHAT
_HEAD, _SMALL = 8.5, 7.5  # sizes of type; 9 is the common one
_LEADING, _SMALL_LEADING, _PADDING = 12.0, 10.0, 3.5


def blocks_of(statement: Statement) -> Iterator[Block]:
    """All of them, in order."""
    yield Block(height=76, draw=partial(_opening, statement))
    for sums in statement.sums:
        yield Block(height=66, draw=partial(_sums, sums))
    for sums in statement.sums:
        yield from _categories(sums, named=len(statement.sums) > 1)
    yield from _lines(statement)


def _opening(statement: Statement, sheet: Sheet, y: float) -> None:
    account, period = statement.account, statement.period
    title = f"{KIND_NAMES[statement.kind]}, {month_name(period.month)}"
    sheet.text(LEFT, y + 18, title, size=20, strong=True)
    sheet.text(LEFT, y + 40, f"{account.name}  {account.masked_number}", size=11)
    days = f"{full_day(period.first_day)} to {full_day(period.closing)}"
    sheet.text(LEFT, y + 55, days, colour=QUIET)
    said = []
    if statement.version > 1:
        said.append(f"Version {statement.version}: corrects version {statement.version - 1}")
    if statement.kind is StatementKind.ACTIVITY_SUMMARY:
        said.append("No balances are supplied for this account")
    sheet.text(RIGHT, y + 55, ". ".join(said), colour=QUIET, to_right=True)


def _sums(sums: Sums, sheet: Sheet, y: float) -> None:
    facts: list[tuple[str, Money]] = [("Money in", sums.money_in), ("Money out", sums.money_out)]
    if sums.opening and sums.closing:
        facts = [("Opening balance", sums.opening), *facts, ("Closing balance", sums.closing)]
    sheet.rule(y, colour=RULE)
    step = (RIGHT - LEFT) / 4
    for place, (name, amount) in enumerate(facts):
        x = LEFT + place * step
        sheet.text(x, y + 18, name, size=_HEAD, colour=QUIET)
        sheet.text(x, y + 38, figure(amount), size=14, strong=name == "Closing balance")
    sheet.text(RIGHT, y - 6, f"Amounts in {sums.currency}", size=_HEAD, colour=QUIET, to_right=True)


def _categories(sums: Sums, *, named: bool) -> Iterator[Block]:
    if not sums.categories:
        return
    title = f"By category, {sums.currency}" if named else "By category"
    head = Block(height=31, keeps=True, draw=partial(_head, title, "Number"))
    yield head
    for each in sums.categories:
        yield Block(height=14, draw=partial(_category, each), again=(head,))
    yield Block(height=14, draw=_nothing)


def _head(title: str, last: str, sheet: Sheet, y: float) -> None:
    """A table's: its name, and what its columns of figures are."""
    sheet.text(LEFT, y + 18, title, size=11, strong=True)
    for x, name in ((_OUT, "Money out"), (_IN, "Money in"), (RIGHT, last)):
        sheet.text(x, y + 18, name, size=_HEAD, colour=QUIET, to_right=True)
    sheet.rule(y + 25, colour=RULE)


def _category(each: CategorySum, sheet: Sheet, y: float) -> None:
    room = _OUT - _FIGURE_WIDE - LEFT
    sheet.text(LEFT, y + 9, wrapped(each.category or UNCATEGORISED, room, 9)[0])
    if each.money_out.minor:
        sheet.text(_OUT, y + 9, unsigned(each.money_out), to_right=True)
    if each.money_in.minor:
        sheet.text(_IN, y + 9, unsigned(each.money_in), to_right=True)
    sheet.text(RIGHT, y + 9, f"{each.count:,}", to_right=True, colour=QUIET)


def _nothing(_sheet: Sheet, _y: float) -> None:
    """Room between two tables."""


def _lines(statement: Statement) -> Iterator[Block]:
    if not statement.lines:
        yield Block(height=40, draw=_no_lines)
        return
    last = "Balance" if statement.kind is StatementKind.STATEMENT else ""
    head = Block(height=26, keeps=True, draw=partial(_head, "Transactions", last))
    yield head
    for line in statement.lines:
        yield _line(statement, line, head)


def _no_lines(sheet: Sheet, y: float) -> None:
    sheet.text(LEFT, y + 18, "No transactions in this period.", size=11)


@dataclass(frozen=True, slots=True)
class _Row:
    """A line's words, wrapped: the title, and the small notes below it."""

    title: list[str]
    notes: list[str]

    @property
    def height(self) -> float:
        return len(self.title) * _LEADING + len(self.notes) * _SMALL_LEADING + 2 * _PADDING


def _line(statement: Statement, line: Line, head: Block) -> Block:
    row = _row(line)
    brought = Block(height=18, draw=partial(_brought_forward, line))
    return Block(
        height=row.height,
        draw=partial(_draw_line, statement, line, row),
        again=(head, brought) if line.balance else (head,),
    )


def _row(line: Line) -> _Row:
    notes = notes_of(line)
    if original := foreign(line):
        notes.append(with_code(original))
    small = wrapped(" · ".join(notes), _WHAT_WIDE, _SMALL) if notes else []
    return _Row(wrapped(title_of(line), _WHAT_WIDE, 9), small)


def _draw_line(statement: Statement, line: Line, row: _Row, sheet: Sheet, y: float) -> None:
    base = y + _PADDING + 8
    sheet.text(LEFT, base, short_day(line.posted_on, statement.period.closing), colour=QUIET)
    for place, text in enumerate(row.title):
        sheet.text(_WHAT, base + place * _LEADING, text)
    below = base + (len(row.title) - 1) * _LEADING + _SMALL_LEADING
    for place, text in enumerate(row.notes):
        sheet.text(_WHAT, below + place * _SMALL_LEADING, text, size=_SMALL, colour=QUIET)
    _figures(statement, line, sheet, base)
    sheet.rule(y + row.height)


def _figures(statement: Statement, line: Line, sheet: Sheet, base: float) -> None:
    is_own = line.amount.currency == statement.account.currency
    code = "" if is_own else f"{line.amount.currency} "
    x = _IN if line.amount.minor > 0 else _OUT
    sheet.text(x, base, code + unsigned(line.amount), to_right=True)
    if line.balance:
        sheet.text(RIGHT, base, code + figure(line.balance), to_right=True)


def _brought_forward(line: Line, sheet: Sheet, y: float) -> None:
    assert line.balance is not None
    before = line.balance + -line.amount
    sheet.text(_WHAT, y + 12, "Balance brought forward", colour=QUIET)
    sheet.text(RIGHT, y + 12, figure(before), to_right=True, colour=QUIET)
    sheet.rule(y + 18)
