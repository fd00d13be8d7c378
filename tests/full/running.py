"""The command line as a process of its own: run, killed, and what HOME then holds."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import duckdb

from ecosphere.answers import PRINTED
from ecosphere.config import ROOT
from ecosphere.generations import Home
from ecosphere.model import Filters
from ecosphere.source import open_source
from tests.spec.exports import EVERYTHING

# Rights bind no superuser. Without these two capabilities they do.
BOUND = ("setpriv", "--bounding-set=-dac_override,-dac_read_search") if os.geteuid() == 0 else ()
LONGEST_S = 120.0  # no command here takes ten seconds alone; forty at once take longer

MAIN = "from ecosphere.cli import main; main()"
# Loads everything, says so, and begins when stdin ends: so that many begin at once.
WAITING = (
    f"import sys; {MAIN.partition(';')[0]}; print('ready', flush=True); sys.stdin.read(); main()"
)
# Kills itself before the n-th change that Python makes to HOME; with 0 it counts them.
DYING = """
import os, signal, sys
home, last = sys.argv.pop(1), int(sys.argv.pop(1))
done, changing = 0, {"os.rename", "os.remove", "os.mkdir", "os.chmod", "os.truncate"}
def step(event, args):
    global done
    is_change = event in changing or (
        event == "open" and args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
    if is_change and str(args[0]).startswith(home):
        done += 1
        if done == last:
            os.kill(os.getpid(), signal.SIGKILL)
from ecosphere.cli import main
sys.addaudithook(step)
try:
    main()
finally:
    print("steps", done)
"""
# The calendar says another day.
DATED = """
import datetime, sys
from ecosphere.cli import build, main
day = datetime.date.fromisoformat(sys.argv.pop(1))
build.date = type("date", (datetime.date,), {"today": staticmethod(lambda: day)})
main()
"""


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str

    @property
    def told(self) -> dict[str, Any]:
        """What `--format json` has printed."""
        found: dict[str, Any] = json.loads(self.out.splitlines()[-1])
        return found


def start(*words: object, script: str = MAIN, bound: bool = False) -> "subprocess.Popen[str]":
    """A command in a process group of its own; `bound` by rights, whoever runs it."""
    return subprocess.Popen(
        [*(BOUND if bound else ()), sys.executable, "-c", script, *map(str, words)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        start_new_session=True,
    )


def end(process: "subprocess.Popen[str]") -> Ended:
    """Wait for it; nothing that a test has started outlives it."""
    try:
        out, err = process.communicate(timeout=LONGEST_S)
    except subprocess.TimeoutExpired as late:
        raise AssertionError(f"{process.args} does not end") from late
    finally:
        kill(process)
    return Ended(process.returncode, out, err)


def run(*words: object, script: str = MAIN, bound: bool = False) -> Ended:
    return end(start(*words, script=script, bound=bound))


def build(exports: Path, home: Path, **how: Any) -> Ended:
    return run("build", exports, "--home", home, "--format", "json", **how)


def kill(process: "subprocess.Popen[str]") -> None:
    """As a power cut would: the whole group, without a word."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            stream.close()


def begun(process: "subprocess.Popen[str]", home: Path) -> float:
    """Wait until a build has taken its stage, or has ended; the time."""
    while process.poll() is None and not list(home.glob("stage-*")):
        sleep(0.001)
    return monotonic()


def left(home: Path) -> list[str]:
    """What is in HOME and belongs to nobody who is still there."""
    return sorted(path.name for path in home.iterdir() if path.name.startswith("stage-")
                  or path.name.endswith(".wal"))  # fmt: skip


def whole(path: Path) -> int:
    """The rows of a generation, every byte of them read by nothing of ours."""
    engine = duckdb.connect(":memory:")
    try:
        engine.execute(f"attach '{path}' as read (read_only)")
        tables = engine.execute("select schema_name, table_name from duckdb_tables() "
                                "where database_name = 'read'").fetchall()  # fmt: skip
        assert len(tables) > 10
        sql = 'select count(*), bit_xor(hash(line)) from read."{}"."{}" as line'
        return sum(engine.execute(sql.format(*table)).fetchall()[0][0] for table in tables)
    finally:
        engine.close()


def answer(home: Path) -> Mapping[str, bytes]:
    """What the served generation says, through the data door, and where every row went."""
    source = open_source(Home(home))
    found = {name: PRINTED["csv"](source.ask(name, Filters(), {}, EVERYTHING))
             for name in ("active_users/mau", "active_users/growth")}  # fmt: skip
    rows = source._engine.run("from generation.stored.export_account order by all")
    source._engine.close()
    return {**found, "rows": rows.write_csv().encode()}


def is_one_of(home: Path, known: Sequence[Mapping[str, bytes]]) -> int:
    """Which of the answers a HOME gives; every generation in it is whole."""
    for number in Home(home).numbers():
        assert whole(Home(home).generation(number)) > 0
    found = answer(home)
    assert found in known
    return known.index(found)
