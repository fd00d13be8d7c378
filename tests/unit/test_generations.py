"""HOME: one build at a time, and a reader sees a whole generation or the one before it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from stat import S_IMODE
from threading import Event, Thread

import pytest

from ecosphere.config import ROOT
from ecosphere.engines.duckdb import building, serving
from ecosphere.generations import Home
from ecosphere.model import BuildRunning, Problem, StorageFailed

# A build in another process: says when it holds the lock, then waits to be killed.
OTHER_BUILD = """
import sys, time
from pathlib import Path
from ecosphere.generations import Home
with Home(Path(sys.argv[1])).building() as stage:
    stage.write_text("half a table")
    stage.with_suffix(".spill").mkdir()
    (stage.with_suffix(".spill") / "rows.tmp").write_text("rows")
    print(stage.name, flush=True)
    time.sleep(60)
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "deep" / "home")


def _published(home: Home, text: str = "rows") -> int:
    with home.building() as stage:
        stage.write_text(text)
        return home.publish(stage)


def _failed(home: Home, error: type[BaseException]) -> None:
    with home.building() as stage:
        stage.write_text("half a table")
        raise error


@contextmanager
def _other_build(home: Home) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", OTHER_BUILD, str(home.path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as other:
        try:
            assert other.stdout is not None
            assert other.stdout.readline().startswith("stage-")
            yield other
        finally:
            other.kill()


def _mode(path: Path) -> int:
    return S_IMODE(path.stat().st_mode)


def test_before_the_first_build_nothing_is_served(home: Home) -> None:
    assert (home.numbers(), home.current()) == ([], None)
    with pytest.raises(Problem, match="no_generation"):
        home.served()


def test_a_published_stage_is_served(home: Home) -> None:
    assert [_published(home, "one"), _published(home, "two")] == [1, 2]
    assert (home.numbers(), home.served()) == ([1, 2], 2)
    assert (home.path / "CURRENT").read_text() == "generation-2.duckdb\n"
    assert [home.generation(n).read_text() for n in (1, 2)] == ["one", "two"]
    assert not list(home.path.glob("stage-*"))


def test_current_is_replaced_and_never_written_to(home: Home) -> None:
    _published(home)
    current = home.path / "CURRENT"
    with current.open() as open_before:
        _published(home)
        assert open_before.read() == "generation-1.duckdb\n"  # another file took its name
    assert not (home.path / "CURRENT.next").exists()


def test_a_reader_always_finds_a_whole_generation(home: Home) -> None:
    _published(home)
    done, seen = Event(), []

    def read() -> None:
        while not done.is_set():
            seen.append(home.served())

    reader = Thread(target=read)
    reader.start()
    for _ in range(30):
        _published(home)
    done.set()
    reader.join()
    assert seen == sorted(seen)
    assert len(set(seen)) > 1


@pytest.mark.parametrize("error", [ValueError, OSError, KeyboardInterrupt])
def test_a_build_that_fails_leaves_the_served_generation(
    home: Home, error: type[BaseException]
) -> None:
    _published(home)
    expected = StorageFailed if error is OSError else error
    with pytest.raises(expected):
        _failed(home, error)
    assert (home.numbers(), home.served()) == ([1], 1)
    assert not list(home.path.glob("stage-*"))
    assert _published(home) == 2  # the lock is free


def test_a_publication_that_fails_at_the_last_step_leaves_the_served_generation(
    home: Home,
) -> None:
    _published(home)
    (home.path / "CURRENT.next").mkdir()  # cannot be written
    with pytest.raises(StorageFailed):
        _published(home)
    assert home.served() == 1
    (home.path / "CURRENT.next").rmdir()
    assert _published(home) == 3  # two is there already, though it was never served


def test_a_second_build_is_refused_while_another_process_holds_the_lock(home: Home) -> None:
    with _other_build(home):
        with pytest.raises(BuildRunning) as refused, home.building():
            pytest.fail("two builds at once")
        assert refused.value.exit_code == 4
        assert list(home.path.glob("stage-1.duckdb"))  # what the other builds is left alone


def test_a_second_build_of_the_same_process_is_refused_too(home: Home) -> None:
    with home.building(), pytest.raises(BuildRunning), home.building():
        pytest.fail("two builds at once")


def test_what_a_killed_build_leaves_goes_with_the_next(home: Home) -> None:
    _published(home)
    with _other_build(home) as other:
        other.send_signal(signal.SIGKILL)
        other.wait()
    left = {path.name for path in home.path.glob("stage-*")}
    assert left == {"stage-2.duckdb", "stage-2.spill"}
    assert home.served() == 1
    with home.building() as stage:
        assert (stage.name, list(home.path.glob("stage-*"))) == ("stage-2.duckdb", [])


def test_the_number_of_an_older_generation_is_not_used_again(home: Home) -> None:
    assert [_published(home) for _ in range(3)] == [1, 2, 3]
    home.generation(1).unlink()
    home.generation(2).unlink()
    assert _published(home) == 4


def test_the_number_of_the_newest_generation_is_not_used_again(home: Home) -> None:
    assert [_published(home) for _ in range(2)] == [1, 2]
    (home.path / "CURRENT").write_text("generation-1.duckdb\n")  # rolled back
    home.generation(2).unlink()  # and pruned; a reader may still hold it by its name
    assert _published(home) == 3


def test_a_generation_is_private_whatever_the_mask(home: Home) -> None:
    mask = os.umask(0)
    try:
        number = _published(home)
    finally:
        os.umask(mask)
    assert _mode(home.path) == 0o700
    assert _mode(home.generation(number)) == 0o600


def test_a_home_that_was_there_before_is_closed_to_others(home: Home) -> None:
    home.path.mkdir(mode=0o755, parents=True)
    _published(home)
    assert _mode(home.path) == 0o700


@pytest.mark.parametrize(
    "name", ["generation-7.duckdb", "generation-1", "", "1 2", "../generation-1.duckdb", "CURRENT"]
)
def test_a_current_that_leads_nowhere_is_a_problem_that_names_it(home: Home, name: str) -> None:
    _published(home)
    home.generation(1).rename(home.path.parent / "generation-1.duckdb")
    (home.path / "CURRENT").write_text(name + "\n")
    for ask in (home.current, home.served):
        with pytest.raises(Problem, match="current_broken") as broken:
            ask()
        assert broken.value.values == {"home": home.path, "name": name}


def test_a_garbled_current_is_a_problem(home: Home) -> None:
    _published(home)
    (home.path / "CURRENT").write_bytes(b"\xff\xfe")
    with pytest.raises(Problem):
        home.current()


def test_a_home_that_cannot_be_written_or_read_is_a_failure_of_storage(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    for path in (tmp_path / "file", tmp_path / "file" / "home"):
        with pytest.raises(StorageFailed) as failed, Home(path).building():
            pytest.fail("built in a file")
        assert failed.value.exit_code == 5
        with pytest.raises(StorageFailed):
            Home(path).current()


def test_other_files_are_not_taken_for_generations(home: Home) -> None:
    _published(home)
    for name in (
        "generation-x.duckdb",
        "generation-.duckdb",
        "generation-\u00b2.duckdb",  # a digit to Python, but no number
        "generation-\u0663.duckdb",
        "generation-07.duckdb",
        "generation-9.duckdb.wal",
        "9.duckdb",
    ):
        (home.path / name).write_text("")
    assert (home.numbers(), _published(home)) == ([1], 2)


@pytest.mark.parametrize("left", [b"", b"\xb2", b"two\n", b"9" * 5000])
def test_a_last_number_that_cannot_be_read_stops_no_build(home: Home, left: bytes) -> None:
    assert [_published(home), _published(home)] == [1, 2]
    (home.path / "LAST").write_bytes(left)
    assert _published(home) == 3
    assert (home.path / "LAST").read_text() == "3\n"


def test_the_last_number_is_replaced_and_never_written_to(home: Home) -> None:
    _published(home)
    with (home.path / "LAST").open() as open_before:
        _published(home)
        assert open_before.read() == "1\n"  # a kill leaves the one or the other, and no empty file
    assert not (home.path / "LAST.next").exists()


def test_a_pointer_to_no_number_is_a_problem(home: Home) -> None:
    _published(home)
    (home.path / "CURRENT").write_text("generation-\u00b2.duckdb\n")
    with pytest.raises(Problem, match="current_broken"):
        home.current()


def test_an_open_reader_keeps_its_generation_while_the_next_is_published(home: Home) -> None:
    _built(home, 1)
    reader = serving(home.generation(home.served()))
    assert reader.run("select number from generation.stored.fact").item() == 1
    _built(home, 2)
    assert reader.run("select number from generation.stored.fact").item() == 1
    later = serving(home.generation(home.served()))
    assert later.run("select number from generation.stored.fact").item() == 2
    reader.close()
    later.close()


def _built(home: Home, number: int) -> None:
    with home.building() as stage:
        engine = building(stage, stage.with_suffix(".spill"))
        engine.execute("create schema stored")
        engine.execute("create table stored.fact as select $number as number", {"number": number})
        engine.close()
        assert home.publish(stage) == number
