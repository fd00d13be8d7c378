"""Whether a delivery is whole: marked as finished, at rest while read, no part of it empty."""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from ecosphere.contract.files import Delivery, expected_places, hidden, shown_files
from ecosphere.contract.report import Finding, Report
from ecosphere.model import ExportRefused

Stamp = tuple[int, int] | None  # size and time of the last change; None for a file that is gone


def incomplete(delivery: Delivery, found: Iterable[Path]) -> list[Finding]:
    """A finding when files lack the marker that the mapping, or the contract, asks for.

    The marker stands beside the file, or in a folder above it up to the export folder.
    """
    marker = delivery.mapping.complete_when or delivery.contract.complete_when
    bare = [file for file in found if not _marked(delivery, file, marker)] if marker else []
    if not bare:
        return []
    return [delivery.finding("incomplete", shown_files(delivery, bare), count=len(bare),
                             marker=marker.replace("*", bare[0].stem))]  # fmt: skip


def stamps(found: Iterable[Path]) -> dict[Path, Stamp]:
    return {file: _stamp(file) for file in found}


def growing(delivery: Delivery, before: Mapping[Path, Stamp]) -> list[Finding]:
    """A finding when files have changed since `before`."""
    changed = [file for file, stamp in before.items() if _stamp(file) != stamp]
    if not changed:
        return []
    return [delivery.finding("growing", shown_files(delivery, changed), count=len(changed))]


def at_rest(report: Report) -> None:
    """Raises ExportRefused when a file has changed since the check began: to be asked at the end of
    all reading, since what was read may then belong to two deliveries."""
    changed = tuple(_changed(report))
    if changed:
        told = replace(report, findings=report.findings + changed)
        raise ExportRefused("export_refused", refused=len(changed), report=told)


def empty_parts(delivery: Delivery, counts: Mapping[Path, int]) -> Iterator[Finding]:
    """A notice when files hold no rows, or folders no file, while others do."""
    folders = list(_empty_folders(delivery))
    files = [file for file, count in counts.items() if not count]
    if any(counts.values()) and (folders or files):
        parts = sorted([*folders, *files])
        yield replace(delivery.finding("empty_part", shown_files(delivery, parts),
                                       count=len(parts)), severity="notice")  # fmt: skip


def _changed(report: Report) -> Iterator[Finding]:
    for name, source in report.sources.items():
        files = [file for file, stamp in source.stamps.items() if _stamp(file) != stamp]
        if files:
            shown = os.path.relpath(files[0], report.folder)
            yield Finding("growing", name, shown, count=len(files))


def _marked(delivery: Delivery, file: Path, marker: str) -> bool:
    name = marker.replace("*", file.stem)
    above = [folder for folder in file.parents if folder.is_relative_to(delivery.folder)]
    return any((folder / name).exists() for folder in above)


def _stamp(file: Path) -> Stamp:
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns


def _empty_folders(delivery: Delivery) -> Iterator[Path]:
    """Folders without any folder inside that hold no parquet file."""
    for place in expected_places(delivery.folder, delivery.contract, delivery.mapping):
        below = [place, *place.rglob("*")] if place.is_dir() else []
        inner = {path for path in below if path.is_dir()}
        filled = {path.parent for path in below if path.suffix == ".parquet" and path not in inner}
        filled |= {path.parent for path in inner}
        yield from (f for f in inner - filled if not hidden(f.relative_to(delivery.folder)))
