"""The JSON Schema of the messages that `manage.py listen` takes; open to all who write senders."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from txhub.realtime.fields import json_schema


@require_safe
def transaction_message(request: HttpRequest) -> JsonResponse:
    schema = json_schema(request.build_absolute_uri(request.path))
    return JsonResponse(schema, content_type="application/schema+json")
