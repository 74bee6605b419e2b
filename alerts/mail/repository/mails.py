"""Mails, and how many stand where. Whatever moves a mail moves its part's tally with it, in one
transaction: so the tallies are the truth, and nobody counts a million items.

A tally is an item for each part of a campaign; one for all would be written by every sender.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from alerts.mail.domain.mails import (
    NEEDS_ATTENTION,
    Feedback,
    Mail,
    MailStatus,
    Tally,
)
from alerts.mail.domain.paper import PaperTask
from alerts.mail.repository.paper import PAPER
from alerts.mail.resources import MAILS as TABLE
from aws.dynamodb import (
    Attr,
    Change,
    ConditionBase,
    Delete,
    Item,
    Put,
    Repository,
    Update,
    transact,
)
from aws.dynamodb.transactions import Action
from kernel.clock import epoch_s

_MAIL = "M"  # the sort key of a mail itself
_KEPT = timedelta(days=400)


class MailRepository(Repository):
    """Mails by id, tallies by campaign.

    pk                               sk        what
    mail_…                           M         a mail
    statement_ready.2026-06-30       000007    the tally of the campaign's part 7
    """

    table = TABLE

    def find(self, mail_id: str) -> Mail | None:
        item = self.get(mail_id, _MAIL, consistent=True)
        return mail_from_item(item) if item else None

    def find_many(self, mail_ids: Iterable[str]) -> dict[str, Mail]:
        items = self.batch_get([(each, _MAIL) for each in mail_ids], consistent=True)
        return {item["pk"]: mail_from_item(item) for item in items}

    def needing_attention(self, campaign: str, status: MailStatus) -> Iterator[Mail]:
        """The campaign's mails that failed, or are unknown, the oldest first; a second behind."""
        return map(mail_from_item, self.query_all(_queue(campaign, status), index="attention"))

    def intend(self, mails: Sequence[Mail]) -> None:
        """Writes the intents to send, all or none: of mails that are nowhere yet, and of those
        that failed in an earlier round. Raises `Conflict` where another sender was faster."""
        actions: list[Action] = [self._intended(each) for each in mails]
        again = sum(each.version > 1 for each in mails)
        if again:
            actions.append(self._tallied(mails[0], {MailStatus.FAILED: -again}))
        transact(actions)

    def suppress(self, mails: Sequence[Mail], letters: Sequence[PaperTask]) -> None:
        """Writes mails that are not sent, with the letters that go out instead. Raises `Conflict`
        where another sender was faster."""
        never_seen = Attr("pk").not_exists()
        actions: list[Action] = [Put(self, mail_to_item(each), never_seen) for each in mails]
        actions += [PAPER.added(each) for each in letters]
        transact([*actions, self._tallied(mails[0], {MailStatus.SUPPRESSED: len(mails)})])

    def conclude(self, ended: Sequence[Mail], taken_back: Sequence[Mail]) -> None:
        """Writes how a sender's own intents ended, all or none; `taken_back` are those that no
        transport has had. Raises `Conflict` where an event or another sender has moved one."""
        actions: list[Action] = [self._ended(each, _is_intent_of(each)) for each in ended]
        actions += [Delete(self, each.mail_id, _MAIL, _is_intent_of(each)) for each in taken_back]
        counts: dict[MailStatus, int] = {}
        for each in ended:
            counts[each.status] = counts.get(each.status, 0) + 1
        if counts:
            actions.append(self._tallied(ended[0], counts))
        transact(actions)

    def move(self, old: Mail, new: Mail) -> None:
        """Moves one mail, and the tally. Raises `Conflict` where it has changed since."""
        unchanged = Attr("n").eq(old.version)
        counts = {new.status: 1}
        if old.status is not MailStatus.SENDING:
            counts[old.status] = -1
        transact([self._ended(new, unchanged), self._tallied(new, counts)])

    def note_feedback(self, old: Mail, feedback: Feedback) -> None:
        """What SES said of it, and the tally. Raises `Conflict` where it has changed since."""
        new = replace(old, feedback=feedback, version=old.version + 1)
        counts = {feedback: 1, **({old.feedback: -1} if old.feedback else {})}
        unchanged = Attr("n").eq(old.version)
        transact([self._ended(new, unchanged), self._tallied(new, counts)])

    def tally_of_part(self, campaign: str, part: int) -> Tally:
        item = self.get(campaign, _part_key(part), consistent=True)
        return Tally.of(item or {})

    def tally(self, campaign: str) -> Tally:
        """Of the whole campaign: an item for each part."""
        total = Tally()
        for item in self.query_all(campaign, consistent=True):
            total = total.plus(Tally.of(item))
        return total

    def _intended(self, mail: Mail) -> Put:
        never_seen = Attr("pk").not_exists()
        failed_before = Attr("s").eq(MailStatus.FAILED.value) & Attr("o").lt(mail.round)
        unchanged = Attr("n").eq(mail.version - 1)
        may_begin = never_seen if mail.version == 1 else failed_before & unchanged
        return Put(self, mail_to_item(mail), may_begin)

    def _ended(self, mail: Mail, condition: ConditionBase) -> Put:
        return Put(self, mail_to_item(mail), condition)

    def _tallied(self, mail: Mail, counts: dict[MailStatus, int] | dict[Feedback, int]) -> Change:
        added = {status.value: number for status, number in counts.items()}
        expires = epoch_s(mail.since + _KEPT)
        update = Update(set={"e": expires}, add=added)
        return Change(self, mail.campaign, _part_key(mail.part), update)


def _is_intent_of(mail: Mail) -> ConditionBase:
    """The intent is still as this sender wrote it: no event, no other sender has moved it."""
    is_sending = Attr("s").eq(MailStatus.SENDING.value)
    is_ours = Attr("k").eq(mail.token)
    return is_sending & is_ours


def mail_to_item(mail: Mail) -> Item:
    item: Item = {
        "pk": mail.mail_id,
        "sk": _MAIL,
        "c": mail.campaign,
        "p": mail.part,
        "u": mail.customer_id,
        "a": mail.address_id,
        "s": mail.status.value,
        "t": mail.since.isoformat(),
        "o": mail.round,
        "n": mail.version,
        "e": epoch_s(mail.since + _KEPT),
    }
    optional = {"k": mail.token, "r": mail.reason, "i": mail.provider_id}
    item |= {name: value for name, value in optional.items() if value}
    if mail.feedback:
        item["f"] = mail.feedback.value
    if mail.status in NEEDS_ATTENTION:
        item["q"] = _queue(mail.campaign, mail.status)
    return item


def mail_from_item(item: Item) -> Mail:
    return Mail(
        mail_id=item["pk"],
        campaign=item["c"],
        part=item["p"],
        customer_id=item["u"],
        address_id=item["a"],
        status=MailStatus(item["s"]),
        since=datetime.fromisoformat(item["t"]),
        round=item["o"],
        token=item.get("k", ""),
        reason=item.get("r", ""),
        provider_id=item.get("i", ""),
        feedback=Feedback(item["f"]) if "f" in item else None,
        version=item["n"],
    )


def _part_key(part: int) -> str:
    return f"{part:06}"


def _queue(campaign: str, status: MailStatus) -> str:
    return f"{campaign}#{status.value}"


MAILS = MailRepository()
