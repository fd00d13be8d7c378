"""The bench: what it measures, on which files, what it leaves. Never how long anything takes."""

import json
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from shutil import copyfile
from typing import Any

import duckdb
import polars as pl
import pytest
from typer.testing import CliRunner

from ecosphere import bench, demo
from ecosphere.bench import QUICK, Bench, Figure, Machine, Size, builds, draws, raw
from ecosphere.bench.delivery import hold_last_day
from ecosphere.bench.measure import Target, quantile
from ecosphere.bench.questions import anew
from ecosphere.cli import app
from ecosphere.cli.bench import _print
from ecosphere.engines.duckdb import serving
from ecosphere.generations import Home
from ecosphere.library import questions
from ecosphere.model import ExportRefused, Problem
from ecosphere.source import Source, open_source
from ecosphere.text import LANGUAGES, Text

SUBJECTS = (
    "checks",
    "builds",
    "memory",
    "questions",
    "raw",
    "files",
    "readers",
    "swap",
    "sessions",
    "size",
)


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bench") / "exports"
    demo.make(folder, 200, 2, only=("events", "customers", "customer_history", "identity_links"))
    return folder


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("work")


@pytest.fixture(scope="module")
def home(given: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = Home(tmp_path_factory.mktemp("home"))
    builds.build(made, given)
    return made


@pytest.fixture(scope="module")
def source(home: Home) -> Source:
    return open_source(home)


@pytest.fixture(scope="module")
def told(given: Path, work: Path) -> dict[str, Any]:
    """What the command prints as JSON."""
    words = ["bench", "--exports", str(given), "--quick", "--work", str(work)]
    ran = CliRunner().invoke(app, [*words, "--format", "json"])
    assert ran.exit_code == 0, ran.output
    printed: dict[str, Any] = json.loads(ran.stdout)
    return printed


def _tree(folder: Path) -> list[tuple[str, int, int]]:
    return [(str(p), p.stat().st_size, p.stat().st_mtime_ns) for p in sorted(folder.rglob("*"))]


def _values(told: dict[str, Any], name: str) -> list[float]:
    return [figure["value"] for figure in told["figures"] if figure["name"] == name]


def test_every_subject_is_measured(told: dict[str, Any]) -> None:
    assert {figure["subject"] for figure in told["figures"]} - {"anew"} == set(SUBJECTS)
    times = [figure["value"] for figure in told["figures"] if figure["unit"] in ("s", "ms")]
    assert min(times) > 0


def test_every_question_is_asked_of_everybody_and_charts_under_filters(
    told: dict[str, Any],
) -> None:
    asked = {
        name: [f["of"]["question"] for f in told["figures"] if f["name"] == name]
        for name in ("ask_everybody", "ask_filtered")
    }
    assert asked["ask_everybody"] == list(questions())
    assert {"active_users/mau", "active_users/growth"} <= set(asked["ask_filtered"])


def test_readers_and_sessions_are_as_many_as_asked_for(told: dict[str, Any]) -> None:
    sizes = {
        name: tuple(f["size"] for f in told["figures"] if f["name"] == name)
        for name in ("uncached_p95", "cached_rate", "session_p95")
    }
    assert sizes == {
        "uncached_p95": QUICK.readers,
        "cached_rate": QUICK.readers,
        "session_p95": QUICK.sessions,
    }
    assert _values(told, "session_errors") == [0]


def test_each_answer_during_a_build_is_of_one_generation(told: dict[str, Any]) -> None:
    assert _values(told, "swap_inconsistent") == [0]
    assert _values(told, "swap_generations") == [2]


def test_the_nightly_build_adds_the_events_of_the_last_day(
    told: dict[str, Any], given: Path
) -> None:
    events = pl.read_parquet(given / "events")
    days = events["occurred_at"].dt.date()
    rows = {f["name"]: f["rows"] for f in told["figures"] if "rows" in f}
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


def test_raw_events_tell_what_facts_tell(source: Source, given: Path) -> None:
    figures = {one.name: one for one in raw.from_events(source, bench._check(given))}
    assert figures["raw_different"].runs == 1 + len(draws.KINDS)  # everybody, and each kind


def test_a_count_that_differs_from_raw_events_ends_the_bench(
    source: Source, given: Path, tmp_path: Path
) -> None:
    demo.make(tmp_path / "others", 190, 2, only=("events", "customers"))
    with pytest.raises(Problem, match="bench_differs"):
        list(raw.from_events(source, bench._check(tmp_path / "others")))


def test_groups_that_no_fact_tells_are_measured(home: Home, tmp_path: Path) -> None:
    generation = tmp_path / "generation.duckdb"
    copyfile(home.generation(home.served()), generation)
    with closing(duckdb.connect(str(generation))) as engine:
        engine.execute("update stored.fact set attributes = 1")
    figures = list(anew(Source(serving(generation), 1)))
    kinds = {one.name.rpartition("_")[2] for one in figures}
    # No unit, since no export tells of branches.
    assert kinds == {"value", "everybody", "place", "cohort"}
    assert {one.name for one in figures} == {
        f"anew_{when}_{kind}" for when in ("first", "later") for kind in kinds
    }
    assert min(one.value for one in figures) > 0


def test_choices_are_random_and_the_same_in_every_run(source: Source) -> None:
    catalog = draws.offered(source)
    first, again, other = (
        [draws.KINDS["several"](catalog, chance) for _ in range(5)]
        for chance in (draws.chance(), draws.chance(), draws.chance(1))
    )
    assert first == again != other


def test_exports_that_are_refused_are_not_timed(tmp_path: Path) -> None:
    with pytest.raises(ExportRefused):
        bench.run(tmp_path, tmp_path / "none", Size(1, 1, 60), QUICK, lambda *_: None)


def test_a_build_that_fails_ends_the_bench(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="bench_command"):
        builds.build(Home(tmp_path / "home"), tmp_path / "none")


def test_it_says_what_was_measured_and_leaves_nothing_behind(
    told: dict[str, Any], given: Path, work: Path
) -> None:
    files = list((given / "events").iterdir())
    assert (told["event_files"], told["months"]) == (len(files), 2)
    assert told["event_bytes"] == sum(file.stat().st_size for file in files)
    assert set(told["machine"]) == {"processors", "memory_bytes", "copy_rate", "versions"}
    assert list(work.iterdir()) == []


def test_a_target_is_the_largest_value_that_will_do_or_the_smallest() -> None:
    assert [Target(2).is_met(value) for value in (1, 2, 3)] == [True, True, False]
    assert [Target(2, is_least=True).is_met(value) for value in (1, 2, 3)] == [False, True, True]


def test_a_quantile_is_a_value_that_was_seen() -> None:
    values = [float(value) for value in range(100, 0, -1)]
    assert [quantile(values, share) for share in (0.5, 0.95, 0.99)] == [50, 95, 99]
    assert quantile([7.0], 0.99) == 7


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_tables_are_markdown(language: str, capsys: pytest.CaptureFixture[str]) -> None:
    scan = Figure("checks", "scan", 2.0, "s", rows=4_000_000, touched=1_000_000_000)
    night = replace(scan, subject="builds", name="nightly", value=12.5, touched=None)
    machine = Machine(2, 2**34, 5e9, {"python": "3.11"})
    _print(Bench(machine, 9, 2, 4_000_000, 2, 7, 5, 8, (scan, night)), Text(language))
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    rows = [line for line in lines if line.startswith("|") and "12.5" in line]
    assert len(rows) == 1
    assert rows[0].count("|") == 6
    assert "6.25" in rows[0]  # times the scan
    assert "0.32" in rows[0]  # million events a second
    assert any("10.0" in line and "2.00" in line for line in lines)  # copied in 0.2 seconds
