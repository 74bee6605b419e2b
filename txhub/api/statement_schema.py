"""What the calls about statements take, checked; and what they give, for the OpenAPI schema."""

from typing import Any

from rest_framework import serializers

from identity.api.lists import LinksOut
from txhub.api.serializers import MerchantOut, MoneyOut
from txhub.domain.entries import Kind
from txhub.statements.domain.statement import StatementKind

# By these the schema names its two kinds of `kind` (`ENUM_NAME_OVERRIDES`).
STATEMENT_KINDS = [each.value for each in StatementKind]
TRANSACTION_KINDS = [each.value for each in Kind]


class StatementQuery(serializers.Serializer[Any]):
    version = serializers.IntegerField(
        min_value=1,
        required=False,
        help_text="An earlier version of a corrected statement; default: the current one.",
    )


class StatementLinksOut(serializers.Serializer[Any]):
    self = serializers.CharField(help_text="This version, as JSON or PDF.")
    previous = serializers.CharField(
        allow_null=True, help_text="The version that this one corrects."
    )


class TotalsOut(serializers.Serializer[Any]):
    """opening_balance + money_in + money_out = closing_balance."""

    currency = serializers.CharField(help_text="ISO 4217.")
    opening_balance = MoneyOut(allow_null=True)
    money_in = MoneyOut(help_text="Zero or more.")
    money_out = MoneyOut(help_text="Zero or less.")
    closing_balance = MoneyOut(allow_null=True)
    count = serializers.IntegerField()


class CategoryOut(serializers.Serializer[Any]):
    category = serializers.CharField(allow_null=True)
    money_in = MoneyOut()
    money_out = MoneyOut()
    count = serializers.IntegerField()


class SumsOut(TotalsOut):
    categories = CategoryOut(many=True)


class _Named(serializers.Serializer[Any]):
    month = serializers.CharField(help_text="The month it closes in, such as 2026-11.")
    version = serializers.IntegerField(help_text="More than 1 for a corrected one.")
    kind = serializers.ChoiceField(
        choices=STATEMENT_KINDS, help_text="An activity summary claims no balances."
    )
    to = serializers.DateField(help_text="Last booking day, inclusive.")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        # `from` is a word of the language, so it cannot be a class attribute.
        return {**super().get_fields(), "from": serializers.DateField(help_text="First day.")}


class StatementListedOut(_Named):
    sums = TotalsOut(many=True)
    issued_at = serializers.DateTimeField()
    links = StatementLinksOut()


class StatementListOut(serializers.Serializer[Any]):
    data = StatementListedOut(many=True)  # type: ignore[assignment]  # DRF has a `data` too
    links = LinksOut()


class StatedAccountOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    type = serializers.CharField()
    masked_number = serializers.CharField()
    currency = serializers.CharField()


class StatementEntryOut(serializers.Serializer[Any]):
    id = serializers.CharField()
    kind = serializers.ChoiceField(choices=TRANSACTION_KINDS)
    amount = MoneyOut()
    original_amount = MoneyOut(allow_null=True)
    description = serializers.CharField()
    merchant = MerchantOut()
    occurred_on = serializers.DateField()
    posted_on = serializers.DateField()
    value_on = serializers.DateField(allow_null=True)
    late = serializers.BooleanField(
        help_text="Booked in an earlier period, whose statement was issued without it."
    )
    balance = MoneyOut(allow_null=True)


class StatementOut(_Named):
    account = StatedAccountOut()
    sums = SumsOut(many=True)
    entries = StatementEntryOut(many=True)
