"""Through SES's own API."""

from alerts.mail.conf import conf
from alerts.mail.domain.events import MAIL_TAG
from alerts.mail.domain.outcomes import Outcome, Verdict
from alerts.mail.repository.files import Rendered
from alerts.mail.resources import SENDING
from aws import ses
from kernel.errors import HubError, Unavailable

_VERDICTS: tuple[tuple[type[HubError], Verdict], ...] = (
    (ses.SendingThrottled, Verdict.THROTTLED),
    (ses.MessageRefused, Verdict.REFUSED),
    (ses.SendingInDoubt, Verdict.IN_DOUBT),
    (Unavailable, Verdict.NOT_TAKEN),
)


class Ses:
    def send(self, mail: Rendered) -> Outcome:
        try:
            provider_id = ses.send(
                mail.raw,
                sender=conf().sender,
                to=mail.address,
                configuration_set=SENDING,
                tags={MAIL_TAG: mail.mail_id},
            )
        except HubError as error:
            return Outcome(verdict=_verdict(error), reason=error.message)
        return Outcome(verdict=Verdict.ACCEPTED, provider_id=provider_id)


def _verdict(error: HubError) -> Verdict:
    """What is not known to be harmless is in doubt."""
    verdicts = (verdict for kind, verdict in _VERDICTS if isinstance(error, kind))
    return next(verdicts, Verdict.IN_DOUBT)
