"""Alice does not recognise a purchase; the bank answers her."""

import re
from datetime import date
from pathlib import Path
from threading import Barrier, Thread

import pytest
from django.conf import settings
from django.test import Client

from identity import audit
from identity.staff import Role
from identity.tests.people import new_staff
from kernel.clock import utc_now
from txhub import queries, services
from txhub.domain.disputes import NEXT, Dispute, DisputeMoved, DisputeStatus
from txhub.domain.entities import AccountId, CustomerId, Transaction
from txhub.repository import DISPUTE_REPOSITORY, DisputeMissing
from txhub.services import store_entries
from txhub.tests.people import an_entry, new_account, new_customer
from txhub.tests.test_api import Caller
from txhub.tests.web.visitors import account_of, new_person, signed_in, text_of

JUNE = date(2026, 6, 1)


def a_purchase(account: AccountId, owner: CustomerId) -> Transaction:
    entry = an_entry(account, "strange", JUNE)
    store_entries([entry])
    return queries.transaction(queries.account_for(owner, account), entry.transaction_id)


@pytest.fixture
def alice() -> CustomerId:
    return new_customer()


@pytest.fixture
def purchase(alice: CustomerId) -> Transaction:
    return a_purchase(new_account(alice), alice)


def open_ids() -> set[str]:
    return {each.transaction_id for each in queries.open_disputes()}


class TestStates:
    def test_are_those_of_the_chart(self) -> None:
        chart = Path(settings.BASE_DIR, "docs/states/dispute.md").read_text()
        drawn = set(re.findall(r"^\s+(\w+) --> (\w+)", chart, re.MULTILINE))
        assert drawn == {(a.value, b.value) for a, moves in NEXT.items() for b in moves}


class TestADispute:
    def test_is_open_with_its_time_until_it_is_withdrawn(
        self, alice: CustomerId, purchase: Transaction
    ) -> None:
        before = utc_now()
        opened = services.open_dispute(purchase, alice, note="Never been to Leeds")
        assert before <= opened.opened_at <= utc_now()
        assert queries.dispute_about(purchase) == opened
        assert purchase.transaction_id in open_ids()
        services.withdraw_dispute(purchase)
        assert purchase.transaction_id not in open_ids()
        assert services.open_dispute(purchase, alice).status is DisputeStatus.OPEN

    def test_is_one_however_often_it_is_opened(
        self, alice: CustomerId, purchase: Transaction
    ) -> None:
        together = Barrier(8)
        opened: list[Dispute] = []

        def press() -> None:
            together.wait()
            opened.append(services.open_dispute(purchase, alice))

        threads = [Thread(target=press) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(opened) == 8
        assert len({each.opened_at for each in opened}) == 1

    def test_that_somebody_else_has_moved_moves_no_more(
        self, alice: CustomerId, purchase: Transaction
    ) -> None:
        opened = services.open_dispute(purchase, alice)
        services.withdraw_dispute(purchase)
        with pytest.raises(DisputeMoved):
            DISPUTE_REPOSITORY.save(opened.answered("late", "staff:1", utc_now()))
        with pytest.raises(DisputeMoved):
            services.withdraw_dispute(purchase)

    def test_is_missing_where_nobody_opened_one(self, purchase: Transaction) -> None:
        with pytest.raises(DisputeMissing):
            services.withdraw_dispute(purchase)

    def test_keeps_what_was_written_sealed(self, alice: CustomerId, purchase: Transaction) -> None:
        services.open_dispute(purchase, alice, note="Never been to Leeds")
        item = DISPUTE_REPOSITORY.get(purchase.account_id, purchase.transaction_id)
        assert "Leeds" not in repr(item)


@pytest.mark.django_db
class TestPages:
    def test_let_a_customer_report_and_withdraw(self) -> None:
        alice = new_person("Alice")
        account = account_of(alice)
        shown = a_purchase(account, CustomerId(alice.customer_id))
        page = f"/accounts/{account}/transactions/{shown.transaction_id}/"
        browser = signed_in(alice)
        assert "recognise this" in text_of(browser.get(page))
        reported = browser.post(f"{page}dispute/", {"note": "Not <me>"}, follow=True)
        assert "We have your report" in text_of(reported)
        assert "Not &lt;me&gt;" in reported.content.decode()
        withdrawn = browser.post(f"{page}dispute/withdraw/", follow=True)
        assert "Your report is withdrawn" in text_of(withdrawn)

    def test_refuse_everybody_else(self) -> None:
        alice, charlie = new_person("Alice"), new_person("Charlie")
        account = account_of(alice)
        shown = a_purchase(account, CustomerId(alice.customer_id))
        page = f"/accounts/{account}/transactions/{shown.transaction_id}/dispute/"
        assert signed_in(charlie).post(page).status_code == 404
        assert Client().post(page).status_code == 302
        assert queries.dispute_about(shown) is None


class TestTheApi:
    def test_reports_reads_and_withdraws(self) -> None:
        alice = new_person("Alice")
        owner = CustomerId(alice.customer_id)
        shown = a_purchase(new_account(owner), owner)
        headers = Caller(alice).headers
        url = f"/api/v1/accounts/{shown.account_id}/transactions/{shown.transaction_id}/dispute"
        assert Client().get(url, headers=headers).status_code == 404
        body = {"note": "Not me"}
        first = Client().put(url, body, content_type="application/json", headers=headers).json()
        again = Client().put(url, {}, content_type="application/json", headers=headers).json()
        assert first == again
        assert (first["status"], first["note"], first["answer"]) == ("open", "Not me", None)
        assert Client().delete(url, headers=headers).json()["status"] == "withdrawn"
        assert Client().delete(url, headers=headers).status_code == 409

    def test_says_what_is_wrong_with_a_note(self) -> None:
        alice = new_person("Alice")
        owner = CustomerId(alice.customer_id)
        shown = a_purchase(new_account(owner), owner)
        url = f"/api/v1/accounts/{shown.account_id}/transactions/{shown.transaction_id}/dispute"
        answer = Client().put(
            url,
            {"note": "x" * 1001},
            content_type="application/json",
            headers=Caller(alice).headers,
        )
        assert answer.status_code == 422
        assert "note" in answer.json()["errors"]


@pytest.mark.django_db
class TestOperators:
    def test_see_it_answer_it_and_leave_a_trace(
        self, alice: CustomerId, purchase: Transaction
    ) -> None:
        services.open_dispute(purchase, alice, note="Never been to Leeds")
        path = f"/admin/disputes/{purchase.account_id}/{purchase.transaction_id}/"
        staff = Client()
        staff.force_login(new_staff(Role.OPERATOR))
        assert purchase.transaction_id in text_of(staff.get("/admin/disputes/"))
        page = text_of(staff.get(path))
        assert "Never been to Leeds" in page
        assert "CORNER COFFEE" in page
        staff.post(path, {"answer": "It was your hotel."})
        answered = queries.dispute_about(purchase)
        assert answered is not None
        assert (answered.status, answered.answer) == (DisputeStatus.ANSWERED, "It was your hotel.")
        trail = audit.entries_about(f"account:{purchase.account_id}")
        assert [each.action for each in trail] == ["dispute.answered", "dispute.viewed"]

    def test_only_may_answer(self, alice: CustomerId, purchase: Transaction) -> None:
        services.open_dispute(purchase, alice)
        path = f"/admin/disputes/{purchase.account_id}/{purchase.transaction_id}/"
        viewer = Client()
        viewer.force_login(new_staff(Role.VIEWER))
        assert "Answer to the customer" not in text_of(viewer.get(path))
        assert viewer.post(path, {"answer": "no"}).status_code == 403
        assert purchase.transaction_id in open_ids()

    def test_find_nothing_where_nothing_is_disputed(self, purchase: Transaction) -> None:
        staff = Client()
        staff.force_login(new_staff(Role.OPERATOR))
        path = f"/admin/disputes/{purchase.account_id}/{purchase.transaction_id}/"
        assert staff.get(path).status_code == 404
