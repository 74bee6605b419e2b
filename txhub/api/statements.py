"""Statements over HTTP: as JSON, or as PDF where the caller accepts that."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from identity.api.authentication import caller
from txhub import queries
from txhub.api.answers import CHANGING, IMMUTABLE, answer, tagged
from txhub.api.statement_schema import StatementListOut, StatementOut, StatementQuery
from txhub.domain.entities import Account, CustomerId
from txhub.statements import queries as statements
from txhub.statements.documents import totals_json
from txhub.statements.domain.months import Month
from txhub.statements.repository import Form, StatementVersion


class PdfRenderer(BaseRenderer):
    """Lets callers ask for PDF; what they get was rendered when the statement was issued."""

    media_type = "application/pdf"
    format = Form.PDF


class StatementsView(APIView):
    """An account's statements."""

    @extend_schema(operation_id="statements_list", responses=StatementListOut, tags=["statements"])
    def get(self, request: Request, account_id: str) -> HttpResponse:
        """All of them, newest first, each in its current version."""
        found = statements.statements_of(_account(request, account_id).account_id)
        data = [_listed(each, request) for each in found]
        return answer(request, {"data": data, "links": {"next": None}})


class StatementView(APIView):
    """One statement."""

    renderer_classes = [JSONRenderer, PdfRenderer]

    @extend_schema(
        operation_id="statement_retrieve",
        parameters=[StatementQuery],
        responses={
            (200, "application/json"): StatementOut,
            (200, "application/pdf"): OpenApiTypes.BINARY,
        },
        tags=["statements"],
    )
    def get(self, request: Request, account_id: str, month: str) -> HttpResponse:
        """The statement that closes in the month, such as `2026-11`.

        JSON, or PDF for `Accept: application/pdf`. A version never changes; without `version` it
        is the current one, and `Content-Location` says which that is.
        """
        query = StatementQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        asked = query.validated_data.get("version")
        account = _account(request, account_id)
        versions = statements.versions_of(account.account_id, Month.named(month))
        version = statements.chosen(versions, asked)
        form = Form(request.accepted_renderer.format)
        return tagged(
            request,
            f"{version.name}.{form}",
            lambda: statements.written(version, form),
            cache_control=IMMUTABLE if asked else CHANGING,
            headers={
                "Content-Type": request.accepted_renderer.media_type,
                "Content-Location": _address(version, request),
                **_disposition(version, form),
            },
        )


def _disposition(version: StatementVersion, form: Form) -> dict[str, str]:
    if form is not Form.PDF:
        return {}
    return {"Content-Disposition": f'attachment; filename="{version.file_name}.pdf"'}


def _listed(version: StatementVersion, request: Request) -> dict[str, Any]:
    is_corrected = version.version > 1
    return {
        "month": str(version.month),
        "version": version.version,
        "kind": version.kind,
        "from": version.period.first_day,
        "to": version.period.closing,
        "sums": [totals_json(each) for each in version.sums],
        "issued_at": version.issued_at,
        "links": {
            "self": _address(version, request),
            "previous": _address(version, request, back=1) if is_corrected else None,
        },
    }


def _address(version: StatementVersion, request: Request, *, back: int = 0) -> str:
    address = reverse("api-statement", [version.account_id, str(version.month)], request=request)
    return f"{address}?version={version.version - back}"


def _account(request: Request, account_id: str) -> Account:
    return queries.account_for(CustomerId(caller(request).customer_id), account_id)
