"""A statement on paper. What it looks like was looked at; here is what must hold."""

import re

import pytest

from kernel.money import Money
from txhub.domain.entities import Merchant
from txhub.statements.domain.drawing_up import draw_up
from txhub.statements.domain.statement import Statement
from txhub.statements.pdf import statement_pdf
from txhub.statements.pdf.blocks import blocks_of
from txhub.statements.pdf.flow import Block, paginated
from txhub.statements.pdf.fonts import legible
from txhub.statements.pdf.texts import figure, wrapped
from txhub.tests.statements.samples import MAY, a_transaction, an_account, day_in


def long_statement(lines: int) -> Statement:
    transactions = [
        a_transaction(day_in(MAY, number * 31 // lines), -100 - number) for number in range(lines)
    ]
    return draw_up(an_account(), MAY, transactions, {"GBP": Money(500_000, "GBP")})


def pages_in(pdf: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b", pdf))


class TestThePdf:
    def test_is_the_same_bytes_for_the_same_statement(self) -> None:
        statement = long_statement(70)
        assert statement_pdf(statement) == statement_pdf(statement)

    def test_says_what_it_is_and_in_which_language(self) -> None:
        pdf = statement_pdf(long_statement(3))
        assert b"/Lang (en-GB)" in pdf
        assert b"/DisplayDocTitle true" in pdf
        assert b"D:20260531000000Z" in pdf
        assert b"Statement, May 2026" in pdf or "Statement, May 2026".encode("utf-16-be") in pdf

    @pytest.mark.parametrize(("lines", "pages"), [(0, 1), (10, 1), (50, 2), (2_000, 61)])
    def test_has_as_many_pages_as_its_lines_need(self, lines: int, pages: int) -> None:
        assert pages_in(statement_pdf(long_statement(lines))) == pages

    def test_brings_its_letters_along(self) -> None:
        pdf = statement_pdf(long_statement(3))
        assert pdf.count(b"/FontFile2") == 2

    def test_takes_merchants_in_any_script(self) -> None:
        names = ["Łódź Żabka", "Пекарня", "北京烤鸭", "شركة", "\u200b", "한국", "Ánh 🙂"]
        transactions = [
            a_transaction(day_in(MAY, 1), -1, merchant=Merchant(name=name)) for name in names
        ]
        assert statement_pdf(draw_up(an_account(), MAY, transactions, {})).startswith(b"%PDF")


class TestPages:
    def test_begin_with_the_heading_and_the_balance_brought_forward(self) -> None:
        pages = paginated(blocks_of(long_statement(90)), 680)
        assert len(pages) > 2
        for page in pages[1:]:
            heading, brought, first = page[:3]
            assert heading.keeps
            assert not brought.again
            assert first.again == (heading, brought)

    def test_are_never_higher_than_the_paper(self) -> None:
        for page in paginated(blocks_of(long_statement(200)), 680):
            assert sum(block.height for block in page) <= 680

    def test_do_not_end_with_a_heading(self) -> None:
        def nothing(*_where: object) -> None: ...

        rows = [Block(height=10, draw=nothing) for _ in range(3)]
        head = Block(height=10, draw=nothing, keeps=True)
        assert paginated([*rows, head, rows[0]], 40) == [rows, [head, rows[0]]]


class TestLetters:
    @pytest.mark.parametrize("text", ["Łódź Żabka", "Ελληνικό", "Пекарня «Волконский»", "Văn Ánh"])
    def test_that_the_typeface_has_stay_as_they_are(self, text: str) -> None:
        assert legible(text) == text

    @pytest.mark.parametrize(
        ("text", "written"),
        [
            ("北京 Beijing", "BeiJing Beijing"),
            ("한국", "HanGug"),
            ("Ánh 🙂", "Ánh"),
            ("e\u0301", "é"),
            ("a\u200bb\x07", "ab"),
            ("🙂", "?"),
        ],
    )
    def test_that_it_lacks_are_written_in_latin(self, text: str, written: str) -> None:
        assert legible(text) == written


class TestTexts:
    @pytest.mark.parametrize(
        ("amount", "written"),
        [
            (Money(-123_456, "GBP"), "\u22121,234.56"),
            (Money(-1200, "JPY"), "\u22121,200"),
            (Money(12_345, "KWD"), "12.345"),
            (Money(0, "GBP"), "0.00"),
        ],
    )
    def test_figures_have_the_currency_s_decimals(self, amount: Money, written: str) -> None:
        assert figure(amount) == written

    def test_long_words_are_parted_and_long_texts_are_cut(self) -> None:
        assert "".join(wrapped("x" * 90, 100, 9)) == "x" * 90
        assert wrapped("word " * 400, 100, 9)[-1] == "…"
        assert len(wrapped("word " * 400, 100, 9)) == 6
