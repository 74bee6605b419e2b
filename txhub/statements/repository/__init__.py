"""Where statements lie: their index in DynamoDB, the sealed objects in S3."""

from txhub.statements.repository.index import STATEMENT_INDEX, StatementMissing, StatementVersion
from txhub.statements.repository.ledger import booked, booked_on, filed_days, first_booked_day
from txhub.statements.repository.objects import Form, content_name, read_object, write_object
from txhub.statements.repository.schedule import SCHEDULE, Held, Scheduled

__all__ = [
    "SCHEDULE",
    "STATEMENT_INDEX",
    "Form",
    "Held",
    "Scheduled",
    "StatementMissing",
    "StatementVersion",
    "booked",
    "booked_on",
    "content_name",
    "filed_days",
    "first_booked_day",
    "read_object",
    "write_object",
]
