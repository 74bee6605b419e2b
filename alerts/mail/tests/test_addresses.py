"""What may stand in a header, and what a greeting may call somebody."""

import pytest

from alerts.mail.domain.addresses import BadAddress, checked_address, comparable, shown_name


class TestAnAddress:
    @pytest.mark.parametrize(
        "address", ["alice@bank.example", "a.b+c@sub.bank.example", "o'hara@bank.example"]
    )
    def test_of_a_customer_is_taken(self, address: str) -> None:
        assert checked_address(f" {address} ") == address

    def test_with_letters_of_the_world_in_its_domain_is_spelt_in_ascii(self) -> None:
        assert checked_address("alice@bücher.example") == "alice@xn--bcher-kva.example"

    @pytest.mark.parametrize(
        "hostile",
        [
            "",
            "alice",
            "alice@bank",
            "alice@bank.example\r\nBcc: x@y.example",
            "alice@bank.example, bob@bank.example",
            "Alice <alice@bank.example>",
            '"a\r\nb"@bank.example',
            "alice@bank.example>\r\nRCPT TO:<bob@bank.example",
            "älice@bank.example",
            "a" * 65 + "@bank.example",
            "alice@" + "a." * 130 + "example",
            "alice@..example",
            ".alice@bank.example",
        ],
    )
    def test_that_is_none_is_refused(self, hostile: str) -> None:
        with pytest.raises(BadAddress):
            checked_address(hostile)

    def test_is_compared_in_one_spelling(self) -> None:
        assert comparable(" Alice@Bank.Example") == "alice@bank.example"


class TestAName:
    @pytest.mark.parametrize(
        "name", ["Alice Archer", "J. R. O'Hara-Smith", "Zoë", "Nguyễn Thị Minh", "मीरा", "李小龍"]
    )
    def test_is_shown(self, name: str) -> None:
        assert shown_name(name) == name

    @pytest.mark.parametrize(
        "hostile",
        [
            "<b>Alice</b>",
            "Alice & co",
            "see https://evil.example",
            "evil.example",
            "Alice\u202e",
            "You won 500",
            "Alice {{ secret }}",
            "A" * 61,
        ],
    )
    def test_that_is_none_is_not_shown(self, hostile: str) -> None:
        assert shown_name(hostile) == ""

    def test_loses_its_line_breaks(self) -> None:
        assert shown_name("Alice\r\n Archer") == "Alice Archer"
