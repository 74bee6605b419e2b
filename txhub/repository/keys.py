"""Under which keys transactions lie."""

from collections.abc import Iterable

from txhub.domain.entities import Account
from txhub.domain.ledger import PENDING_VOLUME, ended_volume, settled_volume, volume_of
from txhub.domain.slots import Slot

TransactionKey = tuple[str, str]


def key_for(account_id: str, volume: str, slot: Slot, transaction_id: str) -> TransactionKey:
    """Where a transaction lies: by booking day, then by its order within the day."""
    return f"{account_id}#{volume}", f"{slot.day.isoformat()}#{slot.order:012}#{transaction_id}"


def keys_of(account: Account, transaction_id: str, slots: Iterable[Slot]) -> list[TransactionKey]:
    """Where a transaction may lie, by the volumes that the account was known to have. A slot of a
    pending one gives three keys: it may be pending no more."""
    return [
        key_for(account.account_id, volume, slot, transaction_id)
        for slot in slots
        for volume in _volumes_of(slot, account)
    ]


def _volumes_of(slot: Slot, account: Account) -> list[str]:
    if slot.pending:
        return [PENDING_VOLUME, settled_volume(slot.day), ended_volume(slot.day)]
    volume = volume_of(slot.day, account.volumes)
    return [] if volume is None else [volume]
