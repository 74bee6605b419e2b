"""Fault drills: each fault is made for real, and its alarm is watched until all is green again.
docs/howto-alarms.md has what came of it."""
