"""What the commands about messages have in common."""

from argparse import ArgumentParser

from txhub.realtime import conf
from txhub.resources import MESSAGE_QUEUE


def add_queue_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--url", default=conf.URL, help="sqs:// (default), amqp://… or redis://…")
    parser.add_argument(
        "--queue",
        default=MESSAGE_QUEUE.physical_name,
        help="its name; dead letters are in NAME-dead (default: %(default)s)",
    )
