"""A letter to be sent: a statutory mail that e-mail did not bring to the customer."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperTask:
    """One for a mail, whose id it has. `reason`: why e-mail did not do. `done_by`: an actor."""

    mail_id: str
    campaign: str
    customer_id: str
    reason: str
    opened_at: datetime
    done_at: datetime | None = None
    done_by: str = ""
    version: int = 1

    @property
    def is_open(self) -> bool:
        return self.done_at is None
