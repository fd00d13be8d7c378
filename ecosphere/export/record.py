"""HOME/log/taken.jsonl: who took what away. Lines are added, never changed; no record, no file.

It holds names of exhibits, filters and counts, and the hash of the file; never a customer's number:
of a list of people it says only that there was one.
"""

import fcntl
import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from ecosphere.export.leaf import Leaf
from ecosphere.generations import PRIVATE_FOLDER
from ecosphere.journal import FOLDER, private
from ecosphere.model import Chosen, Filters, Role, StorageFailed

FILE = "taken.jsonl"


def add(home: Path, role: Role, suffix: str, leaves: Sequence[Leaf], made: bytes) -> None:
    """Write one line for a file that is about to leave; StorageFailed when that is not possible."""
    first = leaves[0]
    line = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "who": first.stamp.who,
        "role": role.name,
        "level": first.stamp.level,
        "format": suffix.removeprefix("."),
        "language": first.text.language,
        "exhibits": [leaf.name for leaf in leaves],
        "generation": first.table.origin.generation,
        "filters": [_filters(leaf) for leaf in leaves],
        "rows": sum(leaf.table.table.height for leaf in leaves),
        "hidden": sum(leaf.table.hidden_cells for leaf in leaves),
        "bytes": len(made),
        "sha256": sha256(made).hexdigest(),
    }
    _append(home / FOLDER, json.dumps(line, ensure_ascii=False))


def can_be_kept(home: Path) -> None:
    """StorageFailed when no line could be added now."""
    _append(home / FOLDER, "")


def _filters(leaf: Leaf) -> dict[str, object]:
    """What the role is restricted to, and what the reader had chosen."""
    origin, params = leaf.table.origin, leaf.table.origin.filters
    return {
        "rows": _lists(origin.rows),
        "who": _lists(params.who),
        "where": _lists(params.where),
        "cohort": params.cohort,
        "is_listed": bool(params.listed),
        "period": _period(params),
        "split": origin.split,
    }


def _lists(chosen: Chosen) -> dict[str, list[str]]:
    return {name: list(values) for name, values in chosen}


def _period(filters: Filters) -> list[str | None]:
    days = (filters.first, filters.last, filters.as_of)
    return [None if day is None else str(day) for day in days]


def _append(folder: Path, line: str) -> None:
    """One writes at a time; a line torn by a kill stays, and the next begins below it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(PRIVATE_FOLDER)
        with open(folder / FILE, "ab+", opener=private, buffering=0) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if not line:
                return
            end = file.seek(0, os.SEEK_END)
            is_torn = end > 0 and os.pread(file.fileno(), 1, end - 1) != b"\n"
            written = ("\n" if is_torn else "") + line + "\n"
            if file.write(written.encode("utf-8")) != len(written.encode("utf-8")):
                raise OSError("the record was cut short")
            os.fsync(file.fileno())
    except OSError as broken:
        raise StorageFailed("record", detail=str(broken)) from broken
