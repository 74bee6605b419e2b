"""Guards of statements: every posting on exactly one, none issued twice, none silently wrong."""

from tests.mutations.guard import Guard

_ROOM, _TESTS = "txhub/statements", "txhub/tests/statements"
_DESK, _CORRECTING = f"{_ROOM}/services/desk.py", f"{_ROOM}/services/correcting.py"
_BALANCES = f"{_ROOM}/domain/balances.py"
_ISSUING, _CORRECTED = f"{_TESTS}/test_issuing.py", f"{_TESTS}/test_correcting.py"

GUARDS = (
    Guard(
        name="a statement is issued only on the schedule that was read",
        prevents="two workers, or a correction, issue on what is no longer so",
        file=f"{_ROOM}/repository/schedule.py",
        holds='unchanged = Attr("n").eq(before.revision)',
        broken='unchanged = Attr("pk").exists()',
        test=f"{_ISSUING}::TestTheSchedule::test_lets_one_of_two_issue",
    ),
    Guard(
        name="late postings are looked for",
        prevents="a posting that came late is on no statement",
        file=_DESK,
        holds="if day < first_day and digest not in on_statements}",
        broken="if day > first_day and digest not in on_statements}",
        test=f"{_ISSUING}::TestALatePosting::test_stands_on_the_next_statement_with_its_value_date",
    ),
    Guard(
        name="what is on a statement is on no other",
        prevents="a posting whose day was amended is stated twice",
        file=_DESK,
        holds="if register_digest(each.transaction_id) not in on_statements",
        broken="if register_digest(each.transaction_id)",
        test=f"{_ISSUING}::TestALatePosting::test_that_is_amended_once_stated_does_not_come_again",
    ),
    Guard(
        name="a correction leaves earlier statements what they hold",
        prevents="a posting whose day was amended is stated twice",
        file=_CORRECTING,
        holds="if register_digest(each.transaction_id) not in earlier:",
        broken="if register_digest(each.transaction_id):",
        test=f"{_CORRECTED}::TestACorrection::test_leaves_what_an_earlier_one_holds",
    ),
    Guard(
        name="a correction takes from later statements",
        prevents="a posting that was taken back is stated twice",
        file=_CORRECTING,
        holds="without=frozenset(each.transaction_id for each in corrected.lines),",
        broken="without=frozenset(),",
        test=f"{_CORRECTED}::TestACorrection::test_takes_the_late_posting_back_into_its_month",
    ),
    Guard(
        name="successors open with what a correction closes with",
        prevents="an opening balance is not the closing balance before it",
        file=_CORRECTING,
        holds="if not loses_lines and _opens_with(version, closings):",
        broken="if not loses_lines:",
        test=f"{_CORRECTED}::TestACorrection"
        "::test_takes_an_amendment_over_and_moves_all_that_follow",
    ),
    Guard(
        name="a correction is made once",
        prevents="a decision that is carried out twice makes two versions",
        file=_CORRECTING,
        holds="if any(each.source == source for each in desk.versions):",
        broken="if not desk.versions:",
        test=f"{_CORRECTED}::TestACorrection::test_again_changes_nothing",
    ),
    Guard(
        name="balances begin and end where the statement does",
        prevents="a statement is issued although a transaction is missing",
        file=_BALANCES,
        holds="if _begins(ring) or len(_connected(ring)) > 1:",
        broken="if len(_connected(ring)) > 1:",
        test=f"{_TESTS}/test_balances.py::TestTheBalances"
        "::test_break_where_a_transaction_is_missing",
    ),
    Guard(
        name="balances hang together",
        prevents="a statement opens with a balance that the core never had",
        file=_BALANCES,
        holds="if _begins(ring) or len(_connected(ring)) > 1:",
        broken="if _begins(ring):",
        test=f"{_TESTS}/test_balances.py::TestTheBalances::test_must_hang_together",
    ),
    Guard(
        name="an object of a statement is written once",
        prevents="what a customer has read changes",
        file=f"{_ROOM}/repository/objects.py",
        holds="if_none_match=True",
        broken="if_none_match=False",
        test=f"{_TESTS}/test_objects.py::TestAnObject::test_is_never_written_over",
    ),
    Guard(
        name="an object opens at its own place only",
        prevents="one month's statement is shown as another's",
        file=f"{_ROOM}/repository/objects.py",
        holds='return f"statement {key}"',
        broken='return "statement"',
        test=f"{_TESTS}/test_objects.py::TestAnObject::test_opens_nowhere_else",
    ),
    Guard(
        name="a chunk counts what its earlier taker issued",
        prevents="a job reports fewer statements than it issued",
        file=f"{_ROOM}/services/issuing.py",
        holds="count = sum(each.source == source for each in desk.versions)",
        broken="count = 0",
        test=f"{_TESTS}/test_job.py::TestTheJob::test_taken_again_counts_the_same",
    ),
)
