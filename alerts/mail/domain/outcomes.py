"""What a transport says of one message."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    ACCEPTED = "accepted"
    REFUSED = "refused"  # this message is not taken, and will not be
    THROTTLED = "throttled"  # not taken: too many at once
    NOT_TAKEN = "not_taken"  # not taken, and nothing is wrong with the message
    IN_DOUBT = "in_doubt"  # handed over, and no answer came


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """`provider_id`: the transport's name of an accepted message. `reason`: of any other verdict;
    it holds nothing of the message."""

    verdict: Verdict
    provider_id: str = ""
    reason: str = ""
