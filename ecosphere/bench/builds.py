"""Builds as a scheduler starts them: each a process of its own, timed from its start to its end."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from time import perf_counter
from typing import Any

from ecosphere.bench.delivery import Night
from ecosphere.bench.measure import Figure
from ecosphere.bench.memory import KIB, MB
from ecosphere.generations import Home
from ecosphere.model import Problem

COMMAND = (sys.executable, "-c", "from ecosphere.cli import main; main()")


@dataclass(frozen=True)
class Ran:
    """A command that has ended well: what it said, and what it took."""

    told: dict[str, Any]
    seconds: float
    cpu_seconds: float
    megabytes: float  # of memory, at most


def run(*words: str) -> Ran:
    """Run a command of ours to its end. Raises Problem when it fails or says no JSON."""
    with TemporaryFile() as out, TemporaryFile() as errors:
        began = perf_counter()
        process = subprocess.Popen((*COMMAND, *words), stdout=out, stderr=errors)  # noqa: S603  # our own words
        _, status, used = os.wait4(process.pid, 0)
        seconds = perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        said, complaint = (_read(file) for file in (out, errors))
    try:
        told = json.loads(said)
    except json.JSONDecodeError:
        told = None
    if process.returncode or told is None:
        raise Problem("bench_command", command=words[0], code=process.returncode,
                      detail=complaint or said)  # fmt: skip
    return Ran(told, seconds, used.ru_utime + used.ru_stime, used.ru_maxrss * KIB / MB)


def build(home: Home, folder: Path) -> Ran:
    return run("build", str(folder), "--home", str(home.path), "--format", "json")


def nights(home: Home, night: Night, rows: int, size: int) -> Iterator[Figure]:
    """Everything but the last day into an empty HOME, that day on top, and nothing new.

    `rows` and `size` are those of all events, in number and in bytes.
    """
    first = build(home, night.folder)
    whole = rows - night.rows
    yield _figure("build", first, rows=whole, touched=size)
    yield Figure("builds", "build_rate", whole / first.seconds, "per_s")
    night.deliver()
    yield _figure("nightly", build(home, night.folder), rows=rows)
    yield _figure("unchanged", build(home, night.folder), rows=rows)
    yield Figure("memory", "build_memory", first.megabytes, "mb")


def _figure(name: str, ran: Ran, **of: int) -> Figure:
    return Figure("builds", name, ran.seconds, "s", of={"cpu": f"{ran.cpu_seconds:,.1f}"}, **of)


def _read(file: Any) -> str:
    file.seek(0)
    text: str = file.read().decode(errors="replace").strip()
    return text
