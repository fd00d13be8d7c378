"""Many at once, and much at once: builds, readers, and a row group that memory does not hold."""

from collections import Counter
from hashlib import sha256
from pathlib import Path

import polars as pl
import pytest

from ecosphere.generations import Home
from tests.full.conftest import Bank
from tests.full.running import WAITING, build, end, is_one_of, kill, left, run, start

BUILDS, SWAPS, READERS = 20, 6, 2
ROWS, PEOPLE = 3_000_000, 200_003

# Asks the served generation again and again, as a page does with every run; says each answer once.
READER = """
import sys
from hashlib import sha256
from pathlib import Path
from ecosphere.model import Problem
from tests.full.running import answer
home, stop = Path(sys.argv[1]), Path(sys.argv[2])
while not stop.exists():
    try:
        print(sha256(repr(answer(home)).encode()).hexdigest(), flush=True)
    except Problem as problem:
        print(problem.key, flush=True)
"""


def test_of_20_builds_at_once_one_is_made_and_19_are_told(bank: Bank, home: Path) -> None:
    waiting = [start("build", bank.new, "--home", home, "--format", "json", script=WAITING)
               for _ in range(BUILDS)]  # fmt: skip
    for process in waiting:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in waiting:
        assert process.stdin is not None
        process.stdin.close()
        process.stdin = None
    ended = [end(process) for process in waiting]
    assert Counter(one.code for one in ended) == {0: 1, 4: BUILDS - 1}
    assert Counter(one.told["outcome"] for one in ended) == {"ok": 1, "busy": BUILDS - 1}
    assert (Home(home).numbers(), is_one_of(home, bank.answers), left(home)) == ([1, 2], 1, [])


def test_readers_see_one_generation_or_the_other_while_builds_go_on(
    bank: Bank, home: Path, tmp_path: Path
) -> None:
    known = {sha256(repr(found).encode()).hexdigest() for found in bank.answers}
    readers = [start(home, tmp_path / "stop", script=READER) for _ in range(READERS)]
    try:
        for number in range(SWAPS):
            assert build((bank.new, bank.old)[number % 2], home).code == 0
        assert run("rollback", Home(home).numbers()[-2], "--home", home).code == 0
        assert run("prune", "--keep", 1, "--home", home).code == 0
        (tmp_path / "stop").touch()
        seen = Counter(line for one in map(end, readers) for line in one.out.splitlines())
    finally:
        for process in readers:
            kill(process)
    assert set(seen) == known, seen
    assert seen.total() > 2 * SWAPS, seen


@pytest.fixture(scope="module")
def huge(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One file of one row group with everything."""
    folder = tmp_path_factory.mktemp("huge")
    number = pl.col("event_id")
    pl.DataFrame({"event_id": pl.int_range(ROWS, eager=True)}).with_columns(
        (pl.lit("customer-") + (number * 7919 % PEOPLE).cast(pl.String)).alias("customer_id"),
        pl.from_epoch(1_777_600_000 + number % 2_000_000).alias("occurred_at"),
    ).write_parquet(folder / "events.parquet", row_group_size=ROWS)
    return folder


def test_one_row_group_of_everything_fits_into_a_set_memory(huge: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "ecosphere.toml").write_text('build_memory = "500MB"')
    ended = build(huge, home)
    assert ended.code == 0, ended.err
    (events,) = ended.told["exports"]
    assert (events["rows_in"], events["kept"]) == (ROWS, ROWS)
    assert ended.told["people"] == PEOPLE


def test_too_little_memory_is_told_and_the_last_good_generation_serves(
    bank: Bank, home: Path, huge: Path
) -> None:
    (home / "ecosphere.toml").write_text('build_memory = "30MB"')
    ended = build(huge, home)
    assert (ended.code, ended.told["problem"]) == (5, "memory_or_disk")
    assert "Traceback" not in ended.err
    assert (is_one_of(home, bank.answers), left(home)) == (0, [])
