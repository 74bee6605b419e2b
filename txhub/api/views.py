"""Accounts and transactions over HTTP: check the question, ask once, answer."""

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from identity.api.authentication import caller
from identity.api.lists import next_link
from txhub import queries
from txhub.api.answers import answer
from txhub.api.representations import account_json, transaction_json
from txhub.api.serializers import (
    AccountListOut,
    AccountOut,
    TransactionListOut,
    TransactionOut,
    TransactionQuery,
)
from txhub.domain.entities import Account, CustomerId


class AccountsView(APIView):
    """The caller's accounts."""

    @extend_schema(operation_id="accounts_list", responses=AccountListOut, tags=["accounts"])
    def get(self, request: Request) -> HttpResponse:
        """All of the caller's accounts, by name."""
        accounts = queries.accounts_of(_customer_id(request))
        return answer(request, {"data": list(map(account_json, accounts)), "links": {"next": None}})


class AccountView(APIView):
    """One of the caller's accounts."""

    @extend_schema(operation_id="accounts_retrieve", responses=AccountOut, tags=["accounts"])
    def get(self, request: Request, account_id: str) -> HttpResponse:
        """One account; 404 for somebody else's as for one that does not exist."""
        return answer(request, account_json(_account(request, account_id)))


class TransactionsView(APIView):
    """An account's transactions."""

    @extend_schema(
        operation_id="transactions_list",
        parameters=[TransactionQuery],
        responses=TransactionListOut,
        tags=["accounts"],
    )
    def get(self, request: Request, account_id: str) -> HttpResponse:
        """Newest first, pending before posted.

        `from` and `to` are inclusive and compare the booking date, or the day it happened while
        pending. Amounts compare without their sign. `q` looks through a bounded number of rows a
        call, so a page may be short and still have a `next`.
        """
        asked = TransactionQuery.asked(request.query_params)
        account = _account(request, account_id)
        page = queries.transactions_page(
            account, asked.wanted, cursor=asked.cursor, limit=asked.limit
        )
        return answer(
            request,
            {
                "data": list(map(transaction_json, page.transactions)),
                "links": {"next": next_link(request, page.next_cursor)},
            },
        )


class TransactionView(APIView):
    """One transaction."""

    @extend_schema(
        operation_id="transactions_retrieve", responses=TransactionOut, tags=["accounts"]
    )
    def get(self, request: Request, account_id: str, transaction_id: str) -> HttpResponse:
        """One transaction of one of the caller's accounts.

        By the id that it had while it was pending too: then `id` is that of the posting (of the
        last one booked, where there were several), and `links` names the one that was asked for.
        `authorised_amount` is what was pending. While more of that may be posted it is pending with
        what is left; a final capture, or the end of the hold, ends that.
        """
        found = queries.transaction(_account(request, account_id), transaction_id)
        return answer(request, transaction_json(found))


def _customer_id(request: Request) -> CustomerId:
    return CustomerId(caller(request).customer_id)


def _account(request: Request, account_id: str) -> Account:
    return queries.account_for(_customer_id(request), account_id)
