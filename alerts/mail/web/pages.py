"""What staff's pages about mail have in common."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def staff_page(request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
    """In the admin's frame, and kept by nobody."""
    common = {**admin.site.each_context(request), "title": title}
    response = render(request, f"admin/{template}", {**common, **context})
    response["Cache-Control"] = "private, no-store"
    return response
