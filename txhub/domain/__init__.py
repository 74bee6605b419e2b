"""Entities and rules of the hub: no Django, no AWS, no clock of their own."""
