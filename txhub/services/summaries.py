"""Keeping summaries: a part is summed up anew, from its entries, whenever one of them changes.

    stand     which version of each summary stands
    read      the parts' entries
    write     what differs, conditional on the version that stood before the entries were read

So it does not matter how often, how late or in which order changes are heard of: whoever writes
last has read last, and every change is followed by a reading. docs/adr/0022-spending.md.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import structlog

from aws.dynamodb import Item, Key, Put, transact
from aws.dynamodb.transactions import ACTIONS_MAX, Action
from aws.metrics import use_case
from aws.vault import KeyDestroyed, KeyMissing, SubjectKey, Tampered, vault
from kernel.errors import Conflict, Unavailable
from txhub.domain.digests import NOTHING, Digest, facts_of_stored, leaf, unreadable_leaf
from txhub.domain.entities import Account, AccountId, Transaction
from txhub.domain.sources import writer_of
from txhub.domain.summaries import Part, Summary, added, part_of, spending_of
from txhub.repository import SUMMARY_REPOSITORY, TRANSACTION_REPOSITORY, Standing
from txhub.repository.sealing import subject_of
from txhub.repository.summaries import has_node
from txhub.repository.transactions import transaction_from_item

log = structlog.get_logger(__name__)
_ATTEMPTS_MAX = 8
# Parts whose versions are read at once, before their entries are.
_TOGETHER = 50
# Writers whose digests one write of a summary changes; the others follow with the next write.
_WRITERS_MAX = 90
_DAY = len("2026-05-17")


@use_case("summaries.keep")
def summarise(parts: Iterable[Part]) -> int:
    """Brings the summaries of these parts up to what is stored; how many were written.

    Raises `Unavailable` when others keep summing up the same parts; then some may be done, and all
    may be given again.
    """
    written = 0
    waiting = iter(sorted(set(parts)))
    while group := list(islice(waiting, _TOGETHER)):
        written += _summarise_group(group)
    return written


@use_case("summaries.rebuild")
def rebuild_account(account: Account) -> int:
    """All summaries of an account anew, those of parts that have no entries left too."""
    return summarise([*_parts_with_entries(account), *summarised_parts(account)])


def summarised_parts(account: Account) -> Iterator[Part]:
    """Those that there is a summary of, with entries or without."""
    for name in SUMMARY_REPOSITORY.names_of(account.account_id):
        covering = (each for each in account.volumes if name.startswith(each))
        yield Part(account.account_id, next(covering, name), name)


def entries_of(account_id: str, volume: str, first: str, last: str) -> Iterator[Item]:
    """The items of the parts, or days, from `first` to `last`, read consistently."""
    days = Key("sk").between(first, f"{last}~") if volume[0].isdigit() else None
    partition = f"{account_id}#{volume}"
    return TRANSACTION_REPOSITORY.query_all(partition, sort=days, consistent=True)


def leaf_of(item: Item, transaction: Transaction | None) -> Digest:
    """Of an item as it is stored; `transaction` None: it does not open."""
    key, name = vault().id_key("digests"), item["sk"].rpartition("#")[2]
    if transaction is None:
        return unreadable_leaf(key, name, item["z"])
    return leaf(key, name, facts_of_stored(transaction))


# --- write ---


@dataclass(frozen=True, slots=True)
class _Planned:
    """A summary's next version, and what it adds to the digests of writers. `is_whole`: it needs no
    further write."""

    part: Part
    put: Put
    added: Mapping[str, Digest]
    is_whole: bool


def _summarise_group(parts: Collection[Part]) -> int:
    vault().prepare({subject_of(part.account_id) for part in parts}, create=False)
    written = 0
    for _attempt in range(_ATTEMPTS_MAX):
        standing = SUMMARY_REPOSITORY.standing(parts)
        planned = [_planned(each, standing[each.part]) for each in _read(parts)]
        parts = set()
        for several in _together(each for each in planned if each):
            try:
                transact(_actions(several))
            except Conflict:  # somebody else sums one of them up too
                parts |= {each.part for each in several}
            else:
                written += len(several)
                parts |= {each.part for each in several if not each.is_whole}
        if not parts:
            return written
    raise Unavailable("others keep summing up the same parts", retry_after_s=1)


def _planned(summary: Summary, before: Standing) -> _Planned | None:
    writers = sorted({*summary.digests, *before.digests})
    differences = (
        (each, summary.digests.get(each, NOTHING) - before.digests.get(each, NOTHING))
        for each in writers
    )
    changed = {writer: difference for writer, difference in differences if difference != NOTHING}
    now = dict(islice(changed.items(), _WRITERS_MAX))
    if len(now) < len(changed):
        summary = replace(summary, digests=_advanced(before.digests, now))
    put = SUMMARY_REPOSITORY.saving(summary, before)
    return _Planned(summary.part, put, now, len(now) == len(changed)) if put else None


def _advanced(before: Mapping[str, Digest], more: Mapping[str, Digest]) -> dict[str, Digest]:
    sums = added([*before.items(), *more.items()])
    return {writer: digest for writer, digest in sums.items() if digest != NOTHING}


def _together(planned: Iterable[_Planned]) -> Iterator[list[_Planned]]:
    """As many as fit into one transaction, in which a writer's digest is one item."""
    held: list[_Planned] = []
    writers: set[str] = set()
    for each in planned:
        if held and len(held) + 1 + len(writers | each.added.keys()) > ACTIONS_MAX:
            yield held
            held, writers = [], set()
        held.append(each)
        writers |= each.added.keys()
    if held:
        yield held


def _actions(planned: Sequence[_Planned]) -> list[Action]:
    sums = added(pair for each in planned for pair in each.added.items())
    nodes = [
        SUMMARY_REPOSITORY.adding(writer, digest)
        for writer, digest in sums.items()
        if has_node(writer) and digest != NOTHING
    ]
    return [*(each.put for each in planned), *nodes]


# --- read ---


def _read(parts: Iterable[Part]) -> Iterator[Summary]:
    """What the parts' entries add up to. One Query takes in all parts of a volume."""
    volumes: dict[tuple[AccountId, str], list[Part]] = {}
    for part in sorted(parts):
        volumes.setdefault((part.account_id, part.volume), []).append(part)
    for (account_id, volume), group in volumes.items():
        try:
            key = vault().key(subject_of(account_id), create=False)
        except (KeyDestroyed, KeyMissing):  # nobody can read the entries, nor the summaries
            continue
        items = entries_of(account_id, volume, group[0].name, group[-1].name)
        filed: dict[Part, list[Item]] = {part: [] for part in group}
        for item in items:
            filed.get(part_of(account_id, volume, item["sk"][:_DAY]), []).append(item)
        for part, found in filed.items():
            yield _summed_up(part, found, key)


def _summed_up(part: Part, items: Iterable[Item], key: SubjectKey) -> Summary:
    opened = [(item, opened_item(item, key)) for item in items]
    booked = [found for _item, found in opened if found and part.is_posted]
    return Summary(
        part=part,
        spending=spending_of(booked),
        digests=added((writer_of(item["s"]), leaf_of(item, found)) for item, found in opened),
    )


def opened_item(item: Item, key: SubjectKey) -> Transaction | None:
    """None where it does not open: somebody has altered it behind our back."""
    try:
        return transaction_from_item(item, key)
    except Tampered:
        log.error("transaction_does_not_open", partition=item["pk"])
        return None


def _parts_with_entries(account: Account) -> Iterator[Part]:
    for volume in account.volumes:
        for item in entries_of(account.account_id, volume, "0", "9"):
            yield part_of(account.account_id, volume, item["sk"][:_DAY])
