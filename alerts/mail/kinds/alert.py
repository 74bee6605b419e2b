"""What Second Look has just noticed, for customers who asked to be told at once."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from alerts.mail import sources
from alerts.mail.conf import conf
from alerts.mail.domain.kinds import Basis, Campaign, Listed, MailKind
from alerts.mail.domain.slots import end_of, last_ended, shown

_NAME = "alert"


def _due(now: datetime) -> Iterable[Campaign]:
    """Of the slot that ended last, where there is anything to tell."""
    day, slot = last_ended(now, conf().alerts_every)
    found = sources.source()
    if found is not None and found.is_any_due(end_of(day, slot)):
        yield Campaign(kind=_NAME, day=day, edition=slot)


def _listing(campaign: Campaign) -> Iterator[Listed]:
    """Whatever was due by the slot's end and is on no list: of earlier slots too."""
    found = sources.source()
    for each in found.due(end_of(campaign.day, campaign.edition)) if found else ():
        facts = {"alerts": sum(each.counts.values()), "kinds": len(each.counts)}
        yield Listed(customer_id=each.customer_id, facts=facts, ids=each.ids)


def _note(listed: Listed) -> None:
    if found := sources.source():
        found.note(listed.customer_id, listed.ids)


KIND = MailKind(
    name=_NAME,
    label="Alerts at once",
    basis=Basis.OPTIONAL,
    about="You get this because you asked to be told of alerts by e-mail.",
    path="/alerts/",
    sample={"alerts": 1, "kinds": 1},
    due=_due,
    listing=_listing,
    note=_note,
    edition=shown,
    # One choice, and one click, for both: how often they come is the customer's setting.
    agreed_as="alert_digest",
)
