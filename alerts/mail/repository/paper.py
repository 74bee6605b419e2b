"""Letters to be sent."""

from collections.abc import Iterator
from datetime import datetime

from alerts.mail.domain.paper import PaperTask
from alerts.mail.resources import PAPER as TABLE
from aws.dynamodb import Attr, Item, Put, Repository
from kernel.errors import Conflict, Missing

_OPEN = "open"  # the one partition of the index; what is done is not in it


class PaperTaskMissing(Missing):
    """There is no such letter to be sent."""

    code = "paper_task_missing"


class PaperTaskMoved(Conflict):
    """Somebody else has seen to this letter."""

    code = "paper_task_moved"


class PaperRepository(Repository):
    """Paper tasks by mail: a mail has one at the most."""

    table = TABLE

    def find(self, mail_id: str) -> PaperTask | None:
        item = self.get(mail_id, consistent=True)
        return task_from_item(item) if item else None

    def open(self) -> Iterator[PaperTask]:
        """All that are open, oldest first; a second behind."""
        return map(task_from_item, self.query_all(_OPEN, index="open"))

    def add(self, task: PaperTask) -> None:
        """Again changes nothing."""
        action = self.added(task)
        try:
            self.put(action.item, condition=action.condition)
        except Conflict:
            return

    def added(self, task: PaperTask) -> Put:
        """The same as a part of a transaction, which fails where there is one."""
        return Put(self, task_to_item(task), Attr("pk").not_exists())

    def replaced(self, old: PaperTask, new: PaperTask) -> Put:
        """The write that makes one of the other, if nobody else has changed it since."""
        unchanged = Attr("n").eq(old.version)
        return Put(self, task_to_item(new), unchanged)


def task_to_item(each: PaperTask) -> Item:
    item: Item = {
        "pk": each.mail_id,
        "c": each.campaign,
        "u": each.customer_id,
        "r": each.reason,
        "t": each.opened_at.isoformat(),
        "n": each.version,
    }
    if each.done_at is None:
        return {**item, "q": _OPEN}
    return {**item, "d": each.done_at.isoformat(), "by": each.done_by}


def task_from_item(item: Item) -> PaperTask:
    return PaperTask(
        mail_id=item["pk"],
        campaign=item["c"],
        customer_id=item["u"],
        reason=item["r"],
        opened_at=datetime.fromisoformat(item["t"]),
        done_at=datetime.fromisoformat(item["d"]) if "d" in item else None,
        done_by=item.get("by", ""),
        version=item["n"],
    )


PAPER = PaperRepository()
