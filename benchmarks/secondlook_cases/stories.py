"""The stories, by kind of alert: what is due, and its decoys."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from benchmarks.matching_cases.town import Town
from benchmarks.secondlook_cases import charges, money_in_and_out, regular
from benchmarks.secondlook_cases.everyday import live
from benchmarks.secondlook_cases.life import Life

Story = Callable[[Life], None]

# kind: (what is due, what only looks like it)
STORIES: dict[str, tuple[tuple[Story, ...], tuple[Story, ...]]] = {
    "duplicate_charge": (
        (charges.charged_twice,),
        (charges.two_coffees, charges.taken_back_between, charges.same_again_later, charges.usual),
    ),
    "generous_tip": (
        (charges.far_too_much, charges.more_than_ever),
        (charges.usual_tip, charges.pump, charges.hotel),
    ),
    "price_increase": (
        (regular.dearer,),
        (regular.cheaper, regular.as_before, regular.bought_beside),
    ),
    "trial_ended": ((regular.trial,), (regular.card_checked, regular.parked, regular.as_before)),
    "large_purchase": (
        (money_in_and_out.large,),
        (money_in_and_out.nearly_large, money_in_and_out.moved, money_in_and_out.rent),
    ),
    "refund_arrived": (
        (money_in_and_out.refunded,),
        (money_in_and_out.paid_salary, money_in_and_out.paid_interest, money_in_and_out.moved_in),
    ),
    "first_in_country": ((charges.abroad,), (charges.abroad_again, charges.just_opened)),
    "new_subscription": (
        (regular.subscribed,),
        (regular.haircuts, regular.two_purchases, regular.as_before),
    ),
    "bill_higher": ((regular.high_bill,), (regular.usual_bill, regular.as_high_before)),
    "small_charges": ((charges.card_tried,), (charges.fares, charges.small_ones_apart)),
    "fee_charged": (
        (money_in_and_out.fee,),
        (money_in_and_out.paid_interest, money_in_and_out.fee_taken_back, charges.like_a_fee),
    ),
    "balance_low": (
        (money_in_and_out.runs_low,),
        (money_in_and_out.was_low, money_in_and_out.still_enough),
    ),
}


@dataclass(frozen=True, slots=True)
class Told:
    """An account with one story in it, of this kind; `is_due` tells a story from a decoy."""

    kind: str
    is_due: bool
    life: Life


def stories(town: Town, seed: int, each: int) -> Iterator[Told]:
    """So many accounts with what is due of each kind, and as many with decoys."""
    for kind, sides in STORIES.items():
        for number in range(each):
            for side, is_due in zip(sides, (True, False), strict=True):
                rng = Random(f"{seed}/{kind}/{number}/{is_due}")  # noqa: S311 - to be repeatable
                life = Life(town=town, rng=rng)
                life.threshold = rng.choice((20_000, 30_000, 50_000, 75_000, 100_000))
                life.low = rng.choice((2_500, 5_000, 10_000, 20_000))
                story = side[number % len(side)]
                if story is not charges.just_opened:
                    live(life)
                story(life)
                yield Told(kind, is_due, life)
