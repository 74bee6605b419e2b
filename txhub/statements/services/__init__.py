"""What can be done with statements: one function a use-case."""

from txhub.statements.services.correcting import NothingToCorrect, correct
from txhub.statements.services.issuing import Issued, issue_due
from txhub.statements.services.scheduling import due_accounts, enrol, set_cycle_day

__all__ = [
    "Issued",
    "NothingToCorrect",
    "correct",
    "due_accounts",
    "enrol",
    "issue_due",
    "set_cycle_day",
]
