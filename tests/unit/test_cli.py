"""The command line: what goes to stdout, what to stderr, and with which exit code."""

import io
import json
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from datetime import date, datetime
from pathlib import Path
from unittest import mock

import polars as pl
import pytest

from ecosphere.cli import main
from ecosphere.config import ROOT

ECOSPHERE = [sys.executable, "-c", "from ecosphere.cli import main; main()"]


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    """In this process: to start another for every command takes longer than the command."""
    words, (out, err) = ["ecosphere", *map(str, arguments)], (_written(), _written())
    code = 0
    with mock.patch.object(sys, "argv", words), redirect_stdout(out), redirect_stderr(err):
        try:
            main()
        except SystemExit as ended:
            code = ended.code or 0
    said = [stream.buffer.getvalue().decode() for stream in (out, err)]
    return subprocess.CompletedProcess(words, code, *said)


def _written() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)


def run_apart(*arguments: object) -> subprocess.CompletedProcess[bytes]:
    """In a process of its own, as a shell does."""
    return subprocess.run([*ECOSPHERE, *map(str, arguments)], capture_output=True)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve people in June, eleven of them in July, and half of July."""
    folder = tmp_path_factory.mktemp("cli")
    people = [f"c{number:02d}" for number in range(12)]
    days = [datetime(2026, 6, 30)] * 12 + [datetime(2026, 7, 15)] * 11
    pl.DataFrame({"customer_id": people + people[:11], "occurred_at": days}).write_parquet(
        folder / "events.parquet"
    )
    segments = ["mass"] * 11 + ["senior"]
    pl.DataFrame({"customer_id": people, "segment": segments}).write_parquet(
        folder / "customers.parquet"
    )
    built = run("build", folder, "--home", folder / "home", "--format", "json")
    assert built.returncode == 0, built.stderr
    assert json.loads(built.stdout)["people"] == 12
    return folder / "home"


def test_json_alone_is_on_stdout_one_record_a_month(home):
    shown = run("table", "active_users", "--home", home)
    records = json.loads(shown.stdout)
    assert [record["month"] for record in records] == ["2026-06-01", "2026-07-01"]
    assert [record["people"] for record in records] == [12, 11]
    assert [record["is_complete"] for record in records] == [True, False]
    assert list(records[0])[:4] == ["month", "people", "is_complete", "base_month"]
    assert all("hidden" not in record for record in records)
    assert shown.stderr == ""


def test_a_hidden_row_says_so_and_holds_null(home):
    records = json.loads(
        run("table", "active_users", "--where", "segment=senior", "--home", home).stdout
    )
    assert records[0]["people"] is None
    assert records[0]["hidden"] is True
    assert records[1]["people"] == 0


def test_values_of_one_attribute_are_or_and_attributes_and(home):
    both = ("--where", "segment=mass", "--where", "segment=senior")
    records = json.loads(run("table", "active_users", *both, "--home", home).stdout)
    assert [record["people"] for record in records] == [12, 11]
    no_one = ("--where", "segment=mass", "--where", "official_tier=affluent")
    assert run("table", "active_users", *no_one, "--home", home).returncode == 2


def test_csv_and_parquet_hold_what_json_holds(home, tmp_path):
    records = json.loads(run("table", "active_users", "--home", home).stdout)
    csv = run("table", "active_users", "--format", "csv", "--home", home).stdout
    assert csv.startswith("\ufeffmonth,people,is_complete,base_month")
    assert pl.read_csv(io.StringIO(csv.lstrip("\ufeff")))["people"].to_list() == [12, 11]
    raw = run_apart("table", "active_users", "--format", "parquet", "--home", home)
    table = pl.read_parquet(io.BytesIO(raw.stdout))
    assert table["people"].to_list() == [record["people"] for record in records]
    assert table["month"].to_list() == [date(2026, 6, 1), date(2026, 7, 1)]
    assert table.columns[-1] == "hidden"


def test_a_period_and_an_earlier_day_cut_the_table(home):
    def months(*options: str) -> list[str]:
        shown = run("table", "active_users", *options, "--home", home)
        return [record["month"][:7] for record in json.loads(shown.stdout)]

    assert months("--from", "2026-07") == ["2026-07"]
    assert months("--to", "2026-06") == ["2026-06"]
    assert months("--as-of", "2026-06-30") == ["2026-06"]


@pytest.mark.parametrize("suffix", [".csv", ".png"])
def test_export_writes_the_file_of_that_suffix(home, tmp_path, suffix):
    out = tmp_path / f"mau{suffix}"
    done = run("export", "active_users", "--out", out, "--lang", "zh", "--home", home)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert out.read_bytes()[:4] == {".csv": b"\xef\xbb\xbfm", ".png": b"\x89PNG"}[suffix]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["table", "nothing"], "There is no 'nothing'"),
        (["table", "active_users", "--exhibit", "nothing"], "active_users/mau"),
        (["table", "active_users", "--role", "king"], "There is no role 'king'"),
        (["table", "active_users", "--where", "hobby=tea"], "There is no attribute 'hobby'"),
        (["table", "active_users", "--where", "segment=tea"], "segment has no value 'tea'"),
        (["table", "active_users", "--where", "segment"], "is not name=value"),
        (["table", "active_users", "--option", "hobby=tea"], "has no option 'hobby'"),
        (["table", "active_users", "--option", "definition=tea"], "has no value 'tea'"),
        (["table", "active_users", "--option", "definition=opened"], "events.event_type"),
        (["table", "active_users", "--from", "June"], "'June' is not a month"),
        (["table", "active_users", "--from", "2026-07", "--to", "2026-06"], "Exchange the two"),
        (["table", "active_users", "--from", "2030-01"], "The data covers 2026-06"),
        (["table", "active_users", "--as-of", "yesterday"], "'yesterday' is not a day"),
        (["table", "active_users", "--as-of", "2030-01-01"], "outside the data"),
        (["table", "active_users", "--format", "xml"], "Known: json, csv, parquet"),
        (["table", "active_users", "--lang", "fr"], "There is no language 'fr'"),
        (["export", "active_users", "--out", "x.docx"], "'.docx' cannot be written"),
        (["check", ROOT / "docs", "--mapping", "no.toml"], "no such mapping file"),
    ],
)
def test_a_wrong_word_is_explained_with_exit_code_2(home, arguments, words):
    answer = run(*arguments, "--home", home)
    assert answer.returncode == 2
    assert words in answer.stderr
    assert answer.stdout == ""
    assert "Traceback" not in answer.stderr


def test_a_process_of_its_own_ends_as_one_inside_does(home):
    for arguments in (["table", "active_users"], ["table", "nothing"], ["check", home]):
        inside, apart = (way(*arguments, "--home", home) for way in (run, run_apart))
        assert apart.returncode == inside.returncode
        assert apart.stdout.decode() == inside.stdout
        assert apart.stderr.decode() == inside.stderr


def test_complaints_are_in_the_language_asked_for(home):
    answer = run("table", "nothing", "--lang", "zh", "--home", home)
    assert "没有“nothing”" in answer.stderr


def test_without_a_generation_the_next_step_is_told(tmp_path):
    answer = run("table", "active_users", "--home", tmp_path / "new")
    assert answer.returncode == 2
    assert "ecosphere build DIR" in answer.stderr


def test_without_exports_check_and_build_refuse_with_exit_code_3(tmp_path):
    for command in ("check", "build"):
        answer = run(command, tmp_path, "--home", tmp_path / "home")
        assert answer.returncode == 3
        assert "events.parquet" in answer.stdout + answer.stderr
        assert not list((tmp_path / "home").glob("generation-*"))


def test_a_file_that_cannot_be_written_is_exit_code_5(home, tmp_path):
    answer = run("export", "active_users", "--out", tmp_path / "no" / "x.csv", "--home", home)
    assert answer.returncode == 5
    assert "could not be read or written" in answer.stderr


def test_the_report_of_check_is_json_for_a_scheduler(tmp_path):
    pl.DataFrame({"customer_id": ["a"], "ts": [datetime(2026, 6, 1)]}).write_parquet(
        tmp_path / "events.parquet"
    )
    answer = run("check", tmp_path, "--format", "json", "--home", tmp_path / "home")
    report = json.loads(answer.stdout)
    assert answer.returncode == 3
    assert report["refused"] is True
    assert {finding["column"] for finding in report["findings"]} == {"occurred_at"}


def test_demo_writes_exports_that_pass_and_can_be_built(tmp_path):
    made = run("demo", "--people", 60, "--months", 3, "--out", tmp_path / "demo")
    assert made.returncode == 0, made.stderr
    assert run("check", tmp_path / "demo", "--home", tmp_path / "home").returncode == 0
    built = run("build", tmp_path / "demo", "--home", tmp_path / "home")
    assert built.returncode == 0, built.stderr
    assert "Generation 1 is served" in built.stdout


def test_demo_writes_only_what_is_asked_for_and_never_mixes_months(tmp_path):
    only = ("demo", "--people", 20, "--out", tmp_path, "--only", "events", "--home", tmp_path)
    assert run(*only, "--months", 2).returncode == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["events", "truths.json"]
    mixed = run(*only, "--months", 1)
    assert mixed.returncode == 2
    assert "No demo exports were made" in mixed.stderr


def test_an_earlier_generation_is_served_again_and_old_ones_go(tmp_path):
    pl.DataFrame({"customer_id": ["a"], "occurred_at": [datetime(2026, 6, 1)]}).write_parquet(
        tmp_path / "events.parquet"
    )
    home = tmp_path / "home"
    for _ in range(4):
        assert run("build", tmp_path, "--home", home).returncode == 0
    assert run("rollback", 2, "--home", home).stdout == "Generation 2 is served.\n"
    assert run("prune", "--keep", 1, "--home", home).stdout == "Generations deleted: 1.\n"
    rows = json.loads(run("generations", "--format", "json", "--home", home).stdout)
    assert [(row["generation"], row["served"]) for row in rows] == [(2, True), (4, False)]
    missing = run("rollback", 3, "--home", home)
    assert missing.returncode == 2
    assert "Known: 2, 4" in missing.stderr


def test_home_comes_from_the_option_then_the_environment(home, tmp_path, monkeypatch):
    monkeypatch.setenv("ECOSPHERE_HOME", str(home))
    assert json.loads(run("table", "active_users").stdout)[0]["people"] == 12
    assert run("table", "active_users", "--home", tmp_path).returncode == 2


@pytest.fixture
def configured(tmp_path: Path) -> Path:
    """A home whose settings name a folder and a mapping file, both beside it."""
    home = tmp_path / "home"
    (home / "in").mkdir(parents=True)
    days = [datetime(2026, 6, 30)] * 12
    people = [f"c{number:02d}" for number in range(12)]
    pl.DataFrame({"who": people, "occurred_at": days}).write_parquet(home / "in" / "events.parquet")
    (home / "m.toml").write_text('[events.columns]\ncustomer_id = "who"\n', encoding="utf-8")
    (home / "ecosphere.toml").write_text(
        '[exports]\nfolder = "in"\nmapping = "m.toml"\n', encoding="utf-8"
    )
    return home


def test_without_a_folder_that_of_the_settings_is_checked_and_built(configured: Path) -> None:
    checked = run("check", "--home", configured)
    assert (checked.returncode, checked.stdout) == (0, "All exports pass: events.\n")
    built = run("build", "--home", configured, "--format", "json")
    assert json.loads(built.stdout)["people"] == 12


def test_what_the_command_names_goes_before_the_settings(configured: Path, tmp_path: Path) -> None:
    named = run("check", configured / "in", "--home", configured)  # a mapping of its own: none
    assert named.returncode == 3
    assert "'who' may be it" in named.stdout
    (tmp_path / "empty.toml").write_text("", encoding="utf-8")
    other = run("check", "--mapping", tmp_path / "empty.toml", "--home", configured)
    assert other.returncode == 3


@pytest.mark.parametrize("command", ["check", "build"])
def test_without_any_folder_the_command_says_where_to_set_one(tmp_path: Path, command: str) -> None:
    ended = run(command, "--home", tmp_path)
    assert ended.returncode == 2
    assert str(tmp_path / "ecosphere.toml") in ended.stderr
    assert "[exports]" in ended.stderr
