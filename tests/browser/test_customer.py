"""What customers do in a browser, with and without JavaScript."""

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from aws.tests.away import nobody_answers
from tests.browser.conftest import NewPage, sign_in
from txhub.web.listing import ROWS_A_PAGE

if TYPE_CHECKING:
    from tests.browser.customers import Household

ROWS = "#ledger .what a"


def ids_on(page: Page) -> list[str]:
    """The posted transactions on the page, in order."""
    hrefs = page.locator(ROWS).evaluate_all("links => links.map(each => each.pathname)")
    return [href.rstrip("/").rpartition("/")[2] for href in hrefs]


def posted(household: "Household") -> list[str]:
    return [each.transaction_id for each in household.transactions[2:]]


@pytest.mark.journey
class TestCustomer:
    def test_signs_in_reads_and_signs_out(self, new_page: NewPage, household: "Household") -> None:
        page = new_page()
        sign_in(page, household.person)
        expect(page.locator("main")).to_contain_text("Rainy day")
        page.get_by_role("link", name="Everyday").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Everyday")
        expect(page.locator(".pending")).to_contain_text("Waiting Shop")
        page.locator(ROWS).first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Corner Coffee")
        expect(page.locator(".status")).to_have_text("Posted")
        page.go_back()
        expect(page.get_by_role("heading", level=1)).to_have_text("Everyday")
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")

    def test_is_told_what_was_wrong_at_sign_in(
        self, new_page: NewPage, household: "Household"
    ) -> None:
        page = new_page()
        page.goto("/")
        page.get_by_label("E-mail address").fill(household.person.email)
        page.get_by_label("Password").fill("not the password")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_be_visible()

    def test_comes_back_to_where_the_session_ended(
        self, new_page: NewPage, household: "Household"
    ) -> None:
        page = new_page()
        page.goto(f"{household.list}?q=coffee")
        page.get_by_label("E-mail address").fill(household.person.email)
        page.get_by_label("Password").fill(household.person.password)
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(r"\?q=coffee$"))


@pytest.mark.parametrize("scripts", [True, False], ids=["javascript", "plain"])
class TestFilters:
    def test_narrow_the_list(
        self, signed_in: NewPage, household: "Household", scripts: bool
    ) -> None:
        page = signed_in(java_script_enabled=scripts)
        page.goto(household.list)
        page.get_by_label("Search in this account").fill("coffee")
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_have_text("24 transactions found")
        page.get_by_text("More filters").click()
        page.get_by_label("At least").fill("1,000.00")
        page.get_by_role("button", name="Search").click()
        expect(page.get_by_role("heading", name="No transaction matches")).to_be_visible()
        page.get_by_role("link", name="Remove filter “coffee”").click()
        expect(page.locator(ROWS)).to_have_text(["Salary"])
        page.get_by_role("link", name="Clear all").click()
        expect(page.locator(ROWS)).to_have_count(ROWS_A_PAGE)

    def test_say_what_to_correct(
        self, signed_in: NewPage, household: "Household", scripts: bool
    ) -> None:
        page = signed_in(java_script_enabled=scripts)
        page.goto(household.list)
        page.get_by_text("More filters").click()
        page.get_by_label("At most").fill("plenty")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert").first).to_contain_text("Write an amount in GBP")


@pytest.mark.parametrize("scripts", [True, False], ids=["javascript", "plain"])
class TestPaging:
    def test_shows_everything_once(
        self, signed_in: NewPage, household: "Household", scripts: bool
    ) -> None:
        page = signed_in(java_script_enabled=scripts)
        page.goto(household.list)
        seen: list[str] = ids_on(page)
        while (more := page.get_by_role("link", name="Show more")).count():
            before = len(ids_on(page))
            more.click()
            if scripts:
                expect(page.locator(ROWS)).not_to_have_count(before)
                seen = ids_on(page)
            else:
                seen += ids_on(page)
        assert seen == posted(household)


class TestWithJavaScript:
    def test_filters_while_typing_and_keeps_the_focus(
        self, signed_in: NewPage, household: "Household"
    ) -> None:
        page = signed_in()
        page.goto(household.list)
        page.evaluate("window.stayed = true")
        page.get_by_label("Search in this account").press_sequentially("salary")
        expect(page).to_have_url(re.compile(r"/\?q=salary$"))
        expect(page.locator(ROWS)).to_have_text(["Salary"])
        assert page.evaluate("document.activeElement.id") == "id_q"
        assert page.evaluate("window.stayed") is True
        page.go_back()
        expect(page.locator(ROWS)).to_have_count(ROWS_A_PAGE)
        expect(page.get_by_label("Search in this account")).to_have_value("")

    def test_goes_on_where_the_list_ended(self, signed_in: NewPage, household: "Household") -> None:
        page = signed_in()
        page.goto(household.list)
        page.get_by_role("link", name="Show more").click()
        expect(page.locator(ROWS)).to_have_count(2 * ROWS_A_PAGE)
        focused = page.evaluate("document.activeElement.pathname")
        assert posted(household)[ROWS_A_PAGE] in focused
        expect(page.get_by_role("status")).to_have_text("30 more transactions below")
        months = page.locator("#ledger .month th").all_inner_texts()
        assert len(months) == len(set(months))

    def test_finds_its_place_again(self, signed_in: NewPage, household: "Household") -> None:
        page = signed_in()
        page.goto(household.list)
        page.get_by_role("link", name="Show more").click()
        row = page.locator(ROWS).nth(ROWS_A_PAGE + 10)
        row.click()
        expect(page.locator(".figure")).to_be_visible()
        page.go_back()
        expect(page.locator(ROWS)).to_have_count(2 * ROWS_A_PAGE)
        expect(row).to_be_in_viewport()

    def test_says_when_the_list_cannot_be_loaded(
        self, signed_in: NewPage, household: "Household", complaints: list[str]
    ) -> None:
        page = signed_in()
        page.goto(household.list)
        with nobody_answers():
            page.get_by_label("Search in this account").fill("coffee")
            expect(page.locator("[data-failure]")).to_be_visible(timeout=20_000)
        expect(page.locator(ROWS)).to_have_count(ROWS_A_PAGE)
        page.get_by_label("Search in this account").fill("salary")
        expect(page.locator(ROWS)).to_have_text(["Salary"])
        expect(page.locator("[data-failure]")).to_be_hidden()
        complaints.clear()  # htmx notes the 503 on the console

    def test_leaves_nothing_of_the_customer_in_the_browser(
        self, signed_in: NewPage, household: "Household"
    ) -> None:
        page = signed_in()
        page.goto(household.list)
        page.get_by_label("Search in this account").fill("salary")
        expect(page.locator(ROWS)).to_have_text(["Salary"])
        kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
        assert "Salary" not in kept
        assert household.everyday not in kept.replace(household.list, "")

    def test_switches_between_light_and_dark(
        self, signed_in: NewPage, household: "Household"
    ) -> None:
        page = signed_in(color_scheme="light")
        page.goto("/")
        ground = "getComputedStyle(document.body).backgroundColor"
        light = page.evaluate(ground)
        toggle = page.get_by_role("button", name="Colours")
        toggle.click()
        expect(toggle).to_have_accessible_name("Colours: light")
        toggle.click()
        assert page.evaluate(ground) != light
        page.goto(household.list)
        expect(toggle).to_have_accessible_name("Colours: dark")
        assert page.evaluate(ground) != light
        toggle.click()
        assert page.evaluate(ground) == light


class TestKeyboard:
    def test_skips_to_the_content(self, signed_in: NewPage, household: "Household") -> None:
        page = signed_in()
        page.goto(household.list)
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        expect(page.locator("main").get_by_role("link", name="Accounts")).to_be_focused()

    def test_walks_from_the_accounts_to_a_transaction(
        self, signed_in: NewPage, household: "Household"
    ) -> None:
        page = signed_in()
        page.goto("/")
        walk_to(page, "Everyday")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Everyday")
        walk_to(page, "Corner Coffee")
        page.keyboard.press("Enter")
        expect(page.locator(".figure")).to_be_visible()

    def test_sees_where_it_is(self, signed_in: NewPage, household: "Household") -> None:
        page = signed_in()
        page.goto(household.list)
        for _stop in range(12):
            page.keyboard.press("Tab")
            assert page.evaluate(_HAS_OUTLINE), page.evaluate("document.activeElement.outerHTML")


_HAS_OUTLINE = """() => [null, '::after'].some(part => {
  const style = getComputedStyle(document.activeElement, part);
  return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1;
})"""


def walk_to(page: Page, name: str) -> None:
    """Presses Tab until the focus is on the link called `name`."""
    for _stop in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == name:
            return
    pytest.fail(f"{name} was not reached")
