"""The `orders` table."""

from aws.dynamodb import Item
from cart.domain.orders import Order, OrderStatus
from cart.repository.records import CheckoutRecords, record_from_item, record_to_item
from cart.resources import ORDERS


class OrderRepository(CheckoutRecords[Order]):
    """Orders, by their check-out."""

    table = ORDERS

    def to_item(self, record: Order) -> Item:
        return record_to_item(record)

    def from_item(self, item: Item) -> Order:
        return Order(**record_from_item(item, OrderStatus))


ORDER_REPOSITORY = OrderRepository()
