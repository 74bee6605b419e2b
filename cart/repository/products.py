"""The `products` table."""

from aws.dynamodb import Item, Repository
from cart.domain.products import Category, Product, ProductMissing
from cart.domain.purchases import ProductId
from cart.resources import PRODUCTS
from kernel.money import Money


class ProductRepository(Repository):
    """`c` category, `n` name, `d` description, `a` price in minor units and `k` its currency, `i`
    drawing."""

    table = PRODUCTS

    def find(self, product_id: str) -> Product:
        """Raises `ProductMissing`."""
        item = self.get(product_id)
        if item is None:
            raise ProductMissing
        return product_from_item(item)

    def all(self) -> list[Product]:
        """By category, and by name within it."""
        return [
            product_from_item(item)
            for category in Category
            for item in self.query_all(category.value, index="by_category")
        ]

    def save(self, products: list[Product]) -> None:
        self.batch_write(puts=map(product_to_item, products))


def product_to_item(product: Product) -> Item:
    return {
        "pk": product.product_id,
        "c": product.category.value,
        "n": product.name,
        "d": product.description,
        "a": product.price.minor,
        "k": product.price.currency,
        "i": product.drawing,
    }


def product_from_item(item: Item) -> Product:
    return Product(
        product_id=ProductId(item["pk"]),
        category=Category(item["c"]),
        name=item["n"],
        description=item["d"],
        price=Money(item["a"], item["k"]),
        drawing=item["i"],
    )


PRODUCT_REPOSITORY = ProductRepository()
