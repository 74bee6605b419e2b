from pathlib import Path

import pytest

from txhub.tests.batch.files import card_file, card_rows
from txhub.tests.batch.here import ingest

pytestmark = pytest.mark.django_db(transaction=True)


class TestIngest:
    def test_accounts_for_every_row(self, tmp_path: Path) -> None:
        report = ingest(card_file(tmp_path, card_rows(300)))
        assert (report["status"], report["reason"]) == ("COMPLETED", "")
        assert report["read"] == report["written"] == 300
