"""The doctor: what it finds in a HOME of any state, and that it touches nothing."""

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from ecosphere import contract, journal
from ecosphere.build import build
from ecosphere.cli import app
from ecosphere.config import FILE_NAME, Config
from ecosphere.doctor import CHECKS, Case, Sign, examine
from ecosphere.engines.duckdb import building
from ecosphere.generations import Home
from ecosphere.model import Unhealthy
from ecosphere.text import LANGUAGES, Text

NOW = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)  # already the 24th in Shanghai
NOBODY = 65534


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two generations of twelve people, with data to 22 November."""
    folder = tmp_path_factory.mktemp("doctor")
    people = [f"c{number:02d}" for number in range(12)]
    pl.DataFrame(
        {"customer_id": people, "occurred_at": [datetime(2026, 11, 22)] * 12}
    ).write_parquet(folder / "events.parquet")
    pl.DataFrame({"customer_id": people, "segment": ["mass"] * 12}).write_parquet(
        folder / "customers.parquet"
    )
    home = Home(folder / "home")
    for _ in range(2):
        build(home, folder, contract.read_mapping(None), Config(), NOW.date())
    return home.path


@pytest.fixture
def home(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "home"))


def _signs(home: Path, now: datetime | None = None, proc: Path = Path("/proc")) -> dict[str, Sign]:
    """What was found, by check; every word of it is there in both languages."""
    signs = examine(Case(Home(home), now or datetime.now(UTC), proc))
    for sign in signs:
        for language in LANGUAGES:
            message = sign.message(Text(language))
            assert message
            assert "{" not in message
    return {sign.check: sign for sign in signs}


def _codes(signs: dict[str, Sign], state: str) -> set[str]:
    return {sign.code for sign in signs.values() if sign.state == state}


def _tree(folder: Path) -> list[tuple[str, int, int, int]]:
    found = (path.lstat() for path in (folder, *sorted(folder.rglob("*"))))
    return [(str(s.st_ino), s.st_mode, s.st_size, s.st_mtime_ns) for s in found]


def test_a_home_that_is_well_has_every_check_and_no_failure(home: Path) -> None:
    signs = _signs(home)
    assert set(signs) == {*CHECKS, "leftovers"}
    assert _codes(signs, "fail") == set()
    assert signs["generation"].values["number"] == 2
    assert "2 is served and whole" in signs["generation"].message(Text("en"))


def test_nothing_in_home_is_touched(home: Path) -> None:
    (home / "stage-3.duckdb").write_text("left")
    before = _tree(home)
    _signs(home)
    assert _tree(home) == before
    missing = home / "none"
    _signs(missing)
    assert not missing.exists()


def test_a_home_that_is_missing_or_a_file_is_a_failure_with_the_next_step(tmp_path: Path) -> None:
    signs = _signs(tmp_path / "home")
    assert _codes(signs, "fail") == {"home_missing", "problem"}  # nothing is served: no_generation
    assert "ecosphere build DIR" in signs["home"].message(Text("en"))
    (tmp_path / "file").write_text("")
    assert _signs(tmp_path / "file")["home"].code == "home_no_folder"


@contextmanager
def _as_nobody() -> Iterator[None]:
    """Rights bind no superuser; as another account they do."""
    own = os.geteuid()
    if own == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(own)


def test_a_home_that_may_not_be_read_is_a_failure(home: Path) -> None:
    home.chmod(0)
    try:
        with _as_nobody():
            signs = _signs(home)
    finally:
        home.chmod(0o700)
    assert signs["home"].state == signs["generation"].state == "fail"


BLOCK = 262_144  # of a DuckDB file; one that holds nothing may be damaged without harm
Damage = Callable[[Path], object]
DAMAGES: dict[str, Damage] = {
    "garbage": lambda file: file.write_bytes(b"garbage" * 9_000),
    "empty": lambda file: file.write_bytes(b""),
    "cut off": lambda file: os.truncate(file, file.stat().st_size - 300_000),
    "no generation": lambda file: shutil.copy(_other_database(file.parent), file),
    "a bit of every block": lambda file: _flip(file, range(300_000, file.stat().st_size, BLOCK)),
}


def _other_database(folder: Path) -> Path:
    path = folder.parent / "other.duckdb"
    engine = building(path, folder.parent / "spill")
    engine.execute("create table fact as select 1 as number")
    engine.close()
    return path


def _flip(file: Path, places: Iterable[int]) -> None:
    content = bytearray(file.read_bytes())
    for place in places:
        content[place] ^= 1
    file.write_bytes(content)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_generation_is_a_failure_that_names_the_others(home: Path, damage: str) -> None:
    DAMAGES[damage](home / "generation-2.duckdb")
    signs = _signs(home)
    assert signs["generation"].code == "generation_broken"
    assert "others: 1" in signs["generation"].message(Text("en"))


@pytest.mark.parametrize("content", [b"generation-9.duckdb\n", b"\xff\xfe", b""])
def test_a_current_that_leads_nowhere_is_a_failure(home: Path, content: bytes) -> None:
    (home / "CURRENT").write_bytes(content)
    assert _signs(home)["generation"].state == "fail"


@pytest.mark.parametrize("name", ["CURRENT", "LAST", "lock", "log", FILE_NAME])
@pytest.mark.parametrize("kind", ["folder", "bytes", "nowhere"])
def test_no_state_of_a_file_in_home_ends_in_a_traceback(home: Path, name: str, kind: str) -> None:
    path = home / name
    shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    if kind == "folder":
        path.mkdir()
    elif kind == "bytes":
        path.write_bytes(b"\x00\xff\n[[[")
    else:
        path.symlink_to(home / "gone")
    assert {"home", "generation", "packages"} <= set(_signs(home))


@pytest.mark.parametrize("name", ["", "generation-1.duckdb", "log", "log/ecosphere.log"])
def test_what_others_may_read_is_a_failure_that_names_it(home: Path, name: str) -> None:
    journal.record(home, journal.Entry(NOW, "build", "ok", 0, 1.0))
    (home / name).chmod(0o740)
    sign = _signs(home)["rights"]
    assert sign.code == "rights_open"
    assert sign.values["files"] == str(home / name)


def test_a_running_build_is_no_fault_and_its_process_is_named(home: Path) -> None:
    with Home(home).building() as stage:
        stage.write_text("half a table")
        signs = _signs(home)
    assert signs["lock"].values == {"pid": os.getpid()}
    assert "leftovers" not in signs  # what a running build makes is none
    assert _signs(home)["lock"].code == "lock_free"


def test_looking_turns_no_build_away(home: Path) -> None:
    case = Case(Home(home), NOW)
    list(CHECKS["lock"][0](case))
    with Home(home).building() as stage:
        assert [sign.values for sign in CHECKS["lock"][0](case)] == [{"pid": os.getpid()}]
    assert not stage.exists()


def test_what_a_killed_build_has_left_is_a_warning(home: Path) -> None:
    (home / "stage-3.duckdb").write_bytes(b"0" * 2_000_000)
    (home / "stage-3.spill").mkdir()
    (home / "stage-3.spill" / "rows.tmp").write_bytes(b"0" * 1_000_000)
    sign = _signs(home)["leftovers"]
    assert (sign.state, sign.code) == ("warn", "leftovers_left")
    assert sign.values == {"files": "stage-3.duckdb, stage-3.spill", "size": "3 MB"}


def test_memory_is_read_from_the_machine_and_its_absence_is_a_warning(
    home: Path, tmp_path: Path
) -> None:
    (tmp_path / "meminfo").write_text("MemTotal:  9 kB\nMemAvailable:   1000 kB\n")
    signs = _signs(home, proc=tmp_path)
    assert signs["memory"].code == "memory_short"
    assert signs["memory"].values["available"] == "1 MB"
    assert (signs["lock"].state, signs["lock"].code) == ("warn", "not_looked")


@pytest.mark.parametrize(("days", "code"), [(1, "data_recent"), (2, "data_old")])
def test_old_data_is_a_warning_at_the_configured_age(home: Path, days: int, code: str) -> None:
    (home / FILE_NAME).write_text("stale_after_days = 2\n")
    now = NOW - timedelta(days=1) + timedelta(days=days)
    sign = _signs(home, now)["data"]
    assert (sign.code, sign.values["days"]) == (code, days + 1)


def test_an_old_build_is_a_warning(home: Path) -> None:
    later = datetime.now(UTC) + timedelta(days=4)
    assert _signs(home, later)["build"].code == "build_old"
    journal.record(home, journal.Entry(later, "build", "ok", 0, 1.0))
    assert _signs(home, later)["build"].code == "build_recent"


def test_a_last_build_that_was_refused_or_failed_is_a_warning(home: Path) -> None:
    refused = journal.Entry(NOW, "build", "refused", 3, 1.0, findings_total=7)
    journal.record(home, refused)
    sign = _signs(home)["build"]
    assert (sign.state, sign.code, sign.values["count"]) == ("warn", "build_refused", 7)
    journal.record(home, journal.Entry(NOW, "build", "failed", 5, 1.0, problem="storage"))
    assert "storage, exit code 5" in _signs(home)["build"].message(Text("en"))


def test_a_build_to_come_means_that_the_clock_was_set_back(home: Path) -> None:
    earlier = datetime.now(UTC) - timedelta(days=400)
    assert _signs(home, earlier)["clock"].code == "clock_back"
    assert _signs(home)["clock"].code == "clock_right"


@pytest.mark.parametrize(
    ("settings", "check", "words"),
    [
        ("k = ", "settings", "is not valid TOML"),
        ("[privacy]\nkk = 3", "settings", "there is no setting 'privacy.kk'"),
        ("stale_after_days = 0", "settings", "1 or more"),
        ('[roles.a]\nrows = {hobby = ["tea"]}', "roles", "There is no attribute 'hobby'"),
        ('[roles.a]\nrows = {segment = ["tea"]}', "roles", "segment has no value 'tea'"),
    ],
)
def test_a_configuration_that_does_not_fit_is_a_failure(
    home: Path, settings: str, check: str, words: str
) -> None:
    (home / FILE_NAME).write_text(settings)
    sign = _signs(home)[check]
    assert sign.state == "fail"
    assert words in sign.message(Text("en"))


def test_rows_that_the_generation_has_are_no_fault(home: Path) -> None:
    (home / FILE_NAME).write_text('[roles.a]\nrows = {segment = ["mass"]}')
    assert _signs(home)["roles"].values["count"] == 6


def test_the_command_ends_with_0_or_7_and_tells_json(home: Path) -> None:
    well = CliRunner().invoke(app, ["doctor", "--home", str(home), "--format", "json"])
    told = json.loads(well.stdout)
    assert (well.exit_code, told["exit_code"]) == (0, 0)
    assert told["state"] in ("ok", "warn")
    (home / "CURRENT").unlink()
    unnamed = CliRunner().invoke(app, ["doctor", "--home", str(home)])
    assert (unnamed.exit_code, "ecosphere rollback 2" in unnamed.stdout) == (0, True)
    (home / "CURRENT").write_text("generation-9.duckdb")
    ill = CliRunner().invoke(app, ["doctor", "--home", str(home), "--format", "json"])
    assert (json.loads(ill.stdout)["state"], json.loads(ill.stdout)["exit_code"]) == ("fail", 7)
    assert isinstance(ill.exception, Unhealthy)
    plain = CliRunner().invoke(app, ["doctor", "--home", str(home), "--lang", "zh"])
    assert "异常：在用数据" in plain.stdout
