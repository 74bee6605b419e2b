"""What every list of the API has in common: `{"data": [...], "links": {"next": ...}}`."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request


class LinksOut(serializers.Serializer[Any]):
    next = serializers.CharField(allow_null=True, help_text="Address of the next page.")


def next_link(request: Request, cursor: str | None) -> str | None:
    """The address of the page behind `cursor`, with the same question; None behind the last."""
    return None if cursor is None else same_question(request, {"cursor": cursor})


def same_question(request: Request, changed: Mapping[str, str]) -> str:
    """The request's own address, with some of its parameters changed."""
    parameters = request.query_params.copy()
    for name, value in changed.items():
        parameters[name] = value
    return request.build_absolute_uri(f"{request.path}?{parameters.urlencode()}")
