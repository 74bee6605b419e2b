"""Declared where it is made: the check-out's state machine. `manage.py provision` looks here."""

from cart.orchestration.machine import CHECKOUT_MACHINE

__all__ = ["CHECKOUT_MACHINE"]
