"""How a line reads, on a page and on paper."""

from datetime import date

from kernel.money import Money
from txhub.statements.domain.months import Month
from txhub.statements.domain.statement import Line, StatementKind

KIND_NAMES = {
    StatementKind.STATEMENT: "Statement",
    StatementKind.ACTIVITY_SUMMARY: "Activity summary",
}
UNCATEGORISED = "Other payments"


def title_of(line: Line) -> str:
    """The merchant, or what the bank wrote, or at least what kind of transaction it is."""
    return line.merchant.name or line.description or line.kind.capitalize()


def notes_of(line: Line) -> list[str]:
    """What the title leaves open; the value date where it is another day than the booking's, and
    always where the line is late."""
    title = title_of(line).casefold()
    notes = []
    if line.description and title not in line.description.casefold():
        notes.append(line.description)
    if line.late:
        notes.append(f"Late, value date {full_day(line.value_on or line.posted_on)}")
    elif line.value_on and line.value_on != line.posted_on:
        notes.append(f"Value date {full_day(line.value_on)}")
    return notes


def foreign(line: Line) -> Money | None:
    """The original amount, where it was in another currency."""
    original = line.original_amount
    return original if original and original.currency != line.amount.currency else None


def full_day(day: date) -> str:
    """`23 November 2026`"""
    return f"{day.day} {day:%B %Y}"


def month_name(month: Month) -> str:
    """`November 2026`"""
    return f"{date(month.year, month.number, 1):%B %Y}"
