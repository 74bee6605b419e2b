"""The kinds of case. Each adds true pairs to an account, and one decoy for each case.

A decoy looks like one half of a true pair and is none. Its docstring says by what it can be told:
a case that nothing in the data decides is no case.
"""

from collections.abc import Callable, Mapping

from benchmarks.matching_cases.account import Account
from benchmarks.matching_cases.kinds.codes import code_present, code_reused
from benchmarks.matching_cases.kinds.holds import foreign, fuel, stay, tip
from benchmarks.matching_cases.kinds.plain import cent, days, renamed, same
from benchmarks.matching_cases.kinds.repeats import lapsed, twins
from benchmarks.matching_cases.kinds.shipments import final_short, shipments

KINDS: Mapping[str, Callable[[Account], None]] = {
    "same": same,
    "cent": cent,
    "days": days,
    "renamed": renamed,
    "tip": tip,
    "fuel": fuel,
    "stay": stay,
    "foreign": foreign,
    "shipments": shipments,
    "final_short": final_short,
    "code_present": code_present,
    "code_reused": code_reused,
    "twins": twins,
    "lapsed": lapsed,
}
