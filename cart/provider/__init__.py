"""The payment provider: what we ask of it, whoever it is."""

from django.utils.module_loading import import_string

from cart.conf import conf
from cart.provider.port import Authorisation, NoAnswer, Provider
from cart.provider.sandbox import Sandbox
from kernel.clock import Clock, utc_now

__all__ = ["Authorisation", "NoAnswer", "Provider", "Sandbox", "provider"]


def provider(clock: Clock = utc_now) -> Provider:
    """The one that the settings name."""
    made: Provider = import_string(conf().provider)(clock)
    return made
