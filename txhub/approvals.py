"""Found by identity's discovery: importing it registers what hub staff can propose."""

from txhub.batch.approvals import abandon_job, correct_row, discard_row
from txhub.statements.approvals import correct_statement

__all__ = ["abandon_job", "correct_row", "correct_statement", "discard_row"]
