""" "I don't recognise this", over HTTP: a resource of the transaction, so asking twice is once."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from identity.api.authentication import caller
from txhub import queries, services
from txhub.api.answers import answer
from txhub.domain.disputes import NOTE_CHARACTERS_MAX, Dispute, DisputeStatus
from txhub.domain.entities import CustomerId, Transaction
from txhub.repository import DisputeMissing


class DisputeIn(serializers.Serializer[Any]):
    note = serializers.CharField(
        max_length=NOTE_CHARACTERS_MAX, required=False, allow_blank=True, default=""
    )


class DisputeOut(serializers.Serializer[Any]):
    account_id = serializers.CharField()
    transaction_id = serializers.CharField()
    status = serializers.ChoiceField(choices=[each.value for each in DisputeStatus])
    opened_at = serializers.DateTimeField()
    note = serializers.CharField()
    ended_at = serializers.DateTimeField(allow_null=True)
    answer = serializers.CharField(allow_null=True)


class DisputeView(APIView):
    """The dispute about a transaction."""

    @extend_schema(operation_id="dispute_retrieve", responses=DisputeOut, tags=["accounts"])
    def get(self, request: Request, account_id: str, transaction_id: str) -> HttpResponse:
        """What was reported, and what the bank answered; 404 where nobody disputes it."""
        found = queries.dispute_about(_disputed(request, account_id, transaction_id))
        if found is None:
            raise DisputeMissing
        return answer(request, dispute_json(found))

    @extend_schema(
        operation_id="dispute_open", request=DisputeIn, responses=DisputeOut, tags=["accounts"]
    )
    def put(self, request: Request, account_id: str, transaction_id: str) -> HttpResponse:
        """Reports the transaction as not recognised; the open report, where there is one."""
        asked = DisputeIn(data=request.data)
        asked.is_valid(raise_exception=True)
        disputed = _disputed(request, account_id, transaction_id)
        opened = services.open_dispute(
            disputed, _customer(request), note=asked.validated_data["note"]
        )
        return answer(request, dispute_json(opened))

    @extend_schema(operation_id="dispute_withdraw", responses=DisputeOut, tags=["accounts"])
    def delete(self, request: Request, account_id: str, transaction_id: str) -> HttpResponse:
        """Withdraws the report: the customer knows the transaction after all."""
        disputed = _disputed(request, account_id, transaction_id)
        return answer(request, dispute_json(services.withdraw_dispute(disputed)))


def dispute_json(each: Dispute) -> dict[str, Any]:
    """The dispute resource."""
    return {
        "account_id": each.account_id,
        "transaction_id": each.transaction_id,
        "status": each.status,
        "opened_at": each.opened_at,
        "note": each.note,
        "ended_at": each.ended_at,
        "answer": each.answer or None,
    }


def _customer(request: Request) -> CustomerId:
    return CustomerId(caller(request).customer_id)


def _disputed(request: Request, account_id: str, transaction_id: str) -> Transaction:
    account = queries.account_for(_customer(request), account_id)
    return queries.transaction(account, transaction_id)
