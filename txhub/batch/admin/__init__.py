"""Operators' pages for batch jobs. Nothing is edited by hand: what can be done is an action, with a
role, in the audit log, and with a second person where one is asked for."""

from txhub.batch.admin import jobs, quarantine, steps, sync

__all__ = ["jobs", "quarantine", "steps", "sync"]
