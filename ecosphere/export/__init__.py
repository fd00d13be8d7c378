"""write(path, exhibit): an exhibit as a file. The suffix picks the writer; there is one door."""

from collections.abc import Callable, Mapping
from pathlib import Path

from ecosphere.exhibit import Exhibit, State
from ecosphere.export.rows import csv_bytes
from ecosphere.library import question
from ecosphere.model import Problem, Role, StorageFailed
from ecosphere.privacy import may

MIME = {".csv": "text/csv", ".png": "image/png"}


def content(suffix: str, exhibit: Exhibit, role: Role) -> bytes:
    """The bytes of an exhibit in one format, for a role that may take it away."""
    may(role, question(exhibit.name), take=True)
    if suffix not in WRITERS:
        raise Problem("unknown_format", value=suffix or "-", known=", ".join(WRITERS))
    return WRITERS[suffix](exhibit)


def write(path: Path, exhibit: Exhibit, role: Role) -> None:
    """Write an exhibit to a file named by the reader."""
    made = content(path.suffix.lower(), exhibit, role)
    try:
        path.write_bytes(made)
    except OSError as broken:
        raise StorageFailed("storage", detail=str(broken)) from broken


def _png(exhibit: Exhibit) -> bytes:
    """Always on light ground: pictures are put on slides and paper."""
    # Charts take a second to load, which a table on the command line need not wait for.
    from ecosphere.charts.theme import PALETTES, spec
    from ecosphere.export.image import Frame, png

    if isinstance(exhibit.chart, State):
        raise Problem("nothing_to_draw", query=exhibit.name, why=exhibit.chart.title)
    palette = PALETTES["light"]
    frame = Frame(
        title=exhibit.title,
        subtitle=exhibit.subtitle,
        chips=" · ".join(exhibit.chips),
        notes=exhibit.notes,
        footer=exhibit.footer,
    )
    return png(spec(exhibit.chart.draw(palette), palette, exhibit.height), frame, palette)


WRITERS: Mapping[str, Callable[[Exhibit], bytes]] = {
    ".csv": lambda exhibit: csv_bytes(exhibit.table, exhibit.words),
    ".png": _png,
}
