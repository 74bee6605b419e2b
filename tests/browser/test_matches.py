"""What was pending, in a browser: on the customer's page of its posting, and for operators."""

from typing import TYPE_CHECKING

import pytest
from django.test import Client
from playwright.sync_api import expect

from identity.staff import Role
from identity.tests.people import new_person
from tests.browser.conftest import NewPage, sign_in
from tests.browser.test_quality import _SPILLING, serious_faults
from txhub.domain.entities import CustomerId
from txhub.services import store_entries
from txhub.tests.holds import DAY, LATER, pending, posted
from txhub.tests.people import new_account
from txhub.tests.test_undone_matches import PAGE, Pair, person

if TYPE_CHECKING:
    from pytest_django.live_server_helper import LiveServer

WIDTHS = (1280, 390)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_dinner_with_a_tip_tells_what_it_was(new_page: NewPage, width: int) -> None:
    alice = new_person("Alice")
    account = new_account(CustomerId(alice.customer_id))
    dinner = posted(account, "dinner", -4600, merchant="BELLA NAPOLI", mcc="5812", day=LATER)
    order = pending(account, "order", -9000, auth_code="A1B2C3", merchant="Ritz Books", mcc="5942")
    part = posted(account, "part", -3000, auth_code="A1B2C3", merchant="Ritz Books", mcc="5942")
    hold = pending(account, "hold", -4000, merchant="Bella Napoli", mcc="5812", day=DAY)
    store_entries([hold, order])
    store_entries([dinner, part])
    page = new_page(width=width)
    sign_in(page, alice)
    page.goto(f"/accounts/{account}/transactions/{hold.transaction_id}/")
    expect(page.get_by_text("It was pending as")).to_contain_text("£40.00")
    assert serious_faults(page) == []
    page.goto(f"/accounts/{account}/transactions/{order.transaction_id}/")
    expect(page.get_by_text("It is what is left of")).to_contain_text("£90.00")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", WIDTHS)
def test_an_operator_sees_a_doubtful_match(
    new_page: NewPage, live_server: "LiveServer", width: int
) -> None:
    pair = Pair()
    operator = Client()
    operator.force_login(person(Role.OPERATOR))
    page = new_page(width=width)
    session = operator.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page.goto(PAGE)
    assert page.locator("main").evaluate(_SPILLING) == []
    page.get_by_role("link", name=pair.posting.transaction_id).click()
    expect(page.get_by_role("button", name="Propose to undo it")).to_be_visible()
    assert page.locator("main").evaluate(_SPILLING) == []
    assert serious_faults(page) == []
