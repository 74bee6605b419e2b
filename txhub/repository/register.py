"""The register of an account: every id that it holds, or was about to hold, and the id's slots.

A transaction's key begins with its booking day, so that pages are read in order. By the register
an id is found wherever it lies. It is written before the transactions are: whoever takes over a
half-written group finds every id that may have been written, and files it where it was to lie.

A register is a tree of nodes, named by the first letters of the ids in them. All ids go into the
root; a node that is too full is poured into nodes of one letter more. So an id is found in as many
reads as the tree is deep, each of one unit or two, and a writer rewrites one small item, however
much the account holds. The figures are in docs/adr/0002-volumes.md.
"""

import struct
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date

from aws.dynamodb import Attr, Item, Key, Put, Repository, transact
from kernel.errors import Conflict, Unavailable
from txhub.domain.entities import AccountId
from txhub.domain.slots import Slot
from txhub.resources import ACCOUNTS

_REGISTER = "R#"  # the sort keys of nodes begin so
# Above this a node is poured: 256 ids of 16 bytes make 4 KB, a read unit.
_IDS_MAX = 256

# The first 64 bits of an id, and its slot as a number. Two ids that begin alike do no harm: a slot
# is only where to look, and the whole id stands in the transaction's key.
_FILED = struct.Struct(">QQ")
_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
_DIGITS = str.maketrans(_LETTERS, "0123456789abcdefghijklmnopqrstuv")
_HEAD_LETTERS = 13  # 65 bits, of which the last is dropped
# A slot's number: pending in the highest bit, the day in 23, the order in 40.
_ORDER_BITS, _PENDING_BIT = 40, 63
_ORDER_MASK, _DAY_MASK = (1 << 40) - 1, (1 << 23) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """What is filed under ids that begin with `prefix`, packed. `poured`: there may be more below.

    `last`, of a root: the latest slot of a posting. `version` 0: not stored yet.
    """

    account_id: AccountId
    prefix: str = ""
    packed: bytes = b""
    poured: bool = False
    last: Slot | None = None
    version: int = 0

    @property
    def is_too_full(self) -> bool:
        return len(self.packed) > _IDS_MAX * _FILED.size

    @property
    def filed(self) -> Iterator[tuple[int, int]]:
        """Heads of ids, each with the number of a slot."""
        return _FILED.iter_unpack(self.packed)

    def with_more(self, packed: bytes, last: Slot | None) -> "Node":
        return replace(self, packed=self.packed + packed, last=last, version=self.version + 1)


@dataclass(slots=True)
class Registered:
    """What the register says of the ids that were asked for: an id without slots was never filed.

    `too_full` are nodes that were met on the way.
    """

    root: Node
    slots: dict[str, list[Slot]] = field(default_factory=dict)
    too_full: list[Node] = field(default_factory=list)

    def meet(self, node: Node) -> None:
        """Remembers a node, the root in the place of itself."""
        if not node.prefix:
            self.root = node
        self.too_full = [each for each in self.too_full if each.prefix != node.prefix]
        if node.is_too_full:
            self.too_full.append(node)

    def take_over(self, node: Node, asked: Mapping[int, str]) -> None:
        """`asked`: the ids that are looked for in this node, by the number they begin with."""
        self.meet(node)
        for head, number in node.filed:
            if head in asked:
                self.slots.setdefault(asked[head], []).append(_slot(number))


class Register(Repository):
    """The registers of all accounts.

    pk       sk           what
    acc_…    R#           the root of its register
    acc_…    R#a, R#ab    a node below it
    """

    table = ACCOUNTS

    def look_up(self, wanted: Mapping[AccountId, Collection[str]]) -> dict[AccountId, Registered]:
        """What is filed under transaction ids, by account: a BatchGet for each level of the trees.

        Nodes are read from the root downwards, consistently: what is poured meanwhile is met in
        one of them.
        """
        found = {each: Registered(Node(account_id=each)) for each in wanted}
        level = {
            (each, _REGISTER): {_head(one): one for one in ids} for each, ids in wanted.items()
        }
        while level:
            below: dict[tuple[AccountId, str], dict[int, str]] = {}
            for node in self._nodes(level):
                asked = level[node.account_id, _REGISTER + node.prefix]
                found[node.account_id].take_over(node, asked)
                for head, one in asked.items() if node.poured else ():
                    sk = _REGISTER + _below(node.prefix, head)
                    below.setdefault((node.account_id, sk), {})[head] = one
            level = below
        return found

    def slots_of(self, account_id: AccountId, transaction_id: str) -> list[Slot]:
        """Where one transaction may lie: of these, it lies in one at the most."""
        found = self.look_up({account_id: [transaction_id]})
        return found[account_id].slots.get(transaction_id, [])

    def all_of(self, account_id: AccountId) -> Iterator[tuple[bytes, Slot]]:
        """All that was ever filed in an account, by `register_digest`; parents before children."""
        nodes = Key("sk").begins_with(_REGISTER)
        for item in self.query_all(account_id, sort=nodes, consistent=True):
            for head, number in node_from_item(item).filed:
                yield head.to_bytes(8, "big"), _slot(number)

    def reserving(self, registered: Registered, slots: Mapping[str, Slot]) -> Put:
        """The write that files ids in an account, to be part of a transaction; `registered` then
        has the root after it.

        It holds only while nobody else has filed anything there since the look: so two writers
        never file one id twice.
        """
        root = registered.root
        packed = b"".join([_FILED.pack(_head(one), _number(each)) for one, each in slots.items()])
        booked = [slot for slot in slots.values() if not slot.pending]
        last = max([*booked, root.last] if root.last else booked, default=None)
        after = root.with_more(packed, last)
        registered.meet(after)
        return self._put(after)

    def tidy(self, registered: Registered) -> None:
        """Pours what is too full. Where others are changing it, nothing is done: the next writer
        meets it again."""
        for node in registered.too_full:
            with suppress(Conflict, Unavailable):
                self._pour(node)

    def _pour(self, node: Node) -> None:
        """Moves what a node holds into the nodes below it, all or nothing."""
        parts: dict[str, list[bytes]] = {}
        for head, number in node.filed:
            prefix = _below(node.prefix, head)
            parts.setdefault(prefix, []).append(_FILED.pack(head, number))
        keys = [(node.account_id, _REGISTER + prefix) for prefix in parts]
        below = {each.prefix: each for each in self._nodes(keys)}
        emptied = replace(node, packed=b"", poured=True, version=node.version + 1)
        filled = [
            (below.get(prefix) or Node(account_id=node.account_id, prefix=prefix)).with_more(
                b"".join(part), None
            )
            for prefix, part in parts.items()
        ]
        transact([self._put(each) for each in (emptied, *filled)])

    def _nodes(self, keys: Iterable[tuple[str, str]]) -> Iterator[Node]:
        return map(node_from_item, self.batch_get(keys, consistent=True))

    def _put(self, node: Node) -> Put:
        """Writes a node, unless somebody else has written it since the version before was read."""
        first = Attr("pk").not_exists()
        unchanged = Attr("n").eq(node.version - 1)
        return Put(self, node_to_item(node), first if node.version == 1 else unchanged)


def register_digest(transaction_id: str) -> bytes:
    """The 8 bytes by which the register knows an id."""
    return _head(transaction_id).to_bytes(8, "big")


def node_to_item(node: Node) -> Item:
    item: Item = {
        "pk": node.account_id,
        "sk": _REGISTER + node.prefix,
        "i": node.packed,
        "n": node.version,
    }
    if node.poured:
        item["d"] = True
    if node.last is not None:
        item["l"] = _number(node.last)
    return item


def node_from_item(item: Item) -> Node:
    return Node(
        account_id=AccountId(item["pk"]),
        prefix=item["sk"].removeprefix(_REGISTER),
        packed=item["i"],
        poured=item.get("d", False),
        last=_slot(item["l"]) if "l" in item else None,
        version=item["n"],
    )


def _head(transaction_id: str) -> int:
    letters = transaction_id.rpartition("_")[2][:_HEAD_LETTERS]
    return int(letters.translate(_DIGITS), 32) >> 1


def _below(prefix: str, head: int) -> str:
    """The prefix of one letter more that an id begins with."""
    letter = head >> (59 - 5 * len(prefix)) & 31
    return prefix + _LETTERS[letter]


def _number(slot: Slot) -> int:
    return slot.pending << _PENDING_BIT | slot.day.toordinal() << _ORDER_BITS | slot.order


def _slot(number: int) -> Slot:
    day = number >> _ORDER_BITS & _DAY_MASK
    return Slot(bool(number >> _PENDING_BIT), date.fromordinal(day), number & _ORDER_MASK)


REGISTER = Register()
