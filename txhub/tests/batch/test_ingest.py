from pathlib import Path

import pytest

from txhub.services import known_accounts
from txhub.tests.batch.files import card_file, card_rows, hub_file, hub_rows
from txhub.tests.batch.here import ingest, landed_job, run
from txhub.tests.batch.stored import stored_by

pytestmark = pytest.mark.django_db(transaction=True)


class TestIngest:
    def test_accounts_for_every_row(self, tmp_path: Path) -> None:
        report = ingest(card_file(tmp_path, card_rows(300)))
        assert (report["status"], report["reason"]) == ("COMPLETED", "")
        assert report["read"] == report["written"] == 300

    def test_opens_accounts_under_a_name_that_their_customers_understand(
        self, tmp_path: Path
    ) -> None:
        cards = landed_job(card_file(tmp_path, card_rows(3, accounts=1)))
        numbers = landed_job(hub_file(tmp_path, hub_rows(3)), profile="hub", business_date=None)
        for instance, name in ((cards, "Card"), (numbers, "Current account")):
            run(instance)
            accounts = {each.transaction.account_id for each in stored_by(instance)}
            assert {each.name for each in known_accounts(accounts).values()} == {name}
