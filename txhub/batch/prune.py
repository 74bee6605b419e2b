"""The prune step: what a full memo file does not name is pending no more.

It runs once all chunks of the file are stored. The directory of accounts with pending entries and
the file's own chunks are both in the order of account ids, so they are read side by side: memory
depends on neither, and an account that the file does not mention loses its entries too.
"""

from collections.abc import Iterable, Iterator, Set
from itertools import groupby
from operator import itemgetter

import orjson
from django.db import transaction

from kernel.errors import Refused
from txhub.batch.closing import fault_of
from txhub.batch.cutting import lines_of
from txhub.batch.editions import has_younger
from txhub.batch.leases import Lease
from txhub.batch.models import FileExecution, PruneExecution
from txhub.domain.editions import Edition
from txhub.repository import Listed
from txhub.services import accounts_with_pending, prune_account

Named = tuple[str, Set[str]]  # account id, ids of the transactions that the file names there


class NotSound(Refused):
    """Not all of the file's rows are stored, so nothing may be taken away for it."""

    code = "not_sound"


def run_prune(lease: Lease[PruneExecution]) -> None:
    """Raises `LeaseLost`, `StopRequested`, `NotSound`, and what storing raises."""
    file = lease.step.file
    if fault_of(file.instance):
        raise NotSound
    accounts = removed = kept = 0
    for listed, named in _to_look_at(lease, file):
        lease.keep(accounts)
        pruned = prune_account(
            listed,
            named,
            edition=Edition(file.edition),
            prune=lease.step.pk,
            before_write=lease.before_write,
        )
        accounts, removed, kept = accounts + 1, removed + pruned.removed, kept + pruned.kept
    with transaction.atomic():
        lease.finish(rows_done=accounts, found=removed + kept, removed=removed, kept=kept)


def _to_look_at(
    lease: Lease[PruneExecution], file: FileExecution
) -> Iterator[tuple[Listed, Set[str]]]:
    """Accounts that may hold entries of the feed, each with what the file names there."""
    if not has_younger(file):
        listed = accounts_with_pending(file.instance.feed)
        yield from _side_by_side(listed, _named_in(lease, file))


def _named_in(lease: Lease[PruneExecution], file: FileExecution) -> Iterator[Named]:
    """By account, in the order of their ids; an account's rows are in one chunk."""
    for chunk in file.chunks.order_by("number"):
        lease.before_write()  # a long file may have no listed account for long
        names = (orjson.loads(line)[:2] for line in lines_of(chunk.object_key))
        for account_id, group in groupby(names, itemgetter(1)):
            yield account_id, {name for name, _account in group}


def _side_by_side(
    listed: Iterable[Listed], named: Iterator[Named]
) -> Iterator[tuple[Listed, Set[str]]]:
    account_id, ids = next(named, ("", frozenset()))
    for each in listed:
        while account_id and account_id < each.account_id:
            account_id, ids = next(named, ("", frozenset()))
        yield each, ids if account_id == each.account_id else frozenset()
