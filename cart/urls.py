"""Customers' pages of the shop."""

from django.urls import path

from cart.web import views

urlpatterns = [
    path("shop/", views.shop, name="shop"),
    path("shop/<str:product_id>/", views.product, name="product"),
    path("cart/", views.cart, name="cart"),
    path("cart/add/<str:product_id>/", views.add, name="cart-add"),
    path("cart/change/<str:product_id>/", views.change, name="cart-change"),
    path("cart/checkout/", views.check_out, name="cart-checkout"),
    path("orders/", views.orders, name="orders"),
    path("orders/<str:order_id>/", views.order, name="order"),
]
