"""The check-out's definition: what is done, by whom, in which order, and what takes it back.

                  does                 is taken back by
cart              begin (the request)  roll back
order             create               cancel
stock             reserve              release
payment           authorise            void
payment           capture              -   the pivot: from here on only forward
order             confirm              -
stock             sell                 -
cart              commit               -
"""

from cart.domain.orders import OrderStatus
from cart.domain.payments import PaymentStatus
from cart.domain.saga import Action, Run, Saga, Service, Step
from cart.domain.stock import ReservationStatus
from cart.repository.carts import CHECKING_OUT
from cart.services import carts, orders, payments, stock


def _action(service: Service, run: Run, *done: str) -> Action:
    name = f"{service}.{run.__name__}"
    return Action(name=name, service=service, run=run, done=frozenset(done))


CREATE_ORDER = _action(Service.ORDERS, orders.create, OrderStatus.PENDING)
CANCEL_ORDER = _action(Service.ORDERS, orders.cancel, OrderStatus.CANCELLED)
RESERVE_STOCK = _action(Service.STOCK, stock.reserve, ReservationStatus.RESERVED)
RELEASE_STOCK = _action(Service.STOCK, stock.release, ReservationStatus.RELEASED)
AUTHORISE_PAYMENT = _action(Service.PAYMENTS, payments.authorise, PaymentStatus.AUTHORISED)
VOID_PAYMENT = _action(
    Service.PAYMENTS,
    payments.void,
    # It is done when it is decided: the money will not be ours, whatever the provider still holds.
    *(PaymentStatus.VOIDING, PaymentStatus.VOIDED, PaymentStatus.PARKED),
)
CAPTURE_PAYMENT = _action(Service.PAYMENTS, payments.capture, PaymentStatus.CAPTURED)
CONFIRM_ORDER = _action(Service.ORDERS, orders.confirm, OrderStatus.CONFIRMED)
SELL_STOCK = _action(Service.STOCK, stock.sell, ReservationStatus.SOLD)
COMMIT_CART = _action(Service.CARTS, carts.commit)
ROLL_BACK_CART = _action(Service.CARTS, carts.roll_back)

CHECKOUT = Saga(
    begun=(Service.CARTS, CHECKING_OUT),
    rolled_back=ROLL_BACK_CART,
    steps=(
        Step(does=CREATE_ORDER, back=CANCEL_ORDER),
        Step(
            does=RESERVE_STOCK,
            refused=frozenset({ReservationStatus.REFUSED}),
            back=RELEASE_STOCK,
        ),
        Step(
            does=AUTHORISE_PAYMENT,
            refused=frozenset({PaymentStatus.DECLINED}),
            back=VOID_PAYMENT,
        ),
        Step(does=CAPTURE_PAYMENT, is_pivot=True),
        Step(does=CONFIRM_ORDER),
        Step(does=SELL_STOCK),
        Step(does=COMMIT_CART),
    ),
)
