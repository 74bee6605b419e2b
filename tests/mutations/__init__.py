"""Conditions that everything hangs on, each with the test that fails without it.

`make mutations` takes them away one after the other, in a copy of the tree, and expects that test
to fail. docs/guards.md is made from the same lists: `python -m tests.mutations --write`.
"""
