"""The shopping cart, and the check-out that is a saga over orders, stock and payments."""
