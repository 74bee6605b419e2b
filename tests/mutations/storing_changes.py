"""Guards of storing: what becomes of an entry, and how a transaction is changed."""

from tests.mutations.guard import Guard

_TESTS = "txhub/tests"
_RACES = f"{_TESTS}/test_storing_races.py"
_MODEL = f"{_TESTS}/test_storing_histories.py::TestHistories"
_STORE_TEST = f"{_TESTS}/test_store_entries.py"
_NEW = f"{_RACES}::TestANewEntry"
_AMENDMENT = f"{_RACES}::TestAnAmendment"
_LINK = f"{_RACES}::TestALink"
_ENTRIES = "txhub/services/entries.py"
_LEDGERS = "txhub/services/ledgers.py"
_TRANSACTIONS = "txhub/repository/transactions.py"
_STORING = "txhub/domain/storing.py"

_JUDGE = (
    Guard(
        name="a retaken entry is recognised by its source",
        prevents="a chunk that is taken over counts its rows as duplicates",
        file=_STORING,
        holds="if held is not None and sourced.source in held.sources:",
        broken="if False:",
        test=f"{_STORE_TEST}::TestNewEntries"
        "::test_count_as_written_again_when_their_chunk_is_retaken",
    ),
    Guard(
        name="what a chunk amended last stands when the chunk is retaken",
        prevents="a row before it, which changed nothing, is written over it",
        file=_STORING,
        holds="if held is not None and is_amended_since(sourced.source, held.sources):",
        broken="if False:",
        test=f"{_AMENDMENT}::test_stays_the_last_of_its_chunk_when_that_is_taken_again",
    ),
    Guard(
        name="all sources of a transaction are kept",
        prevents="a retaken chunk does not know its rows that were amended since",
        file=_ENTRIES,
        holds="sources=(sourced.source, *current.sources)",
        broken="sources=(sourced.source,)",
        test=_MODEL,
    ),
    Guard(
        name="a match is counted by the source that made it",
        prevents="a memo file's retaken chunk counts its rows as matched",
        file=_STORING,
        holds="held.matched_by == sourced.source else",
        broken="held.matched_by else",
        test=_MODEL,
    ),
    Guard(
        name="an amendment of something unknown is refused",
        prevents="a correction that came too early is stored as the transaction",
        file=_STORING,
        holds="if sourced.entry.action is Action.AMEND and sourced.sequence is None:",
        broken="if False:",
        test=f"{_STORE_TEST}::TestAmend::test_of_something_unknown_is_refused",
    ),
    Guard(
        name="the same content is a duplicate",
        prevents="an overlapping file goes to quarantine",
        file=_STORING,
        holds="    if held.content == content:\n        # A",
        broken="    if False:\n        # A",
        test=f"{_STORE_TEST}::TestNewEntries::test_are_written_once_and_then_are_duplicates",
    ),
    Guard(
        name="other content needs an AMEND",
        prevents="a file overwrites what is posted",
        file=_STORING,
        holds="    if held.status is Status.PENDING and posts:",
        broken="    if posts:",
        test=f"{_STORE_TEST}::TestTheSameIdWithOtherContent::test_is_refused",
    ),
    Guard(
        name="a historical file changes nothing",
        prevents="old data overwrites what another source wrote",
        file=_STORING,
        holds="    if sourced.historical:",
        broken="    if False:",
        test=f"{_STORE_TEST}::TestAmend::test_by_a_historical_file_is_refused",
    ),
    Guard(
        name="what is posted does not become pending",
        prevents="a booked transaction disappears from the booked ones",
        file=_STORING,
        holds="if held.status is Status.POSTED and sourced.entry.status is Status.PENDING:",
        broken="if False:",
        test=_MODEL,
    ),
    Guard(
        name="a pending entry behind its posting is a duplicate",
        prevents="a late memo file goes to quarantine",
        file=_STORING,
        holds="    if held.status is Status.POSTED and not posts:",
        broken="    if False:",
        test=f"{_STORE_TEST}::TestPending::test_is_not_shown_when_it_comes_after_its_posting",
    ),
    Guard(
        name="entries of one call see each other",
        prevents="of two rows with one id the first one is lost",
        file=_LEDGERS,
        holds="self.after.get(transaction_id) or self.held.get(transaction_id)",
        broken="self.held.get(transaction_id) or self.after.get(transaction_id)",
        test=_MODEL,
    ),
)

_CHANGES = (
    Guard(
        name="a change is conditional on the version that was read",
        prevents="of two changes at once one is lost",
        file=_TRANSACTIONS,
        holds="    return same_version & same_links",
        broken="    return same_links",
        test=f"{_AMENDMENT}::test_comes_on_top_of_one_that_was_faster",
    ),
    Guard(
        name="a change is conditional on the links that were read",
        prevents="a link that is made meanwhile is lost",
        file=_TRANSACTIONS,
        holds="    return same_version & same_links",
        broken="    return same_version",
        test=f"{_AMENDMENT}::test_keeps_a_link_that_was_made_since_the_look",
    ),
    Guard(
        name="a change in place is conditional",
        prevents="of two changes at once one is lost",
        file=_TRANSACTIONS,
        holds="self.put(transaction_to_item(new), condition=_unchanged(old))",
        broken="self.put(transaction_to_item(new))",
        test=f"{_AMENDMENT}::test_comes_on_top_of_one_that_was_faster",
    ),
    Guard(
        name="a move is conditional",
        prevents="a transaction is moved without what it was changed to meanwhile",
        file=_TRANSACTIONS,
        holds="[Delete(self, *old.key, _unchanged(old)), self.adding(new)]",
        broken="[Delete(self, *old.key), self.adding(new)]",
        test=f"{_AMENDMENT}::test_moves_what_somebody_amended_in_its_place_since_the_look",
    ),
    Guard(
        name="a move is one transaction",
        prevents="a crash leaves a transaction nowhere",
        file=_TRANSACTIONS,
        holds="            transact(actions)\n",
        broken="            [transact([each]) for each in actions]\n",
        test=_MODEL,
    ),
    Guard(
        name="a transaction is added where none is",
        prevents="what somebody else wrote meanwhile is overwritten",
        file=_TRANSACTIONS,
        holds='return Put(self, transaction_to_item(new), Attr("pk").not_exists())',
        broken="return Put(self, transaction_to_item(new))",
        test=f"{_NEW}::test_does_not_overwrite_what_was_filed_before_and_written_since_the_look",
    ),
    Guard(
        name="a change keeps links",
        prevents="an amended transaction no longer names its reversal",
        file=_ENTRIES,
        holds="links=before.links, ",
        broken="",
        test=_MODEL,
    ),
    Guard(
        name="a change counts the version",
        prevents="a change that was overtaken overwrites the faster one",
        file=_ENTRIES,
        holds="version=before.version + 1",
        broken="version=before.version",
        test=f"{_AMENDMENT}::test_comes_on_top_of_one_that_was_faster",
    ),
    Guard(
        name="a link needs its transaction",
        prevents="a link to what was moved makes an item of nothing else",
        file=_TRANSACTIONS,
        holds="self.update(*key, _linking([other]), condition=exists)",
        broken="self.update(*key, _linking([other]))",
        test=f"{_LINK}::test_follows_a_transaction_that_was_moved_since_the_look",
    ),
    Guard(
        name="a retaken reversal is linked",
        prevents="a crash before the link leaves it out for good",
        file=_ENTRIES,
        holds="if each.outcome in _STANDING and each.sourced.reversed_id:",
        broken="if each.sourced.transaction_id in ledger.after and each.sourced.reversed_id:",
        test=f"{_LINK}::test_is_made_by_whoever_takes_over",
    ),
    Guard(
        name="a refused reversal is not linked",
        prevents="a transaction names a reversal that is not stored",
        file=_ENTRIES,
        holds="if each.outcome in _STANDING and each.sourced.reversed_id:",
        broken="if each.sourced.reversed_id:",
        test=_MODEL,
    ),
)

GUARDS = (*_JUDGE, *_CHANGES)
