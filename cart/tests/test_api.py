"""The shop's API as a client sees it. Alice buys, Bob must not see what."""

from secrets import token_hex
from typing import Any

import pytest
from django.test import Client

from cart.domain.products import Category, Product
from cart.domain.purchases import ProductId
from cart.repository.products import PRODUCT_REPOSITORY
from cart.tests.shop import new_product
from identity.tests.people import Person, new_person
from kernel.money import Money


class Caller:
    """A client with a token of its own."""

    def __init__(self, person: Person) -> None:
        body = {"email": person.email, "password": person.password}
        answer = Client().post("/api/v1/token", body, content_type="application/json")
        assert answer.status_code == 200, answer.content
        self._token = {"Authorization": f"Bearer {answer.json()['access_token']}"}

    def get(self, path: str, **parameters: Any) -> Any:
        return Client().get(f"/api/v1/{path}", parameters, headers=self._token)

    def put(self, path: str, body: Any, **headers: str) -> Any:
        return self._write("put", path, body, headers)

    def post(self, path: str, body: Any, **headers: str) -> Any:
        return self._write("post", path, body, headers)

    def delete(self, path: str, **headers: str) -> Any:
        return self._write("delete", path, None, headers)

    def _write(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return getattr(Client(), method)(
            f"/api/v1/{path}",
            body,
            content_type="application/json",
            headers=self._token | named,
        )


@pytest.fixture(scope="module")
def alice() -> Caller:
    return Caller(new_person("Alice"))


@pytest.fixture(scope="module")
def bob() -> Caller:
    return Caller(new_person("Bob"))


@pytest.fixture(scope="module")
def cup() -> ProductId:
    return put_on_sale(new_product())


def put_on_sale(product_id: ProductId) -> ProductId:
    cup = Product(
        product_id=product_id,
        name="Espresso cup",
        description="Holds 80 ml.",
        category=Category.COFFEE,
        price=Money(250, "GBP"),
        drawing="cup",
    )
    PRODUCT_REPOSITORY.save([cup])
    return product_id


@pytest.fixture
def empty(alice: Caller) -> str:
    """Alice's cart without anything in it; its ETag."""
    cart = alice.get("cart")
    for item in cart.json()["items"]:
        cart = alice.delete(f"cart/items/{item['product_id']}", If_Match=cart["ETag"])
    return str(cart["ETag"])


class TestProducts:
    def test_are_shown_with_their_price(self, alice: Caller, cup: ProductId) -> None:
        shown = alice.get(f"products/{cup}").json()
        assert shown["price"] == {"minor": 250, "currency": "GBP"}
        assert shown["available"] is None
        assert shown in alice.get("products").json()["data"]

    def test_that_do_not_exist_are_missing(self, alice: Caller) -> None:
        answer = alice.get("products/nothing-of-the-kind")
        assert (answer.status_code, answer.json()["code"]) == (404, "product_not_found")


class TestTheCart:
    def test_is_there_before_anything_is_in_it(self, bob: Caller) -> None:
        answer = bob.get("cart")
        assert answer["ETag"] == '"0"'
        assert answer.json()["items"] == []
        assert answer.json()["total"] == {"minor": 0, "currency": "GBP"}

    def test_takes_products_in_and_out(self, alice: Caller, cup: ProductId, empty: str) -> None:
        answer = alice.put(f"cart/items/{cup}", {"quantity": 3}, If_Match=empty)
        assert answer.status_code == 200
        cart = answer.json()
        assert cart["items"] == [
            {
                "product_id": cup,
                "name": "Espresso cup",
                "quantity": 3,
                "unit_price": {"minor": 250, "currency": "GBP"},
            }
        ]
        assert cart["total"] == {"minor": 750, "currency": "GBP"}
        assert answer["ETag"] == f'"{cart["version"]}"'
        assert alice.get("cart").json() == cart
        gone = alice.delete(f"cart/items/{cup}", If_Match=answer["ETag"])
        assert gone.json()["items"] == []

    def test_answers_a_stale_version_with_the_cart_as_it_stands(
        self, alice: Caller, cup: ProductId, empty: str
    ) -> None:
        now = alice.put(f"cart/items/{cup}", {"quantity": 3}, If_Match=empty)
        for stale in (
            alice.put(f"cart/items/{cup}", {"quantity": 9}, If_Match=empty),
            alice.delete(f"cart/items/{cup}", If_Match=empty),
            alice.post("cart/checkout", {}, If_Match=empty, Idempotency_Key=token_hex(8)),
        ):
            assert stale.status_code == 412
            assert stale["Content-Type"] == "application/problem+json"
            assert (stale.json()["code"], stale.json()["cart"]) == ("cart_changed", now.json())
            assert stale["ETag"] == now["ETag"]

    def test_is_not_written_blindly(self, alice: Caller, cup: ProductId) -> None:
        for blind in (
            alice.put(f"cart/items/{cup}", {"quantity": 9}),
            alice.delete(f"cart/items/{cup}"),
            alice.post("cart/checkout", {}, Idempotency_Key=token_hex(8)),
        ):
            assert (blind.status_code, blind.json()["code"]) == (428, "version_missing")

    @pytest.mark.parametrize("quantity", [-1, 100_000, "many", None])
    def test_refuses_what_is_no_quantity(
        self, alice: Caller, cup: ProductId, empty: str, quantity: Any
    ) -> None:
        answer = alice.put(f"cart/items/{cup}", {"quantity": quantity}, If_Match=empty)
        assert (answer.status_code, list(answer.json()["errors"])) == (422, ["quantity"])

    def test_is_for_callers_with_a_token_only(self) -> None:
        assert Client().get("/api/v1/cart").status_code == 401


class TestACheckout:
    def test_fixes_the_cart_and_makes_an_order(
        self, bob: Caller, alice: Caller, cup: ProductId
    ) -> None:
        cart = bob.put(f"cart/items/{cup}", {"quantity": 2}, If_Match=bob.get("cart")["ETag"])
        key = token_hex(8)
        begun = bob.post("cart/checkout", {}, If_Match=cart["ETag"], Idempotency_Key=key)
        assert begun.status_code == 202
        order = begun.json()
        assert (order["status"], order["total"]["minor"]) == ("pending", 500)
        assert begun["Location"] == f"/api/v1/orders/{order['id']}"

        # The order is the caller's at once, and nobody else's ever.
        assert bob.get(f"orders/{order['id']}").json()["status"] in {"pending", "cancelled"}
        assert alice.get(f"orders/{order['id']}").status_code == 404

        # Asked for again, because the first answer was lost: the same check-out.
        again = bob.post("cart/checkout", {}, If_Match=cart["ETag"], Idempotency_Key=key)
        assert (again.status_code, again.json()["id"]) == (202, order["id"])

        now = bob.get("cart")
        assert now.json()["checkout"]["id"] == order["id"]
        busy = bob.put(f"cart/items/{cup}", {"quantity": 1}, If_Match=now["ETag"])
        assert (busy.status_code, busy.json()["code"]) == (409, "checkout_in_progress")

    def test_needs_something_to_buy(self, alice: Caller, empty: str) -> None:
        answer = alice.post("cart/checkout", {}, If_Match=empty, Idempotency_Key=token_hex(8))
        assert (answer.status_code, answer.json()["code"]) == (422, "empty_cart")

    def test_needs_a_key(self, alice: Caller, empty: str) -> None:
        answer = alice.post("cart/checkout", {}, If_Match=empty)
        assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")

    def test_refuses_a_key_that_stands_for_another_request(
        self, alice: Caller, cup: ProductId, empty: str
    ) -> None:
        cart = alice.put(f"cart/items/{cup}", {"quantity": 1}, If_Match=empty)
        headers = {"If_Match": cart["ETag"], "Idempotency_Key": token_hex(8)}
        assert alice.post("cart/checkout", {}, **headers).status_code == 202
        other = {"payment_method": "sandbox-decline"}
        answer = alice.post("cart/checkout", other, **headers)
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")

    def test_refuses_an_unknown_payment_method(self, alice: Caller, empty: str) -> None:
        body = {"payment_method": "shells"}
        answer = alice.post("cart/checkout", body, If_Match=empty, Idempotency_Key=token_hex(8))
        assert (answer.status_code, list(answer.json()["errors"])) == (422, ["payment_method"])


class TestTheSchema:
    def test_names_every_call(self) -> None:
        answer = Client().get("/api/schema/?format=json")
        assert set(answer.json()["paths"]) >= {
            "/api/v1/products",
            "/api/v1/products/{product_id}",
            "/api/v1/cart",
            "/api/v1/cart/items/{product_id}",
            "/api/v1/cart/checkout",
            "/api/v1/orders",
            "/api/v1/orders/{order_id}",
        }
