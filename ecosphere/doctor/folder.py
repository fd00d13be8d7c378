"""HOME as a folder: is it there and private, who builds in it, and what has a build left."""

import os
import shlex
from collections.abc import Iterator
from pathlib import Path
from stat import S_IMODE

from ecosphere import journal
from ecosphere.doctor.machine import megabytes
from ecosphere.doctor.sign import Case, Sign

OTHERS = 0o077  # every right of group and others


def folder(case: Case) -> Iterator[Sign]:
    """Whether this account can look into HOME at all."""
    home = case.home
    told = {"home": home.path}
    if not home.path.exists():
        yield Sign("home", "fail", "home_missing", told)
    elif not home.path.is_dir():
        yield Sign("home", "fail", "home_no_folder", told)
    else:
        next(home.path.iterdir(), None)  # raises where this account may not look
        yield Sign("home", "ok", "home_there", {**told, "count": len(home.numbers())})


def rights(case: Case) -> Iterator[Sign]:
    """Whether anybody else may read personal data."""
    home = case.home
    log = home.path / journal.FOLDER
    private = [home.path, *map(home.generation, home.numbers()), log, *log.glob("*")]
    is_open = [path for path in private if path.exists() and _mode(path) & OTHERS]
    if is_open:
        names = shlex.join(str(path) for path in is_open)
        yield Sign("rights", "fail", "rights_open", {"files": names})
    elif home.path.exists():
        yield Sign("rights", "ok", "rights_private")


def lock(case: Case) -> Iterator[Sign]:
    """Whether a build is running, and what one that is not has left."""
    stages = list(case.home.path.glob("stage-*"))
    holder = _holder(case)
    if holder is not None:
        yield Sign("lock", "ok", "lock_held", {"pid": holder})
        return
    yield Sign("lock", "ok", "lock_free")
    left = [stage for stage in stages if stage.exists()]  # a build may have ended meanwhile
    if left:
        size = megabytes(sum(_size(stage) for stage in left))
        names = ", ".join(sorted(stage.name for stage in left))
        yield Sign("leftovers", "warn", "leftovers_left", {"files": names, "size": size})
    else:
        yield Sign("leftovers", "ok", "leftovers_none")


def _holder(case: Case) -> int | None:
    """The process that holds the lock. Trying the lock could turn a build away that begins now."""
    path = case.home.path / "lock"
    if not path.exists():
        return None
    found = path.stat()
    place = f"{_device(found.st_dev)}:{found.st_ino}"
    for line in (case.proc / "locks").read_text(encoding="ascii").splitlines():
        words = line.split()
        if "FLOCK" in words and place in words and "->" not in words:  # an arrow waits
            return int(words[words.index(place) - 1])
    return None


def _device(number: int) -> str:
    return f"{os.major(number):02x}:{os.minor(number):02x}"


def _mode(path: Path) -> int:
    return S_IMODE(path.stat().st_mode)


def _size(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else (path,)
    return sum(file.stat().st_size for file in files)
