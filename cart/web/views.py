"""The shop's pages. Each is a query, or a command and a redirect."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cart import queries, trail
from cart.conf import conf
from cart.domain.carts import (
    AddLine,
    Cart,
    CartFull,
    CheckoutInProgress,
    Command,
    EmptyCart,
    QuantityConflict,
    SetLine,
)
from cart.domain.orders import OrderStatus
from cart.domain.purchases import CustomerId, ProductId, total_of
from cart.provider import provider
from cart.services import carts
from cart.services.carts import StaleCart
from cart.web.forms import CheckoutForm, QuantityForm
from identity.web.guards import CustomerRequest, customer_required
from kernel.ids import random_id
from kernel.money import Money

_BEST = 4
_SOON = timedelta(seconds=5)  # a payment that takes longer is in doubt, and the page says so
_BUSY = "This cart is being checked out. You can change it again in a moment."


@dataclass(frozen=True, slots=True)
class Shelf:
    """A category's offers."""

    name: str
    offers: tuple[queries.Offer, ...]


@require_safe
@customer_required
def shop(request: CustomerRequest) -> HttpResponse:
    """`/shop/`: everything, by category, with what sells best on top."""
    offers = queries.offers()
    by_id = {each.product.product_id: each for each in offers}
    best = [by_id[name] for name in queries.best_sellers(_BEST) if name in by_id]
    shelves = [
        Shelf(category.value, tuple(group))
        for category, group in groupby(offers, key=lambda each: each.product.category)
    ]
    return render(request, "shop/shop.html", _context(best=best, shelves=shelves))


@require_safe
@customer_required
def product(request: CustomerRequest, product_id: str) -> HttpResponse:
    """`/shop/PRODUCT/`"""
    context = _context(
        offer=queries.offer(product_id),
        in_cart=queries.cart_of(_customer_id(request)).quantity_of(ProductId(product_id)),
    )
    return render(request, "shop/product.html", context)


@require_safe
@customer_required
def cart(request: CustomerRequest) -> HttpResponse:
    """`/cart/`"""
    return _cart_page(request, queries.cart_of(_customer_id(request)))


@require_POST
@customer_required
def add(request: CustomerRequest, product_id: str) -> HttpResponse:
    """Puts so many more of a product into the cart, whatever else is going on."""
    form = QuantityForm(request.POST)
    if not form.is_valid():
        messages.warning(request, "Please say how many you would like.")
        return redirect("product", product_id)
    line = queries.product(product_id).line(form.cleaned_data["quantity"])
    return _carried_out(request, AddLine(line))


@require_POST
@customer_required
def change(request: CustomerRequest, product_id: str) -> HttpResponse:
    """Sets how many of a product are in the cart, if they are still as many as the page showed."""
    form = QuantityForm(request.POST)
    if not form.is_valid() or form.cleaned_data["seen"] is None:
        messages.warning(request, "Please say how many you would like.")
        return redirect("cart")
    line = queries.product(product_id).line(form.cleaned_data["quantity"])
    return _carried_out(request, SetLine(line, seen=form.cleaned_data["seen"]))


@require_POST
@customer_required
def check_out(request: CustomerRequest) -> HttpResponse:
    """Begins the check-out of the cart that the page showed, and of no other."""
    form = CheckoutForm(request.POST)
    if not form.is_valid():
        messages.warning(request, "Please choose how to pay.")
        return redirect("cart")
    sent = form.cleaned_data
    try:
        order_id = carts.check_out(
            _customer_id(request),
            sent["key"],
            sent["method"],
            lambda cart: cart.version == sent["version"],
        )
    except StaleCart:
        messages.warning(request, "Your cart has changed meanwhile. Please look at it once more.")
        return redirect("cart")
    except CheckoutInProgress:
        messages.info(request, _BUSY)
        return redirect("cart")
    except EmptyCart:
        return redirect("cart")
    trail.follow(order_id)
    return redirect("order", order_id)


@require_safe
@customer_required
def orders(request: CustomerRequest) -> HttpResponse:
    """`/orders/`: newest first."""
    cursor = request.GET.get("cursor") or None
    page = queries.orders_of(_customer_id(request), cursor=cursor)
    return render(request, "shop/orders.html", _context(page=page, is_older=bool(cursor)))


@require_safe
@customer_required
def order(request: CustomerRequest, order_id: str) -> HttpResponse:
    """`/orders/ID/`, or the part of it that tells how the check-out goes on."""
    found = queries.order_for(_customer_id(request), order_id)
    stages = queries.progress_of(found)
    context = _context(
        order=found,
        stages=stages,
        is_pending=found.status is OrderStatus.PENDING,
        is_in_doubt=any(stage.has_waited(timezone.now()) > _SOON for stage in stages),
    )
    is_part = getattr(request, "htmx").target == "progress"  # noqa: B009 - set by its middleware
    return render(request, "shop/_progress.html" if is_part else "shop/order.html", context)


def _carried_out(request: CustomerRequest, command: Command) -> HttpResponse:
    customer_id = _customer_id(request)
    try:
        carts.carry_out(customer_id, command)
    except QuantityConflict as conflict:
        return _cart_page(request, queries.cart_of(customer_id), conflict=conflict, status=409)
    except (CheckoutInProgress, CartFull) as refused:
        messages.warning(
            request, _BUSY if isinstance(refused, CheckoutInProgress) else refused.message
        )
    return redirect("cart")


def _cart_page(
    request: HttpRequest,
    shown: Cart,
    *,
    conflict: QuantityConflict | None = None,
    status: int = 200,
) -> HttpResponse:
    context = _context(
        cart=shown,
        total=total_of(shown.lines) if shown.lines else Money(0, conf().currency),
        conflict=conflict,
        methods=provider().methods.items(),
        key=random_id("key"),
    )
    return render(request, "shop/cart.html", context, status=status)


def _context(**more: Any) -> dict[str, Any]:
    return {"section": "shop", "today": timezone.localdate(), **more}


def _customer_id(request: CustomerRequest) -> CustomerId:
    return CustomerId(request.customer.customer_id)
