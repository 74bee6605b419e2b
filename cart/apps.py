from django.apps import AppConfig


class CartConfig(AppConfig):
    """Carts, and check-outs over orders, stock and payments."""

    name = "cart"
    verbose_name = "Shopping cart"
