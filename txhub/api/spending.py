"""Spending by category and month over HTTP."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from identity.api.authentication import caller
from identity.api.lists import LinksOut
from txhub import queries
from txhub.api.answers import answer
from txhub.api.serializers import MoneyOut
from txhub.domain.entities import CustomerId
from txhub.domain.entries import Kind
from txhub.domain.summaries import Spending
from txhub.queries import MonthOfSpending
from txhub.statements.domain.months import Month

MONTHS_DEFAULT, MONTHS_MAX = 12, 24


class SpendingQuery(serializers.Serializer[Any]):
    """The query parameters of spending."""

    months = serializers.IntegerField(
        min_value=1,
        max_value=MONTHS_MAX,
        required=False,
        default=MONTHS_DEFAULT,
        help_text="How many months, up to this one.",
    )


class SpentOnOut(serializers.Serializer[Any]):
    category = serializers.CharField(allow_null=True)
    kind = serializers.ChoiceField(
        choices=[each.value for each in Kind],
        allow_null=True,
        help_text="Of transactions without a category, where it tells what they were for.",
    )
    spent = MoneyOut(help_text="Money out, less refunds and what was taken back. Not negated.")
    received = MoneyOut(help_text="All other money in.")
    count = serializers.IntegerField()


class MonthOfSpendingOut(serializers.Serializer[Any]):
    month = serializers.CharField(help_text="A calendar month of booking days: `2026-11`.")
    categories = SpentOnOut(many=True)


class SpendingOut(serializers.Serializer[Any]):
    data = MonthOfSpendingOut(many=True)  # type: ignore[assignment]  # DRF has a `data` too
    links = LinksOut()


class SpendingView(APIView):
    """What an account spent, by category and month."""

    @extend_schema(
        operation_id="spending_list",
        parameters=[SpendingQuery],
        responses=SpendingOut,
        tags=["accounts"],
    )
    def get(self, request: Request, account_id: str) -> HttpResponse:
        """Months of booking days, oldest first, up to this one in the bank's time zone; or up to
        the last that has transactions, where that is longer ago. A second behind them.
        """
        query = SpendingQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        account = queries.account_for(CustomerId(caller(request).customer_id), account_id)
        until = Month.of(timezone.localdate())
        found = queries.spending(account, until, query.validated_data["months"])
        return answer(request, {"data": list(map(_month, found)), "links": {"next": None}})


def _month(each: MonthOfSpending) -> dict[str, Any]:
    return {"month": str(each.month), "categories": list(map(_category, each.spending))}


def _category(each: Spending) -> dict[str, Any]:
    return {
        "category": each.purpose.category or None,
        "kind": each.purpose.kind,
        "spent": {"minor": each.spent, "currency": each.currency},
        "received": {"minor": each.received, "currency": each.currency},
        "count": each.count,
    }
