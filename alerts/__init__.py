"""Alerts: Second Look at every new transaction, and what customers are told of it."""
