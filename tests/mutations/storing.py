"""Guards of storing: what is looked at, and what is written in which order."""

from tests.mutations.guard import Guard

_TESTS = "txhub/tests"
_RACES = f"{_TESTS}/test_storing_races.py"
_MODEL = f"{_TESTS}/test_storing_histories.py::TestHistories"
_PENDING_TEST = f"{_TESTS}/test_pending.py"
_STORE_TEST = f"{_TESTS}/test_store_entries.py"
_CALL = f"{_RACES}::TestACall"
_NEW = f"{_RACES}::TestANewEntry"
_ENTRIES = "txhub/services/entries.py"
_LEDGERS = "txhub/services/ledgers.py"
_QUIET = "txhub/services/quiet.py"
_PACKING = "txhub/services/packing.py"
_TRANSACTIONS = "txhub/repository/transactions.py"
_REGISTER = "txhub/repository/register.py"
_ACCOUNTS = "txhub/repository/accounts.py"

_FILING = """    for actions in packed(map(_filing, ledgers), ACTIONS_MAX):
        if actions:
            before_write()
            transact(actions)
"""
_NEW_ONES = """\
    for new in _groups((each for ledger in ledgers for each in ledger.new), _WRITE_GROUP):
        before_write()
        TRANSACTION_REPOSITORY.write_new(new)
"""

_ORDER = (
    Guard(
        name="directory and register are written before the transactions",
        prevents="a crash leaves transactions that no reader and no later writer finds",
        file=_QUIET,
        holds=_FILING + _NEW_ONES,
        broken=_NEW_ONES + _FILING,
        test=_MODEL,
    ),
    Guard(
        name="volumes are opened",
        prevents="readers never come to a year's transactions",
        file=_QUIET,
        holds="[*ledger.openings, *ledger.listings",
        broken="[*ledger.listings",
        test=f"{_STORE_TEST}::TestPages",
    ),
    Guard(
        name="ids are filed",
        prevents="an id is stored again on another day",
        file=_QUIET,
        holds=", *ledger.reservation]",
        broken="]",
        test=f"{_STORE_TEST}::TestTheSameIdWithOtherContent",
    ),
    Guard(
        name="an account is listed before its entry is written",
        prevents="an entry that no full file ever finds",
        file=_QUIET,
        holds="*ledger.openings, *ledger.listings,",
        broken="*ledger.openings,",
        test=f"{_PENDING_TEST}::TestDirectory::test_lists_an_account_before_its_entry_is_written",
    ),
    Guard(
        name="what is written of an account's directory and register is one transaction",
        prevents="two writers cut one year into different volumes",
        file=_PACKING,
        holds="if held and len(held) + len(unit) > actions_max:",
        broken="if len(held) >= actions_max:",
        test=f"{_TESTS}/test_packing.py",
    ),
    Guard(
        name="writing begins with a question to the caller",
        prevents="directories and registers are written after the lease is lost",
        file=_QUIET,
        holds="            before_write()\n            transact(actions)",
        broken="            transact(actions)",
        test=f"{_CALL}::test_asks_before_each_group_of_writes",
    ),
    Guard(
        name="the caller is asked before each group of new transactions",
        prevents="a late loser stores rows",
        file=_QUIET,
        holds="        before_write()\n        TRANSACTION_REPOSITORY.write_new(new)",
        broken="        TRANSACTION_REPOSITORY.write_new(new)",
        test=f"{_CALL}::test_asks_before_each_group_of_writes",
    ),
    Guard(
        name="the caller is asked before what is left over is written",
        prevents="a late loser stores what another taker goes on with",
        file=_QUIET,
        holds="        before_write()\n        transact([TRANSACTION",
        broken="        transact([TRANSACTION",
        test=f"{_CALL}::test_asks_before_it_writes_what_was_left_over",
    ),
    Guard(
        name="the caller is asked before each change",
        prevents="a late loser amends and posts",
        file=_QUIET,
        holds="        before_write()\n        TRANSACTION_REPOSITORY.replace",
        broken="        TRANSACTION_REPOSITORY.replace",
        test=f"{_CALL}::test_asks_before_each_group_of_writes",
    ),
    Guard(
        name="the caller is asked before each link",
        prevents="a late loser links",
        file=_QUIET,
        holds="        before_write()\n        TRANSACTION_REPOSITORY.link",
        broken="        TRANSACTION_REPOSITORY.link",
        test=f"{_CALL}::test_asks_before_each_group_of_writes",
    ),
    Guard(
        name="what somebody else has filed is written only where nothing stands",
        prevents="what he writes a moment later, or wrote, is overwritten",
        file=_QUIET,
        holds="transact([TRANSACTION_REPOSITORY.adding(each) for each in rest])",
        broken="TRANSACTION_REPOSITORY.write_new(rest)",
        test=f"{_NEW}::test_does_not_overwrite_what_was_filed_before_and_written_since_the_look",
    ),
    Guard(
        name="what is left over is written",
        prevents="rows that a crash has kept from being written are lost",
        file=_LEDGERS,
        holds="known = self.held.keys() if self.pending else",
        broken="known = self.after.keys() if self.pending else self.after.keys() or",
        test=f"{_NEW}::test_lies_where_it_was_filed_by_somebody_who_died",
    ),
    Guard(
        name="whoever lost looks again",
        prevents="a row counts as stored that is not",
        file=_ENTRIES,
        holds="        lost += quiet\n",
        broken="        pass\n",
        test=f"{_NEW}::test_is_a_duplicate_where_somebody_stored_it_since_the_look",
    ),
    Guard(
        name="a call has a limited number of entries",
        prevents="a register's root grows beyond what DynamoDB takes",
        file=_ENTRIES,
        holds="if len(entries) > ENTRIES_MAX:",
        broken="if False:",
        test=f"{_CALL}::test_takes_no_more_than_a_register_holds",
    ),
)

_LOOK = (
    Guard(
        name="an unknown account refuses all",
        prevents="rows are stored that nobody can read",
        file=_LEDGERS,
        holds="        if account_id not in accounts:\n            raise",
        broken="        if False:\n            raise",
        test=f"{_STORE_TEST}::TestNewEntries::test_of_an_unknown_account_are_refused_whole",
    ),
    Guard(
        name="a filed slot without a volume is a conflict",
        prevents="an id is stored twice where its volume was opened since the account was read",
        file=_LEDGERS,
        holds="            if not keys:",
        broken="            if False:",
        test=f"{_NEW}::test_is_found_in_a_volume_that_was_opened_since_the_account_was_read",
    ),
    Guard(
        name="what is reversed is looked for too",
        prevents="a reversal is not linked to what it reverses",
        file=_LEDGERS,
        holds="return ids | {each.reversed_id for each in entries if each.reversed_id}",
        broken="return ids",
        test=f"{_STORE_TEST}::TestReversal",
    ),
    Guard(
        name="transactions are looked at consistently",
        prevents="a row that was just stored is stored again",
        file=_TRANSACTIONS,
        holds="        items = self.batch_get(keys, consistent=True)",
        broken="        items = self.batch_get(keys)",
        test=f"{_CALL}::test_reads_consistently",
    ),
    Guard(
        name="registers are read consistently",
        prevents="an id that was just filed is filed again",
        file=_REGISTER,
        holds="map(node_from_item, self.batch_get(keys, consistent=True))",
        broken="map(node_from_item, self.batch_get(keys))",
        test=f"{_CALL}::test_reads_consistently",
    ),
    Guard(
        name="accounts are read consistently",
        prevents="a volume that was just opened is cut anew",
        file=_ACCOUNTS,
        holds="self.batch_get([(each, _ACCOUNT) for each in unique], consistent=True)",
        broken="self.batch_get([(each, _ACCOUNT) for each in unique])",
        test=f"{_CALL}::test_reads_consistently",
    ),
)

GUARDS = (*_ORDER, *_LOOK)
