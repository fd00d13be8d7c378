"""ecosphere.toml is checked to the last key, and what it says of a role holds at the data door."""

from pathlib import Path

import pytest

from ecosphere.config import SHIPPED_ROLES, Config, Definitions, Exports, load
from ecosphere.generations import Home
from ecosphere.model import Filters, Problem, Role
from ecosphere.source import Source, open_source

WHOLE = """
timezone = "America/New_York"
currency = "USD"
default_role = "auditor"

[privacy]
k = 20

[roles.auditor]
k = 5
round_to = 10
upload = true
export = false
export_ids = true
edit = true
rows = {official_tier = ["wealth", "affluent", "wealth"], region = ["north"]}
"""


def _load(home: Path, text: str) -> Config:
    (home / "ecosphere.toml").write_text(text, encoding="utf-8")
    return load(home)


def test_without_a_file_every_key_has_its_default(tmp_path: Path) -> None:
    assert load(tmp_path) == Config("Asia/Shanghai", "CNY", "analyst", SHIPPED_ROLES)
    assert load(tmp_path / "gone") == Config()
    assert _load(tmp_path, "") == Config()


def test_every_role_that_is_shipped_has_k_of_ten_and_no_rounding(tmp_path: Path) -> None:
    roles = load(tmp_path).roles
    assert list(roles) == ["executive", "analyst", "partner_manager", "data_engineer",
                           "privacy_officer"]  # fmt: skip
    assert {(role.k, role.round_to, role.rows, role.upload) for role in roles.values()} == {
        (10, 1, (), False)
    }
    assert [name for name, role in roles.items() if not role.export] == ["data_engineer"]


def test_every_key_is_read(tmp_path: Path) -> None:
    settings = _load(tmp_path, WHOLE)
    assert (settings.timezone, settings.currency) == ("America/New_York", "USD")
    rows = (("official_tier", ("affluent", "wealth")), ("region", ("north",)))
    auditor = Role("auditor", 5, 10, rows, upload=True, export=False, export_ids=True, edit=True)
    assert settings.roles["auditor"] == settings.role(None) == auditor


def test_k_of_the_installation_is_that_of_every_role_without_its_own(tmp_path: Path) -> None:
    roles = _load(tmp_path, WHOLE + "[roles.guest]\n[roles.executive]\nround_to = 5\n").roles
    assert {name: role.k for name, role in roles.items() if role.k != 20} == {"auditor": 5}
    assert (roles["guest"].name, roles["executive"].round_to) == ("guest", 5)


def test_what_a_shipped_role_is_given_leaves_its_other_rights(tmp_path: Path) -> None:
    role = _load(tmp_path, "[roles.data_engineer]\nk = 3\n").role("data_engineer")
    assert role == Role("data_engineer", k=3, export=False, check=True)


def test_whoever_looks_may_check_until_the_file_names_a_role(tmp_path: Path) -> None:
    """From then on only a role that is given the right, and never one that is restricted."""
    may = {
        "": {"analyst", "data_engineer"},
        "[privacy]\nk = 20\n": {"analyst", "data_engineer"},
        'default_role = "analyst"\n': {"data_engineer"},
        "[roles.executive]\nround_to = 10\n": {"data_engineer"},
        "[roles.analyst]\nk = 20\n": {"data_engineer"},
        "[roles.analyst]\ncheck = true\n": {"analyst", "data_engineer"},
        '[roles.analyst]\ncheck = true\nrows = { region = ["north"] }\n': {"data_engineer"},
        "[roles.data_engineer]\ncheck = false\n": set(),
    }
    for settings, names in may.items():
        roles = _load(tmp_path, settings).roles.values()
        assert {role.name for role in roles if role.may_check} == names, settings
    assert {role.name for role in Config().roles.values() if role.may_check} == may[""]


def test_paths_of_exports_begin_at_home(tmp_path: Path) -> None:
    said = _load(tmp_path, '[exports]\nfolder = "in"\nmapping = "/etc/m.toml"\n').exports
    assert said == Exports(str(tmp_path / "in"), "/etc/m.toml")
    assert _load(tmp_path, '[exports]\nfolder = "in"\n').exports.mapping == ""


@pytest.mark.parametrize("given", ['folder = ""', "folder = 1", 'folder = "a\\u0000"', 'dir = "a"'])
def test_a_wrong_folder_of_exports_is_a_problem(tmp_path: Path, given: str) -> None:
    with pytest.raises(Problem, match="config_") as refused:
        _load(tmp_path, f"[exports]\n{given}\n")
    assert str(refused.value.values["key"]).startswith("exports.")


def test_a_role_that_is_not_there_is_refused_and_the_known_ones_are_named(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="unknown_role") as refused:
        load(tmp_path).role("Analyst")
    assert "analyst" in str(refused.value.values["known"])


UNKNOWN = {
    "time_zone": 'time_zone = "UTC"',
    "k": "k = 5",
    "privacy.round_to": "[privacy]\nround_to = 5",
    "roles.analyst.K": "[roles.analyst]\nK = 5",
    "roles.analyst.row": '[roles.analyst]\nrow = {region = ["north"]}',
    "roles.analyst.name": '[roles.analyst]\nname = "root"',
}
WRONG = {
    "timezone": "timezone = 8",
    "timezone ": 'timezone = "Mars/Olympus"',
    "timezone  ": 'timezone = "../../etc/localtime"',
    "currency": "currency = true",
    "default_role": 'default_role = ["analyst"]',
    "privacy": "privacy = 5",
    "privacy.k": "[privacy]\nk = 0",
    "privacy.k ": "[privacy]\nk = -1",
    "privacy.k  ": "[privacy]\nk = true",
    "privacy.k   ": "[privacy]\nk = 10.0",
    "privacy.k    ": '[privacy]\nk = "10"',
    "roles": 'roles = "analyst"',
    "roles.analyst": "roles = {analyst = 5}",
    "roles.analyst.k": "[roles.analyst]\nk = 0",
    "roles.analyst.k ": "[roles.analyst]\nk = false",
    "roles.analyst.round_to": "[roles.analyst]\nround_to = 0",
    "roles.analyst.round_to ": "[roles.analyst]\nround_to = true",
    "roles.analyst.upload": "[roles.analyst]\nupload = 1",
    "roles.analyst.export": '[roles.analyst]\nexport = "no"',
    "roles.analyst.export_ids": "[roles.analyst]\nexport_ids = 0",
    "roles.analyst.edit": "[roles.analyst]\nedit = []",
    "roles.analyst.rows": '[roles.analyst]\nrows = ["north"]',
    "roles.analyst.rows.region": '[roles.analyst]\nrows = {region = "north"}',
    "roles.analyst.rows.region ": "[roles.analyst]\nrows = {region = []}",  # would be everybody
    "roles.analyst.rows.region  ": "[roles.analyst]\nrows = {region = [1]}",
}


@pytest.mark.parametrize("key", UNKNOWN)
def test_an_unknown_key_is_refused_by_its_whole_name(tmp_path: Path, key: str) -> None:
    with pytest.raises(Problem, match="config_unknown_key") as refused:
        _load(tmp_path, UNKNOWN[key])
    assert refused.value.values["key"] == key
    assert refused.value.values["file"] == tmp_path / "ecosphere.toml"


@pytest.mark.parametrize("key", WRONG)
def test_a_wrong_value_is_refused_by_the_name_of_its_key(tmp_path: Path, key: str) -> None:
    with pytest.raises(Problem, match="config_value") as refused:
        _load(tmp_path, WRONG[key])
    assert refused.value.values["key"] == key.strip()
    assert refused.value.exit_code == 2


def test_a_default_role_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="unknown_role"):
        _load(tmp_path, 'default_role = "guest"')
    assert _load(tmp_path, 'default_role = "guest"\n[roles.guest]\n').role(None).name == "guest"


@pytest.mark.parametrize("broken", [b"k =", b"[roles\n", b"a = 1\na = 2\n", b'currency = "\xff"'])
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, broken: bytes) -> None:
    (tmp_path / "ecosphere.toml").write_bytes(broken)
    with pytest.raises(Problem, match="config_unreadable") as refused:
        load(tmp_path)
    assert refused.value.values["detail"]


@pytest.fixture
def source(sample_home: Path) -> Source:
    return open_source(Home(sample_home))


def _scoped(home: Path) -> Role:
    text = '[privacy]\nk = 1\n[roles.desk]\nrows = {official_tier = ["affluent"]}\n'
    return _load(home, text).role("desk")


@pytest.mark.parametrize("name", ["active_users/mau", "active_users/growth"])
def test_a_role_of_some_rows_sees_what_the_filter_gives(
    source: Source, tmp_path: Path, name: str
) -> None:
    desk = _scoped(tmp_path)
    everybody = source.ask(name, Filters(), {}, Role("", k=1))
    affluent = source.ask(name, Filters.of({"official_tier": ["affluent"]}), {}, Role("", k=1))
    seen = source.ask(name, Filters(), {}, desk)
    assert seen.table.equals(affluent.table)
    assert 0 < sum(seen.table["people"]) < sum(everybody.table["people"])


def test_a_filter_never_reaches_past_the_rows_of_a_role(source: Source, tmp_path: Path) -> None:
    desk = _scoped(tmp_path)
    whole = source.ask("active_users/mau", Filters(), {}, desk).table
    own = source.ask("active_users/mau", Filters.of({"official_tier": ["affluent"]}), {}, desk)
    assert own.table.equals(whole)
    for tiers in (["wealth"], ["affluent", "wealth"]):
        with pytest.raises(Problem, match="unknown_value") as refused:
            source.ask("active_users/mau", Filters.of({"official_tier": tiers}), {}, desk)
        assert refused.value.values["known"] == "affluent"


def test_a_role_is_offered_the_values_of_its_rows_and_no_others(
    source: Source, tmp_path: Path
) -> None:
    offered = source.offered(_scoped(tmp_path)).attributes
    assert list(offered["official_tier"].values) == ["affluent"]
    everything = source.offered(Role("", k=1)).attributes
    assert offered["segment"].values == everything["segment"].values


def test_figures_of_the_whole_bank_are_absent_for_a_role_of_some_rows(
    source: Source, tmp_path: Path
) -> None:
    whole = source.ask("active_users/mau", Filters(), {}, Role("", k=1)).table
    seen = source.ask("active_users/mau", Filters(), {}, _scoped(tmp_path)).table
    for name in ("unmatched", "target", "target_level", "target_completion"):
        assert whole[name].null_count() < whole.height, name
        assert seen[name].null_count() == seen.height, name


def test_rows_of_an_attribute_or_value_that_the_data_lacks_are_refused(source: Source) -> None:
    for rows, key in (((("colour", ("red",)),), "unknown_attribute"),
                      ((("official_tier", ("red",)),), "unknown_value")):  # fmt: skip
        with pytest.raises(Problem, match=key):
            source.ask("active_users/mau", Filters(), {}, Role("desk", rows=rows))


def test_answers_of_one_role_are_never_given_to_another(source: Source, tmp_path: Path) -> None:
    desk = _scoped(tmp_path)
    strict = Role("desk", k=100_000)
    first = source.ask("active_users/mau", Filters(), {}, desk)
    assert source.ask("active_users/mau", Filters(), {}, strict).table["people"].null_count() > 0
    assert source.ask("active_users/mau", Filters(), {}, desk) is first


def test_tiers_begin_where_the_bank_says(tmp_path: Path) -> None:
    said = _load(tmp_path, "[definitions]\ntiers = [100, 200]\ntier_months_below = 2\n").definitions
    assert said == Definitions(tiers=(100, 200), tier_months_below=2, top_tier_months_below=6)


@pytest.mark.parametrize(
    "given",
    ["tiers = []", "tiers = [2, 1]", "tiers = [1, 1]", "tiers = [0]", "tiers = [1.5]",
     'tiers = ["1"]', "tiers = [true]", "tiers = 3", "tier_months_below = 0", "tier = [1]",
     "top_tier_months_below = true"],
)  # fmt: skip
def test_wrong_tiers_are_a_problem(tmp_path: Path, given: str) -> None:
    with pytest.raises(Problem, match=r"config_value|config_unknown_key") as refused:
        _load(tmp_path, f"[definitions]\n{given}\n")
    assert str(refused.value.values["key"]).startswith("definitions.")
