"""A disk or a memory that is full is a failure of storage, told in two lines with its exit code."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from ecosphere.config import ROOT
from ecosphere.engines.duckdb import LONGEST_DETAIL, DuckDB, building
from ecosphere.model import StorageFailed

LIST = "select len(list(b)) as n from (select hash(range)::varchar as b from range(3000000)) as t"
# A limit to the size of files stands for a full disk: the write fails at the same place.
FULL = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
{work}
"""
COMMIT = """
from pathlib import Path
from ecosphere.engines.duckdb import building
engine = building(Path(sys.argv[1]) / "a.duckdb", Path(sys.argv[1]) / "spill")
engine.execute("create table fact (number bigint, name varchar)")
for _ in range(100):
    engine.execute("insert into fact select range, hash(range)::varchar from range(9000)")
"""
COMMAND = "from ecosphere.cli import main; main()"


def _on_a_full_disk(work: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", FULL.format(work=work), *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_build_on_a_full_disk_ends_with_its_exit_code_and_two_lines(tmp_path: Path) -> None:
    ended = _on_a_full_disk(COMMAND, "build", "data/sample", "--home", str(tmp_path / "home"))
    assert ended.returncode == StorageFailed.exit_code
    assert "Traceback" not in ended.stderr
    assert "File too large" in ended.stderr
    assert "the last good generation is still served" in ended.stderr
    assert not list((tmp_path / "home").glob("stage-*"))


def test_a_commit_on_a_full_disk_is_a_failure_of_storage(tmp_path: Path) -> None:
    ended = _on_a_full_disk(COMMIT, str(tmp_path))
    assert "ecosphere.model.StorageFailed: ('storage'" in ended.stderr
    assert "Failed to commit" in ended.stderr


def _small(**config: str) -> DuckDB:
    return DuckDB(duckdb.connect(":memory:", config={"memory_limit": "20MB", **config}))


@pytest.mark.parametrize("way", ["run", "execute"])
def test_memory_that_runs_out_is_a_failure_of_storage(way: str) -> None:
    engine = _small(temp_directory="")
    with pytest.raises(StorageFailed, match="memory_or_disk") as failed:
        getattr(engine, way)(LIST)
    assert failed.value.exit_code == 5
    assert engine.run("select 1 as n").item() == 1


@pytest.mark.parametrize("way", ["run", "execute"])
def test_a_file_that_cannot_be_read_is_a_failure_of_storage(tmp_path: Path, way: str) -> None:
    engine = building(tmp_path / "a.duckdb", tmp_path / "spill")
    with pytest.raises(StorageFailed, match="storage") as failed:
        getattr(engine, way)(f"select * from read_parquet('{tmp_path / ('x' * 250)}.parquet')")
    told = str(failed.value.values["detail"])
    assert told.startswith("IO Error")
    assert len(told) <= LONGEST_DETAIL
    engine.close()


def test_a_fault_of_ours_stays_one(tmp_path: Path) -> None:
    engine = building(tmp_path / "a.duckdb", tmp_path / "spill")
    for way in (engine.run, engine.execute):
        with pytest.raises(duckdb.CatalogException):
            way("select * from nowhere")
    engine.close()
