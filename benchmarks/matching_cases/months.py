"""Accounts full of cases: some of each kind, in the same weeks, at the same shops."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from benchmarks.matching_cases.account import Account
from benchmarks.matching_cases.kinds import KINDS
from benchmarks.matching_cases.town import Town

CASES_IN_AN_ACCOUNT = 2  # of each kind: some sixty authorisations a month
_MONDAY = date(2025, 1, 6)


def months(town: Town, seed: int, cases: int) -> Iterator[Account]:
    """Accounts with `cases` of each kind between them; the same for the same seed."""
    for number in range(-(-cases // CASES_IN_AN_ACCOUNT)):
        rng = Random(f"{seed}/{number}")  # noqa: S311 - cases, not secrets
        first_day = _MONDAY + timedelta(weeks=rng.randrange(50))
        account = Account(town=town, rng=rng, first_day=first_day)
        for kind in rng.sample([*KINDS] * CASES_IN_AN_ACCOUNT, len(KINDS) * CASES_IN_AN_ACCOUNT):
            account.kind = kind
            KINDS[kind](account)
        rng.shuffle(account.authorisations)
        rng.shuffle(account.clearings)
        yield account
