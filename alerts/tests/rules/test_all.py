"""What every rule must have."""

from pathlib import Path

import pytest
from django.conf import settings

from alerts.domain.rules import BadSetting, Rule
from alerts.rules import rules

ALL = pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.name)
_HERE = Path(__file__).parent


@ALL
class TestEveryRule:
    def test_says_what_it_is(self, rule: Rule) -> None:
        assert rule.label
        assert rule.about.endswith(".")

    def test_has_its_own_file_and_test(self, rule: Rule) -> None:
        assert rule.evaluate.__module__ == f"alerts.rules.{rule.name}"
        assert (_HERE / f"test_{rule.name}.py").exists()

    def test_is_described(self, rule: Rule) -> None:
        page = Path(settings.BASE_DIR, "docs", "rules.md").read_text()
        row = next(line for line in page.splitlines() if line.startswith(f"| `{rule.name}` |"))
        for parameter in rule.parameters:
            assert f"`{parameter.name}` {parameter.default}" in row

    def test_keeps_its_parameters_within_bounds(self, rule: Rule) -> None:
        assert rule.checked(rule.defaults) == rule.defaults
        for parameter in rule.parameters:
            for value in (parameter.least - 1, parameter.most + 1, "1", True):
                with pytest.raises(BadSetting):
                    rule.checked({parameter.name: value})


def test_rules_are_numbered() -> None:
    assert [rule.number for rule in rules()] == list(range(1, len(rules()) + 1))
