"""Matching: which pending entry a posted one settles. Pure; see docs/adr/0010-matching.md.

    values      what is asked and answered: candidates, decisions
    merchants   one merchant behind two spellings
    amounts     how a posted amount may differ from the authorised one
    timing      how long a posting may take
    evidence    all of these as one weight for a pair
    pairing     which pairs are weighed at all
    parts       postings that together make up one authorised amount
    budget      how much the search for the best choice may cost
    assignment  the best choice of pairs, and by how much it is the best
    matcher     from postings and candidates to decisions

Weights are in decibans: ten times the decimal logarithm of how much likelier a sight is where the
two belong together than where they do not. 10 is ten to one, 20 a hundred to one.
"""

from txhub.domain.fits import Fit
from txhub.domain.matching.matcher import match
from txhub.domain.matching.values import Candidate, Decision, Doubtful, Matched, Unmatched

__all__ = ["Candidate", "Decision", "Doubtful", "Fit", "Matched", "Unmatched", "match"]
