"""The machine: disk, memory, packages."""

import re
import shutil
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from ecosphere.config import ROOT
from ecosphere.doctor.sign import Case, Sign
from ecosphere.engines import duckdb

BUILD_TAKES = 3  # times the last generation: the next one, the tables on the way, what spills
PINNED = re.compile(r"^([\w-]+)==(\S+)", re.MULTILINE)


def disk(case: Case) -> Iterator[Sign]:
    """Whether the next build fits beside the generations that are there."""
    home = case.home.path.absolute()
    there = next(path for path in (home, *home.parents) if path.exists())
    yield disk_sign(shutil.disk_usage(there).free, max(case.home.sizes().values(), default=0))


def disk_sign(free: int, last: int) -> Sign:
    """`last` is the size of the largest generation, in bytes."""
    told = {"free": megabytes(free), "needed": megabytes(BUILD_TAKES * last)}
    if free < last:
        return Sign("disk", "fail", "disk_full", told)
    if free < BUILD_TAKES * last:
        return Sign("disk", "warn", "disk_tight", told)
    return Sign("disk", "ok", "disk_enough", told)


def memory(case: Case) -> Iterator[Sign]:
    """Whether a build finds the memory that it may take before it spills, and a page its own."""
    lines = (case.proc / "meminfo").read_text(encoding="ascii").splitlines()
    kilobytes = {name: int(rest.split()[0]) for name, _, rest in (s.partition(":") for s in lines)}
    building, serving = duckdb.memory_taken(case.settings.build_memory)
    yield memory_sign(kilobytes["MemAvailable"] * 1024, building, serving)


def memory_sign(available: int, building: int, serving: int) -> Sign:
    """All in bytes: what there is, what a build may take, what one open generation may take."""
    told = {"available": megabytes(available), "building": megabytes(building),
            "serving": megabytes(serving)}  # fmt: skip
    if available < serving:
        return Sign("memory", "fail", "memory_short", told)
    if available < building:
        return Sign("memory", "warn", "memory_tight", told)
    return Sign("memory", "ok", "memory_enough", told)


def packages(_: Case) -> Iterator[Sign]:
    """Whether what is installed is what was tested."""
    yield packages_sign(ROOT / "requirements.txt")


def packages_sign(requirements: Path) -> Sign:
    pinned = dict(PINNED.findall(requirements.read_text(encoding="utf-8")))
    installed = {name: _version(name) for name in pinned}
    told = {"python": ".".join(map(str, sys.version_info[:3])), "duckdb": _version("duckdb")}
    others = [f"{name} {installed[name]} (≠ {pinned[name]})"
              for name in pinned if installed[name] != pinned[name]]  # fmt: skip
    if others:
        return Sign("packages", "warn", "packages_differ", {**told, "others": ", ".join(others)})
    return Sign("packages", "ok", "packages_pinned", {**told, "count": len(pinned)})


def megabytes(size: int) -> str:
    return f"{size / 1_000_000:,.0f} MB"


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "–"
