"""What the command line prints is what `ask` releases."""

import csv
import io
import json
import os
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from ecosphere.cli import app
from ecosphere.config import Config
from ecosphere.export.rows import MARK, marked
from ecosphere.model import Filters, Month, Problem, Released
from ecosphere.text import Text
from tests.spec.conftest import Sample

ASKED = {
    "everything": ([], Filters(), {}),
    "a_filter": (
        ["--where", "official_tier=affluent", "--where", "segment=young",
         "--where", "segment=family"],
        Filters.of({"official_tier": ["affluent"], "segment": ["young", "family"]}), {},
    ),
    "a_period": (
        ["--from", "2025-12", "--to", "2026-02"],
        Filters(first=Month.parse("2025-12"), last=Month.parse("2026-02")), {},
    ),
    "a_day_and_a_definition": (
        ["--as-of", "2026-05-17", "--option", "definition=transacted"],
        Filters(as_of=date(2026, 5, 17)), {"definition": "transacted"},
    ),
    "a_unit": (["--where", "branch=B039"], Filters.of({"branch": ["B039"]}), {}),
    "few_people": (  # some of it is hidden
        ["--where", "region=xiamen", "--where", "official_tier=wealth"],
        Filters.of({"region": ["xiamen"], "official_tier": ["wealth"]}), {},
    ),
}  # fmt: skip


@pytest.fixture(params=["mau", "growth"])
def exhibit(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=list(ASKED))
def asked(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def released(sample: Sample, exhibit: str, asked: str) -> Released:
    """The same question put to `ask`, in the role that the command line takes."""
    _, filters, options = ASKED[asked]
    role = Config().role(None)
    return sample.source.ask(f"active_users/{exhibit}", filters, options, role)


def printed(sample: Sample, exhibit: str, asked: str, format_: str) -> bytes:
    words = ["table", "active_users", "--exhibit", exhibit, "--format", format_]
    result = CliRunner().invoke(app, [*words, "--home", str(sample.home), *ASKED[asked][0]])
    assert result.exit_code == 0, result.output
    return result.stdout_bytes


def test_json_holds_the_released_values(sample, exhibit, asked):
    records = json.loads(printed(sample, exhibit, asked, "json"))
    expected = marked(released(sample, exhibit, asked))
    assert [row.get("hidden", False) for row in records] == expected["hidden"].to_list()
    seldom = {"hidden": False, **({MARK: None} if MARK in expected.columns else {})}
    for record, row in zip(records, expected.iter_rows(named=True), strict=True):
        days = {name: date.fromisoformat(record[name]) for name in ("month", "base_month")
                if record.get(name)}  # fmt: skip
        assert {**seldom, **record, **days} == row


def test_csv_holds_the_released_values(sample, exhibit, asked):
    text = printed(sample, exhibit, asked, "csv").decode("utf-8-sig")
    records = list(csv.DictReader(io.StringIO(text, newline="")))
    expected = marked(released(sample, exhibit, asked))
    for record, row in zip(records, expected.iter_rows(named=True), strict=True):
        assert {name: read(text, row[name]) for name, text in record.items()} == row


def test_parquet_holds_the_released_table(sample, exhibit, asked):
    found = pl.read_parquet(io.BytesIO(printed(sample, exhibit, asked, "parquet")))
    assert found.equals(marked(released(sample, exhibit, asked)))


def test_without_an_exhibit_the_monthly_active_users_are_printed(sample):
    words = ["table", "active_users", "--home", str(sample.home)]
    records = json.loads(CliRunner().invoke(app, words).stdout_bytes)
    assert [row["people"] for row in records] == list(sample.truths["mau"]["months"].values())


@pytest.mark.parametrize(("language", "others"), [("en", "Others"), ("zh", "其他")])
def test_groups_are_printed_in_words_of_the_language(sample, language, others):
    words = ["table", "active_users", "--split", "region", "--option", "compare=year",
             "--lang", language, "--home", str(sample.home)]  # fmt: skip
    records = json.loads(CliRunner().invoke(app, words).stdout_bytes)
    options = {"split": "region", "compare": "year"}
    released = sample.source.ask("active_users/mau", Filters(), options, Config().role(None))
    region = sample.source.catalog.attributes["region"].values
    for record, code in zip(records, released.table["group"], strict=True):
        if code in region and region[code].label:
            assert record["group"] == region[code].label[language]
    assert {record["group"] for record in records} >= {others}
    assert [record["people"] for record in records] == released.table["people"].to_list()


def test_some_of_what_is_asked_here_is_hidden(sample):
    assert released(sample, "growth", "few_people").hidden_cells > 0


def governed(sample: Sample, folder: Path) -> list[str]:
    """The sample in a home with a role that sees one tier-2 branch; the options to ask it."""
    for name in ("CURRENT", "generation-1.duckdb"):
        os.link(sample.home / name, folder / name)
    settings = '[roles.branch_manager.rows]\nbranch = ["B039"]\n'
    (folder / "ecosphere.toml").write_text(settings, encoding="utf-8")
    return ["--home", str(folder), "--role", "branch_manager"]


def test_a_role_of_a_unit_gets_that_unit_printed_and_written(sample, tmp_path, exhibit):
    options = ["--exhibit", exhibit, *governed(sample, tmp_path)]
    words = ["table", "active_users", "--format", "parquet", *options]
    found = pl.read_parquet(io.BytesIO(CliRunner().invoke(app, words).stdout_bytes))
    assert found.equals(released(sample, exhibit, "a_unit").table)
    out = tmp_path / "out.csv"
    wrote = CliRunner().invoke(app, ["export", "active_users", "--out", str(out), *options])
    assert wrote.exit_code == 0, wrote.output
    assert out.read_bytes() == printed(sample, exhibit, "a_unit", "csv")


@pytest.mark.parametrize("unit", ["B001", "B002", "B040", "B999"])  # above, beside, small, unknown
def test_a_role_of_a_unit_can_ask_for_no_other(sample, tmp_path, unit):
    words = ["table", "active_users", "--where", f"branch={unit}", *governed(sample, tmp_path)]
    refused = CliRunner().invoke(app, words).exception
    assert isinstance(refused, Problem)
    said = Text("en").problem(refused).replace(unit, "…")
    assert said == Text("en")("errors.unknown_unit", value="…", attribute="branch", known="B039")


def read(text: str, like: object) -> object:
    """A cell of a CSV file as the kind of value it stands for."""
    if text == "":
        return None
    if isinstance(like, str):
        return text
    if isinstance(like, bool):
        return {"true": True, "false": False}[text]
    return date.fromisoformat(text) if isinstance(like, date) else float(text)
