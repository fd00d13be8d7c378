"""What a scheduler is told of a command that changes HOME, and what the log keeps of it."""

import json
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import pytest

from ecosphere.cli import main
from ecosphere.cli.ending import ending, told_of
from ecosphere.generations import Home
from ecosphere.journal import Found, refusals
from ecosphere.model import GenerationFailed
from ecosphere.text import Text

SOMEBODY = "13800138000"  # a customer number that nobody may read in the log


class Ended(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def told(self) -> dict[str, Any]:
        """Stdout is one line, and that is one object."""
        (line,) = self.out.splitlines()
        found: dict[str, Any] = json.loads(line)
        return found


Run = Callable[..., Ended]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def ended(*words: object) -> Ended:
        monkeypatch.setattr(sys, "argv", ["ecosphere", *map(str, words)])
        with pytest.raises(SystemExit) as left:
            main()
        return Ended(int(left.value.code or 0), *capsys.readouterr())

    return ended


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def _deliver(folder: Path, **columns: list[object]) -> Path:
    folder.mkdir(exist_ok=True)
    plain = {"customer_id": ["a", "b"], "occurred_at": [datetime(2026, 6, 1)] * 2}
    pl.DataFrame({**plain, **columns}).write_parquet(folder / "events.parquet")
    return folder


def _log(home: Path) -> list[dict[str, Any]]:
    lines = (home / "log" / "ecosphere.log").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_a_build_tells_and_logs_where_every_row_went(run: Run, home: Path, tmp_path: Path) -> None:
    ended = run("build", _deliver(tmp_path / "in"), "--home", home, "--format", "json")
    assert (ended.code, ended.told["outcome"], ended.told["exit_code"]) == (0, "ok", 0)
    assert (ended.told["generation"], ended.told["people"]) == (1, 2)
    (entry,) = _log(home)
    assert (entry["command"], entry["outcome"], entry["generation"]) == ("build", "ok", 1)
    assert entry["accounts"] == ended.told["exports"]
    assert entry["accounts"][0]["rows_in"] == 2
    assert entry["seconds"] > 0


def test_a_refused_build_tells_the_findings_that_check_tells(
    run: Run, home: Path, tmp_path: Path
) -> None:
    folder = _deliver(tmp_path / "in", customer_id=["a", SOMEBODY], event_type=["view", SOMEBODY])
    ended = run("build", folder, "--home", home, "--format", "json")
    checked = json.loads(run("check", folder, "--home", home, "--format", "json").out)
    assert ended.code == 3
    assert (ended.told["outcome"], ended.told["exit_code"]) == ("refused", 3)
    assert ended.told["problem"] == "export_refused"
    assert ended.told["findings"] == checked["findings"] != []
    assert "event_type" in ended.err  # and the operator reads the same in words
    assert set(ended.told["message"]) == {"en", "zh"}


def test_the_log_of_a_refusal_says_where_and_how_often_and_holds_no_value(
    run: Run, home: Path, tmp_path: Path
) -> None:
    folder = _deliver(tmp_path / "in", customer_id=["a", SOMEBODY], event_type=["view", SOMEBODY])
    run("build", folder, "--home", home)
    (refused,) = refusals(home)
    where = Found("not_allowed", "refuse", "events", "events.parquet", "event_type", 1)
    assert where in refused.findings
    assert refused.findings_total == len(refused.findings)
    assert (refused.problem, refused.generation) == ("export_refused", None)
    assert SOMEBODY not in (home / "log" / "ecosphere.log").read_text(encoding="utf-8")


def test_a_build_that_finds_another_running_is_busy(run: Run, home: Path, tmp_path: Path) -> None:
    folder = _deliver(tmp_path / "in")
    with Home(home).building():
        ended = run("build", folder, "--home", home, "--format", "json")
    assert (ended.code, ended.told["outcome"], ended.told["exit_code"]) == (4, "busy", 4)
    assert ended.told["problem"] == "build_running"
    assert [entry["outcome"] for entry in _log(home)] == ["busy"]


def test_storage_that_fails_is_told_where_no_log_can_be(run: Run, home: Path) -> None:
    home.write_text("a file where a folder should be")
    ended = run("build", home.parent, "--home", home, "--format", "json")
    assert (ended.code, ended.told["outcome"], ended.told["exit_code"]) == (5, "failed", 5)
    assert ended.told["problem"] == "storage"


@pytest.mark.parametrize("command", [["rollback", 7], ["build", "in", "--mapping", "none.toml"]])
def test_what_was_asked_wrongly_is_told_too(run: Run, home: Path, command: list[object]) -> None:
    ended = run(*command, "--home", home, "--format", "json")
    assert (ended.code, ended.told["outcome"], ended.told["exit_code"]) == (2, "failed", 2)
    assert not home.exists()  # a slip of the pen makes no HOME


def test_an_error_of_our_own_is_told_and_logged_before_it_is_raised(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home.mkdir()
    with pytest.raises(ZeroDivisionError), ending("build", home, "json", Text("en")):
        print(1 // 0)
    told = {"outcome": "failed", "exit_code": 1, "problem": "ZeroDivisionError"}
    assert json.loads(capsys.readouterr().out) == told
    assert _log(home)[0].items() >= told.items()


def test_of_a_failed_check_the_log_keeps_no_example(home: Path) -> None:
    home.mkdir()
    failed = GenerationFailed("check_failed", check="cells", count=1, example={"id": SOMEBODY})
    with pytest.raises(GenerationFailed), ending("build", home, "text", Text("en")):
        raise failed
    assert (told_of(failed)["outcome"], told_of(failed)["exit_code"]) == ("failed", 6)
    (entry,) = _log(home)
    assert (entry["problem"], entry["exit_code"]) == ("check_failed", 6)
    assert SOMEBODY not in json.dumps(entry)


def test_rollback_and_prune_tell_and_log_what_they_did(
    run: Run, home: Path, tmp_path: Path
) -> None:
    for _ in range(3):
        assert run("build", _deliver(tmp_path / "in"), "--home", home).code == 0
    back = run("rollback", 2, "--home", home, "--format", "json")
    assert back.told == {"outcome": "ok", "exit_code": 0, "generation": 2}
    pruned = run("prune", "--keep", 1, "--home", home, "--format", "json")
    assert pruned.told == {"outcome": "ok", "exit_code": 0, "deleted": [1]}
    ends = [(entry["command"], entry["generation"], entry["deleted"]) for entry in _log(home)[3:]]
    assert ends == [("rollback", 2, []), ("prune", 2, [1])]


def test_what_was_done_stays_done_when_the_log_cannot_be_written(
    run: Run, home: Path, tmp_path: Path
) -> None:
    home.mkdir()
    (home / "log").write_text("no folder")
    ended = run("build", _deliver(tmp_path / "in"), "--home", home, "--format", "json")
    assert (ended.code, ended.told["generation"]) == (0, 1)
    assert "the log could not be written" in ended.err


def test_an_unknown_language_or_format_changes_nothing(
    run: Run, home: Path, tmp_path: Path
) -> None:
    for _ in range(2):
        run("build", _deliver(tmp_path / "in"), "--home", home)
    for words in (("--lang", "fr"), ("--format", "xml")):
        assert run("rollback", 1, *words, "--home", home).code == 2
    assert Home(home).current() == 2
