from pathlib import Path

import pytest

from txhub.feeds import profile_named, profile_names
from txhub.feeds.profile import SkipLimit
from txhub.feeds.profiles import PROFILES_DIR, ProfileMissing, load_profile
from txhub.feeds.section import ProfileInvalid
from txhub.tests.feeds import samples

HOWTO = Path(__file__).parents[3] / "docs" / "howto-feed-profile.md"


@pytest.mark.parametrize("name", profile_names())
class TestEveryProfile:
    def test_loads(self, name: str) -> None:
        profile = profile_named(name)
        assert profile.label
        assert profile.account.namespace

    def test_says_what_it_covers_where_rows_have_no_id(self, name: str) -> None:
        rules = profile_named(name).csv
        assert rules is None or bool(rules.id_column) == (rules.coverage is None)

    def test_begins_with_a_comment_for_people(self, name: str) -> None:
        assert (PROFILES_DIR / f"{name}.yaml").read_text(encoding="utf-8").startswith("# ")

    def test_stands_in_the_how_to(self, name: str) -> None:
        assert f"`{name}`" in HOWTO.read_text(encoding="utf-8")


class TestProfileNamed:
    def test_ships_four(self) -> None:
        assert {"hub", "birmingham_pcard", "berka", "simulated_card"} <= set(profile_names())

    def test_names_those_there_are_when_asked_for_another(self) -> None:
        with pytest.raises(ProfileMissing, match="berka"):
            profile_named("../berka")


class TestLoadProfile:
    @pytest.mark.parametrize(
        ("found", "put", "complaint"),
        [
            ("label:", "lable:", "label: missing"),
            ("id: id", "id: id\nbalnce: amount", "balnce: unknown key; known here: .*balance"),
            ("name: smallbank", "name: other", "name: must be the name of the file"),
            ("format: csv", "format: xml", "format: expected one of: csv, hub"),
            ("column: account}", "column: acount}", "account: there is no column 'acount'"),
            ("{text}", "{txt}", "description: there is no column 'txt'"),
            ("id: id\n", "id: id\nfinal: {last: Y}\n", "final: there is no column 'last'"),
            ("id: id\n", "", "id: name an `id` column, or `identity`"),
            ("id: id\n", "identity: [text]\n", "coverage: missing"),
            ("id: id\n", "id: id\ncoverage: complete\n", "coverage: only for feeds without"),
            ("%Y-%m-%d", "%Y-%m", "posted_on.format: expected a year, a month and a day"),
            ("%Y-%m-%d", "%Y-%m-%d %H", "posted_on.format: a day has no time"),
            ("%Y-%m-%d", "%y%m%d", "posted_on.century: missing"),
            (", positive_is: in", "", "amount.positive_is: say"),
            (
                "positive_is: in",
                "positive_is: both",
                "positive_is: expected one of: in, out",
            ),
            (
                "positive_is: in",
                "positive_is: in, decimal: ''",
                "decimal: expected one mark",
            ),
            ("default: GBP", "default: GPB", "currency.default: unknown currency"),
            ("id: id", "id: id\nencoding: utf-16", "encoding: expected utf-8"),
            ("id: id", "id: id\ndelimiter: '||'", "delimiter: expected one character"),
            ("id: id", "id: id\nkinds: [{kind: gift}]", r"kinds\[0\].kind: expected one of"),
            (
                "id: id",
                "id: id\nskip: [{where: {x: y}, reason: z}]",
                "skip: there is no column",
            ),
            ("id: id", "id: id\nskip_limit: {per_thousand: -1}", "per_thousand: expected a whole"),
            ("[id, account", "[id, id", "columns: a column is named twice"),
            ("id: id", "id: 7", "id: expected a text"),
            ("id: id", "id: [", "not YAML"),
        ],
    )
    def test_names_the_key_that_is_wrong(
        self, tmp_path: Path, found: str, put: str, complaint: str
    ) -> None:
        assert found in samples.PROFILE
        with pytest.raises(ProfileInvalid, match=complaint):
            samples.profile(tmp_path, samples.PROFILE.replace(found, put, 1))

    def test_refuses_a_file_that_is_no_mapping(self, tmp_path: Path) -> None:
        path = tmp_path / "odd.yaml"
        path.write_text("- a\n- list\n", encoding="utf-8")
        with pytest.raises(ProfileInvalid, match="expected keys and values"):
            load_profile(path)


class TestSkipLimit:
    @pytest.mark.parametrize(
        ("bad", "rows", "allowed"), [(10, 20, True), (11, 20, False), (200, 200_000, True)]
    )
    def test_is_one_in_a_thousand_and_ten_at_least(
        self, bad: int, rows: int, allowed: bool
    ) -> None:
        assert SkipLimit().allows(bad, rows) is allowed
