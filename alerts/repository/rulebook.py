"""The `alert-rules` table: versions of settings, what is in force, and customers' answers."""

from collections.abc import Iterable
from datetime import datetime
from zlib import crc32

from alerts.domain.alerts import Alert, Feedback
from alerts.domain.rulebook import Answers, InForce, RuleVersion
from alerts.resources import RULES
from aws.dynamodb import Attr, Change, Item, Key, Put, Repository, Update

_IN_FORCE = "A"
_VERSION = "V#"
# Answers are counted on so many keys, since whoever counts on one waits for the others.
_SHARDS = 8
_COUNTED_AS = {Feedback.HELPFUL: "h", Feedback.NOT_HELPFUL: "u"}


class RuleRepository(Repository):
    """What there is about each rule.

    pk        sk            what
    <rule>    A             what is in force
    <rule>    V#00000003    its third version
    <rule>    F#3#5         answers to alerts of the third version, a part of them
    """

    table = RULES

    def in_force(self, names: Iterable[str]) -> dict[str, InForce]:
        """Of those rules for which anything was ever put in force."""
        items = self.batch_get([(name, _IN_FORCE) for name in names], consistent=True)
        return {item["pk"]: in_force_from_item(item) for item in items}

    def versions(self, rule: str) -> list[RuleVersion]:
        """The newest first."""
        items = self.query_all(rule, sort=Key("sk").begins_with(_VERSION), descending=True)
        return [version_from_item(item) for item in items]

    def adding(self, version: RuleVersion) -> Put:
        """The write of a new version, if its number is free."""
        return Put(self, version_to_item(version), Attr("pk").not_exists())

    def enforcing(self, before: InForce, after: InForce) -> Put:
        """The write that puts settings in force, unless others were put in force meanwhile."""
        never = Attr("pk").not_exists()
        unchanged = Attr("n").eq(before.version)
        return Put(self, in_force_to_item(after), unchanged if before.version else never)

    def counting(self, before: Alert, after: Alert) -> list[Change]:
        """The write that counts an answer, in the place of the one before."""
        if before.feedback is after.feedback:
            return []
        added: dict[str, int] = {}
        if before.feedback:
            added[_COUNTED_AS[before.feedback]] = -1
        if after.feedback:
            added[_COUNTED_AS[after.feedback]] = 1
        shard = crc32(after.alert_id.encode()) % _SHARDS
        return [Change(self, after.kind, f"F#{after.settings}#{shard}", Update(add=added))]

    def answers(self, rule: str, number: int) -> Answers:
        """What was said of alerts that this version raised."""
        items = list(self.query_all(rule, sort=Key("sk").begins_with(f"F#{number}#")))
        return Answers(
            helpful=sum(item.get("h", 0) for item in items),
            not_helpful=sum(item.get("u", 0) for item in items),
        )


def version_to_item(version: RuleVersion) -> Item:
    return {
        "pk": version.rule,
        "sk": f"{_VERSION}{version.number:08}",
        "s": dict(version.values),
        "by": version.made_by,
        "t": version.made_at.isoformat(),
    }


def version_from_item(item: Item) -> RuleVersion:
    return RuleVersion(
        rule=item["pk"],
        number=int(item["sk"].removeprefix(_VERSION)),
        values=item["s"],
        made_by=item["by"],
        made_at=datetime.fromisoformat(item["t"]),
    )


def in_force_to_item(in_force: InForce) -> Item:
    return {
        "pk": in_force.rule,
        "sk": _IN_FORCE,
        "v": in_force.number,
        "s": dict(in_force.values),
        "on": in_force.on,
        "n": in_force.version,
    }


def in_force_from_item(item: Item) -> InForce:
    return InForce(
        rule=item["pk"], number=item["v"], values=item["s"], on=item["on"], version=item["n"]
    )


RULE_REPOSITORY = RuleRepository()
