"""Contracts, and the views that a clean or mapped export becomes."""

from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest

from ecosphere.contract import Report, attach, attributes, check, contracts, read_mapping
from ecosphere.contract.columns import TREE_DEPTH
from ecosphere.engines.duckdb import DuckDB

TODAY = date(2026, 11, 23)
EVENTS = {"customer_id": ["a"], "occurred_at": [datetime(2026, 11, 1, 9)]}


@pytest.fixture
def engine() -> DuckDB:
    connection = duckdb.connect(":memory:")
    connection.execute("set TimeZone = 'UTC'")
    return DuckDB(connection)


def checked(engine: DuckDB, folder: Path, mapping: str = "", **exports: dict) -> Report:
    """Write each export as one file, then check and attach."""
    for name, columns in exports.items():
        pl.DataFrame(columns).write_parquet(folder / f"{name}.parquet")
    path = folder / "mapping.toml"
    path.write_text(mapping, encoding="utf-8")
    report = check(engine, folder, read_mapping(path), "Asia/Shanghai", TODAY)
    attach(engine, report)
    return report


def test_only_events_are_required():
    assert [c.name for c in contracts().values() if c.required] == ["events"]


def test_every_reference_and_key_names_a_column_of_a_contract():
    for contract in contracts().values():
        assert set(contract.key) <= set(contract.names)
        assert contract.day is None or contract.day in contract.names
        for column in contract.columns:
            if column.references:
                export, name = column.references
                assert name in contracts()[export].names


def test_every_value_and_every_filterable_column_has_words_in_both_languages():
    for contract in contracts().values():
        assert contract.en
        assert contract.zh
        assert set(contract.lights_up) == set(contract.worth) == {"en", "zh"}
        assert all((*contract.lights_up.values(), *contract.worth.values(), *contract.pages))
        for column in contract.columns:
            assert all(value.en and value.zh for value in column.values)
            assert not column.filterable or (column.en and column.zh)


def test_every_export_of_the_design_has_a_contract_and_its_key():
    assert {name: contract.key for name, contract in contracts().items()} == {
        "events": (), "journey_steps": (), "calendar": (),
        "customers": ("customer_id",), "customer_history": ("customer_id", "valid_from"),
        "identity_links": ("scene_user_id", "partner_id", "linked_on"),
        "branches": ("branch_id",), "partners": ("partner_id",),
        "partner_costs": ("partner_id", "month", "kind"), "accounts": ("account_id",),
        "holdings": ("customer_id", "month", "category", "product"),
        "applications": ("application_id",),
        "survey_answers": ("respondent_id", "question", "answered_at"),
        "survey_invitations": ("invitation_id",), "service_contacts": ("contact_id",),
        "initiatives": ("initiative_id",), "initiative_members": ("initiative_id", "customer_id"),
        "targets": ("metric", "month", "dimension", "dimension_value"),
        "reference_figures": ("metric", "month", "source", "branch_id"),
    }  # fmt: skip


def test_whatever_holds_a_customer_is_of_persons():
    found = {name for name, contract in contracts().items() if contract.person_level}
    assert found == {name for name, c in contracts().items() if "customer_id" in c.names}


def test_these_categories_are_assets_under_management():
    category = contracts()["holdings"].column("category")
    assert category.aum == ("deposit", "wealth", "fund", "insurance", "trust", "metals")
    assert {*category.codes} - {*category.aum} == {"payment", "credit", "securities_custody"}


def test_a_rule_names_columns_of_its_contract():
    for contract in contracts().values():
        for rule in contract.rules:
            assert set(rule.columns) <= set(contract.names)
            assert len(rule.columns) == {"not_before": 2, "within": 3, "tree": 3}[rule.kind]


def test_a_free_comment_never_enters(engine, tmp_path):
    answers = {
        "respondent_id": ["r"], "respondent_kind": ["customer"], "question": ["nps"],
        "answered_at": EVENTS["occurred_at"], "score": [9.0], "comment": ["call me, Li Wei"],
    }  # fmt: skip
    report = checked(engine, tmp_path, events=EVENTS, survey_answers=answers)
    assert report.findings == ()
    assert "comment" not in engine.run("select * from checked.survey_answers").columns
    assert attributes(report) == ()


def test_facts_carry_attributes_in_this_order():
    filterable = [c.name for c in contracts()["customers"].columns if c.filterable]
    assert filterable == [
        "official_tier", "segment", "age_band", "city_tier", "region", "is_payroll", "card_kind",
        "acquisition_channel",
    ]  # fmt: skip


UNITS = {"branch_id": ["b", "e"], "name": ["b", "e"], "level": ["1", "2"], "parent_id": [None, "b"]}


def test_the_units_above_a_customer_s_are_attributes_lower_ones_behind_all_others(engine, tmp_path):
    customers = {"customer_id": ["a"], "branch_id": ["e"], "segment": ["young"], "region": ["wuxi"]}
    report = checked(engine, tmp_path, events=EVENTS, customers=customers, branches=UNITS)
    found = [(a.name, a.column, a.depth) for a in attributes(report)]
    assert found == [
        ("segment", "segment", 0),
        ("branch", "branch_id", 1),
        ("region", "region", 0),
        ("branch.2", "branch_id", 2),
        ("branch.3", "branch_id", 3),
    ]
    levels = contracts()["branches"].column("level").codes
    assert len(levels) - 1 == TREE_DEPTH


@pytest.mark.parametrize("missing", ["branches", "parent_id"])
def test_without_a_tree_units_are_no_attribute(engine, tmp_path, missing):
    customers = {"customer_id": ["a"], "branch_id": ["e"]}
    flat = {name: values for name, values in UNITS.items() if name != missing}
    exports = {} if missing == "branches" else {"branches": flat}
    report = checked(engine, tmp_path, events=EVENTS, customers=customers, **exports)
    assert attributes(report) == ()


def test_the_system_not_the_person_makes_these_events():
    not_initiated = contracts()["events"].column("event_type").not_initiated
    assert not_initiated == ("interest", "auto_debit", "fee", "push")


def test_history_may_carry_every_attribute_of_customers_but_must_not():
    history = contracts()["customer_history"]
    assert set(contracts()["customers"].names) <= set(history.names)
    assert [c.name for c in history.columns if c.required] == [
        "customer_id", "valid_from", "valid_to",
    ]  # fmt: skip


def test_one_event_is_a_legal_export(engine, tmp_path):
    report = checked(engine, tmp_path, events=EVENTS)
    assert report.findings == ()
    assert report.sources["events"].first_day == date(2026, 11, 1)
    assert report.sources["events"].rows_kept == 1
    assert attributes(report) == ()


def test_a_view_has_every_contract_column_and_absent_ones_are_typed_nulls(engine, tmp_path):
    checked(engine, tmp_path, events=EVENTS)
    row = engine.run("select * from checked.events")
    assert tuple(row.columns) == contracts()["events"].names
    assert row.schema["amount"] == pl.Float64
    assert row["amount"][0] is None


def test_ids_become_texts(engine, tmp_path):
    checked(engine, tmp_path, events={**EVENTS, "customer_id": [7]})
    assert engine.run("select customer_id from raw.events").item() == "7"


def test_aware_times_become_wall_clock_times_of_the_zone(engine, tmp_path):
    aware = {**EVENTS, "occurred_at": [datetime(2026, 10, 31, 17, tzinfo=UTC)]}
    report = checked(engine, tmp_path, events=aware)
    assert engine.run("select occurred_at from raw.events").item() == datetime(2026, 11, 1, 1)
    assert report.sources["events"].last_day == date(2026, 11, 1)  # local, not UTC


def test_an_export_may_have_a_zone_of_its_own(engine, tmp_path):
    aware = {**EVENTS, "occurred_at": [datetime(2026, 10, 31, 17, tzinfo=UTC)]}
    checked(engine, tmp_path, '[events]\ntimezone = "UTC"', events=aware)
    assert engine.run("select occurred_at from raw.events").item() == datetime(2026, 10, 31, 17)


def test_a_mapping_renames_translates_and_converts(engine, tmp_path):
    theirs = {
        "cust": ["7　", "  "],  # fixed width; spaces alone are no id
        "suser": ["u1", "u2"],
        "dt": [20261101, 20261102],
        "amt_fen": [1250, 100],
        "chl": ["01", "app"],
        "self": ["是", "否"],
        "campaign": ["NULL", "c1"],
    }
    mapping = """
        [events]
        file = "*.parquet"
        [events.columns]
        customer_id = { from = "cust", trim = true, pad = 3 }
        scene_user_id = "suser"
        occurred_at = { from = "dt", date = "yyyymmdd" }
        amount = { from = "amt_fen", unit = "fen" }
        channel = { from = "chl", values = { "01" = "web" } }
        is_initiated = { from = "self", flag = { true = ["是"], false = ["否"] } }
        campaign_id = { from = "campaign", null = ["NULL"] }
        app = { constant = "main" }
    """
    checked(engine, tmp_path, mapping, evt=theirs)
    rows = engine.run("select * from checked.events order by occurred_at").rows(named=True)
    assert [row["customer_id"] for row in rows] == ["007", None]
    assert [row["occurred_at"] for row in rows] == [datetime(2026, 11, 1), datetime(2026, 11, 2)]
    assert [row["amount"] for row in rows] == [12.5, 1.0]
    assert [row["channel"] for row in rows] == ["web", "app"]
    assert [row["is_initiated"] for row in rows] == [True, False]
    assert [row["campaign_id"] for row in rows] == [None, "c1"]
    assert [row["app"] for row in rows] == ["main", "main"]


def test_dropped_rows_are_counted(engine, tmp_path):
    events = {"customer_id": ["a", None], "occurred_at": EVENTS["occurred_at"] * 2}
    report = checked(engine, tmp_path, '[events]\ndrop_null = ["customer_id"]', events=events)
    source = report.sources["events"]
    assert (source.rows_in, source.dropped, source.rows_kept) == (2, 1, 1)
    assert engine.run("select customer_id from raw.events")["customer_id"].to_list() == ["a"]


def test_partition_folders_are_columns(engine, tmp_path):
    for day in ("2026-11-01", "2026-11-02"):
        folder = tmp_path / "events" / f"day={day}"
        folder.mkdir(parents=True)
        pl.DataFrame({"customer_id": ["a"]}).write_parquet(folder / "part[0].parquet")
    mapping = '[events.columns]\noccurred_at = { from = "day", date = "yyyy-mm-dd" }'
    checked(engine, tmp_path, mapping)
    days = engine.run("select occurred_at from checked.events order by 1")["occurred_at"]
    assert days.to_list() == [datetime(2026, 11, 1), datetime(2026, 11, 2)]


def test_quarantined_rows_are_in_raw_but_not_in_checked(engine, tmp_path):
    days = [datetime(2026, 11, 1)] * 2000
    days[5] = datetime(2031, 1, 1)  # in the future
    ids = [f"c{i}" for i in range(2000)]
    ids[6] = "stranger"  # not in customers
    ids[5] = "stranger too"  # meets two rules, counted once
    customers = {"customer_id": [f"c{i}" for i in range(2000)]}
    events = {"customer_id": ids, "occurred_at": days}
    report = checked(engine, tmp_path, events=events, customers=customers)
    source = report.sources["events"]
    assert source.quarantined == {"future_date.occurred_at": 1, "orphan.customer_id": 1}
    assert source.rows_in == source.rows_kept + source.dropped + 2
    assert engine.run("select count(*) from raw.events").item() == 2000
    assert engine.run("select count(*) from checked.events").item() == source.rows_kept


def test_attributes_are_those_delivered_in_contract_order_then_in_mapping_order(engine, tmp_path):
    customers = {"customer_id": ["a"], "hobby": ["tea"], "region": ["wuxi"], "segment": ["young"]}
    mapping = """
        [customers.columns]
        hobby = { from = "hobby", filterable = true, en = "Hobby", zh = "爱好" }
    """
    report = checked(engine, tmp_path, mapping, events=EVENTS, customers=customers)
    found = attributes(report)
    assert [(a.name, a.en, a.zh) for a in found] == [
        ("segment", "Segment", "客户分群"),
        ("region", "Region", "地区"),
        ("hobby", "Hobby", "爱好"),
    ]
    assert {v.code: v.zh for v in found[1].labels}["wuxi"] == "无锡"
    assert engine.run("select hobby from checked.customers").item() == "tea"


def test_an_export_that_was_not_delivered_is_a_view_without_rows(engine, tmp_path):
    checked(engine, tmp_path, events=EVENTS)
    assert engine.run("select customer_id, consent_analytics from checked.customers").is_empty()
