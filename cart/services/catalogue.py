"""What is for sale."""

from collections.abc import Iterable

from aws.metrics import use_case
from cart.domain.products import Product
from cart.repository.products import PRODUCT_REPOSITORY
from cart.services import stock


@use_case("catalogue.put_on_sale")
def put_on_sale(offered: Iterable[tuple[Product, int]]) -> None:
    """Products, and how many of each are there at first; what has stock already keeps it."""
    offered = list(offered)
    PRODUCT_REPOSITORY.save([product for product, _units in offered])
    for product, units in offered:
        stock.open_product(product.product_id, units)
