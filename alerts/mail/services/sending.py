"""Sends a part's mails in groups.

    read what stands there -> sift -> intents -> hand over -> outcomes     (crash anywhere: again)

A crash before the intents leaves nothing. After them, the next sender finds mails that somebody
was sending, and says of each that it is unknown: it is never handed over again by a machine.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import structlog

from alerts.mail.conf import conf
from alerts.mail.domain.kinds import MailKind
from alerts.mail.domain.mails import Mail, MailStatus, Reason
from alerts.mail.domain.outcomes import Outcome, Verdict
from alerts.mail.domain.paper import PaperTask
from alerts.mail.metrics import MAILS_ENDED, MailLabels
from alerts.mail.repository import MAILS
from alerts.mail.repository.files import Rendered
from alerts.mail.services.moving import move
from alerts.mail.services.post import post_office
from alerts.mail.services.sifting import reasons_against
from aws.metrics import use_case
from kernel.clock import Clock
from kernel.errors import Conflict, Refused, Unavailable

_log = structlog.get_logger(__name__)
_ALL_REFUSED = 20  # a whole group of so many or more that is refused is our fault, not theirs
_ENDED = {
    Verdict.ACCEPTED: MailStatus.SENT,
    Verdict.REFUSED: MailStatus.FAILED,
    Verdict.IN_DOUBT: MailStatus.UNKNOWN,
}


class AllRefused(Refused):
    """The transport refuses message after message: it, or what we send, must be put right first."""

    code = "all_mails_refused"


class TransportAway(Unavailable):
    """The transport takes no messages at the moment."""

    code = "mail_transport_away"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartSender:
    """One attempt at sending a part. `token` is its lease's: whose intents are whose."""

    kind: MailKind
    campaign: str
    part: int
    round: int
    token: str
    clock: Clock

    def send(self, mails: Iterable[Rendered], alive: Callable[[int], None]) -> int:
        """Sends what is due of them; how many there are. `alive` is called before each group and
        raises to end it. Raises `AllRefused`, `TransportAway`, `Unavailable`."""
        done, remaining = 0, iter(mails)
        while group := list(islice(remaining, conf().group_mails)):
            alive(done)
            self._send_group(group)
            done += len(group)
        return done

    @use_case("mail.send")
    def _send_group(self, group: Sequence[Rendered]) -> None:
        stored = MAILS.find_many(each.mail_id for each in group)
        self._give_up_orphans(stored.values())
        due = [each for each in group if self._is_due(stored.get(each.mail_id))]
        against = reasons_against(self.kind, due)
        try:
            self._suppress([each for each in due if each.mail_id in against], against, stored)
            ready = [each for each in due if each.mail_id not in against]
            intents = [self._intent(each, stored.get(each.mail_id)) for each in ready]
            if intents:
                MAILS.intend(intents)
        except Conflict as lost:
            raise Unavailable("another sender is at the same mails") from lost
        if intents:
            outcomes = post_office().send_all(ready, patience_s=conf().patience_s)
            self._conclude(list(zip(intents, outcomes, strict=True)))

    def _is_due(self, stored: Mail | None) -> bool:
        return stored is None or stored.is_due(self.round)

    def _give_up_orphans(self, stored: Iterable[Mail]) -> None:
        """Mails that a sender had begun when it died, or lost its lease."""
        for each in stored:
            if each.was_left_by(self.token):
                move(each.mail_id, MailStatus.UNKNOWN, "sender died", clock=self.clock)

    def _suppress(
        self, mails: Sequence[Rendered], reasons: dict[str, Reason], stored: dict[str, Mail]
    ) -> None:
        """Those that failed before stay so: what has been counted is not counted again."""
        fresh = [each for each in mails if each.mail_id not in stored]
        if not fresh:
            return
        ended = [
            self._mail(each, MailStatus.SUPPRESSED, reasons[each.mail_id].value) for each in fresh
        ]
        MAILS.suppress(ended, [letter_for(each) for each in ended if self.kind.needs_paper])
        self._count(ended)

    def _conclude(self, ended: Sequence[tuple[Mail, Outcome]]) -> None:
        away = [mail for mail, outcome in ended if outcome.verdict not in _ENDED]
        known = [self._ended(*each) for each in ended if each[1].verdict in _ENDED]
        try:
            MAILS.conclude(known, away)
        except Conflict:  # an event was faster, or a sender that thinks we died
            for each in known:
                move(each.mail_id, each.status, each.reason, provider_id=each.provider_id)
        self._count(known)
        if away:
            reason = next(each.reason for _mail, each in ended if each.verdict not in _ENDED)
            raise TransportAway(f"{len(away)} mails were not taken ({reason})", retry_after_s=5)
        if len(known) >= _ALL_REFUSED and {each.status for each in known} == {MailStatus.FAILED}:
            raise AllRefused(f"{len(known)} mails in a row were refused ({known[0].reason})")

    def _intent(self, each: Rendered, failed: Mail | None) -> Mail:
        mail = self._mail(each, MailStatus.SENDING)
        return replace(mail, version=failed.version + 1) if failed else mail

    def _mail(self, each: Rendered, status: MailStatus, reason: str = "") -> Mail:
        return Mail(
            mail_id=each.mail_id,
            campaign=self.campaign,
            part=self.part,
            customer_id=each.customer_id,
            address_id=each.address_id,
            status=status,
            since=self.clock(),
            round=self.round,
            token=self.token,
            reason=reason,
        )

    def _ended(self, intent: Mail, outcome: Outcome) -> Mail:
        return replace(
            intent,
            status=_ENDED[outcome.verdict],
            since=self.clock(),
            reason=outcome.reason,
            provider_id=outcome.provider_id,
            version=intent.version + 1,
        )

    def _count(self, ended: Sequence[Mail]) -> None:
        for each in ended:
            MAILS_ENDED.add(MailLabels(self.kind.name, each.status.value))


def letter_for(mail: Mail) -> PaperTask:
    """What must go out on paper instead."""
    return PaperTask(
        mail_id=mail.mail_id,
        campaign=mail.campaign,
        customer_id=mail.customer_id,
        reason=mail.reason,
        opened_at=mail.since,
    )
