"""content(suffix, exhibits, taker): exhibits as a file. The suffix picks the writer.

There is one door: whoever takes something away may do so, the file says what it is, and the record
has a line before the first byte leaves.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ecosphere import config
from ecosphere.config import Config
from ecosphere.exhibit import Exhibit
from ecosphere.export import record
from ecosphere.export.leaf import Leaf, Stamp, leaf
from ecosphere.export.rows import csv_bytes
from ecosphere.library import question
from ecosphere.model import Problem, Role, StorageFailed
from ecosphere.privacy import may
from ecosphere.text import Text

# How work is done on each of many things: `map`, or `pool.each` in other processes.
Each = Callable[[Callable[[Any], bytes], Iterable[Any]], Iterator[bytes]]
Step = Callable[[int, int], None]


@dataclass(frozen=True)
class Taker:
    """Who takes something away, in which role and language, from which HOME."""

    who: str
    role: Role
    text: Text
    home: Path


@dataclass(frozen=True)
class Writer:
    """How exhibits become a file: each is drawn by itself, then all are bound into one.

    `is_many`: the file may hold several. `is_light`: not worth another process.
    """

    mime: str
    draw: Callable[[Leaf], bytes]
    bind: Callable[[Sequence[Leaf], Sequence[bytes], str], bytes]
    is_many: bool = False
    is_light: bool = False


def content(
    suffix: str,
    exhibits: Sequence[Exhibit],
    taker: Taker,
    each: Each = map,
    step: Step = lambda done, total: None,  # noqa: ARG005
) -> bytes:
    """The bytes of a file, for a role that may take them away, written down in the record.

    A Problem when the role may not, when there is no such format, when a format that holds one is
    given several, or when the exhibits are of two generations.
    """
    writer = _writer(suffix, exhibits, taker.role)
    settings = config.load(taker.home)
    leaves = [leaf(exhibit, _stamp(taker, settings), taker.text) for exhibit in exhibits]
    work: Each = map if writer.is_light else each
    drawn = []
    for part in work(writer.draw, leaves):
        drawn.append(part)
        step(len(drawn), len(leaves) + 1)
    bind = partial(_bound, suffix, leaves, settings.files.template)
    made = next(iter(work(bind, [drawn])))
    record.add(taker.home, taker.role, suffix, leaves, made)
    return made


def write(path: Path, exhibits: Sequence[Exhibit], taker: Taker, step: Step) -> None:
    """Write exhibits to a file named by the reader."""
    made = content(path.suffix.lower(), exhibits, taker, step=step)
    try:
        path.write_bytes(made)
    except OSError as broken:
        path.unlink(missing_ok=True)  # half a file is taken for a whole one
        raise StorageFailed("storage", detail=str(broken)) from broken


def ready(taker: Taker) -> None:
    """A Problem that any file would meet: a record that cannot be written, a template that is
    none."""
    from ecosphere.export.template import opened

    record.can_be_kept(taker.home)
    if template := config.load(taker.home).files.template:
        opened(template)


def _writer(suffix: str, exhibits: Sequence[Exhibit], role: Role) -> Writer:
    for exhibit in exhibits:
        may(role, question(exhibit.name), take=True)
    if suffix not in WRITERS:
        raise Problem("unknown_format", value=suffix or "-", known=", ".join(WRITERS))
    writer = WRITERS[suffix]
    if len(exhibits) > 1 and not writer.is_many:
        many = ", ".join(name for name, known in WRITERS.items() if known.is_many)
        raise Problem("one_exhibit", value=suffix, count=len(exhibits), known=many)
    generations = sorted({exhibit.table.origin.generation for exhibit in exhibits})
    if len(generations) > 1:
        raise Problem("two_generations", numbers=", ".join(map(str, generations)))
    return writer


def _stamp(taker: Taker, settings: Config) -> Stamp:
    files = settings.files
    now = datetime.now(ZoneInfo(settings.timezone))
    return Stamp(files.label(taker.text.language), files.level, taker.who, now)


# Writers take a second to load, which a table on the command line need not wait for.


def _bound(suffix: str, leaves: Sequence[Leaf], template: str, drawn: Sequence[bytes]) -> bytes:
    return WRITERS[suffix].bind(leaves, drawn, template)


def _only(_leaves: Sequence[Leaf], drawn: Sequence[bytes], _template: str) -> bytes:
    (made,) = drawn
    return made


def _csv(one: Leaf) -> bytes:
    return csv_bytes(one.table, one.words)


def _picture(one: Leaf, kind: str) -> bytes:
    from ecosphere.export import image

    return image.of(one, kind)


def _pages(leaves: Sequence[Leaf], drawn: Sequence[bytes], _template: str) -> bytes:
    from ecosphere.export import image

    return image.bound(drawn, leaves[0].title)


def _slide_picture(one: Leaf) -> bytes:
    from ecosphere.export import slides

    return slides.picture(one)


def _slides(leaves: Sequence[Leaf], drawn: Sequence[bytes], template: str) -> bytes:
    from ecosphere.export import slides

    return slides.deck(leaves, drawn, template)


def _nothing(_one: Leaf) -> bytes:
    """Sheets are written in one go."""
    return b""


def _sheets(leaves: Sequence[Leaf], _drawn: Sequence[bytes], _template: str) -> bytes:
    from ecosphere.export import sheets

    return sheets.workbook(leaves)


OFFICE = "application/vnd.openxmlformats-officedocument"
WRITERS: Mapping[str, Writer] = {
    ".pptx": Writer(f"{OFFICE}.presentationml.presentation", _slide_picture, _slides, is_many=True),
    ".png": Writer("image/png", partial(_picture, kind="png"), _only),
    ".svg": Writer("image/svg+xml", partial(_picture, kind="svg"), _only),
    ".pdf": Writer("application/pdf", partial(_picture, kind="pdf"), _pages, is_many=True),
    ".xlsx": Writer(f"{OFFICE}.spreadsheetml.sheet", _nothing, _sheets, is_many=True),
    ".csv": Writer("text/csv", _csv, _only, is_light=True),
}
