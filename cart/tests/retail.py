"""Real orders of a shop (UCI Online Retail): each invoice as the carts that its customer filled.

Cancellations, write-offs and gifts are no purchases and left out. A product is a stock code at a
price, since the same code is sold at several. An invoice of more products than a cart holds is
bought in several carts.
"""

import csv
import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby, islice
from pathlib import Path

from cart.domain.carts import LINES_MAX
from cart.domain.purchases import Line, ProductId
from kernel.money import Money

NAME = "online_retail.csv.gz"
_PENCE = 100


@dataclass(frozen=True, slots=True)
class Invoice:
    """`rows`: stock code, quantity and price for one, as they stand in the file."""

    number: str
    rows: tuple[tuple[str, int, str], ...]

    @property
    def carts(self) -> list[tuple[Line, ...]]:
        """What is put into each cart; a product may come more than once in one."""
        lines = sorted(map(_line, self.rows), key=lambda line: line.product_id)
        by_product = [tuple(same) for _id, same in groupby(lines, lambda line: line.product_id)]
        parts = range(0, len(by_product), LINES_MAX)
        return [sum(by_product[first : first + LINES_MAX], ()) for first in parts]

    @property
    def pence(self) -> int:
        """The sum, reckoned in decimals and by nobody of ours."""
        total = sum(quantity * Decimal(price) for _code, quantity, price in self.rows)
        return int(total * _PENCE)


def invoices(path: Path, count: int) -> list[Invoice]:
    """The first so many of the file."""
    with gzip.open(path, "rt", encoding="utf-8") as opened:
        sold = (row for row in csv.DictReader(opened) if _is_sold(row))
        return list(islice(_invoices(sold), count))


def _invoices(rows: Iterator[dict[str, str]]) -> Iterator[Invoice]:
    """An invoice's rows stand together."""
    for number, its_rows in groupby(rows, lambda row: row["InvoiceNo"]):
        facts = [(row["StockCode"], int(row["Quantity"]), row["UnitPrice"]) for row in its_rows]
        yield Invoice(number, tuple(facts))


def _is_sold(row: dict[str, str]) -> bool:
    is_cancellation = row["InvoiceNo"].startswith("C")
    return not is_cancellation and int(row["Quantity"]) > 0 and Decimal(row["UnitPrice"]) > 0


def _line(row: tuple[str, int, str]) -> Line:
    code, quantity, price = row
    pence = Decimal(price) * _PENCE
    assert pence == int(pence), f"{price} is no whole number of pence"
    return Line(
        product_id=ProductId(f"{code}@{int(pence)}"),
        name=code,
        quantity=quantity,
        unit_price=Money(int(pence), "GBP"),
    )
