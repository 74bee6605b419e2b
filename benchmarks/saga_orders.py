"""Real orders replayed as carts and check-outs, with the processes that the demo starts: what is
charged and what is sold must be what the file says."""

import secrets
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from benchmarks.figures import Figure
from benchmarks.place import Bank, data_file
from benchmarks.saga_times import running_shop, wait_until_free

if TYPE_CHECKING:
    from cart.domain.purchases import Line, ProductId, Purchase
    from cart.tests.retail import Invoice

_BUYERS = 8
_ENDED_S_MAX = 1800.0


def replayed(bank: Bank, count: int) -> list[Figure]:
    from cart.tests.retail import NAME, invoices

    sold = invoices(data_file(NAME), count)
    units = _stocked(sold)
    began = time.monotonic()
    with running_shop(bank, orchestrated=False), ThreadPoolExecutor(_BUYERS) as buyers:
        bought = list(buyers.map(_bought, sold))
        charged = [sum(map(_charged, purchases)) for purchases in bought]
    per_s = sum(map(len, bought)) / (time.monotonic() - began)
    wrong = [each for each, pence in zip(sold, charged, strict=True) if pence != each.pence]
    rows = sum(len(each.rows) for each in sold)
    how = f"{len(sold):,} invoices of {rows:,} rows, {sum(each.pence for each in sold):,} pence"
    return [
        Figure(name="real_orders_wrong", value=len(wrong), unit="invoices", how=how, aim="= 0"),
        Figure(
            name="real_units_unsold",
            value=_unsold(units),
            unit="units",
            how=f"of {sum(units.values()):,}, which is what the file sells",
            aim="= 0",
        ),
        Figure(
            name="real_checkouts_per_s",
            value=per_s,
            unit="1/s",
            how=f"{rows / len(sold):.0f} products each; a cart is filled by one write",
        ),
    ]


def _stocked(sold: "list[Invoice]") -> "Counter[ProductId]":
    """As many of each product as are sold, and not one more."""
    from cart.services import stock

    units: Counter[ProductId] = Counter()
    for line in (line for invoice in sold for cart in invoice.carts for line in cart):
        units[line.product_id] += line.quantity
    with ThreadPoolExecutor(_BUYERS) as pool:
        list(pool.map(lambda each: stock.open_product(*each, shards=2), units.items()))
    return units


def _unsold(units: "Counter[ProductId]") -> int:
    from cart.repository.stock import STOCK_REPOSITORY

    left = STOCK_REPOSITORY.available(STOCK_REPOSITORY.shards_of(units))
    return sum(map(sum, left.values()))


def _bought(invoice: "Invoice") -> "list[Purchase]":
    """Its check-outs, begun."""
    return [_checked_out(lines) for lines in invoice.carts]


def _checked_out(lines: "tuple[Line, ...]") -> "Purchase":
    from cart import queries
    from cart.domain.carts import AddLine, Cart
    from cart.domain.purchases import CustomerId
    from cart.repository.carts import CART_REPOSITORY
    from cart.services import carts
    from kernel.clock import utc_now

    read = filled = Cart(customer_id=CustomerId(f"buyer-{secrets.token_hex(8)}"))
    for line in lines:
        filled = AddLine(line).applied(filled, utc_now())
    CART_REPOSITORY.change_lines(read, filled)
    key, method = secrets.token_hex(8), "sandbox-approve"
    order_id = carts.check_out(filled.customer_id, key, method, lambda _cart: True)
    return queries.order_for(filled.customer_id, order_id).purchase


def _charged(purchase: "Purchase") -> int:
    """What the provider has taken, in pence, when the check-out has ended."""
    from cart.domain.payments import Answer
    from cart.provider.sandbox import Books

    wait_until_free(purchase, seconds_max=_ENDED_S_MAX)
    entry = Books().find(purchase.checkout_id)
    return entry.amount.minor if entry is not None and entry.state is Answer.CAPTURED else 0
