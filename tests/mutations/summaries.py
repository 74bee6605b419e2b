"""Guards of summaries and digests: no change unheard of, nothing lost unseen."""

from tests.mutations.guard import Guard

_SUMMARIES, _DIGESTS = "txhub/tests/test_summaries.py", "txhub/tests/batch/test_by_digest.py"
_REPOSITORY, _KEEPING = "txhub/repository/summaries.py", f"{_SUMMARIES}::TestSummarise"
_HISTORIES = f"{_SUMMARIES}::test_any_interleaving_ends_where_a_rebuild_does"

GUARDS = (
    Guard(
        name="a summary is written only at the version that was read",
        prevents="what an overtaken consumer has read replaces what is newer",
        file=_REPOSITORY,
        holds='unchanged = Attr("n").eq(before.version)',
        broken='unchanged = Attr("pk").exists()',
        test=_HISTORIES,
    ),
    Guard(
        name="a first summary is written only where there is none",
        prevents="two consumers add the same rows to a writer's digest",
        file=_REPOSITORY,
        holds='first = Attr("pk").not_exists()',
        broken="first = None",
        test=f"{_KEEPING}::test_writes_a_first_summary_once_though_two_are_at_it",
    ),
    Guard(
        name="a change of the writer alone is heard of",
        prevents="a row that a message has taken over counts for the chunk that wrote it first",
        file="txhub/projections.py",
        holds='return (old.get("z"), old.get("s")) != (new.get("z"), new.get("s"))',
        broken='return old.get("z") != new.get("z")',
        test=f"{_KEEPING}::test_follows_a_row_to_its_new_writer_though_it_says_the_same",
    ),
    Guard(
        name="the latest month is one of what is posted",
        prevents="the chart of an account in which something was pending lately is empty",
        file=_REPOSITORY,
        holds='sort=Key("sk").lt(PENDING_VOLUME)',
        broken='sort=Key("sk").gt("0")',
        test=f"{_KEEPING}::test_takes_nothing_that_is_not_posted_for_a_month",
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
        test=f"{_KEEPING}::test_counts_an_item_that_does_not_open_and_goes_on",
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
