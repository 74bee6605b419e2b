"""Products, the cart and orders over HTTP: check the request, call once, answer."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from cart import queries, trail
from cart.api.conditions import idempotency_key, seen_by
from cart.api.representations import cart_json, offer_json, order_json
from cart.api.serializers import (
    CartOut,
    CheckoutIn,
    OrderListOut,
    OrderOut,
    OrdersQuery,
    ProductListOut,
    ProductOut,
    QuantityIn,
)
from cart.domain.carts import Cart
from cart.domain.purchases import CustomerId
from cart.provider import provider
from cart.services import carts
from identity.api.answers import IF_MATCH, Current, VersionedView, json_answer, version_etag
from identity.api.authentication import caller
from identity.api.lists import next_link

_KEY = OpenApiParameter("Idempotency-Key", OpenApiTypes.STR, OpenApiParameter.HEADER, required=True)


class ProductsView(APIView):
    """What is for sale."""

    @extend_schema(operation_id="products_list", responses=ProductListOut, tags=["shop"])
    def get(self, request: Request) -> HttpResponse:
        """All products, by category and name."""
        return json_answer(
            {"data": list(map(offer_json, queries.offers())), "links": {"next": None}}
        )


class ProductView(APIView):
    """One product."""

    @extend_schema(responses=ProductOut, tags=["shop"])
    def get(self, request: Request, product_id: str) -> HttpResponse:
        """One product, and how many were available a moment ago."""
        return json_answer(offer_json(queries.offer(product_id)))


class _OfTheCart(VersionedView):
    """A conflict says what the cart is now."""

    def current(self, stored: Any) -> Current | None:
        if not isinstance(stored, Cart):
            return None
        return Current("cart", cart_json(stored), version_etag(stored.version))


class CartView(APIView):
    """The caller's cart."""

    @extend_schema(responses=CartOut, tags=["shop"])
    def get(self, request: Request) -> HttpResponse:
        """The cart, with its version as ETag. There always is one; it may be empty."""
        return _cart_answer(queries.cart_of(_customer_id(request)))


class CartItemView(_OfTheCart):
    """A line of the caller's cart."""

    @extend_schema(request=QuantityIn, responses=CartOut, parameters=[IF_MATCH], tags=["shop"])
    def put(self, request: Request, product_id: str) -> HttpResponse:
        """Sets how many of a product are in the cart.

        412 with the cart as it stands, if `If-Match` is not its ETag; 428 without `If-Match`; 409
        while it is being checked out.
        """
        seen = seen_by(request)
        asked = QuantityIn(data=request.data)
        asked.is_valid(raise_exception=True)
        line = queries.product(product_id).line(asked.validated_data["quantity"])
        return _cart_answer(carts.put_line(_customer_id(request), line, seen))

    @extend_schema(request=None, responses=CartOut, parameters=[IF_MATCH], tags=["shop"])
    def delete(self, request: Request, product_id: str) -> HttpResponse:
        """Takes a product out of the cart. Answers as `PUT` does."""
        seen = seen_by(request)
        line = queries.product(product_id).line(0)
        return _cart_answer(carts.put_line(_customer_id(request), line, seen))


class CheckoutView(_OfTheCart):
    """The check-out of the caller's cart."""

    @extend_schema(
        request=CheckoutIn, responses={202: OrderOut}, parameters=[IF_MATCH, _KEY], tags=["shop"]
    )
    def post(self, request: Request) -> HttpResponse:
        """Begins the check-out; `Location` is the order, which tells how it goes on.

        The same `Idempotency-Key` is the same check-out. Otherwise answers as `PUT` does, and 422
        for an empty cart.
        """
        seen, key, customer_id = seen_by(request), idempotency_key(request), _customer_id(request)
        asked = CheckoutIn(data=request.data)
        asked.is_valid(raise_exception=True)
        method = asked.validated_data.get("payment_method") or next(iter(provider().methods))
        order_id = carts.check_out(customer_id, key, method, seen)
        trail.follow(order_id)
        response = json_answer(order_json(queries.order_for(customer_id, order_id)), status=202)
        response["Location"] = reverse("api-order", args=[order_id])
        return response


class OrdersView(APIView):
    """The caller's orders."""

    @extend_schema(
        operation_id="orders_list",
        parameters=[OrdersQuery],
        responses=OrderListOut,
        tags=["shop"],
    )
    def get(self, request: Request) -> HttpResponse:
        """Newest first; a new one shows a moment after its check-out began."""
        asked = OrdersQuery(data=request.query_params)
        asked.is_valid(raise_exception=True)
        limit, cursor = asked.validated_data["limit"], asked.validated_data["cursor"]
        page = queries.orders_of(_customer_id(request), cursor=cursor or None, limit=limit)
        links = {"next": next_link(request, page.next_cursor)}
        return json_answer({"data": list(map(order_json, page.orders)), "links": links})


class OrderView(APIView):
    """One of the caller's orders."""

    @extend_schema(responses=OrderOut, tags=["shop"])
    def get(self, request: Request, order_id: str) -> HttpResponse:
        """One order; 404 for somebody else's as for one that does not exist."""
        return json_answer(order_json(queries.order_for(_customer_id(request), order_id)))


def _customer_id(request: Request) -> CustomerId:
    return CustomerId(caller(request).customer_id)


def _cart_answer(cart: Cart) -> HttpResponse:
    return json_answer(cart_json(cart), etag=version_etag(cart.version))
