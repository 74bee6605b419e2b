"""`manage.py cost`: what storing readings costs a month."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from rich.console import Console
from rich.table import Table

from kernel.clock import utc_now
from sensors import costing
from sensors.conf import conf
from sensors.costing import Load
from sensors.domain.costs import Monthly, Prices

_TALK = "The talk's own figures: 100,000 units and $50K unbinned, 10,000 and $5K with ten an item."


class Command(BaseCommand):
    help = (
        "Write units and money a month for storing readings: one an item, ten an item, and as "
        "bins. Units are computed by AWS's rules from items as we write them."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rate", type=float, default=Load.rate, help="readings a second")
        parser.add_argument(
            "--every-s",
            type=float,
            default=Load.every_s,
            help="seconds between a sensor's readings",
        )
        parser.add_argument(
            "--reading-bytes", type=int, default=Load.reading_bytes, help="of one, not packed"
        )
        parser.add_argument(
            "--batch", type=int, default=Load.batch, help="readings in a device's request"
        )
        parser.add_argument("--bin-units", type=int, help="of 1 KB in a full bin; default: as set")
        parser.add_argument("--prices", type=Path, default=costing.PRICES, help="a TOML file")

    def handle(self, *_args: Any, **options: Any) -> None:
        load = Load(**{name: options[name] for name in asdict(Load())})
        policy = conf()
        if options["bin_units"]:
            policy = replace(policy, bin_units=options["bin_units"])
        prices = costing.load_prices(options["prices"])
        rows = costing.table(load, policy, prices, now=utc_now())
        console = Console(width=None if self.stdout.isatty() else 120)
        with console.capture() as captured:
            console.print(_table(rows, prices, load))
        self.stdout.write(f"{captured.get()}{_TALK}")


def _table(rows: Sequence[Monthly], prices: Prices, load: Load) -> Table:
    title = f"{load.rate:,.0f} readings a second, {prices.currency} a month"
    caption = (
        f"Prices of {prices.region} as of {prices.as_of}; capacity as if all of it were used. "
        "Without the processes that read the stream."
    )
    table = Table(title=title, caption=caption, title_justify="left", caption_justify="left")
    table.add_column("", no_wrap=True)
    for heading in (
        *("units a 1,000", "write units", "provisioned", "on demand"),
        *("storage", "shards", "stream", "together"),
    ):
        table.add_column(heading, justify="right")
    for row in rows:
        table.add_row(row.storing.name, f"{row.storing.units_per_1000:,.2f}", *_figures(row))
    return table


def _figures(row: Monthly) -> list[str]:
    amounts = (row.write_units, row.provisioned, row.on_demand, row.storage)
    return [f"{each:,.0f}" for each in (*amounts, row.shards, row.stream, row.total)]
