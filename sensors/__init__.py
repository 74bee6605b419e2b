"""Readings of sensors: many in one item, at a hundredth of the cost."""
