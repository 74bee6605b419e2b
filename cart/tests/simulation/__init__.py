"""The check-out under a simulated scheduler: the real code of services and repositories, on the
engine in memory, with processes that stop before every call and go on in any order, crash before
and after every write, get their messages twice, late and out of order, and a payment provider that
fails in every way. A seed tells a history; the same seed tells the same one.
"""

from cart.tests.simulation.history import History, simulated
from cart.tests.simulation.planted import PLANTED, Planted

__all__ = ["PLANTED", "History", "Planted", "simulated"]
