"""What the operators' templates write."""

from django import template

from monitoring.web.texts import length

register = template.Library()
register.filter("length_of_time", length)
