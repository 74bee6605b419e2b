"""What operators can look up about accounts, and how a dead message is stored again."""

from aws.sqs_transport import sent_body
from kernel.clock import utc_now
from kernel.errors import Missing, Refused
from kernel.lookups import Card, Fact, Lookup
from kernel.replays import Replay
from txhub import queries
from txhub.batch.jobs import job_named, last_execution
from txhub.domain.entities import Account, CustomerId, Transaction
from txhub.realtime.dead_letters import letter_in
from txhub.realtime.intake import Poison, take
from txhub.repository import ACCOUNT_REPOSITORY, AccountMissing
from txhub.resources import MESSAGE_QUEUE
from txhub.templatetags.hub import plain_money


class NotStored(Refused):
    """The message still cannot be stored."""

    code = "not_stored"


def _account(wanted: str) -> Card:
    account = _found(wanted)
    booked = account.balances.booked
    return Card(
        title="Account",
        subject=f"account:{account.account_id}",
        facts=(
            Fact("Id", account.account_id),
            Fact("Name", account.name),
            Fact("Number", account.masked_number),
            Fact("Type", account.type),
            Fact("Currency", account.currency),
            Fact("Booked balance", plain_money(booked) if booked else "not known"),
            Fact("Volumes", ", ".join(sorted(account.volumes)) or "none"),
            *(Fact("Owner", owner, look_up=owner) for owner in sorted(account.owners)),
        ),
    )


def _accounts_of(wanted: str) -> Card:
    accounts = queries.accounts_of(CustomerId(wanted))
    if not accounts:
        raise AccountMissing
    return Card(
        title="Accounts of the customer",
        subject=f"customer:{wanted}",
        facts=tuple(
            Fact(each.masked_number, each.account_id, look_up=each.account_id) for each in accounts
        ),
    )


def _transaction(wanted: str) -> Card:
    shown = _transaction_at(wanted)
    dispute = queries.dispute_about(shown)
    about = f"{shown.account_id}/{shown.transaction_id}"
    facts = (
        Fact("Id", shown.transaction_id),
        Fact("Account", shown.account_id, look_up=shown.account_id),
        Fact("Status", shown.status.value),
        Fact("Amount", plain_money(shown.amount)),
        Fact("Description", shown.description),
        Fact("Merchant", shown.merchant.name or "not known"),
        Fact("Occurred", shown.occurred_on.isoformat()),
        Fact("Booked", shown.posted_on.isoformat() if shown.posted_on else "pending"),
        Fact("Stored by", shown.source),
        Fact("Versions", str(shown.version)),
        *(Fact("Belongs to", each, look_up=f"{shown.account_id}/{each}") for each in shown.links),
    )
    disputed = (Fact("Dispute", dispute.status.value, look_up=about),) if dispute else ()
    return Card(
        title="Transaction", subject=f"account:{shown.account_id}", facts=(*facts, *disputed)
    )


def _dispute(wanted: str) -> Card:
    account_id, transaction_id = _two(wanted)
    disputed = queries.disputed(account_id, transaction_id)
    dispute = disputed.dispute
    return Card(
        title="Dispute",
        subject=f"account:{account_id}",
        page=f"/admin/disputes/{account_id}/{transaction_id}/",
        facts=(
            Fact("Transaction", transaction_id, look_up=wanted),
            Fact("Status", dispute.status.value),
            Fact("Opened", dispute.opened_at.isoformat(timespec="seconds")),
            Fact("Opened by", dispute.opened_by, look_up=dispute.opened_by),
            Fact("The customer says", dispute.note or "nothing more"),
            Fact("Answer", dispute.answer or "none yet"),
        ),
    )


def _job(wanted: str) -> Card:
    job = job_named(wanted)
    last = last_execution(job)
    return Card(
        title="Batch job",
        page=f"/admin/txhub/jobexecution/{last.pk}/change/" if last else "",
        facts=(
            Fact("Id", job.pk),
            Fact("Feed", job.feed),
            Fact("Kind", job.kind),
            Fact("Business date", job.business_date.isoformat()),
            Fact("Landed", job.landed_at.isoformat(timespec="seconds")),
            Fact("Status", last.status if last else "waits for its feed"),
            Fact("Reason", last.reason if last else ""),
        ),
    )


def _found(account_id: str) -> Account:
    account = ACCOUNT_REPOSITORY.find(account_id)
    if account is None:
        raise AccountMissing
    return account


def _transaction_at(wanted: str) -> Transaction:
    account_id, transaction_id = _two(wanted)
    return queries.transaction(_found(account_id), transaction_id)


def _two(wanted: str) -> tuple[str, str]:
    """A transaction is filed under its account: only with that one can it be found."""
    account_id, _, transaction_id = wanted.partition("/")
    if not transaction_id:
        raise Missing("say acc_…/txn_…")
    return account_id, transaction_id


def _store_again(raw: str) -> str:
    letter = letter_in(sent_body(raw))
    (answer,) = take([letter.message()], clock=utc_now)
    if isinstance(answer, Poison):
        raise NotStored(f"{answer.code}: {answer.reason}")
    return answer.outcome.value


LOOKUPS = (
    Lookup(key="account", title="Account", find=_account, prefixes=("acc_",), example="acc_…"),
    Lookup(key="accounts", title="Accounts of a customer", find=_accounts_of),
    Lookup(
        key="transaction",
        title="Transaction",
        find=_transaction,
        prefixes=("acc_",),
        example="acc_…/txn_…",
    ),
    Lookup(
        key="dispute",
        title="Dispute",
        find=_dispute,
        prefixes=("acc_",),
        example="acc_…/txn_…",
    ),
    Lookup(key="job", title="Batch job", find=_job, example="a job's ten letters and digits"),
)
REPLAYS = (Replay(queue=MESSAGE_QUEUE.name, run=_store_again),)
