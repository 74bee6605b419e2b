"""Labelled cases for `make bench B=matching`: what was authorised, what was cleared, what is true.

    town       real merchants, amounts, orders and times of day, read from the public data files
    spelling   how terminals and acquirers write a merchant's name
    rows       authorisations and clearings
    account    one card's month of them, and which belong together
    kinds      the cases; each tells what its decoy is, and why it can be told from the true pair

Written from the card schemes' side, in their words. It shares no code and no number with
`txhub.domain.matching`.
"""

from benchmarks.matching_cases.account import Account
from benchmarks.matching_cases.kinds import KINDS
from benchmarks.matching_cases.months import months
from benchmarks.matching_cases.rows import Authorisation, Clearing
from benchmarks.matching_cases.town import Town, read_town

__all__ = ["KINDS", "Account", "Authorisation", "Clearing", "Town", "months", "read_town"]
