"""What the API takes, checked; and what it gives, for the OpenAPI schema alone."""

from typing import Any

from rest_framework import serializers

from cart.domain.orders import OrderStatus
from cart.domain.products import Category
from cart.domain.purchases import QUANTITY_MAX
from cart.provider import provider
from cart.queries import LIMIT_DEFAULT, LIMIT_MAX
from identity.api.lists import LinksOut


class QuantityIn(serializers.Serializer[Any]):
    quantity = serializers.IntegerField(
        min_value=0, max_value=QUANTITY_MAX, help_text="0 takes the product out of the cart."
    )


class CheckoutIn(serializers.Serializer[Any]):
    payment_method = serializers.CharField(
        required=False,
        max_length=64,
        help_text="A token of the payment provider; the first it offers, if none is given.",
    )

    def validate_payment_method(self, token: str) -> str:
        if token not in provider().methods:
            raise serializers.ValidationError("The payment provider knows no such method.")
        return token


class OrdersQuery(serializers.Serializer[Any]):
    """The query parameters of the list of orders."""

    limit = serializers.IntegerField(
        min_value=1, max_value=LIMIT_MAX, required=False, default=LIMIT_DEFAULT
    )
    cursor = serializers.CharField(max_length=400, required=False, allow_blank=True, default="")


class PriceOut(serializers.Serializer[Any]):
    minor = serializers.IntegerField(help_text="Minor units.")
    currency = serializers.CharField(help_text="ISO 4217.")


class ProductOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField()
    category = serializers.ChoiceField(choices=[each.value for each in Category])
    price = PriceOut()
    available = serializers.IntegerField(allow_null=True, help_text="A moment ago.")


class CartItemOut(serializers.Serializer[Any]):
    product_id = serializers.CharField()
    name = serializers.CharField()
    quantity = serializers.IntegerField()
    unit_price = PriceOut()


class CartCheckoutOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    begun_at = serializers.DateTimeField()


class CartOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    version = serializers.IntegerField(help_text="The same number as in the ETag.")
    items = CartItemOut(many=True)
    total = PriceOut()
    checkout = CartCheckoutOut(allow_null=True)


class OrderOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    status = serializers.ChoiceField(choices=[each.value for each in OrderStatus])
    items = CartItemOut(many=True)
    total = PriceOut()
    placed_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    reason = serializers.CharField(allow_null=True, help_text="Why it was cancelled.")


class ProductListOut(serializers.Serializer[Any]):
    data = ProductOut(many=True)  # type: ignore[assignment]  # DRF has a `data` too
    links = LinksOut()


class OrderListOut(serializers.Serializer[Any]):
    data = OrderOut(many=True)  # type: ignore[assignment]  # DRF has a `data` too
    links = LinksOut()
