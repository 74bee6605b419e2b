"""What operators can look up about customers, by their id."""

from aws import cognito
from identity.resources import CUSTOMERS
from kernel.errors import Missing
from kernel.lookups import Card, Fact, Lookup


class CustomerMissing(Missing):
    """Nobody has this id."""

    code = "customer_missing"


def _customer(wanted: str) -> Card:
    known = cognito.person(CUSTOMERS, wanted)
    if known is None:
        raise CustomerMissing
    return Card(
        title="Customer",
        subject=f"customer:{known.sub}",
        facts=(
            Fact("Id", known.sub),
            Fact("Name", known.name or "not known"),
            Fact("E-mail address", known.email),
            Fact("Status", known.status.lower() if known.is_enabled else "disabled"),
        ),
    )


LOOKUPS = (
    Lookup(
        key="customer",
        title="Customer",
        find=_customer,
        example="1f0c7a3e-… (Cognito's sub)",
    ),
)
