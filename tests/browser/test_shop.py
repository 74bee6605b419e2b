"""The shop in a browser: its pages in every state, two browsers on one cart, and the operators'
pages about check-outs."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from identity.staff import Role
from tests.browser.conftest import NewPage, sign_in
from tests.browser.test_quality import _SPILLING, BYTES_MAX, serious_faults, serious_faults_of_looks

if TYPE_CHECKING:
    from playwright.sync_api import Response, StorageState
    from pytest_django.live_server_helper import LiveServer

    from identity.tests.people import Person
    from tests.browser.shopping import Shoppers

PAGES = (
    "shop", "product", "cart", "empty cart", "cart checked out", "conflict", "orders", "no orders",
    "confirmed", "declined", "sold out", "in doubt",
)  # fmt: skip
STAFF_PAGES = ("check-outs", "check-out", "check-out that ended")
Visit = Callable[..., Page]


@pytest.fixture(scope="module")
def shoppers() -> "Shoppers":
    from tests.browser.shopping import new_shoppers

    return new_shoppers()


@pytest.fixture(scope="module")
def sessions(
    chromium: Browser, live_server: "LiveServer", shoppers: "Shoppers"
) -> "dict[str, StorageState]":
    """Each shopper's, signed in once."""

    def of(person: "Person") -> "StorageState":
        context = chromium.new_context(base_url=live_server.url)
        sign_in(context.new_page(), person)
        state = context.storage_state()
        context.close()
        return state

    people = (shoppers.regular, shoppers.waiting, shoppers.newcomer)
    return {person.email: of(person) for person in people}


@pytest.fixture
def browser_of(new_page: NewPage, sessions: "dict[str, StorageState]") -> Visit:
    """`browser_of(person, width=...)`: a browser in which this person has signed in."""

    def make(person: "Person", **options: object) -> Page:
        return new_page(storage_state=sessions[person.email], **options)

    return make


@pytest.fixture
def visit(browser_of: Visit, shoppers: "Shoppers") -> Visit:
    """`visit("cart", width=...)`: the page of that name."""
    regular, waiting, newcomer = shoppers.regular, shoppers.waiting, shoppers.newcomer
    places = {
        "shop": (regular, "/shop/"),
        "product": (regular, "/shop/moka-pot/"),
        "cart": (regular, "/cart/"),
        "conflict": (regular, "/cart/"),
        "empty cart": (newcomer, "/cart/"),
        "cart checked out": (waiting, "/cart/"),
        "orders": (regular, "/orders/"),
        "no orders": (newcomer, "/orders/"),
        "in doubt": (waiting, f"/orders/{shoppers.in_doubt}/"),
        **{name: (regular, f"/orders/{order}/") for name, order in shoppers.orders.items()},
    }

    def make(name: str, **options: object) -> Page:
        person, address = places[name]
        page = browser_of(person, **options)
        page.goto(address)
        if name == "conflict":
            _meet_a_conflict(page)
        return page

    return make


def _meet_a_conflict(page: Page) -> None:
    """The page says that it saw nine; it wants seven."""
    page.locator("input[name=seen]").first.evaluate("each => { each.value = 9 }")
    page.get_by_label("How many").first.fill("7")
    page.get_by_role("button", name="Change").first.click()
    page.get_by_role("alert").wait_for()


@pytest.mark.parametrize("name", PAGES)
class TestEveryPage:
    def test_has_nothing_that_axe_calls_serious(self, name: str, visit: Visit) -> None:
        page = visit(name)
        assert serious_faults_of_looks(page) == []

    def test_fits_a_screen_of_320_pixels(self, name: str, visit: Visit) -> None:
        page = visit(name, width=320)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.locator("main").evaluate(_SPILLING) == []


class TestTheShop:
    def test_weighs_less_than_100_kb_uncompressed(self, visit: Visit) -> None:
        page = visit("shop")
        sizes: dict[str, int] = {}

        def weigh(response: "Response") -> None:
            sizes[response.url] = len(response.body())

        page.on("response", weigh)
        page.reload(wait_until="networkidle")
        page.wait_for_timeout(100)
        assert sum(sizes.values()) < BYTES_MAX, sizes


@pytest.mark.journey
class TestTwoBrowsersOnOneCart:
    """A customer at the desk, and the same one on the phone."""

    @pytest.fixture
    def both(self, browser_of: Visit, shoppers: "Shoppers") -> tuple[Page, Page]:
        return browser_of(shoppers.newcomer), browser_of(shoppers.newcomer, width=390)

    def test_add_different_things_and_meet_over_the_same(self, both: tuple[Page, Page]) -> None:
        desk, phone = both
        for page, product in ((desk, "moka-pot"), (phone, "fountain-pen")):
            page.goto(f"/shop/{product}/")
        # Neither page has seen what the other one adds: both count.
        for page in both:
            page.get_by_label("How many").fill("2")
            page.get_by_role("button", name="Add to cart").click()
        desk.goto("/cart/")
        expect(desk.locator(".line")).to_have_count(2)

        # Both see two pots; the desk makes it five, the phone wants three of them.
        phone.goto("/cart/")
        for page, wanted in ((desk, "5"), (phone, "3")):
            page.get_by_label("How many: Moka pot, three cups").fill(wanted)
            page.get_by_role("button", name="Change").first.click()
        conflict = phone.get_by_role("alert")
        expect(conflict).to_contain_text("you asked for 3")
        expect(conflict).to_contain_text("been made 5")
        conflict.get_by_role("button", name="Make it 3").click()
        expect(phone.get_by_label("How many: Moka pot, three cups")).to_have_value("3")

        # The desk still shows five: it may not check out what it has not seen.
        desk.get_by_role("button", name="Check out").click()
        expect(desk.get_by_role("status")).to_contain_text("Please look at it once more")
        desk.get_by_role("button", name="Check out").click()
        expect(desk.get_by_role("heading", level=1)).to_contain_text("Order")

        # What is being checked out cannot be changed from the phone.
        phone.get_by_role("button", name="Change").first.click()
        expect(phone.locator("main")).to_contain_text("being checked out")


@pytest.fixture
def operator(new_page: NewPage, live_server: "LiveServer") -> Visit:
    """A browser in which an operator has signed in."""
    from identity.tests.people import new_staff

    client = Client()
    client.force_login(new_staff(Role.VIEWER, Role.OPERATOR))
    session = client.cookies[settings.SESSION_COOKIE_NAME].value

    def make(address: str, **options: object) -> Page:
        page = new_page(**options)
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
        )
        page.goto(address)
        return page

    return make


class TestOperators:
    @pytest.fixture(params=STAFF_PAGES)
    def address(self, request: pytest.FixtureRequest, shoppers: "Shoppers") -> str:
        ids = {
            "check-outs": "",
            "check-out": f"{shoppers.in_doubt}/",
            "check-out that ended": f"{shoppers.orders['declined']}/",
        }
        return f"/admin/checkouts/{ids[request.param]}"

    def test_see_nothing_that_axe_calls_serious(self, operator: Visit, address: str) -> None:
        page = operator(address)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert serious_faults(page) == [], scheme

    def test_propose_to_close_with_a_reason(self, operator: Visit, shoppers: "Shoppers") -> None:
        page = operator("/admin/checkouts/")
        page.get_by_role("link", name=shoppers.in_doubt).click()
        expect(page.get_by_role("table", name="Time line")).to_contain_text("authorising")
        page.get_by_label("Why it should be closed by hand").fill("The provider has gone bankrupt.")
        page.get_by_role("button", name="Propose to close").click()
        expect(page.locator(".messagelist")).to_contain_text("A second person has to approve it")
