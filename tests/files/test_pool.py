"""Processes that draw: the same bytes, no work lost when one is killed, none left behind."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ecosphere.config import ROOT
from ecosphere.export import Taker, content, pool
from ecosphere.model import StorageFailed
from ecosphere.source import Source
from ecosphere.text import Text
from tests.files.conftest import ANALYST, exhibits

PATIENCE_S = 30
SERVER = """
import time
from ecosphere.export import pool
from tests.files.test_pool import pid
if __name__ == "__main__":
    print(*set(pool.each(pid, range(8))), flush=True)
    time.sleep(600)
"""


def pid(_: int) -> int:
    time.sleep(0.05)  # long enough for the other process to take the next one
    return os.getpid()


def killed(place: int) -> int:
    """The first time in a process of the pool, that process is killed."""
    if place == 1 and not Path(os.environ["ONCE"]).exists():
        Path(os.environ["ONCE"]).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return place


def refused(place: int) -> int:
    raise StorageFailed("storage", detail=f"place {place}")


@pytest.fixture(autouse=True)
def stopped() -> Iterator[None]:
    yield
    executor = pool._made()
    executor.shutdown()
    pool._renew(executor)


def test_a_file_drawn_elsewhere_is_the_same_file(source: Source, home: Path) -> None:
    taker = Taker("an analyst", ANALYST, Text("zh"), home)
    shown = exhibits(source, "split", "zh")
    both = [content(".svg", shown[:1], taker, *each) for each in ((), (pool.each,))]
    here, there = (re.sub(rb"\d\d:\d\d<", b"<", drawn) for drawn in both)  # without the minute
    assert here == there
    steps: list[tuple[int, int]] = []
    made = content(".pdf", shown, taker, pool.each, lambda done, total: steps.append((done, total)))
    assert made.startswith(b"%PDF")
    assert steps == [(done, len(shown) + 1) for done in range(1, len(shown) + 1)]


def test_work_of_a_process_that_was_killed_is_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONCE", str(tmp_path / "once"))
    assert list(pool.each(killed, range(6))) == list(range(6))
    assert list(pool.each(killed, range(6))) == list(range(6))


def test_a_problem_met_there_is_told_here() -> None:
    """A template that went away since the menu was opened is a sentence, not a broken process."""
    with pytest.raises(StorageFailed, match="storage") as met:
        list(pool.each(refused, [7]))
    assert met.value.values == {"detail": "place 7"}
    assert list(pool.each(pid, range(2)))


def test_processes_end_when_the_server_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "server.py"
    script.write_text(SERVER, encoding="utf-8")
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    server = subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, env=env, text=True)
    assert server.stdout is not None
    with server:
        workers = [int(word) for word in server.stdout.readline().split()]
        assert workers
        server.kill()
    deadline = time.monotonic() + PATIENCE_S
    while any(map(_is_running, workers)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(_is_running, workers))


def _is_running(process: int) -> bool:
    status = Path(f"/proc/{process}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"
