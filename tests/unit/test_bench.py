"""The bench: which steps it times, on which files, and what it leaves. Never how long they take."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

from ecosphere import bench, demo
from ecosphere.bench import Bench, Step
from ecosphere.bench.delivery import hold_last_day
from ecosphere.cli import app
from ecosphere.cli.bench import _print
from ecosphere.library import questions
from ecosphere.model import ExportRefused
from ecosphere.text import LANGUAGES, Text


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bench") / "exports"
    demo.make(folder, 40, 2, only=("events", "customers"))
    return folder


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("work")


@pytest.fixture(scope="module")
def told(given: Path, work: Path) -> dict[str, Any]:
    """What the command prints as JSON."""
    words = ["bench", "--exports", str(given), "--repeat", "2", "--work", str(work)]
    ran = CliRunner().invoke(app, [*words, "--format", "json"])
    assert ran.exit_code == 0, ran.output
    printed: dict[str, Any] = json.loads(ran.stdout)
    return printed


def _tree(folder: Path) -> list[tuple[str, int, int]]:
    return [(str(p), p.stat().st_size, p.stat().st_mtime_ns) for p in sorted(folder.rglob("*"))]


def test_every_step_is_timed_in_order_and_told_in_scans(told: dict[str, Any]) -> None:
    names = ["scan", "check_events", "check", "build", "nightly", "unchanged"]
    assert [step["name"] for step in told["steps"]][:6] == names
    assert {step["name"] for step in told["steps"][6:]} == {"ask"}
    assert [step["runs"] for step in told["steps"][:6]] == [2, 2, 2, 1, 1, 1]
    scan = told["steps"][0]["seconds"]
    assert all(step["times_scan"] == step["seconds"] / scan for step in told["steps"])


def test_every_question_is_asked_of_all_and_under_a_filter(told: dict[str, Any]) -> None:
    asked = [(step["question"], step["where"]) for step in told["steps"][6:]]
    assert [name for name, _ in asked] == [name for name in questions() for _ in range(2)]
    assert {where is None for _, where in asked[::2]} == {True}
    assert {where.partition("=")[0] for _, where in asked[1::2] if where} == {"official_tier"}


def test_the_nightly_build_adds_the_events_of_the_last_day(
    told: dict[str, Any], given: Path
) -> None:
    events = pl.read_parquet(given / "events")
    days = events["occurred_at"].dt.date()
    rows = {step["name"]: step["rows"] for step in told["steps"]}
    assert told["night_events"] == (days == days.max()).sum() > 0
    assert rows["scan"] == rows["check_events"] == rows["nightly"] == events.height
    assert rows["build"] == events.height - told["night_events"]


def test_the_last_day_is_held_back_and_what_was_given_stays(given: Path, tmp_path: Path) -> None:
    before = _tree(given)
    files = tuple(sorted((given / "events").iterdir()))
    night = hold_last_day(tmp_path / "delivered", given, files)
    days = pl.read_parquet(night.folder / "events")["occurred_at"].dt.date()
    assert days.max() == date(2026, 11, 20)
    night.deliver()
    delivered = pl.read_parquet(night.folder / "events").sort("event_id")
    assert delivered.equals(pl.read_parquet(given / "events").sort("event_id"))
    assert _tree(given) == before


def test_exports_that_are_refused_are_not_timed(tmp_path: Path) -> None:
    with pytest.raises(ExportRefused):
        bench.run(tmp_path, tmp_path / "none", 1, 1, 1, lambda *_: None)


def test_it_says_what_was_timed_and_leaves_nothing_behind(
    told: dict[str, Any], given: Path, work: Path
) -> None:
    files = list((given / "events").iterdir())
    assert (told["event_files"], told["months"]) == (len(files), 2)
    assert told["event_bytes"] == sum(file.stat().st_size for file in files)
    assert told["threads"] > 0 < told["generation_bytes"]
    assert list(work.iterdir()) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_is_markdown(language: str, capsys: pytest.CaptureFixture[str]) -> None:
    steps = (Step("scan", 2.0, 1.0, 3, 4_000_000), Step("ask", 12.5, 6.25, 1, None, "a/b", "c=d"))
    _print(Bench(9, 2, 4_000_000, 2, 7, 5, 8, 2, steps), Text(language))
    of, blank, head, line, scan, ask = capsys.readouterr().out.splitlines()
    assert ("4,000,000" in of, blank, line) == (True, "", "| --- | ---: | ---: | ---: |")
    assert head.count("|") == scan.count("|") == 5
    assert scan.endswith("| 2.000 | 1.00 | 2.00 |")
    assert "a/b" in ask
    assert ask.endswith("| 12.5 | 6.25 |  |")
