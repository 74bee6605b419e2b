"""The check-out's state machine, as it is declared."""

from aws.resources import StateMachine
from cart.conf import conf
from cart.domain.saga import Service
from cart.orchestration.states import state_machine
from cart.resources import CARTS_ACTIVITY, ORDERS_ACTIVITY, PAYMENTS_ACTIVITY, STOCK_ACTIVITY
from cart.services.checkout import CHECKOUT

ACTIVITIES = {
    Service.CARTS: CARTS_ACTIVITY,
    Service.ORDERS: ORDERS_ACTIVITY,
    Service.STOCK: STOCK_ACTIVITY,
    Service.PAYMENTS: PAYMENTS_ACTIVITY,
}
CHECKOUT_MACHINE = StateMachine(
    name="checkout",
    purpose="Check-outs, orchestrated: what each service does, and what takes it back.",
    definition=state_machine(CHECKOUT, ACTIVITIES, conf().execution_patience),
    activities=tuple(ACTIVITIES.values()),
)
