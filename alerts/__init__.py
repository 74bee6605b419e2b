"""Alerts: Second Look over new transactions, and e-mail to millions."""
