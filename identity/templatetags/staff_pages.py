"""`{% staff_pages as pages %}`: what the admin's front page names beside Django's own."""

from typing import Any

from django import template

from identity.web.front_page import StaffPage, pages_for

register = template.Library()


@register.simple_tag(takes_context=True)
def staff_pages(context: dict[str, Any]) -> list[StaffPage]:
    return pages_for(context["request"].user)
