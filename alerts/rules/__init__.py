"""The rules of Second Look, one file each. A file that declares a `RULE` is found; there is no
list to be kept. docs/howto-rule.md shows how to write one."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from alerts.domain.rules import Rule
from kernel.errors import Missing


class RuleMissing(Missing):
    """There is no rule of this name."""

    code = "rule_not_found"


@cache
def rules() -> tuple[Rule, ...]:
    """All rules, by number."""
    modules = (import_module(f"{__name__}.{each.name}") for each in iter_modules(__path__))
    found = [module.RULE for module in modules if hasattr(module, "RULE")]
    return tuple(sorted(found, key=lambda rule: rule.number))


def rule_named(name: str) -> Rule:
    """Raises `RuleMissing`."""
    for rule in rules():
        if rule.name == name:
            return rule
    raise RuleMissing
