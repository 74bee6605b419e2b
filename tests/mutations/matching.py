"""Guards of matching: what is pending becomes posted once."""

from tests.mutations.guard import Guard

_TEST = "txhub/tests/test_matches.py"
_ENDED = "txhub/tests/test_ended_holds.py"
_PIECES = f"{_TEST}::TestAFileThatIsStoredInPieces::test_ends_as_if_nothing_had_happened"
_WRITERS = f"{_TEST}::TestTwoWritersAtOnce"
_PENDING, _LAST = f"{_TEST}::TestAPendingEntry", f"{_ENDED}::TestTheLastCapture"
_UNDO = "txhub/tests/test_undone_matches.py::TestUndoing"
_MATCHING, _ROUNDS = "txhub/services/matching.py", "txhub/services/rounds.py"
_MATCHES = "txhub/services/matches.py"

GUARDS = (
    Guard(
        name="a match is conditional on its pending entry",
        prevents="a pending entry is settled as it no longer is",
        file="txhub/repository/transactions.py",
        holds="[Delete(self, *old.key, _unchanged(old)), self.adding(new)]",
        broken="[Delete(self, *old.key), self.adding(new)]",
        test=f"{_WRITERS}::test_settle_it_as_it_was_amended_meanwhile",
    ),
    Guard(
        name="a match is one transaction",
        prevents="a crash leaves a pending entry settled by what is not stored",
        file="txhub/services/quiet.py",
        holds="            transact(matches)\n",
        broken="            [transact([each]) for each in matches]\n",
        test=_PIECES,
    ),
    Guard(
        name="a round is played as it was",
        prevents="whoever takes a chunk over matches its rest as if it were all",
        file=_ROUNDS,
        holds="        decided = self._as_it_was()\n",
        broken="        decided = self._with_what_is_left()\n",
        test=_PIECES,
    ),
    Guard(
        name="a posting is added where something is pending",
        prevents="a late worker writes over what another has matched",
        file="txhub/services/ledgers.py",
        holds="return [] if self.pending else new",
        broken="return new",
        test=f"{_WRITERS}::test_do_not_write_over_what_the_other_has_matched",
    ),
    Guard(
        name="what is settled does not become pending again",
        prevents="a memo file that comes again shows a purchase twice, or goes to quarantine",
        file="txhub/domain/storing.py",
        holds="if held.settled and sourced.entry.status is Status.PENDING:",
        broken="if False:",
        test=f"{_PENDING}::test_does_not_come_back_with_another_file",
    ),
    Guard(
        name="a settled entry is looked for",
        prevents="a memo row that comes again is stored a second time",
        file="txhub/repository/keys.py",
        holds="PENDING_VOLUME, settled_volume(slot.day), ended_volume(slot.day)",
        broken="PENDING_VOLUME, ended_volume(slot.day)",
        test=f"{_PENDING}::test_does_not_come_back_with_another_file",
    ),
    Guard(
        name="an entry whose hold has ended is looked for",
        prevents="a memo row that comes again brings back what its last capture has ended",
        file="txhub/repository/keys.py",
        holds="PENDING_VOLUME, settled_volume(slot.day), ended_volume(slot.day)",
        broken="PENDING_VOLUME, settled_volume(slot.day)",
        test=f"{_LAST}::test_keeps_a_memo_file_from_bringing_the_order_back",
    ),
    Guard(
        name="after its end only what names it settles an entry",
        prevents="another purchase at the shop is hidden behind one that was never captured",
        file="txhub/domain/matching/evidence.py",
        holds="return code_db > 0 or ends_on is None or posted.booked_day <= ends_on",
        broken="return True",
        test=f"{_ENDED}::TestExpiry::test_is_over_for_what_only_looks_alike",
    ),
    Guard(
        name="a last capture ends its entry within a file too",
        prevents="it depends on the cut of files whether a posting is matched",
        file="txhub/domain/matching/matcher.py",
        holds=" and weigh(candidate, other, own)",
        broken="",
        test="txhub/tests/matching/test_match.py::TestCaptures"
        "::test_of_one_file_end_where_those_of_several_do",
    ),
    Guard(
        name="what is late is held against what is posted",
        prevents="a pending entry that comes after its posting is shown beside it",
        file=_MATCHING,
        holds="    _settle_what_is_late(ledger, stored)\n",
        broken="",
        test=f"{_PENDING}::test_that_comes_after_its_posting_is_not_shown",
    ),
    Guard(
        name="what closes an order comes last",
        prevents="of an order's parts in one file some are not matched",
        file=_ROUNDS,
        holds="return found.closes, posting",
        broken="return not found.closes, posting",
        test=f"{_TEST}::TestAnOrder::test_may_be_posted_in_one_file",
    ),
    Guard(
        name="expiry is conditional",
        prevents="what was posted at the last moment is pending, or nowhere",
        file="txhub/services/expiry.py",
        holds="                *TRANSACTION_REPOSITORY.replacing(before, after),\n",
        broken="                TRANSACTION_REPOSITORY.adding(after),\n",
        test=f"{_ENDED}::TestExpiry::test_leaves_what_was_posted_meanwhile",
    ),
    Guard(
        name="a decision undoes a match once",
        prevents="an approval that is carried out twice fails the second time",
        file=_MATCHES,
        holds="if settles is not None and settles.undone_by == decision:",
        broken="if False:",
        test=f"{_UNDO}::test_may_be_done_twice",
    ),
    Guard(
        name="an undone match brings back what is still held",
        prevents="an expired hold is shown again",
        file=_MATCHES,
        holds="return in_time and pending.transaction.final_on is None",
        broken="return pending.transaction.final_on is None",
        test=f"{_UNDO}::test_does_not_bring_back_what_has_expired",
    ),
    Guard(
        name="an undone match brings back no more than its last capture had left",
        prevents="the rest of an order that is over is shown as held again",
        file=_MATCHES,
        holds="return in_time and pending.transaction.final_on is None",
        broken="return in_time",
        test=f"{_LAST}::test_holds_while_another_part_is_undone",
    ),
)
