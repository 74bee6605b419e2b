"""Small pieces of the storage format that both tables use."""

from kernel.money import Money


def subject_of(account_id: str) -> str:
    """The vault's subject of an account: one key for all that is known of it."""
    return f"account:{account_id}"


def money(amount: int | None, currency: str | None) -> Money | None:
    """An optional amount."""
    return None if amount is None or currency is None else Money(amount, currency)


def minor(amount: Money | None) -> int | None:
    """The number that is kept of an optional amount."""
    return None if amount is None else amount.minor
