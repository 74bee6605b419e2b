"""How a posted amount follows from the one that was authorised."""

from enum import StrEnum


class Fit(StrEnum):
    SAME_ID = "same_id"  # not compared: the feed calls both by one id
    EXACT = "exact"
    CENT = "cent"  # off by rounding
    TIP = "tip"  # more, where people tip
    FUEL_HOLD = "fuel_hold"  # a pump holds a token or round sum, and posts what was filled
    STAY = "stay"  # a hotel or hire car holds an estimate
    FX = "fx"  # the same abroad, at another day's rate
    CAPTURE = "capture"  # a part: one of several shipments
    ODD = "odd"  # by no rule; the authorisation code alone speaks for it
