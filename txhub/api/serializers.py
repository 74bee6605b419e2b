"""What the API takes, checked; and what it gives, for the OpenAPI schema alone.

Answers are written by `representations.py` and orjson: a page of fifty through a serializer costs
more than reading and opening it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rest_framework import serializers

from identity.api.lists import LinksOut
from txhub.domain.entries import Kind, Status
from txhub.domain.filters import TransactionFilter
from txhub.queries import LIMIT_DEFAULT, LIMIT_MAX


class TransactionQuery(serializers.Serializer[Any]):
    """The query parameters of the list of transactions."""

    to = serializers.DateField(required=False, help_text="Last day, inclusive.")
    status = serializers.ChoiceField(choices=[each.value for each in Status], required=False)
    min_amount = serializers.IntegerField(min_value=0, required=False, help_text="Minor units.")
    max_amount = serializers.IntegerField(min_value=0, required=False, help_text="Minor units.")
    q = serializers.CharField(max_length=100, required=False, allow_blank=True)
    category = serializers.CharField(max_length=100, required=False, allow_blank=True)
    limit = serializers.IntegerField(
        min_value=1, max_value=LIMIT_MAX, required=False, default=LIMIT_DEFAULT
    )
    cursor = serializers.CharField(max_length=400, required=False, allow_blank=True)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        # `from` is a word of the language, so it cannot be a class attribute.
        first = serializers.DateField(required=False, help_text="First day, inclusive.")
        return {"from": first, **super().get_fields()}

    @classmethod
    def asked(cls, parameters: Mapping[str, Any]) -> "TransactionQuestion":
        """The question in a request's parameters; raises `ValidationError` and `BadRange`."""
        if not parameters:
            return TransactionQuestion()  # the newest page: the call that is made most
        query = cls(data=parameters)
        query.is_valid(raise_exception=True)
        return query._question()

    def _question(self) -> "TransactionQuestion":
        given = self.validated_data
        wanted = TransactionFilter(
            from_day=given.get("from"),
            to_day=given.get("to"),
            status=Status(given["status"]) if "status" in given else None,
            min_amount=given.get("min_amount"),
            max_amount=given.get("max_amount"),
            q=given.get("q", ""),
            category=given.get("category", ""),
        )
        return TransactionQuestion(wanted=wanted, cursor=given.get("cursor"), limit=given["limit"])


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionQuestion:
    """Which transactions, from where, and how many."""

    wanted: TransactionFilter = field(default_factory=TransactionFilter)
    cursor: str | None = None
    limit: int = LIMIT_DEFAULT


class MoneyOut(serializers.Serializer[Any]):
    minor = serializers.IntegerField(help_text="Minor units; negative is money out.")
    currency = serializers.CharField(help_text="ISO 4217.")


class BalancesOut(serializers.Serializer[Any]):
    booked = MoneyOut(allow_null=True)
    available = MoneyOut(allow_null=True)


class AccountOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    type = serializers.CharField()
    masked_number = serializers.CharField()
    currency = serializers.CharField()
    balances = BalancesOut()
    as_of = serializers.DateField(allow_null=True)


class MerchantOut(serializers.Serializer[Any]):
    name = serializers.CharField(allow_null=True)
    category = serializers.CharField(allow_null=True)
    country = serializers.CharField(allow_null=True)


class TransactionOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    account_id = serializers.CharField()
    status = serializers.ChoiceField(choices=[each.value for each in Status])
    kind = serializers.ChoiceField(choices=[each.value for each in Kind])
    amount = MoneyOut()
    original_amount = MoneyOut(allow_null=True)
    authorised_amount = MoneyOut(allow_null=True)
    description = serializers.CharField()
    merchant = MerchantOut()
    occurred_on = serializers.DateField()
    occurred_at = serializers.DateTimeField(allow_null=True)
    posted_on = serializers.DateField(allow_null=True)
    value_on = serializers.DateField(allow_null=True)
    balance = MoneyOut(allow_null=True)
    reversal_of = serializers.CharField(allow_null=True)
    links = serializers.ListField(child=serializers.CharField())


class AccountListOut(serializers.Serializer[Any]):
    data = AccountOut(many=True)  # type: ignore[assignment]  # DRF has a `data` too
    links = LinksOut()


class TransactionListOut(serializers.Serializer[Any]):
    data = TransactionOut(many=True)  # type: ignore[assignment]  # DRF has a `data` too
    links = LinksOut()
