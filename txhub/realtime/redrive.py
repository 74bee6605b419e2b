"""Dead letters in an operator's hands: looked at, or given to the intake again.

A message that was refused for want of an account, or by an older release, is stored this way; one
that is wrong in itself stays, until its sender sends another in its place.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from kombu.message import Message

from aws.vault import KeyDestroyed, Tampered
from kernel.clock import Clock
from txhub.domain.storing import Stored
from txhub.realtime.broker import Inbox, body_of, channel_to, dead_letters_of
from txhub.realtime.dead_letters import DeadLetter, letter_in
from txhub.realtime.intake import Answer, Poison, take

_WAIT_S = 2.0
_READ_MAX = 10_000
_HIDDEN_S = 600  # from whoever else looks


class HeldLetters:
    """The dead letters of a queue, or the first of them where there are very many."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._held: dict[str, Message] = {}
        while len(self._held) < _READ_MAX and (found := inbox.gather(wait_s=_WAIT_S)):
            inbox.hide(found, _HIDDEN_S)
            self._held.update((str(each.delivery_tag), each) for each in found)

    def letters(self) -> list[DeadLetter]:
        return [letter_in(body_of(message)) for message in self._held.values()]

    def redrive(self, *, clock: Clock) -> Iterator[tuple[DeadLetter, Answer]]:
        """Each letter, and what became of it now. Stored ones are dead letters no more.

        Raises `Unavailable`.
        """
        for tag, message in tuple(self._held.items()):
            letter = letter_in(body_of(message))
            answer = _taken(letter, clock)
            if isinstance(answer, Stored):
                self._inbox.done([self._held.pop(tag)])
            yield letter, answer

    def give_back(self) -> None:
        self._inbox.give_back(self._held.values())


@contextmanager
def held_letters(url: str, queue: str) -> Iterator[HeldLetters]:
    """Those of this queue; at the end all go back that are not stored. Raises `BrokerAway`."""
    name = dead_letters_of(queue)
    with channel_to(url, name) as channel:
        held = HeldLetters(Inbox(channel, name, held_max=0))
        try:
            yield held
        finally:
            held.give_back()


def _taken(letter: DeadLetter, clock: Clock) -> Answer:
    try:
        return take([letter.message()], clock=clock, redriven=True)[0]
    except (Tampered, KeyDestroyed) as error:
        return Poison(code=error.code, reason=error.message)
