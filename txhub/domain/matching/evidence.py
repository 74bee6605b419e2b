"""All that speaks for or against a pair, as one weight."""

from typing import NamedTuple

from txhub.domain.fits import Fit
from txhub.domain.matching.amounts import FittingAmount, fitting_amount
from txhub.domain.matching.features import Features
from txhub.domain.matching.merchants import Likeness, likeness
from txhub.domain.matching.timing import timing_db
from txhub.domain.matching.trades import Trade
from txhub.domain.matching.values import Candidate

# One posting in thirty belongs to a given candidate, before anything is compared.
_PRIOR_DB = -15
_NAME_DB = {
    Likeness.SAME: 26,
    Likeness.LIKE: 21,
    Likeness.RELATED: 8,
    Likeness.UNKNOWN: 0,
    Likeness.UNLIKE: -15,
}
_SAME_BRANCH_DB, _OTHER_BRANCH_DB = 3, -8
_SAME_TRADE_DB, _OTHER_TRADE_DB = 6, -12
_OTHER_COUNTRY_DB = -8
# Six characters, so that another purchase of the account may have the same by chance: there the
# merchant and the amount are others too.
_SAME_AUTH_CODE_DB, _OTHER_AUTH_CODE_DB = 38, -32
_CHANCE_DB = -14
_AUTHORISED_SAME_DB, _AUTHORISED_OTHER_DB = 28, -18
_NEAR_SHARE = 0.15
_TELLS_PART_DB = 20  # that a posting which is less is a capture of this very authorisation


class Weighed(NamedTuple):
    """A pair's weight and its fit. `taken_minor`: what it takes of the candidate as a capture.

    `loose`: it may be a capture, but nothing tells of which authorisation.
    """

    weight_db: int
    fit: Fit
    taken_minor: int | None
    loose: bool = False


def weigh(candidate: Candidate, held: Features, posting: Features) -> Weighed | None:
    """The weight of a pair; None where it cannot be one. Same ids are not looked at here."""
    code_db = _auth_code_db(held, posting)
    if not _may_be(candidate, held, posting, code_db):
        return None
    trade = held.trade if held.trade is not Trade.UNKNOWN else posting.trade
    amount = fitting_amount(candidate, held, posting, trade)
    stated_db = _authorised_db(held, posting)
    if amount is None or (amount.fit is Fit.ODD and max(code_db, stated_db) <= 0):
        return None
    slow = trade is Trade.STAY or amount.fit is Fit.CAPTURE
    days_db = timing_db(held, posting, slow=slow)
    if days_db is None:
        return None
    alike = likeness(held.name, posting.name)
    if code_db > 0 and alike is Likeness.UNLIKE and not _amounts_near(held, posting):
        code_db += _CHANCE_DB
    merchant_db = _name_db(held, posting, alike) + _country_db(held, posting)
    weight_db = _PRIOR_DB + code_db + days_db + amount.weight_db + stated_db + merchant_db
    loose = _is_loose(candidate, amount, max(code_db, stated_db))
    return Weighed(weight_db, amount.fit, amount.taken_minor, loose)


def _may_be(candidate: Candidate, held: Features, posting: Features, code_db: int) -> bool:
    """Both take or both bring money, something is left, and either the hold had not ended or the
    posting names it."""
    pending, posted = held.transaction, posting.transaction
    if pending.amount.minor * posted.amount.minor <= 0 or not candidate.rest_minor:
        return False
    ends_on = candidate.ends_on
    return code_db > 0 or ends_on is None or posted.booked_day <= ends_on


def _is_loose(candidate: Candidate, amount: FittingAmount, told_db: int) -> bool:
    part = amount.taken_minor is not None
    last = bool(candidate.captured_minor) and amount.taken_minor == candidate.rest_minor
    return part and not last and told_db < _TELLS_PART_DB


def _auth_code_db(held: Features, posting: Features) -> int:
    if held.auth_code is None or posting.auth_code is None:
        return 0
    return _SAME_AUTH_CODE_DB if held.auth_code == posting.auth_code else _OTHER_AUTH_CODE_DB


def _amounts_near(held: Features, posting: Features) -> bool:
    authorised = held.sums.get(posting.home, 0)
    return abs(posting.sums[posting.home] - authorised) <= _NEAR_SHARE * authorised


def _authorised_db(held: Features, posting: Features) -> int:
    """Some feeds repeat the authorised amount with the posting."""
    stated = posting.transaction.authorised_amount
    if stated is None or stated.currency != held.home:
        return 0
    same = abs(stated.minor) == held.sums[held.home]
    return _AUTHORISED_SAME_DB if same else _AUTHORISED_OTHER_DB


def _name_db(held: Features, posting: Features, alike: Likeness) -> int:
    weight_db = _NAME_DB[alike]
    one, other = held.name.branch, posting.name.branch
    if one and other and alike is not Likeness.UNLIKE:
        weight_db += _SAME_BRANCH_DB if one == other else _OTHER_BRANCH_DB
    return weight_db + _trade_db(held, posting, alike)


def _trade_db(held: Features, posting: Features, alike: Likeness) -> int:
    """Category codes: the same merchant has the same one, so there it says nothing new."""
    one, other = held.transaction.mcc, posting.transaction.mcc
    if one is None or other is None:
        return 0
    if one != other:
        return _OTHER_TRADE_DB
    return 0 if alike in (Likeness.SAME, Likeness.LIKE) else _SAME_TRADE_DB


def _country_db(held: Features, posting: Features) -> int:
    one = held.transaction.merchant.country
    other = posting.transaction.merchant.country
    comparable = one and other and len(one) == len(other)  # alpha-2 and alpha-3 do not compare
    return _OTHER_COUNTRY_DB if comparable and one != other else 0
