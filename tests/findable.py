"""One thing of each kind that operators can look up, with the id that finds it."""

import secrets
from datetime import timedelta
from typing import NamedTuple

from alerts.domain.alerts import Alert
from alerts.mail.domain.kinds import Campaign
from alerts.mail.domain.mails import Mail, MailStatus
from alerts.mail.repository import MAILS
from alerts.mail.repository.ids import mail_id
from alerts.mail.services import campaigns
from alerts.mail.tests.world import new_campaign
from alerts.repository import ALERT_REPOSITORY
from alerts.services.raising import alert_id
from cart.repository.orders import ORDER_REPOSITORY
from cart.services import orders
from cart.tests.shop import about, line, new_product, purchase
from identity.tests.people import new_person
from kernel.clock import utc_now
from sensors.domain.bins import Bin
from sensors.domain.partitions import MONTH, FiledBin
from sensors.domain.readings import ns
from sensors.repository import SENSOR_REPOSITORY
from sensors.tests.generated import temperature
from txhub import queries, services
from txhub.domain.entities import AccountId, CustomerId, TransactionId
from txhub.domain.entries import SourcedEntry
from txhub.tests.people import an_entry, new_account


class Findable(NamedTuple):
    """`subject`: under whose name a look is audited; empty where it is about nobody."""

    id: str
    subject: str = ""


def one_of_each() -> dict[str, Findable]:
    """By the keys of the look-ups."""
    owner = CustomerId(new_person("Alice").customer_id)
    entry = _disputed(new_account(owner), owner)
    account, about_it = entry.account_id, f"{entry.account_id}/{entry.transaction_id}"
    customers, accounts = f"customer:{owner}", f"account:{account}"
    alert, campaign = _alert(owner, entry), new_campaign()
    campaigns.announce(campaign)
    return {
        "customer": Findable(owner, customers),
        "accounts": Findable(owner, customers),
        "account": Findable(account, accounts),
        "transaction": Findable(about_it, accounts),
        "dispute": Findable(about_it, accounts),
        "alert": Findable(f"{owner}/{alert.alert_id}", customers),
        "alerts": Findable(owner, customers),
        "mail": Findable(_mail(campaign, owner), customers),
        "campaign": Findable(campaign.name),
        "job": Findable(campaigns.render_job(campaign).pk),
        "order": _order(),
        "sensor": _sensor(),
    }


def _disputed(account: AccountId, owner: CustomerId) -> SourcedEntry:
    entry = an_entry(account, secrets.token_hex(6), utc_now().date() - timedelta(days=2))
    services.store_entries([entry])
    found = queries.account_for(owner, account)
    services.open_dispute(queries.transaction(found, entry.transaction_id), owner)
    return entry


def _alert(owner: CustomerId, entry: SourcedEntry) -> Alert:
    about_it = TransactionId(entry.transaction_id)
    alert = Alert(
        alert_id=alert_id(owner, "large_purchase", about_it),
        customer_id=owner,
        account_id=AccountId(entry.account_id),
        kind="large_purchase",
        reason="Corner Coffee charged you £12.50.",
        transaction_ids=(about_it,),
        created_at=utc_now(),
    )
    ALERT_REPOSITORY.decide(alert)
    return alert


def _mail(campaign: Campaign, owner: CustomerId) -> str:
    mail = Mail(
        mail_id=mail_id(campaign.name, owner),
        campaign=campaign.name,
        part=0,
        customer_id=owner,
        address_id="adr_of_nobody",
        status=MailStatus.SUPPRESSED,
        since=utc_now(),
        reason="no_consent",
    )
    MAILS.suppress([mail], [])
    return mail.mail_id


def _order() -> Findable:
    """Cancelled at once: whoever hears of it has nothing to do."""
    bought = purchase(line(new_product()))
    orders.cancel(about(bought), utc_now)
    assert ORDER_REPOSITORY.find(bought.checkout_id)
    return Findable(bought.checkout_id, f"customer:{bought.customer_id}")


def _sensor() -> Findable:
    name, made = f"sensor-{secrets.token_hex(4)}", temperature(60)
    made["at"] += ns(utc_now()) - int(made["at"][-1])
    SENSOR_REPOSITORY.note_tiers([(name, MONTH)])
    filed = [FiledBin(sensor=name, tier=MONTH, bin=Bin.of(made))]
    SENSOR_REPOSITORY.write(filed, kept=timedelta(days=37))
    return Findable(name)
