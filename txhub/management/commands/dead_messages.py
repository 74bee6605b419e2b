"""`manage.py dead_messages`: the messages that listeners could not store."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from aws.metrics import use_case
from identity import audit
from kernel.clock import utc_now
from kernel.errors import HubError
from txhub.management.messages import add_queue_arguments
from txhub.realtime.dead_letters import DeadLetter
from txhub.realtime.intake import Answer, Poison
from txhub.realtime.redrive import HeldLetters, held_letters

_ACTOR = "console"


class Command(BaseCommand):
    help = "Lists the dead letters of a queue of messages, shows one, or has them stored again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_queue_arguments(parser)
        instead = parser.add_mutually_exclusive_group()
        instead.add_argument("--show", metavar="ID", help="print one as it came; this is audited")
        instead.add_argument(
            "--redrive", action="store_true", help="try to store them; who still cannot be stays"
        )

    @use_case("messages.redrive")
    def handle(self, *_arguments: Any, **options: Any) -> None:
        try:
            with held_letters(options["url"], options["queue"]) as held:
                if options["redrive"]:
                    _audited("dead_messages.redriven", f"queue:{options['queue']}")
                    self._redrive(held)
                elif options["show"]:
                    self._show(held, options["show"])
                else:
                    self._list(held)
        except HubError as error:
            raise CommandError(f"{error.code}: {error.message}") from error

    def _list(self, held: HeldLetters) -> None:
        for letter in held.letters():
            self.stdout.write(_line(letter, letter.why))

    def _show(self, held: HeldLetters, wanted: str) -> None:
        letter = next((each for each in held.letters() if each.id == wanted), None)
        if letter is None:
            raise CommandError("there is no dead letter of this id")
        _audited("dead_message.viewed", f"message:{letter.id}")
        self.stdout.write(letter.message().decode(errors="replace"))

    def _redrive(self, held: HeldLetters) -> None:
        stays = 0
        for letter, answer in held.redrive(clock=utc_now):
            stays += isinstance(answer, Poison)
            self.stdout.write(_became(letter, answer))
        if stays:
            raise CommandError(f"{stays} could still not be stored")


def _audited(action: str, subject: str) -> None:
    audit.record(actor=_ACTOR, action=action, subject=subject)


def _became(letter: DeadLetter, answer: Answer) -> str:
    if isinstance(answer, Poison):
        return _line(letter, answer)
    return f"{letter.id} {answer.outcome}"


def _line(letter: DeadLetter, why: Poison) -> str:
    at = letter.at.isoformat(timespec="seconds") if letter.at else "-"
    return f"{letter.id} {at} {why.code} {why.reason}"
