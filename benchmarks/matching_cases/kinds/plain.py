"""Ordinary purchases, and what makes them hard: a cent, some days, another name."""

from datetime import timedelta

from benchmarks.matching_cases.account import Account
from benchmarks.matching_cases.spelling import disguised
from benchmarks.matching_cases.town import ESTIMATING


def same(account: Account) -> None:
    """Cleared as authorised.

    Decoy, one of three: another basket at the same shop within a day, never cleared (other amount);
    the same price elsewhere within two days, never cleared (other name); a dearer purchase at the
    same shop that was never authorised, in the same file (other amount; a cheaper one would look
    like a parcel of something, and where authorised amounts are estimates nothing would tell).
    """
    shop, at = account.shop(), account.moment()
    minor = account.price(shop)
    booked = account.clear(account.authorise(shop, minor, at)).booked
    near = at + timedelta(hours=account.rng.uniform(-20, 20))
    decoy = account.rng.randrange(2 if shop.mcc in ESTIMATING else 3)
    if decoy == 0:
        account.authorise(shop, account.price(shop, unlike=[minor]), near)
    elif decoy == 1:
        elsewhere = account.shop(unlike=shop)
        account.authorise(elsewhere, minor, at + timedelta(hours=account.rng.uniform(-44, 44)))
    else:
        dearer = max(round(minor * 1.07), account.price(shop, unlike=[minor]))
        account.clear_unasked(shop, dearer, at, booked)


def cent(account: Account) -> None:
    """Cleared a cent or two off: somebody rounds otherwise.

    Decoy: exactly the cleared amount elsewhere on the same day, never cleared (other name).
    """
    shop, at = account.shop(), account.moment()
    minor = account.price(shop)
    cleared = minor + account.rng.choice((-2, -1, -1, -1, 1, 1, 1, 2))
    account.clear(account.authorise(shop, minor, at), cleared)
    account.authorise(account.shop(unlike=shop), cleared, account.later_on(at.date()))


def days(account: Account) -> None:
    """The shop sends its batch two to five days late, and dates the purchase by the batch.

    Decoy, on the very day that the clearing names: the same price elsewhere (other name), or
    another basket at the same shop (other amount). Neither is ever cleared.
    """
    shop, at = account.shop(), account.moment()
    minor = account.price(shop)
    sent = at + timedelta(days=account.rng.randint(2, 5))
    booked = account.file_after(sent.date(), files=1)
    account.clear(account.authorise(shop, minor, at, held_days=12), bought=sent, booked=booked)
    if account.rng.random() < 0.5:
        account.authorise(account.shop(unlike=shop), minor, account.later_on(sent.date()))
    else:
        account.authorise(shop, account.price(shop, unlike=[minor]), account.later_on(sent.date()))


def renamed(account: Account) -> None:
    """Cleared under a name that hardly looks like the terminal's; one in four under quite another,
    the firm's legal one.

    Decoy: the same price at another trade one to three days away, never cleared (day of purchase,
    which these clearings tell; name, where it is only disguised; trade).
    """
    rng = account.rng
    shop, at = account.shop(), account.moment()
    minor = account.price(shop)
    firm = account.stranger() if rng.random() < 0.25 else None
    name = firm.name.upper() if firm else disguised(shop.name, rng)
    account.clear(account.authorise(shop, minor, at), name=name, dated=True)
    elsewhere = account.shop(unlike=shop)
    while elsewhere.mcc == shop.mcc or (firm and elsewhere.resembles(firm)):
        elsewhere = account.shop(unlike=shop)
    account.authorise(elsewhere, minor, at + timedelta(days=rng.choice((-3, -2, -1, 1, 2, 3))))
