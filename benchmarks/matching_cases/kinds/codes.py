"""Authorisation codes: six characters that a clearing may repeat, and chance may too."""

from datetime import timedelta

from benchmarks.matching_cases.account import Account
from benchmarks.matching_cases.spelling import disguised


def code_present(account: Account) -> None:
    """Cleared with the authorisation's code; the name may be disguised, the amount slightly less.

    Decoy: the same amount at the same shop on the same day under another code, since the card was
    tapped twice; never cleared (the code).
    """
    rng = account.rng
    shop, at = account.shop(), account.moment()
    minor = account.price(shop)
    cleared = minor if rng.random() < 0.75 else round(minor * rng.uniform(0.9, 0.99))
    name = disguised(shop.name, rng) if rng.random() < 0.4 else None
    account.clear(account.authorise(shop, minor, at), cleared, name=name, code=True)
    account.authorise(shop, minor, at + timedelta(minutes=rng.uniform(1, 15)))


def code_reused(account: Account) -> None:
    """Two purchases of a week have the same code by chance.

    Decoy, one of two: an authorisation at another shop with that code, never cleared; or a
    clearing at another shop with that code that was never authorised (other name, other amount).
    """
    rng = account.rng
    shop, at = account.shop(), account.moment()
    minor = account.price(shop)
    held = account.authorise(shop, minor, at)
    account.clear(held, code=True)
    elsewhere = account.shop(unlike=shop)
    other = account.price(elsewhere, unlike=[minor])
    near = at + timedelta(days=rng.uniform(-3, 3))
    if rng.random() < 0.5:
        account.authorise(elsewhere, other, near, code=held.code)
    else:
        booked = account.file_after(max(near, at).date(), files=1)
        account.clear_unasked(elsewhere, other, near, booked, code=held.code)
