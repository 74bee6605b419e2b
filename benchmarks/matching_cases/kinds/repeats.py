"""The same again: equal purchases, and purchases that never came to anything."""

from datetime import timedelta

from benchmarks.matching_cases.account import Account


def twins(account: Account) -> None:
    """Two or three equal purchases at one shop on one day, cleared in one file or several.

    Which is which matters only where the clearings tell the moment. Decoys, one for each: something
    else from the same shop within the hour, never cleared (other amount).
    """
    rng = account.rng
    shop, at = account.shop(), account.moment()
    minor = account.price(shop)
    moments = [at] + [
        at.replace(minute=rng.randrange(60), second=rng.randrange(60))
        for _more in range(rng.choice((1, 1, 1, 1, 1, 2)))
    ]
    equal = [account.authorise(shop, minor, moment) for moment in moments]
    booked = account.file_after(at.date())
    for each in equal:
        account.clear(each, booked=booked)
        if rng.random() < 0.3:
            booked = account.file_after(booked, files=1)
        soon = each.at + timedelta(minutes=rng.uniform(5, 50))
        account.authorise(shop, account.price(shop, unlike=[minor]), soon)


def lapsed(account: Account) -> None:
    """A purchase that was authorised and never cleared; then another at the same shop that was.

    The first is the decoy. Half the time it is of the same amount. Either it is no longer held when
    the second is made; or the second is two to four days later, and its clearing tells the day.
    """
    rng = account.rng
    shop, at = account.shop(), account.moment()
    minor = account.price(shop)
    never = minor if rng.random() < 0.5 else account.price(shop, unlike=[minor])
    account.authorise(shop, never, at)
    later = rng.randint(9, 13) if rng.random() < 0.4 else rng.randint(2, 4)
    again = account.later_on(at.date() + timedelta(days=later))
    account.clear(account.authorise(shop, minor, again), dated=True)
