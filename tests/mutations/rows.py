"""Guards of rows: quarantine, pending entries, card numbers, and what may be stored."""

from tests.mutations.guard import Guard

_TESTS = "txhub/tests/batch"
_QUARANTINE, _TEST_QUARANTINE = "txhub/batch/quarantine.py", f"{_TESTS}/test_quarantine.py"
_MEMO = f"{_TESTS}/test_full_memo.py"
_PENDING, _TEST_PENDING = "txhub/services/pending.py", "txhub/tests/test_pending.py"

GUARDS = (
    Guard(
        name="a correction does not touch a decided row",
        prevents="what a stored row was corrected to changes afterwards",
        file=_QUARANTINE,
        holds="""pk=row_id, status__in=_UNDECIDED).update(
        correction=""",
        broken="""pk=row_id).update(
        correction=""",
        test=f"{_TEST_QUARANTINE}::TestCorrection::test_after_the_row_is_stored_changes_nothing",
    ),
    Guard(
        name="a discarded row is not stored",
        prevents="a row is stored that two people discarded",
        file=_QUARANTINE,
        holds="""    if row.status == RowStatus.DISCARDED:
        raise RowDecided
    stored""",
        broken="    stored",
        test=f"{_TEST_QUARANTINE}::TestDiscard::test_is_not_undone_by_storing_the_row",
    ),
    Guard(
        name="a stored row is not discarded",
        prevents="quarantine says that a stored row is not",
        file=_QUARANTINE,
        holds="""pk=row_id, status__in=_UNDECIDED).update(
        status=RowStatus.DISCARDED""",
        broken="""pk=row_id).update(
        status=RowStatus.DISCARDED""",
        test=f"{_TEST_QUARANTINE}::TestDiscard::test_of_a_stored_row_is_refused",
    ),
    Guard(
        name="a refused row stays open",
        prevents="a row counts as stored that is not",
        file=_QUARANTINE,
        holds="""    if stored.outcome is Outcome.REFUSED:
        raise StillRefused(stored.reason or "")
""",
        broken="",
        test=f"{_TEST_QUARANTINE}::TestContradiction",
    ),
    Guard(
        name="a correction has no full card number",
        prevents="a card number is kept",
        file=_QUARANTINE,
        holds="""    if mask_pans(corrected) != corrected:
        raise CardNumberGiven
""",
        broken="",
        test=f"{_TESTS}/test_card_numbers.py::TestCorrection"
        "::test_with_a_full_card_number_is_refused",
    ),
    Guard(
        name="rows are filed without card numbers",
        prevents="card numbers stand in chunks and on disk",
        file="txhub/batch/rows.py",
        holds="    kept = without_card_numbers(entry)",
        broken="    kept = entry",
        test=f"{_TESTS}/test_card_numbers.py::TestKept",
    ),
    Guard(
        name="a bad CSV row is kept without card numbers",
        prevents="card numbers stand in quarantine",
        file="txhub/feeds/csv_feed.py",
        holds='mask_pans("".join(self._held))',
        broken='"".join(self._held)',
        test=f"{_TESTS}/test_card_numbers.py::TestKept::test_nor_by_the_quarantine",
    ),
    Guard(
        name="a younger full memo file stands",
        prevents="an older file brings back what is pending no more",
        file="txhub/domain/storing.py",
        holds="    if sourced.superseded and sourced.entry.status is Status.PENDING:",
        broken="    if False:",
        test=f"{_MEMO}::TestDelta::test_does_not_bring_back_what_a_younger_full_file_took_away",
    ),
    Guard(
        name="an older full file takes nothing away",
        prevents="what a younger file named again is gone",
        file="txhub/batch/prune.py",
        holds="    if not has_younger(file):",
        broken="    if True:",
        test=f"{_MEMO}::TestOutOfOrder::test_full_file_takes_nothing_from_a_younger_delta",
    ),
    Guard(
        name="an entry younger than the file stays",
        prevents="a message of this morning is taken away by yesterday's file",
        file=_PENDING,
        holds="entry.edition is not None and entry.edition <= edition",
        broken="entry.edition is not None",
        test=f"{_TEST_PENDING}::TestPrune::test_leaves_what_is_younger",
    ),
    Guard(
        name="an entry of unknown age stays",
        prevents="entries are taken away that no file wrote",
        file=_PENDING,
        holds="entry.edition is not None and entry.edition <= edition",
        broken='(entry.edition or "") <= edition',
        test=f"{_TEST_PENDING}::TestPrune::test_leaves_what_has_no_edition",
    ),
    Guard(
        name="a named entry stays",
        prevents="a full file empties its feed",
        file=_PENDING,
        holds="return no_younger and entry.transaction_id not in named",
        broken="return no_younger",
        test=f"{_TEST_PENDING}::TestPrune::test_takes_away_what_is_not_named",
    ),
    Guard(
        name="another feed's entries stay",
        prevents="one sender's file takes away another's entries",
        file=_PENDING,
        holds=" if each.feed == listed.feed]",
        broken="]",
        test=f"{_MEMO}::TestOthers::test_feeds_keep_theirs",
    ),
    Guard(
        name="an entry is taken away as it was read",
        prevents="an entry that has just changed is taken away",
        file="txhub/repository/pending.py",
        holds='Delete(TRANSACTION_REPOSITORY, *each.key, Attr("n").eq(each.version))',
        broken="Delete(TRANSACTION_REPOSITORY, *each.key)",
        test=f"{_TEST_PENDING}::TestPrune::test_looks_again_where_an_entry_changes_meanwhile",
    ),
    Guard(
        name="what was taken away is counted in the same transaction",
        prevents="a prune that is killed and repeated counts less",
        file="txhub/repository/pending.py",
        holds="before = listed.pruned if listed.pruned_by == prune else 0",
        broken="before = 0",
        test=f"{_TEST_PENDING}::TestPrune::test_goes_on_where_it_was_interrupted",
    ),
    Guard(
        name="the count is changed as it was read",
        prevents="of two counts one is lost",
        file="txhub/repository/pending.py",
        holds="            as_it_was if before.pruned_by else never_counted,",
        broken="            None,",
        test=f"{_TEST_PENDING}::TestPrune::test_counts_what_another_has_counted_meanwhile",
    ),
    Guard(
        name="an account is forgotten as it was read",
        prevents="an account is unlisted that has just got an entry",
        file="txhub/repository/pending.py",
        holds="self.delete(pk, listed.account_id, condition=as_it_was)",
        broken="self.delete(pk, listed.account_id)",
        test=f"{_TEST_PENDING}::TestDirectory::test_remembers_an_account_that_is_listed_anew",
    ),
    Guard(
        name="the prune begins after the last chunk",
        prevents="entries that the file names are taken away",
        file="txhub/batch/work.py",
        holds="    if is_due(prune_id):",
        broken="    if True:",
        test=f"{_MEMO}::TestStep::test_does_not_begin_before",
    ),
    Guard(
        name="a job waits for its prune",
        prevents="a job is COMPLETED before it has replaced anything",
        file="txhub/batch/jobs.py",
        holds="    if prune is None or prune.status == StepStatus.COMPLETED:",
        broken="    if True:",
        test=f"{_MEMO}::TestStep::test_is_part_of_the_job",
    ),
    Guard(
        name="the prune asks for its lease before it takes away",
        prevents="a late loser takes entries away",
        file="txhub/batch/prune.py",
        holds="            before_write=lease.before_write,\n",
        broken="",
        test=f"{_MEMO}::TestTakenOver::test_the_late_loser_takes_nothing_away",
    ),
)
