"""Labelled stories for Second Look: of each kind of alert what must be told, and what looks like it
and must not be.

They share neither code nor constants with the rules: they are told from what happens to people, and
say which transactions an alert would have to be about. Merchants, spellings and prices are those of
real purchase cards.
"""

from benchmarks.secondlook_cases.stories import STORIES, Told, stories

__all__ = ["STORIES", "Told", "stories"]
