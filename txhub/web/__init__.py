"""Customers' pages of the hub."""
