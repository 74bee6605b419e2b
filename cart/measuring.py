"""What the shop is asked for from time to time: check-outs under way, taken back, and stuck."""

from aws.metrics import use_case
from aws.metrics.instruments import NoLabels
from cart import operations
from cart.checkouts import REPOSITORIES
from cart.domain.saga import Said, Service
from cart.metrics import CHECKOUT_OLDEST, CHECKOUTS, StateLabels
from cart.operations import OpenCheckout
from cart.services.checkout import CHECKOUT

_LOOKED_INTO_MAX = 100  # of the oldest; more than that are under way on a busy evening


@use_case("monitoring.checkouts")
def checkouts() -> None:
    """Counts the check-outs that have not ended."""
    found = operations.open_checkouts()
    stuck = sum(each.is_stuck for each in found)
    back = len(_taken_back(found[:_LOOKED_INTO_MAX]))
    counted = {"running": len(found) - back, "compensating": back, "stuck": stuck}
    CHECKOUTS.replace({StateLabels(state): count for state, count in counted.items()})
    oldest = max((each.age.total_seconds() for each in found), default=0.0)
    CHECKOUT_OLDEST.set(NoLabels(), oldest)


def _taken_back(found: list[OpenCheckout]) -> set[str]:
    """Those of which a service's record leads to a compensation."""
    backwards = CHECKOUT.compensations
    leads_back: set[Said] = {
        said for said, action in CHECKOUT.reactions.items() if action in backwards
    }
    ids = [each.purchase.checkout_id for each in found]
    taken_back: set[str] = set()
    for service, repository in REPOSITORIES.items():
        if service is Service.CARTS or not ids:
            continue
        for item in repository.batch_get((each, None) for each in ids):
            if (service, item["s"]) in leads_back:
                taken_back.add(item["pk"])
    return taken_back
