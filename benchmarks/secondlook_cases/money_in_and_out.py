"""Stories of sums, refunds, fees and balances."""

from datetime import timedelta

from benchmarks.secondlook_cases.life import Life
from txhub.public import Kind

_GOODS = ("5411", "5399", "5942", "5734", "5651", "5943")
_FEES = (
    ("NON-STERLING TRANSACTION FEE", Kind.PAYMENT),
    ("MONTHLY ACCOUNT FEE", Kind.PAYMENT),
    ("OVERDRAFT INTEREST", Kind.PAYMENT),
    ("LATE PAYMENT CHARGE", Kind.PAYMENT),
    ("UNPAID ITEM", Kind.FEE),
    ("FOREIGN EXCHANGE COMMISSION", Kind.PAYMENT),
    ("INTEREST TO 20 JUN", Kind.INTEREST),
)


def large(life: Life) -> None:
    shop, _price = life.shop(*_GOODS)
    minor = round(life.threshold * life.rng.uniform(1.0, 3.0))
    life.expect("large_purchase", life.card(shop, minor, life.lately()))


def nearly_large(life: Life) -> None:
    shop, _price = life.shop(*_GOODS)
    life.card(shop, life.threshold - life.rng.randrange(1, 500), life.lately())


def moved(life: Life) -> None:
    life.booked(
        "TRANSFER TO RAINY DAY SAVINGS", -life.threshold * 2, life.lately(), kind=Kind.TRANSFER
    )


def rent(life: Life) -> None:
    due, minor = life.lately(), life.threshold * 13 // 10
    for back in (122, 91, 61, 30):
        life.booked("STANDING ORDER RENT", -minor, due - timedelta(days=back))
    life.booked("STANDING ORDER RENT", -minor, due)


def refunded(life: Life) -> None:
    shop, minor = life.shop(*_GOODS, least=1_000, most=15_000)
    at = life.lately()
    life.card(shop, minor, at - timedelta(days=life.rng.randrange(4, 40)))
    part = minor if life.rng.random() < 0.6 else minor * life.rng.randrange(20, 90) // 100
    if life.rng.random() < 0.5:
        refund = life.card(shop, -part, at, kind=Kind.REFUND)
    else:
        refund = life.booked("", part, at, shop=shop)
    life.expect("refund_arrived", refund)


def paid_salary(life: Life) -> None:
    life.booked("SALARY ACME LTD", 240_000, life.lately())


def paid_interest(life: Life) -> None:
    life.booked("INTEREST PAID", 1_233, life.lately())


def moved_in(life: Life) -> None:
    life.booked("TRANSFER FROM RAINY DAY SAVINGS", 40_000, life.lately(), kind=Kind.TRANSFER)


def fee(life: Life) -> None:
    text, kind = life.rng.choice(_FEES)
    life.expect(
        "fee_charged", life.booked(text, -life.rng.randrange(150, 3_500), life.lately(), kind=kind)
    )


def fee_taken_back(life: Life) -> None:
    life.booked("REVERSAL SERVICE FEE", 1_200, life.lately(), kind=Kind.REVERSAL)


def runs_low(life: Life) -> None:
    spent = life.rng.randrange(1_000, 15_000)
    before = life.low + life.rng.randrange(spent)
    life.expect(
        "balance_low",
        life.booked("COUNCIL TAX", -spent, life.lately(), balance=before - spent),
    )


def was_low(life: Life) -> None:
    life.booked("COUNCIL TAX", -900, life.lately(), balance=life.low - 1_500)


def still_enough(life: Life) -> None:
    life.booked("COUNCIL TAX", -9_000, life.lately(), balance=life.low + life.rng.randrange(500))
