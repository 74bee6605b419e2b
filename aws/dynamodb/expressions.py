"""Conditions and updates as DynamoDB's expression language.

Conditions are boto3's `Attr` and `Key` objects; an `Update` is a value that says what changes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from boto3.dynamodb.conditions import ConditionBase, ConditionExpressionBuilder

from aws.dynamodb.attributes import encode

Parameters = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """What an update does to an item's attributes.

    `set` overwrites; `set_if_absent` writes only where nothing stands; `add` adds a number, or
    unites a set; `subtract` takes members out of a set; `remove` drops attributes.
    """

    set: Mapping[str, Any] = field(default_factory=dict)
    set_if_absent: Mapping[str, Any] = field(default_factory=dict)
    add: Mapping[str, Any] = field(default_factory=dict)
    subtract: Mapping[str, Any] = field(default_factory=dict)
    remove: tuple[str, ...] = ()


class Expressions:
    """Collects the expressions of one request, with names and values that do not collide."""

    def __init__(self) -> None:
        self._builder = ConditionExpressionBuilder()
        self._names: dict[str, str] = {}
        self._values: dict[str, Any] = {}
        self.parameters: Parameters = {}

    def condition(
        self, condition: ConditionBase | None, parameter: str = "ConditionExpression"
    ) -> "Expressions":
        """Adds a condition, key condition or filter under the request's `parameter`."""
        if condition is not None:
            is_key = parameter == "KeyConditionExpression"
            built = self._builder.build_expression(condition, is_key_condition=is_key)
            self.parameters[parameter] = built.condition_expression
            self._names.update(built.attribute_name_placeholders)
            for name, value in built.attribute_value_placeholders.items():
                self._values[name] = encode(value)
        return self

    def update(self, update: Update) -> "Expressions":
        """Adds the request's `UpdateExpression`."""
        assign = [f"{self._name(n)} = {self._value(v)}" for n, v in update.set.items()]
        assign += [
            f"{self._name(n)} = if_not_exists({self._name(n)}, {self._value(v)})"
            for n, v in update.set_if_absent.items()
        ]
        clauses = {
            "SET": assign,
            "ADD": [f"{self._name(n)} {self._value(v)}" for n, v in update.add.items()],
            "DELETE": [f"{self._name(n)} {self._value(v)}" for n, v in update.subtract.items()],
            "REMOVE": [self._name(n) for n in update.remove],
        }
        text = " ".join(f"{word} {', '.join(parts)}" for word, parts in clauses.items() if parts)
        self.parameters["UpdateExpression"] = text
        return self

    def built(self) -> Parameters:
        """The request parameters for all that was added."""
        if self._names:
            self.parameters["ExpressionAttributeNames"] = self._names
        if self._values:
            self.parameters["ExpressionAttributeValues"] = self._values
        return self.parameters

    def _name(self, attribute: str) -> str:
        placeholder = f"#u_{attribute}"
        self._names[placeholder] = attribute
        return placeholder

    def _value(self, value: Any) -> str:
        placeholder = f":u{len(self._values)}_"
        self._values[placeholder] = encode(value)
        return placeholder
