"""Guards of summaries and digests: no change unheard of, nothing lost unseen."""

from tests.mutations.guard import Guard

_SUMMARIES, _DIGESTS = "txhub/tests/test_summaries.py", "txhub/tests/batch/test_by_digest.py"
_HISTORIES = f"{_SUMMARIES}::test_any_interleaving_ends_where_a_rebuild_does"

GUARDS = (
    Guard(
        name="a summary is written only at the version that was read",
        prevents="what an overtaken consumer has read replaces what is newer",
        file="txhub/repository/summaries.py",
        holds='unchanged = Attr("n").eq(before.version)',
        broken='unchanged = Attr("pk").exists()',
        test=_HISTORIES,
    ),
    Guard(
        name="a part that somebody else has summed up is looked at again",
        prevents="a change is heard of, and not summed up",
        file="txhub/services/summaries.py",
        holds="parts |= {each.part for each in several}",
        broken="parts |= set()",
        test=_HISTORIES,
    ),
    Guard(
        name="an item that does not open has a digest of its own",
        prevents="an item that somebody has altered counts for nothing",
        file="txhub/domain/digests.py",
        holds='return leaf(key, f"!{transaction_id}", sealed)',
        broken="return NOTHING",
        test=f"{_SUMMARIES}::TestSummarise::test_counts_an_item_that_does_not_open_and_goes_on",
    ),
    Guard(
        name="what a chunk has stored elsewhere is looked for",
        prevents="an item that was added in another month is not found",
        file="txhub/batch/reconcile/by_digest.py",
        holds="if self._met != standing:",
        broken="if self._met == standing:",
        test=f"{_DIGESTS}::TestByDigest::test_finds_what_happened_behind_our_back",
    ),
)
