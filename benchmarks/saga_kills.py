"""A thousand check-outs with real processes, one of which is killed at random after every few."""

import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

from benchmarks.figures import Figure
from benchmarks.saga_times import begun

if TYPE_CHECKING:
    from cart.conf import Variant
    from cart.domain.purchases import ProductId, Purchase
    from cart.tests.processes import Fleet

_BUYERS, _BETWEEN_KILLS, _PAUSE_S = 8, 25, 2.0
_SHARE_IN_STOCK = 0.5  # so that some find nothing left
_METHODS = ("sandbox-approve", "sandbox-approve", "sandbox-decline", "sandbox-silent")
_ENDED_S_MAX = 1200.0
_SWEPT_SOON = {
    "doubt_swept_after": timedelta(seconds=3),
    "checkout_swept_after": timedelta(seconds=10),
    "execution_patience": timedelta(seconds=10),
}


def survived(checkouts: int) -> list[Figure]:
    from cart.conf import Variant

    return [_figure(variant, checkouts) for variant in Variant]


def _figure(variant: "Variant", checkouts: int) -> Figure:
    from cart.conf import Variant
    from cart.domain.purchases import ProductId
    from cart.services import stock
    from cart.tests.ledger import faults

    cup, units = ProductId(f"cup-{secrets.token_hex(4)}"), int(_SHARE_IN_STOCK * checkouts)
    stock.open_product(cup, units)
    began = time.monotonic()
    bought = _bought(variant, cup, checkouts)
    found = faults(bought, cup, units)
    for fault in found:
        print(f"  VIOLATED: {fault}")
    return Figure(
        name=f"violations_with_kills{'_orchestrated' * (variant is Variant.ORCHESTRATED)}",
        value=len(found),
        unit="faults",
        how=f"{checkouts:,} check-outs while {checkouts // _BETWEEN_KILLS} processes were killed, "
        f"all ended after {time.monotonic() - began:,.0f} s",
        aim="= 0",
    )


def _bought(variant: "Variant", cup: "ProductId", checkouts: int) -> "list[Purchase]":
    from django.test import override_settings

    from cart.tests.processes import running_shop

    with (
        override_settings(CART={"saga": variant, **_SWEPT_SOON}),
        running_shop(variant, consumers=2) as fleet,
    ):
        bought = _begun_between_kills(fleet, cup, checkouts)
        _wait_until_ended(bought)
    return bought


def _begun_between_kills(fleet: "Fleet", cup: "ProductId", checkouts: int) -> "list[Purchase]":
    bought: list[Purchase] = []
    with ThreadPoolExecutor(_BUYERS) as buyers:
        for _kill in range(checkouts // _BETWEEN_KILLS):
            methods = [secrets.choice(_METHODS) for _number in range(_BETWEEN_KILLS)]
            bought += buyers.map(lambda method: begun(cup, method), methods)
            fleet.kill_one()
            time.sleep(_PAUSE_S)
    return bought


def _wait_until_ended(bought: "list[Purchase]") -> None:
    """Meanwhile does what beat would do."""
    from cart import tasks
    from cart.tests.ledger import is_open

    deadline = time.monotonic() + _ENDED_S_MAX
    while bought := [each for each in bought if is_open(each)]:
        assert time.monotonic() < deadline, f"{len(bought)} check-outs did not end"
        tasks.sweep()
        time.sleep(1)
