"""Alerts: Second Look at every new transaction, what customers are told of it, and e-mail."""
