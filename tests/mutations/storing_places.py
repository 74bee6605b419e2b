"""Guards of storing: registers, slots, volumes, accounts and their balances."""

from tests.mutations.guard import Guard

_TESTS = "txhub/tests"
_RACES = f"{_TESTS}/test_storing_races.py"
_MODEL = f"{_TESTS}/test_storing_histories.py::TestHistories"
_REGISTER_TEST = f"{_TESTS}/test_register.py"
_SLOTS_TEST = f"{_TESTS}/test_slots.py"
_ACCOUNTS_TEST = f"{_TESTS}/test_accounts.py"
_LEDGER_TEST = f"{_TESTS}/test_ledger.py"
_CALL = f"{_RACES}::TestACall"
_BALANCE = f"{_RACES}::TestTheBalance"
_ENTRIES = "txhub/services/entries.py"
_QUIET = "txhub/services/quiet.py"
_REGISTER = "txhub/repository/register.py"
_ACCOUNTS = "txhub/repository/accounts.py"
_SLOTS = "txhub/domain/slots.py"
_VOLUMES = "txhub/domain/ledger.py"

_REGISTERS = (
    Guard(
        name="a register is written at the version that was read",
        prevents="two writers file one id twice, and it is stored twice",
        file=_REGISTER,
        holds="first if node.version == 1 else unchanged)",
        broken="first if node.version == 1 else None)",
        test=f"{_REGISTER_TEST}::TestTwoWriters",
    ),
    Guard(
        name="a register is begun where none is",
        prevents="of two first writers one's ids are forgotten",
        file=_REGISTER,
        holds="first if node.version == 1 else unchanged)",
        broken="None if node.version == 1 else unchanged)",
        test=f"{_REGISTER_TEST}::TestTwoWriters",
    ),
    Guard(
        name="a poured node says so",
        prevents="what was poured is not found any more",
        file=_REGISTER,
        holds='packed=b"", poured=True,',
        broken='packed=b"",',
        test=f"{_REGISTER_TEST}::TestLookUp",
    ),
    Guard(
        name="a node is poured all or nothing",
        prevents="a crash leaves a node empty, and what was in it nowhere",
        file=_REGISTER,
        holds="        transact([self._put(each) for each in (emptied, *filled)])",
        broken="        [transact([self._put(each)]) for each in (emptied, *filled)]",
        test=_MODEL,
    ),
    Guard(
        name="what is poured comes on top of what is there",
        prevents="what was poured before is forgotten",
        file=_REGISTER,
        holds="(below.get(prefix) or Node(account_id=node.account_id, prefix=prefix))",
        broken="Node(account_id=node.account_id, prefix=prefix)",
        test=f"{_REGISTER_TEST}::TestSize",
    ),
    Guard(
        name="whoever meets a full node pours it",
        prevents="a register is read whole again, and grows beyond an item",
        file=_QUIET,
        holds="        REGISTER.tidy(ledger.registered)\n",
        broken="",
        test=f"{_CALL}::test_asks_before_each_group_of_writes",
    ),
    Guard(
        name="a filed id keeps its slot",
        prevents="an id that comes again is stored at a second key",
        file=_SLOTS,
        holds="        if filing in taken:",
        broken="        if False:",
        test=f"{_SLOTS_TEST}::TestAssignSlots::test_leaves_everyone_the_slot_that_he_has",
    ),
    Guard(
        name="an id has one slot in a call",
        prevents="an id that stands twice in a file is filed twice",
        file=_SLOTS,
        holds=".setdefault(filing, sourced)",
        broken=".update({filing: sourced})",
        test=f"{_SLOTS_TEST}::TestAssignSlots::test_gives_an_id_one_slot_however_often_it_comes",
    ),
    Guard(
        name="a day goes on counting",
        prevents="a second file of a day is shown among the rows of the first",
        file=_REGISTER,
        holds="last = max([*booked, root.last] if root.last else booked, default=None)",
        broken="last = max(booked, default=None)",
        test=f"{_REGISTER_TEST}::TestLookUp::test_knows_the_latest_slot_of_a_posting",
    ),
)

_ACCOUNTS_AND_BALANCES = (
    Guard(
        name="an account is made where none is",
        prevents="owners, volumes and balances of an open account are wiped out",
        file=_ACCOUNTS,
        holds="Put(self, account_to_item(each), absent)",
        broken="Put(self, account_to_item(each))",
        test=f"{_ACCOUNTS_TEST}::TestOpenAccounts",
    ),
    Guard(
        name="an owner owns what exists",
        prevents="owning makes an account of nothing else",
        file=_ACCOUNTS,
        holds="Change(self, account_id, _ACCOUNT, owners, exists)",
        broken="Change(self, account_id, _ACCOUNT, owners)",
        test=f"{_ACCOUNTS_TEST}::TestAnUnknownAccount",
    ),
    Guard(
        name="volumes are of an account that exists",
        prevents="a directory makes an account of nothing else",
        file=_ACCOUNTS,
        holds='Update(add={"v": volumes}), exists)',
        broken='Update(add={"v": volumes}))',
        test=f"{_ACCOUNTS_TEST}::TestAnUnknownAccount",
    ),
    Guard(
        name="balances are of an account that exists",
        prevents="a balance makes an account of nothing else",
        file=_ACCOUNTS,
        holds="condition=exists & (never_set | not_later)",
        broken="condition=never_set | not_later",
        test=f"{_ACCOUNTS_TEST}::TestAnUnknownAccount",
    ),
    Guard(
        name="a balance does not go back",
        prevents="the balance of an earlier posting takes the place of a later one's",
        file=_ACCOUNTS,
        holds="condition=exists & (never_set | not_later)",
        broken="condition=exists",
        test=f"{_BALANCE}::test_of_a_later_posting_is_kept_though_it_came_since_the_look",
    ),
    Guard(
        name="the closing posting's balance is the account's",
        prevents="the account gets the balance of whatever row came last",
        file=_ENTRIES,
        holds="if closing.as_of is None or (closing.as_of, closing.order) <= "
        "(slot.day, slot.order):",
        broken="if True:",
        test=f"{_BALANCE}::test_is_not_set_back_by_whoever_writes_the_rest",
    ),
    Guard(
        name="an earlier taker's postings count for the balance",
        prevents="a crash before the balance leaves it out, or sets one from within the day",
        file=_ENTRIES,
        holds="now = ledger.current(each.sourced.transaction_id) if",
        broken="now = ledger.after.get(each.sourced.transaction_id) if",
        test=f"{_BALANCE}::test_is_set_by_whoever_takes_over",
    ),
    Guard(
        name="a year keeps its cut",
        prevents="a day has two volumes",
        file=_VOLUMES,
        holds="for name in names.values()} - cuts.keys()):",
        broken="for name in names.values()}):",
        test=f"{_LEDGER_TEST}::TestAssignVolumes::test_never_changes_a_volume_in_use",
    ),
    Guard(
        name="a first day does not loosen the cut",
        prevents="a busy account's new year is one partition",
        file=_VOLUMES,
        holds="return max(own, before) if span_days < _SPAN_DAYS_MIN else own",
        broken="return own",
        test=f"{_LEDGER_TEST}::TestTheTurnOfTheYear",
    ),
    Guard(
        name="December counts for January",
        prevents="an account that has turned busy begins the year as one partition",
        file=_VOLUMES,
        holds="begins = bisect_left(entries, first - _LATELY)",
        broken="begins = bisect_left(entries, first)",
        test=f"{_LEDGER_TEST}::TestTheTurnOfTheYear",
    ),
)

GUARDS = (*_REGISTERS, *_ACCOUNTS_AND_BALANCES)
