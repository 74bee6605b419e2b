"""Two writers of one account at the same moment."""

from contextlib import suppress
from dataclasses import replace
from threading import Thread

import pytest

from kernel.errors import Unavailable
from txhub.domain.entities import AccountId
from txhub.domain.entries import Action, SourcedEntry
from txhub.services import store_entries
from txhub.tests.people import an_entry, new_account
from txhub.tests.test_storing_histories import DAYS, stored_in


def links_in(account_id: AccountId, transaction_id: str) -> set[str]:
    links: set[str] = stored_in(account_id)[transaction_id][4]
    return links


class TestTwoWritersAtOnce:
    """Leases keep two workers from one chunk; this is what is left where they fail, or where two
    feeds' files meet in one account."""

    @pytest.mark.parametrize("attempt", range(5))
    def test_store_what_both_bring_once(self, attempt: int) -> None:
        account = new_account()
        rows = [an_entry(account, str(n), DAYS[n % 4], source=f"one:{n}") for n in range(120)]
        again = [replace(each, source=f"two:{number}") for number, each in enumerate(rows)]
        at_once([rows[:80], again[40:]])
        assert stored_in(account).keys() == {each.transaction_id for each in rows}

    @pytest.mark.parametrize("attempt", range(5))
    def test_lose_nothing_of_each_other(self, attempt: int) -> None:
        account = new_account()
        files = [
            [an_entry(account, f"{name}{n}", DAYS[n % 4], source=f"{name}:{n}") for n in range(40)]
            for name in "abc"
        ]
        at_once(files)
        ids = {each.transaction_id for entries in files for each in entries}
        assert stored_in(account).keys() == ids

    @pytest.mark.parametrize("attempt", range(5))
    def test_keep_what_one_links_to_what_the_other_amends(self, attempt: int) -> None:
        account = new_account()
        first = an_entry(account, "0", DAYS[0])
        store_entries([first])
        backs = [
            replace(an_entry(account, f"r{n}", DAYS[1], 1250), reversed_id=first.transaction_id)
            for n in range(4)
        ]
        entry = replace(first.entry, action=Action.AMEND, posted_on=DAYS[3])
        at_once([backs, [replace(first, entry=entry, source="amend:1")]])
        assert links_in(account, first.transaction_id) == {each.transaction_id for each in backs}


def at_once(files: list[list[SourcedEntry]]) -> None:
    """Each in a thread of its own, again and again until it is stored."""
    threads = [Thread(target=store_in_the_end, args=(entries,)) for entries in files]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def store_in_the_end(entries: list[SourcedEntry]) -> None:
    while True:
        with suppress(Unavailable):
            store_entries(entries)
            return
