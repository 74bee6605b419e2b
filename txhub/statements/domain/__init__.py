"""Statements without a database: their days, their sums, and what they must agree with."""
