"""Condition, filter and key expressions, as boto3's builder writes them.

condition   = conjunction ("OR" conjunction)*
conjunction = negation ("AND" negation)*
negation    = "NOT" negation | "(" condition ")" | function | operand comparison
"""

import operator
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from aws.dynamodb.attributes import WireItem, WireValue
from aws.tests.memory.values import begins_with, contains, equal, ordered

Placeholders = Mapping[str, Any]  # names and values, as the request gives them
Predicate = Callable[[WireItem, Placeholders], bool]
_Operand = Callable[[WireItem, Placeholders], WireValue | None]

_TOKEN = re.compile(r"\s*(<>|<=|>=|[=<>(),]|[#:]\w+|\w+)")
_ORDER = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def placeholders(request: Mapping[str, Any]) -> Placeholders:
    """What `#…` and `:…` stand for in a request's expressions."""
    names: Placeholders = request.get("ExpressionAttributeNames", {})
    return {**names, **request.get("ExpressionAttributeValues", {})}


@lru_cache(maxsize=1000)
def compiled(text: str) -> Predicate:
    """What an expression says of an item."""
    parser = _Parser(text)
    condition = parser.condition()
    assert not parser.tokens, f"not understood: {text}"
    return condition


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens = _TOKEN.findall(text)

    def condition(self) -> Predicate:
        parts = [self._conjunction()]
        while self._skip("OR"):
            parts.append(self._conjunction())
        return lambda item, given: any(part(item, given) for part in parts)

    def _conjunction(self) -> Predicate:
        parts = [self._negation()]
        while self._skip("AND"):
            parts.append(self._negation())
        return lambda item, given: all(part(item, given) for part in parts)

    def _negation(self) -> Predicate:
        if self._skip("NOT"):
            negated = self._negation()
            return lambda item, given: not negated(item, given)
        if self._skip("("):
            inner = self.condition()
            self._expect(")")
            return inner
        if self.tokens[0][0] in "#:":
            return self._comparison(self._operand())
        return self._function(self.tokens.pop(0))

    def _function(self, name: str) -> Predicate:
        self._expect("(")
        first = self._operand()
        if name in {"attribute_exists", "attribute_not_exists"}:
            self._expect(")")
            wanted = name == "attribute_exists"
            return lambda item, given: (first(item, given) is not None) is wanted
        test = {"begins_with": begins_with, "contains": contains}[name]
        self._expect(",")
        second = self._operand()
        self._expect(")")
        return lambda item, given: test(first(item, given), second(item, given) or {})

    def _comparison(self, left: _Operand) -> Predicate:
        sign = self.tokens.pop(0)
        if sign == "BETWEEN":
            low = self._operand()
            self._expect("AND")
            high = self._operand()
            return lambda item, given: (
                _in_order("<=", low(item, given), left(item, given))
                and _in_order("<=", left(item, given), high(item, given))
            )
        if sign == "IN":
            members = self._members()
            return lambda item, given: any(
                equal(left(item, given), each(item, given)) for each in members
            )
        right = self._operand()
        if sign == "=":
            return lambda item, given: equal(left(item, given), right(item, given))
        if sign == "<>":
            return lambda item, given: not equal(left(item, given), right(item, given))
        return lambda item, given: _in_order(sign, left(item, given), right(item, given))

    def _members(self) -> list[_Operand]:
        self._expect("(")
        members = [self._operand()]
        while self._skip(","):
            members.append(self._operand())
        self._expect(")")
        return members

    def _operand(self) -> _Operand:
        token = self.tokens.pop(0)
        assert token[0] in "#:", f"no operand: {token}"
        if token[0] == "#":
            return lambda item, given: item.get(given[token])
        return lambda _item, given: given[token]

    def _skip(self, token: str) -> bool:
        if self.tokens and self.tokens[0] == token:
            self.tokens.pop(0)
            return True
        return False

    def _expect(self, token: str) -> None:
        assert self._skip(token), f"expected {token} before {self.tokens}"


def _in_order(sign: str, left: WireValue | None, right: WireValue | None) -> bool:
    pair = ordered(left, right)
    return pair is not None and bool(_ORDER[sign](*pair))
