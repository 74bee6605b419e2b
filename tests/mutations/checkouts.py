"""Guards of the shop: no update of a cart lost, nothing oversold, no money taken for nothing."""

from tests.mutations.guard import Guard

_TESTS, _SIMULATION = "cart/tests", "cart/tests/test_simulation.py::TestTheCheckout"
_CARTS, _STOCK = "cart/repository/carts.py", "cart/repository/stock.py"
_RECORDS, _PAYMENTS = "cart/repository/records.py", "cart/domain/payments.py"
_STATES = "cart/orchestration/states.py"
_FOUR = f"{_TESTS}/test_carts.py::TestTheFourUpdates"
_RESERVATION = f"{_TESTS}/test_stock.py::TestAReservation"
_DOUBT = f"{_TESTS}/test_payments.py::TestAPaymentInDoubt"
_ANSWERED = f"{_TESTS}/test_domain.py::TestAPaymentAfterAnAnswer"
_MACHINE = f"{_TESTS}/test_orchestration.py::TestTheMachine"

GUARDS = (
    Guard(
        name="a cart is changed only as it was read",
        prevents="what another tab put in is lost",
        file=_CARTS,
        holds='unchanged = Attr("v").eq(read.version) if read.version else never_stored',
        broken='unchanged = Attr("v").exists() if read.version else never_stored',
        test=f"{_FOUR}::test_change_only_what_was_read_and_is_free",
    ),
    Guard(
        name="a cart that is being checked out is not changed",
        prevents="something is paid for that was not in the cart, or the other way round",
        file=_CARTS,
        holds='_not_checking_out = Attr("k").not_exists()',
        broken='_not_checking_out = Attr("pk").exists() | Attr("pk").not_exists()',
        test=f"{_FOUR}::test_change_only_what_was_read_and_is_free",
    ),
    Guard(
        name="only a check-out under way is committed or rolled back",
        prevents="a cart is emptied that nobody paid for",
        file=_CARTS,
        holds='_checking_out = Attr("k").exists()\n',
        broken='_checking_out = Attr("pk").exists()\n',
        test=f"{_FOUR}::test_commit_and_roll_back_only_what_is_being_checked_out",
    ),
    Guard(
        name="a check-out ends only itself",
        prevents="a late end sets the next check-out's cart free",
        file="cart/services/carts.py",
        holds="if cart.checkout is None or cart.checkout.checkout_id != purchase.checkout_id:",
        broken="if cart.checkout is None:",
        test=f"{_FOUR}::test_end_one_checkout_and_not_the_next",
    ),
    Guard(
        name="a shard is not taken below nothing",
        prevents="more is sold than there is",
        file=_STOCK,
        holds='enough = Attr("a").gte(max(0, -units))',
        broken='enough = Attr("a").exists()',
        test=f"{_TESTS}/test_stock.py::TestSixteenBuyersAtOnce",
    ),
    Guard(
        name="a check-out reserves once",
        prevents="stock is taken again for each repetition, and never comes back",
        file=_STOCK,
        holds="transact([Put(self, self.to_item(new), never_seen), *takes])",
        broken="transact([Put(self, self.to_item(new)), *takes])",
        test=f"{_TESTS}/test_stock.py::TestAnythingTwice",
    ),
    Guard(
        name="a reservation is given back once",
        prevents="stock that was taken once comes back twice",
        file=_STOCK,
        holds="transact([Put(self, self.to_item(new), unchanged), *takes])",
        broken="transact([Put(self, self.to_item(new)), *takes])",
        test=f"{_SIMULATION}::test_keeps_its_invariants_in_every_history",
    ),
    Guard(
        name="a release that came first refuses its reservation",
        prevents="stock of a check-out that is over is stranded",
        file="cart/services/stock.py",
        holds="STOCK_REPOSITORY.find(event.purchase.checkout_id) or STOCK_REPOSITORY.add(never)",
        broken="STOCK_REPOSITORY.find(event.purchase.checkout_id) or never",
        test=f"{_RESERVATION}::test_that_never_came_is_refused_after_its_release",
    ),
    Guard(
        name="a record is replaced only as it was read",
        prevents="a payment that was captured is voided by a late answer",
        file=_RECORDS,
        holds='unchanged = Attr("n").eq(old.version)',
        broken='unchanged = Attr("pk").exists()',
        test=f"{_SIMULATION}::test_keeps_its_invariants_in_every_history",
    ),
    Guard(
        name="a late approval is voided",
        prevents="a customer's money is held for an order that never was",
        file=_PAYMENTS,
        holds="    (PaymentStatus.VOIDED, Answer.APPROVED): PaymentStatus.VOIDING,\n",
        broken="",
        test=f"{_TESTS}/test_domain.py::TestAPaymentAfterAnAnswer::test_is_where_the_table_says",
    ),
    Guard(
        name="what the provider has not seen may still come",
        prevents="a payment is taken for void while its request is on the way",
        file=_PAYMENTS,
        holds="        if to is None and late_by > LEEWAY:\n",
        broken="        if to is None:\n",
        test=_ANSWERED,
    ),
    Guard(
        name="an authorisation is waited for until it is not valid any more",
        prevents="a payment is given up while the provider never saw its request",
        file=_PAYMENTS,
        holds="        if to is None and late_by > timedelta(0):\n",
        broken="        if to is None:\n",
        test=f"{_DOUBT}::test_is_asked_for_again_if_the_provider_never_saw_it",
    ),
    Guard(
        name="an execution is named after its check-out",
        prevents="a check-out that is told of twice is conducted twice",
        file="cart/orchestration/executions.py",
        holds="return _start(purchase, purchase.checkout_id)",
        broken="return _start(purchase, secrets.token_hex(8))",
        test=f"{_TESTS}/test_orchestration.py::TestExecutions::test_of_a_checkout_begin_once",
    ),
    Guard(
        name="from the pivot on nothing is taken back",
        prevents="goods are released whose payment may have been taken",
        file=_STATES,
        holds="        if number >= self._pivot:\n",
        broken="        if number > self._pivot:\n",
        test=f"{_MACHINE}::test_only_goes_forward_from_the_pivot_on",
    ),
    Guard(
        name="a failed step is taken back itself",
        prevents="what a step did before it failed is stranded",
        file=_STATES,
        holds="return self._saga.way_back(number + 1)[0].name",
        broken="return self._saga.way_back(number)[0].name",
        test=f"{_MACHINE}::test_takes_back_a_failed_step_itself_too_before_the_pivot",
    ),
)
