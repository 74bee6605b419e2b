"""The check-out as a state machine: what is made of its definition, which execution's turn it is,
and what tasks answer."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import override_settings

from aws import stepfunctions
from aws.resources import Activity, Declaration
from cart.domain.purchases import Purchase
from cart.domain.saga import Action, InDoubt, Outcome, OutOfOrder, Service
from cart.orchestration import executions
from cart.orchestration.machine import ACTIVITIES, CHECKOUT_MACHINE
from cart.orchestration.states import state_machine
from cart.provider import Sandbox
from cart.provider.port import Authorisation, NoAnswer
from cart.services import payments, stock
from cart.services.checkout import (
    AUTHORISE_PAYMENT,
    CAPTURE_PAYMENT,
    CHECKOUT,
    CONFIRM_ORDER,
    CREATE_ORDER,
    RESERVE_STOCK,
    VOID_PAYMENT,
)
from cart.tests.shop import NOW, about, line, new_product, now, purchase
from cart.workers.activities import carried_out

STATES: dict[str, Any] = CHECKOUT_MACHINE.definition["States"]
BACK = ["payments.void", "stock.release", "orders.cancel", "carts.roll_back"]


def onward(name: str) -> list[str]:
    """The tasks from this one on, while nothing is refused and nothing fails."""
    state = STATES[name]
    following = state.get("Next") or state.get("Default")
    rest = onward(following) if following else []
    return [name, *rest] if state["Type"] == "Task" else rest


class TestTheMachine:
    def test_goes_the_steps_in_their_order(self) -> None:
        steps = [step.does.name for step in CHECKOUT.steps]
        assert onward(CHECKOUT_MACHINE.definition["StartAt"]) == steps

    def test_goes_back_the_way_it_came(self) -> None:
        assert onward(BACK[0]) == BACK

    @pytest.mark.parametrize(
        ("refused", "first"),
        [
            (CREATE_ORDER, "carts.roll_back"),
            (RESERVE_STOCK, "orders.cancel"),
            (AUTHORISE_PAYMENT, "stock.release"),
            (CAPTURE_PAYMENT, "payments.void"),
        ],
        ids=lambda each: getattr(each, "name", each),
    )
    def test_takes_back_what_comes_before_a_refusal(self, refused: Action, first: str) -> None:
        (rule,) = STATES[f"{refused.name}: refused?"]["Choices"]
        assert (rule["StringEquals"], rule["Next"]) == ("refused", first)

    def test_takes_back_a_failed_step_itself_too_before_the_pivot(self) -> None:
        caught = {name: STATES[name]["Catch"][0]["Next"] for name in onward("orders.create")[:3]}
        assert caught == {
            "orders.create": "orders.cancel",
            "stock.reserve": "stock.release",
            "payments.authorise": "payments.void",
        }

    def test_only_goes_forward_from_the_pivot_on(self) -> None:
        for name in [*onward("payments.capture"), *BACK]:
            (caught,) = STATES[name]["Catch"]
            assert STATES[caught["Next"]]["Type"] == "Fail"

    def test_has_a_limit_for_each_task_and_for_all_of_them(self) -> None:
        tasks = [state for state in STATES.values() if state["Type"] == "Task"]
        assert len(tasks) == len(CHECKOUT.actions)
        limit = CHECKOUT_MACHINE.definition["TimeoutSeconds"]
        assert all(0 < task["TimeoutSeconds"] < limit for task in tasks)

    def test_follows_the_definition(self) -> None:
        activity = Activity(name="try-checkout", purpose="A try.")
        Declaration._declared.pop((Activity, activity.name))  # nobody is to provision it
        made = state_machine(CHECKOUT, dict.fromkeys(Service, activity), timedelta(seconds=7))
        resources = {each["Resource"] for each in made["States"].values() if "Resource" in each}
        assert (resources, made["TimeoutSeconds"]) == ({"${try_checkout}"}, 7)
        assert len(ACTIVITIES) == len(Service)


@pytest.fixture
def bought() -> Iterator[Purchase]:
    made = purchase(line(new_product()))
    yield made
    for name in (made.checkout_id, f"{made.checkout_id}-2", f"{made.checkout_id}-3"):
        stepfunctions.stop(CHECKOUT_MACHINE, name, "the test is over")


class TestExecutions:
    """Nobody takes their tasks here, so they run until they are stopped."""

    def status(self, bought: Purchase, more: str = "") -> str | None:
        return stepfunctions.status(CHECKOUT_MACHINE, bought.checkout_id + more)

    def test_of_a_checkout_begin_once(self, bought: Purchase) -> None:
        assert executions.begin(bought)
        assert not executions.begin(bought)
        executions.keep_going(bought, clock=now)
        assert self.status(bought) == "RUNNING"
        assert self.status(bought, "-2") is None

    def test_are_begun_by_the_sweep_where_the_news_got_lost(self, bought: Purchase) -> None:
        executions.keep_going(bought, clock=lambda: NOW + timedelta(seconds=59))
        assert self.status(bought) == "RUNNING"

    def test_give_way_to_the_next_when_they_have_had_their_time(self, bought: Purchase) -> None:
        executions.begin(bought)
        for _again in range(2):
            executions.keep_going(bought, clock=lambda: NOW + timedelta(seconds=61))
            assert self.status(bought) == "ABORTED"
            assert self.status(bought, "-2") == "RUNNING"


class Silent(Sandbox):
    """Does what it is asked, and says nothing."""

    def authorise(self, asked: Authorisation) -> Any:
        super().authorise(asked)
        raise NoAnswer

    def void(self, key: str) -> Any:
        raise NoAnswer


@pytest.mark.usefixtures("memory")
class TestATask:
    def test_says_that_it_is_done(self) -> None:
        said = carried_out(CREATE_ORDER, about(purchase(line(new_product(1)))))
        assert said == {"outcome": Outcome.DONE, "reason": ""}

    def test_says_why_it_is_refused(self) -> None:
        said = carried_out(RESERVE_STOCK, about(purchase(line(new_product(1), 2))))
        assert said == {"outcome": Outcome.REFUSED, "reason": stock.OUT_OF_STOCK}

    @override_settings(CART={"provider": f"{__name__}.Silent"})
    def test_asks_again_while_a_payment_is_in_doubt(self) -> None:
        with pytest.raises(InDoubt):
            carried_out(AUTHORISE_PAYMENT, about(purchase(line(new_product(1)))))

    @override_settings(CART={"provider": f"{__name__}.Silent"})
    def test_does_not_wait_for_money_that_nobody_will_take(self) -> None:
        event = about(purchase(line(new_product(1))), "by_hand")
        with pytest.raises(InDoubt):
            payments.authorise(event, now)
        assert carried_out(VOID_PAYMENT, event)["outcome"] == Outcome.DONE
        assert carried_out(AUTHORISE_PAYMENT, event) == {"outcome": "refused", "reason": "by_hand"}

    def test_fails_where_a_person_must_look(self) -> None:
        with pytest.raises(OutOfOrder):
            carried_out(CONFIRM_ORDER, about(purchase(line(new_product(1)))))
