"""Monitoring: metrics with a history, objectives, alarms, cost, and the operators' tools."""
