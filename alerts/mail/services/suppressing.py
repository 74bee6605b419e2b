"""Finds whether an address is suppressed, and lifts that. The address is looked up by its keyed
hash and kept nowhere."""

from django.contrib.auth.models import User

from alerts.mail.domain.addresses import checked_address
from alerts.mail.repository import SUPPRESSIONS, Suppression
from alerts.mail.repository.ids import address_id
from aws.metrics import use_case
from identity import approvals, audit
from identity.proposals import Proposal
from identity.repository import Outrun
from identity.staff import Role, actor_of, check_role
from kernel.clock import Clock, utc_now
from kernel.errors import Missing

LIFT_SUPPRESSION = "lift_suppression"


class SuppressionMissing(Missing):
    """This address is not suppressed, or not any more."""

    code = "suppression_missing"


@use_case("mail.look_up_address")
def look_up(address: str, by: User, *, clock: Clock = utc_now) -> Suppression | None:
    """Why the address gets no mail; None where it gets some. Each look is in the audit log. Raises
    `BadAddress`, `RoleMissing`."""
    check_role(by, Role.OPERATOR)
    known_as = address_id(checked_address(address))
    audit.record(
        actor=actor_of(by),
        action="suppression.looked_up",
        subject=_subject(known_as),
        clock=clock,
    )
    return SUPPRESSIONS.find(known_as)


def propose_to_lift(known_as: str, reason: str, by: User, *, clock: Clock = utc_now) -> Proposal:
    """Asks a second person to. Raises `SuppressionMissing`, `RoleMissing`."""
    found = SUPPRESSIONS.find(known_as)
    if found is None:
        raise SuppressionMissing
    payload = {
        "address": known_as,
        "suppressed": found.reason.value,
        "since": found.at.isoformat(),
        "reason": reason,
    }
    return approvals.propose(LIFT_SUPPRESSION, _subject(known_as), payload, by, clock=clock)


@use_case("mail.lift_suppression")
def lift(known_as: str, *, since: str, approved_as: str, clock: Clock = utc_now) -> None:
    """The address gets mail again, unless it was suppressed anew since it was proposed; again
    changes nothing."""
    found = SUPPRESSIONS.find(known_as)
    if found is None or found.at.isoformat() != since:
        return
    try:
        audit.record(
            actor="system",
            action="suppression.lifted",
            subject=_subject(known_as),
            detail={"proposal": approved_as},
            together=(SUPPRESSIONS.lifting(found),),
            clock=clock,
        )
    except Outrun:
        return  # somebody else has carried it out


def _subject(known_as: str) -> str:
    return f"address:{known_as}"
