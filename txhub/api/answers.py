"""Answers with an ETag: a client that has the same already gets 304 and no body."""

from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import Any

import orjson
from django.http import HttpResponse
from django.utils.http import parse_etags
from rest_framework.request import Request

from identity.api.answers import JSON_OPTIONS

# Kept by the customer's own client only, and asked for again each time.
CHANGING = "private, no-cache"
# Kept by the customer's own client only, which need not ask again.
IMMUTABLE = "private, max-age=31536000, immutable"


def answer(request: Request, body: Any) -> HttpResponse:
    """`body` as JSON, or 304 where `If-None-Match` names it."""
    content = orjson.dumps(body, option=JSON_OPTIONS)
    tag = urlsafe_b64encode(blake2b(content, digest_size=12).digest()).decode()
    return tagged(request, tag, lambda: content, headers={"Content-Type": "application/json"})


def tagged(
    request: Request,
    tag: str,
    content: Callable[[], bytes],
    *,
    cache_control: str = CHANGING,
    headers: Mapping[str, str],
) -> HttpResponse:
    """What `content` makes, under the ETag `tag`; or 304, without making it."""
    quoted = f'"{tag}"'
    kept = {"ETag": quoted, "Cache-Control": cache_control, "Vary": "Authorization, Accept"}
    known = request.META.get("HTTP_IF_NONE_MATCH")
    if known and quoted in parse_etags(known.replace("W/", "")):
        return HttpResponse(status=304, headers=kept)
    return HttpResponse(content(), headers={**headers, **kept})
