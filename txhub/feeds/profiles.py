"""Feed profiles: one YAML file each in `profiles/`, found by name, checked when loaded.

A new file there is a new profile; no list elsewhere names it.
"""

from functools import cache
from pathlib import Path

import yaml

from kernel.errors import Missing
from txhub.domain.entities import ACCOUNT_TYPES
from txhub.feeds.csv_rules import csv_rules
from txhub.feeds.profile import AccountRule, Profile, SkipLimit
from txhub.feeds.section import ProfileInvalid, Section

PROFILES_DIR = Path(__file__).parent / "profiles"


class ProfileMissing(Missing):
    """There is no feed profile of this name."""

    code = "profile_missing"


def profile_names() -> list[str]:
    return sorted(path.stem for path in PROFILES_DIR.glob("*.yaml"))


@cache
def profile_named(name: str) -> Profile:
    """Raises `ProfileMissing`, and `ProfileInvalid` naming the key that is wrong."""
    if name not in profile_names():
        known = ", ".join(profile_names())
        raise ProfileMissing(f"no feed profile of this name; there are: {known}")
    return load_profile(PROFILES_DIR / f"{name}.yaml")


def load_profile(path: Path) -> Profile:
    """Reads and checks one profile. Raises `ProfileInvalid`."""
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ProfileInvalid(f"{path.name}: not YAML ({type(error).__name__})") from None
    profile = _profile(Section(f"{path.name}: ", document))
    if profile.name != path.stem:
        raise ProfileInvalid(f"{path.name}: name: must be the name of the file, {path.stem}")
    return profile


def _profile(section: Section) -> Profile:
    is_csv = section.choice("format", ("csv", "hub")) == "csv"
    profile = Profile(
        name=section.text("name"),
        label=section.text("label"),
        account=_account_rule(section.section("account"), is_csv),
        skip_limit=_skip_limit(section.optional_section("skip_limit")),
        csv=csv_rules(section) if is_csv else None,
    )
    section.close()
    return profile


def _account_rule(section: Section, is_csv: bool) -> AccountRule:
    kind = section.choice("type", tuple(ACCOUNT_TYPES), "current")
    rule = AccountRule(
        namespace=section.text("namespace"),
        column=section.text("column") if is_csv else "",
        type=kind,
        name=section.text("name", ACCOUNT_TYPES[kind]),
    )
    section.close()
    return rule


def _skip_limit(section: Section | None) -> SkipLimit:
    if section is None:
        return SkipLimit()
    limit = SkipLimit(
        per_thousand=section.number("per_thousand", 1), at_least=section.number("at_least", 10)
    )
    section.close()
    return limit
