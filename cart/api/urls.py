"""The shop's calls."""

from django.urls import path

from cart.api import views

urlpatterns = [
    path("products", views.ProductsView.as_view(), name="api-products"),
    path("products/<str:product_id>", views.ProductView.as_view(), name="api-product"),
    path("cart", views.CartView.as_view(), name="api-cart"),
    path("cart/items/<str:product_id>", views.CartItemView.as_view(), name="api-cart-item"),
    path("cart/checkout", views.CheckoutView.as_view(), name="api-checkout"),
    path("orders", views.OrdersView.as_view(), name="api-orders"),
    path("orders/<str:order_id>", views.OrderView.as_view(), name="api-order"),
]
