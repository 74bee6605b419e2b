"""The `alert-preferences` table. Nothing in it names a person, merchant or account."""

from collections.abc import Iterable
from datetime import time

from alerts.domain.alerts import Channel
from alerts.domain.preferences import KindPreference, Preferences, QuietHours
from alerts.resources import PREFERENCES
from aws.dynamodb import Attr, Item, Repository
from kernel.errors import Conflict
from txhub.public import CustomerId


class PreferenceRepository(Repository):
    """Preferences, by customer.

    pk            what
    <customer>    what differs from the defaults
    """

    table = PREFERENCES

    def find(self, customer_id: CustomerId) -> Preferences:
        item = self.get(customer_id, consistent=True)
        return preferences_from_item(item) if item else Preferences(customer_id=customer_id)

    def find_many(self, customer_ids: Iterable[CustomerId]) -> dict[CustomerId, Preferences]:
        """Preferences for each of them; read eventually."""
        wanted = set(customer_ids)
        found = map(preferences_from_item, self.batch_get([(each, None) for each in wanted]))
        stored = {each.customer_id: each for each in found}
        return {each: stored.get(each) or Preferences(customer_id=each) for each in wanted}

    def replace(self, before: Preferences, after: Preferences) -> None:
        """Raises `Conflict` with the stored `Preferences` where they have changed meanwhile."""
        never_chosen = Attr("pk").not_exists()
        unchanged = Attr("n").eq(before.version)
        try:
            condition = unchanged if before.version else never_chosen
            self.put(preferences_to_item(after), condition=condition)
        except Conflict as lost:
            stored = preferences_from_item(lost.stored) if lost.stored else None
            raise Conflict("the preferences have changed", stored=stored) from lost


def preferences_to_item(preferences: Preferences) -> Item:
    item: Item = {
        "pk": preferences.customer_id,
        "k": {
            kind: {"c": [channel.value for channel in sorted(each.channels)], "s": each.settings}
            for kind, each in preferences.kinds.items()
        },
        "d": preferences.digest,
        "n": preferences.version,
    }
    if preferences.quiet:
        item["q"] = [preferences.quiet.begin.isoformat(), preferences.quiet.end.isoformat()]
    return item


def preferences_from_item(item: Item) -> Preferences:
    begin, end = item.get("q", (None, None))
    return Preferences(
        customer_id=CustomerId(item["pk"]),
        kinds={
            kind: KindPreference(channels=frozenset(map(Channel, each["c"])), settings=each["s"])
            for kind, each in item["k"].items()
        },
        quiet=QuietHours(begin=time.fromisoformat(begin), end=time.fromisoformat(end))
        if begin and end
        else None,
        digest=item["d"],
        version=item["n"],
    )


PREFERENCE_REPOSITORY = PreferenceRepository()
