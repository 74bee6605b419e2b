"""Products of the shop."""

from dataclasses import dataclass
from enum import StrEnum

from cart.domain.purchases import Line, ProductId
from kernel.errors import Missing
from kernel.money import Money


class ProductMissing(Missing):
    """There is no such product."""

    code = "product_not_found"


class Category(StrEnum):
    """How the shop is arranged, in this order."""

    COFFEE = "Coffee and tea"
    KITCHEN = "Kitchen"
    DESK = "Desk and paper"
    OUTDOORS = "Outdoors"


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """Something for sale. `drawing` names the symbol that pages show for it."""

    product_id: ProductId
    name: str
    description: str
    category: Category
    price: Money
    drawing: str

    def line(self, quantity: int) -> Line:
        """So many of it, at today's price. Raises `BadQuantity`."""
        return Line(
            product_id=self.product_id, name=self.name, quantity=quantity, unit_price=self.price
        )
