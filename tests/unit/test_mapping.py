"""The mapping file: what it may say, and that nothing in it can ever become SQL."""

import tomllib
from datetime import date, datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecosphere.config import ROOT
from ecosphere.contract import attach, check, read_mapping
from ecosphere.contract.mapping import ColumnMapping
from ecosphere.contract.quote import identifier, literal
from ecosphere.contract.reading import _READ, EXPORT_KEYS
from ecosphere.contract.suggest import line
from ecosphere.engines.duckdb import DuckDB
from ecosphere.model import Problem

TODAY = date(2026, 11, 23)
NASTY = ["'", '"', "''; drop table kept; --", '"; drop table kept; --', "$x", "\\", "%", "*/",
         "[a]*?", "{x}", "` or 1=1", "\n", "é", "客户", ") as x, (select 1", "a" * 300]  # fmt: skip


def read(folder: Path, text: str):
    path = folder / "mapping.toml"
    path.write_text(text, encoding="utf-8")
    return read_mapping(path)


def test_no_file_is_the_empty_mapping():
    assert read_mapping(None).of("events").column("customer_id").theirs == "customer_id"


def test_a_file_that_is_not_there_is_a_problem(tmp_path):
    with pytest.raises(Problem) as found:
        read_mapping(tmp_path / "none.toml")
    assert found.value.key == "mapping_missing"


def test_a_file_that_is_not_toml_is_a_problem(tmp_path):
    with pytest.raises(Problem) as found:
        read(tmp_path, "[events")
    assert found.value.key == "mapping_unreadable"


@pytest.mark.parametrize(
    ("text", "key", "at", "suggestion"),
    [
        ("[event]", "mapping_unknown_export", "event", "events"),
        ("[events]\nfiles = 'x'", "mapping_unknown_key", "events.files", "file"),
        ("[events.columns]\ncustomer = 'x'", "mapping_unknown_column",
         "events.columns.customer", "customer_id"),
        ("[events.columns]\namount = { from = 'x', units = 'fen' }", "mapping_unknown_key",
         "events.columns.amount.units", "unit"),
        ("[events]\ndrop_null = ['custmer_id']", "mapping_unknown_column", "events.drop_null",
         "customer_id"),
        ("[survey_answers.columns]\nscores = { from='x', filterable=true, en='a', zh='b' }",
         "mapping_unknown_column", "survey_answers.columns.scores", "score"),  # nobody to filter
    ],
)  # fmt: skip
def test_an_unknown_name_is_a_problem_that_names_the_nearest(tmp_path, text, key, at, suggestion):
    with pytest.raises(Problem) as found:
        read(tmp_path, text)
    assert found.value.exit_code == 2
    assert (found.value.key, found.value.values["at"]) == (key, at)
    assert found.value.values["suggestion"] == suggestion


@pytest.mark.parametrize(
    "text",
    [
        "events = 1",
        "[events]\nfile = '/etc/*'",
        "[events]\nfile = '../other/*.parquet'",
        "[events]\ntimezone = 'Asia/Nowhere'",
        "[events]\ndrop_null = 'customer_id'",
        "[events]\ncomplete_when = 'done/_SUCCESS'",
        "[events]\ncomplete_when = true",
        "[events]\nband = 'strict'",
        "[events]\nband = 0.5",
        "[events.columns]\namount = { from = 'x', unit = 'yuan' }",
        "[events.columns]\namount = { from = 'x', date = 'yyyymmdd' }",  # not a date
        "[events.columns]\noccurred_at = { from = 'x', date = '%Y' }",  # not one of the forms
        "[events.columns]\namount = { unit = 'fen' }",  # from nowhere
        "[events.columns]\namount = { from = 'x', constant = '1' }",  # from two places
        "[events.columns]\namount = { constant = 'many' }",
        "[events.columns]\nis_initiated = { from = 'x', flag = { yes = ['Y'] } }",
        "[events.columns]\nis_initiated = { from = 'x', flag = { true = ['Y'], false = ['Y'] } }",
        "[events.columns]\ncustomer_id = { from = 'x', pad = 0 }",
        "[events.columns]\ncustomer_id = { from = 'x', trim = 'yes' }",
        '[events.columns]\ncustomer_id = "a\\u0000b"',
        "[customers.columns]\nhobby = { from = 'x', filterable = true }",  # no labels
        "[customers.columns]\nbranch = { from='x', filterable=true, en='a', zh='b' }",  # taken
        "[customers.columns]\n'Hobby; x' = { from='x', filterable=true, en='a', zh='b' }",
    ],
)
def test_a_wrong_value_is_a_problem_that_names_its_key(tmp_path, text):
    with pytest.raises(Problem) as found:
        read(tmp_path, text)
    assert found.value.key == "mapping_value"
    assert found.value.values["at"]
    assert found.value.values["expected"]


@given(st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_a_literal_and_an_identifier_are_exactly_the_text(text):
    row = duckdb.sql(f"select {literal(text)} as {identifier(text or 'x')}")
    assert row.fetchall() == [(text,)]
    assert row.columns == [text or "x"]


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(NASTY) | st.text(
    alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1,
    max_size=20), min_size=4, max_size=4, unique=True))  # fmt: skip
def test_whatever_a_mapping_says_is_data(tmp_path_factory, texts):
    """Each text is a column name, a value and a sentinel; each comes back as it was written."""
    name, value, sentinel, other = texts
    folder = tmp_path_factory.mktemp("nasty")
    frame = pl.DataFrame({
        "occurred_at": [datetime(2026, 11, 1)] * 3, "customer_id": ["a", "b", "c"],
        "x" + name: [value, sentinel, other],
    })  # fmt: skip
    frame.write_parquet(folder / "events.parquet")
    column = ColumnMapping("campaign_id", theirs="x" + name, values=((value, other),),
                           null=(sentinel,))  # fmt: skip
    mapping = read(folder, f"[events]\nallow = [{line_value('x' + name)}]\n"
                           f"[events.columns]\n{line(column)}\n")  # fmt: skip
    engine = DuckDB(duckdb.connect(":memory:"))
    engine.execute("create table kept as select 1 as one")
    report = check(engine, folder, mapping, "Asia/Shanghai", TODAY)
    blank = [f for f in report.findings if f.code != "null_text"]  # "-" is named as such: right
    assert blank == []
    if not report.refused:
        attach(engine, report)
        rows = engine.run("select campaign_id from checked.events order by customer_id")
        assert rows["campaign_id"].to_list() == [other, None, other]
    assert engine.run("select one from kept").item() == 1


def test_a_file_name_is_only_a_name(tmp_path):
    for number, name in enumerate(["a'b", 'a"b', "a[1]", "a*", "a?b", "a;b", "数据"]):
        frame = {"occurred_at": [datetime(2026, 11, 1)], "customer_id": [str(number)]}
        pl.DataFrame(frame).write_parquet(tmp_path / f"{name}.parquet", use_pyarrow=False)
    engine = DuckDB(duckdb.connect(":memory:"))
    mapping = read(tmp_path, '[events]\nfile = "*.parquet"')
    report = check(engine, tmp_path, mapping, "Asia/Shanghai", TODAY)
    assert report.findings == ()
    assert report.sources["events"].rows_in == 7  # each once: no name matched another file


def test_a_suggested_line_says_again_what_the_mapping_says():
    before = ColumnMapping("is_initiated", theirs="a b", null=('"',), true=("是",), trim=True)
    table = tomllib.loads(line(before, false=("否",)))["is_initiated"]
    assert table == {"from": "a b", "null": ['"'], "flag": {"true": ["是"], "false": ["否"]},
                     "trim": True}  # fmt: skip


def line_value(text: str) -> str:
    return line(ColumnMapping("x", theirs=text)).removeprefix("x = ")


def test_the_example_of_the_documentation_works(tmp_path):
    guide = (ROOT / "docs" / "exports.md").read_text(encoding="utf-8")
    mapping = read(tmp_path, guide.split("```toml\n")[1].split("```")[0])
    theirs = {
        "CUST_NO": ["42  "], "OPEN_ID": ["u"], "TX_DT": [20261101], "AMT": [150], "CHNL": ["01"],
        "SELF_FLG": ["Y"], "contact_tel_flag": ["x"],
    }  # fmt: skip
    (tmp_path / "evt").mkdir()
    pl.DataFrame(theirs).write_parquet(tmp_path / "evt" / "1.parquet")
    customers = {"customer_id": ["0000000042"], "joined_on": [date(1900, 1, 1)], "hobby": ["tea"]}
    pl.DataFrame(customers).write_parquet(tmp_path / "customers.parquet")
    engine = DuckDB(duckdb.connect(":memory:"))
    report = check(engine, tmp_path, mapping, "Asia/Shanghai", TODAY)
    assert report.findings == ()
    attach(engine, report)
    row = engine.run("select customer_id, amount, channel, app from checked.events").row(0)
    assert row == ("0000000042", 1.5, "app", "main")


def test_the_documentation_lists_every_key():
    guide = (ROOT / "docs" / "exports.md").read_text(encoding="utf-8")
    keys = {*EXPORT_KEYS, *_READ} - {"columns"}
    assert [key for key in keys if f"| `{key}`" not in guide and f"`{key}`, `" not in guide
            and f", `{key}`" not in guide] == []  # fmt: skip
