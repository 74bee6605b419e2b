"""Real orders, replayed as carts and check-outs: what is sold and charged is what the file says."""

from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings

from cart.choreography import redrive
from cart.domain.carts import AddLine, Checkout
from cart.domain.orders import OrderStatus
from cart.domain.purchases import CheckoutId, Line, ProductId
from cart.provider.sandbox import Books, Method
from cart.repository.carts import CART_REPOSITORY
from cart.repository.orders import ORDER_REPOSITORY
from cart.repository.stock import STOCK_REPOSITORY
from cart.services import carts, stock
from cart.tests.ledger import is_open
from cart.tests.retail import NAME, Invoice, invoices
from cart.tests.shop import new_customer
from kernel.clock import utc_now
from kernel.ids import random_id

pytestmark = pytest.mark.data
INVOICES = 200


@pytest.fixture(scope="module")
def sold() -> list[Invoice]:
    path = Path(settings.DATA_DIR) / NAME
    if not path.exists():
        pytest.skip(f"{NAME} is not there (TXHUB_DATA_DIR, default ../shared/data)")
    return invoices(path, INVOICES)


@pytest.mark.usefixtures("memory")
class TestRealOrders:
    def test_add_up_to_what_the_file_says(self, sold: list[Invoice]) -> None:
        units = self._units(sold)
        for product_id, count in units.items():
            stock.open_product(product_id, count, shards=2)
        for invoice in sold:
            assert sum(map(self._charged, invoice.carts)) == invoice.pence, invoice.number
        left = STOCK_REPOSITORY.available(STOCK_REPOSITORY.shards_of(units))
        assert sum(map(sum, left.values())) == 0

    def _units(self, sold: list[Invoice]) -> Counter[ProductId]:
        """As many of each product as are sold, and not one more."""
        units: Counter[ProductId] = Counter()
        for line in (line for invoice in sold for cart in invoice.carts for line in cart):
            units[line.product_id] += line.quantity
        return units

    def _charged(self, lines: tuple[Line, ...]) -> int:
        """What the provider has taken for it, in pence."""
        customer, key = new_customer(), CheckoutId(random_id("chk"))
        for line in lines:
            carts.carry_out(customer, AddLine(line))
        method = Method.APPROVE.value
        checkout = Checkout(checkout_id=key, method=method, begun_at=utc_now())
        carts.begin(CART_REPOSITORY.find(customer, utc_now()), checkout)
        purchase = CART_REPOSITORY.find(customer, utc_now()).purchase
        assert purchase is not None
        while is_open(purchase):
            redrive(purchase)
        order, entry = ORDER_REPOSITORY.find(key), Books().find(key)
        assert order is not None
        assert entry is not None
        assert order.status is OrderStatus.CONFIRMED
        assert order.purchase.total == entry.amount
        return entry.amount.minor
