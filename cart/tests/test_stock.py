"""Stock: never oversold, never stranded, every call repeatable. Under fire on the real engine."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cart.checkouts import perform
from cart.domain.purchases import ProductId, Purchase
from cart.domain.saga import Action, Outcome, OutOfOrder
from cart.domain.stock import Reservation, ReservationStatus, choose_shard, gathering, spread
from cart.repository.stock import STOCK_REPOSITORY
from cart.services import orders, stock
from cart.services.checkout import RELEASE_STOCK, RESERVE_STOCK
from cart.tests.shop import about, line, new_product, now, purchase
from kernel.errors import Unavailable


def available(product_id: ProductId) -> int:
    return sum(shards_of(product_id))


def shards_of(product_id: ProductId) -> list[int]:
    return STOCK_REPOSITORY.available(STOCK_REPOSITORY.shards_of([product_id]))[product_id]


def reservation(bought: Purchase) -> Reservation:
    found = STOCK_REPOSITORY.find(bought.checkout_id)
    assert found is not None
    return found


@pytest.mark.usefixtures("memory")
class TestAReservation:
    def test_takes_every_line_or_none(self) -> None:
        plenty, scarce = new_product(10), new_product(1)
        both = purchase(line(plenty, 2), line(scarce, 2))
        assert stock.reserve(about(both), now) is Outcome.REFUSED
        assert reservation(both).reason == stock.OUT_OF_STOCK
        assert (available(plenty), available(scarce)) == (10, 1)
        assert stock.reserve(about(purchase(line(plenty, 2), line(scarce))), now) is Outcome.DONE
        assert (available(plenty), available(scarce)) == (8, 0)

    def test_sells_the_last_unit_whichever_shard_it_lies_on(self) -> None:
        cup = new_product(4, shards=4)
        for left in (3, 2, 1, 0):
            assert stock.reserve(about(purchase(line(cup))), now) is Outcome.DONE
            assert available(cup) == left
        assert stock.reserve(about(purchase(line(cup))), now) is Outcome.REFUSED

    def test_gathers_what_no_single_shard_holds(self) -> None:
        cup = new_product(8, shards=4)
        bought = purchase(line(cup, 7))
        assert stock.reserve(about(bought), now) is Outcome.DONE
        assert len(reservation(bought).takes) == 1
        assert available(cup) == 1

    def test_is_refused_for_a_product_that_has_no_stock(self) -> None:
        assert stock.reserve(about(purchase(line(new_product()))), now) is Outcome.REFUSED

    def test_of_ninety_nine_products_is_one_transaction(self) -> None:
        products = [new_product(1, shards=1) for _ in range(99)]
        bought = purchase(*map(line, products))
        assert stock.reserve(about(bought), now) is Outcome.DONE
        assert stock.release(about(bought), now) is Outcome.DONE
        assert sum(map(available, products)) == 99

    def test_that_never_came_is_refused_after_its_release(self) -> None:
        cup = new_product(1)
        bought = purchase(line(cup))
        assert stock.release(about(bought, "payment_refused"), now) is Outcome.DONE
        assert stock.reserve(about(bought), now) is Outcome.REFUSED
        assert available(cup) == 1

    def test_is_sold_for_good(self) -> None:
        cup = new_product(3)
        bought = purchase(line(cup))
        stock.reserve(about(bought), now)
        assert stock.sell(about(bought), now) is Outcome.DONE
        with pytest.raises(OutOfOrder):
            stock.release(about(bought), now)
        assert reservation(bought).status is ReservationStatus.SOLD
        assert available(cup) == 2

    def test_cannot_be_sold_when_it_was_released(self) -> None:
        bought = purchase(line(new_product(1)))
        stock.reserve(about(bought), now)
        stock.release(about(bought), now)
        with pytest.raises(OutOfOrder):
            stock.sell(about(bought), now)

    def test_round_trips(self) -> None:
        bought = purchase(line(new_product(5), 2), line(new_product(5), 3))
        stock.reserve(about(bought), now)
        stored = reservation(bought)
        assert stored.purchase == bought
        assert STOCK_REPOSITORY.from_item(STOCK_REPOSITORY.to_item(stored)) == stored


@pytest.mark.usefixtures("memory")
class TestAnythingTwice:
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.sampled_from(["reserve", "release", "sell"]), min_size=1, max_size=6))
    def test_changes_nothing_the_second_time(self, calls: list[str]) -> None:
        cup = new_product(5)
        bought = purchase(line(cup, 2))
        for name in calls:
            first = self._call(name, bought), available(cup)
            assert (self._call(name, bought), available(cup)) == first
        status = getattr(STOCK_REPOSITORY.find(bought.checkout_id), "status", None)
        held = status in {ReservationStatus.RESERVED, ReservationStatus.SOLD}
        assert available(cup) == (3 if held else 5)

    def _call(self, name: str, bought: Purchase) -> Outcome | None:
        try:
            return getattr(stock, name)(about(bought), now)  # type: ignore[no-any-return]
        except OutOfOrder:
            return None


class TestSixteenBuyersAtOnce:
    @pytest.mark.parametrize("shards", [1, 8])
    def test_never_oversell_and_leave_nothing_behind(self, shards: int) -> None:
        cup = new_product(40, shards=shards)
        bought = [purchase(line(cup, 1 + n % 2)) for n in range(60)]
        for each in bought:
            orders.create(about(each), now)  # a consumer of another test may act on what follows
        changing_their_minds = set(bought[::5])

        def buy(each: Purchase) -> None:
            outcome = patiently(RESERVE_STOCK, each)
            if outcome is Outcome.DONE and each in changing_their_minds:
                patiently(RELEASE_STOCK, each)

        with ThreadPoolExecutor(16) as pool:
            list(pool.map(buy, bought))
        held = [reservation(each) for each in bought]
        taken = sum(
            take.quantity
            for each in held
            if each.status is ReservationStatus.RESERVED
            for take in each.takes
        )
        assert taken + available(cup) == 40
        assert min(shards_of(cup)) >= 0
        # What is left sells to the last unit.
        left = [purchase(line(cup)) for _ in range(available(cup))]
        for each in left:
            orders.create(about(each), now)
            assert stock.reserve(about(each), now) is Outcome.DONE
        assert available(cup) == 0


def patiently(action: Action, bought: Purchase) -> Outcome:
    """As its handler does: competing transactions are tried again."""
    while True:
        try:
            return perform(action, about(bought), now)
        except Unavailable:
            continue


class TestTheShards:
    @given(st.integers(0, 10_000), st.integers(1, 32))
    def test_hold_all_units_as_evenly_as_it_goes(self, units: int, shards: int) -> None:
        shares = spread(units, shards)
        assert sum(shares) == units
        assert max(shares) - min(shares) <= 1

    @given(
        st.lists(st.integers(0, 9), min_size=1, max_size=8), st.integers(1, 40), st.integers(0, 7)
    )
    def test_sell_whatever_they_hold_together(
        self, available: list[int], quantity: int, home: int
    ) -> None:
        home %= len(available)
        shard = choose_shard(available, quantity, home)
        moves = gathering(available, quantity, home)
        if shard is not None:
            assert available[shard] >= quantity
        elif sum(available) >= quantity:
            assert moves is not None
            assert available[home] + sum(moves.values()) == quantity
            assert all(0 < units <= available[shard] for shard, units in moves.items())
        else:
            assert moves is None
