"""What is remembered of a check, so that a file which was examined once is not read again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

Days = Mapping[date, tuple[int, int]]  # rows by day: all, and without what the system did
Stamp = tuple[int, int, int]  # size, last change of the content and of the file itself, in ns


@dataclass(frozen=True)
class Part:
    """One file as a check found it."""

    export: str
    file: str  # below the export folder
    stamp: Stamp
    digest: str
    rows: int  # without those that the mapping drops, with those that are set aside
    aside: int
    days: Days = field(default_factory=dict, hash=False)  # without those that are set aside


@dataclass(frozen=True)
class Memory:
    """What the last check found, under the same contracts and the same mapping.

    `held` tells of columns that others refer to ("export.column"): the rows there were, and a
    select of the MD5 digests of their ids, as UUID.
    """

    parts: Mapping[tuple[str, str], Part] = field(default_factory=dict)
    held: Mapping[str, tuple[int, str]] = field(default_factory=dict)
