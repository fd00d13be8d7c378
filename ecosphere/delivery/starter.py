"""A mapping file to start from, proposed from the files that lie in the folder of exports.

A required column gets the nearest one by name and type; whatever is only likely stands behind a #,
so that no wrong guess is counted before somebody has looked at it. No value is read but to tell
how days and flags are written.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from ecosphere.contract import Column, Contract, contracts, files, suggest
from ecosphere.contract.columns import remedy
from ecosphere.contract.files import Delivery
from ecosphere.contract.mapping import ColumnMapping, ExportMapping, nearest
from ecosphere.contract.personal import looks_personal
from ecosphere.contract.shape import family, fits
from ecosphere.model import Engine
from ecosphere.text import Text

MOST = 60  # names in one comment
CERTAIN = 2  # required columns that a file must hold by our names to be known by them


@dataclass(frozen=True)
class Line:
    """One column of ours in the mapping file; a guess when nothing but its name speaks for it."""

    toml: str
    is_guess: bool


@dataclass(frozen=True)
class Part:
    """What is proposed for one export: its files where they have another name, and its columns."""

    export: str
    file: str
    lines: tuple[Line, ...]
    missing: tuple[str, ...]  # required columns for which nothing was found
    unused: tuple[str, ...]  # columns of the file that nothing reads


@dataclass(frozen=True)
class Proposal:
    """A mapping file as far as the files tell it."""

    parts: tuple[Part, ...]
    unknown: tuple[str, ...]  # files that no export was found for

    def toml(self, text: Text) -> str:
        """The mapping file, with comments in the reader's language."""
        lines = [f"# {text('delivery.starter_head')}", ""]
        for part in self.parts:
            lines += _lines(part, text)
        if self.unknown:
            lines.append(f"# {text('delivery.starter_unknown', files=_quoted(self.unknown))}")
        return "\n".join(lines).rstrip() + "\n"

    @property
    def is_needed(self) -> bool:
        """Whether anything would be translated at all."""
        return any(part.file or part.lines for part in self.parts)


def propose(engine: Engine, folder: Path) -> Proposal:
    """Look at the names and columns of all files; nothing is written."""
    found = _by_name(folder)
    left = [pattern for pattern in _patterns(folder) if pattern not in found.values()]
    for pattern in left:
        export = _export_of(engine, folder, pattern, set(contracts()) - set(found))
        if export:
            found[export] = pattern
    parts = (_part(engine, folder, contracts()[name], pattern)
             for name, pattern in found.items())  # fmt: skip
    unknown = tuple(pattern for pattern in left if pattern not in found.values())
    order = list(contracts())
    known = sorted((part for part in parts if part), key=lambda part: order.index(part.export))
    return Proposal(tuple(known), unknown)


def _by_name(folder: Path) -> dict[str, str]:
    """The exports whose files stand where they are looked for without a mapping."""
    patterns = _patterns(folder)
    ours = {name: (f"{name}.parquet", f"{name}/**/*.parquet") for name in contracts()}
    return {name: found for name, pair in ours.items()
            if (found := next((p for p in pair if p in patterns), ""))}  # fmt: skip


def _patterns(folder: Path) -> list[str]:
    """What lies in the folder, as patterns: files that differ in digits alone are one export's."""
    found = {}
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "_")):
            continue
        if path.is_dir():
            found[f"{path.name}/**/*.parquet"] = any(path.rglob("*.parquet"))
        elif path.suffix == ".parquet":
            found[re.sub(r"\d(?:[\d_-]*\d)?", "*", path.stem) + ".parquet"] = True
    return [pattern for pattern, holds in found.items() if holds]


def _export_of(engine: Engine, folder: Path, pattern: str, free: set[str]) -> str:
    """The export that a pattern's files may be: by the columns it needs, by name, or events."""
    delivery = _delivery(engine, folder, contracts()["events"], pattern)
    if delivery is None:
        return ""
    here = {name.casefold() for name in delivery.columns}
    needed = {name: [c.name for c in contracts()[name].columns if c.required] for name in free}
    certain = {name: len(columns) for name, columns in needed.items()
               if len(columns) >= CERTAIN and here.issuperset(columns)}  # fmt: skip
    if certain:
        return max(certain, key=lambda name: (certain[name], name == "events"))
    stem = pattern.split("/")[0].removesuffix(".parquet").strip("*_- ")
    words = (word for word in (stem, *re.split(r"[\W_]+", stem)) if len(word) > 2)
    by_name = next(filter(None, (nearest(word, free) for word in words)), "")
    is_dated = {"naive", "aware"} & set(map(family, delivery.columns.values()))
    return by_name or ("events" if "events" in free and is_dated else "")


def _delivery(engine: Engine, folder: Path, contract: Contract, pattern: str) -> Delivery | None:
    """The first readable file of a pattern, with its columns; None when there is none."""
    mapping = ExportMapping(contract.name, file=pattern)
    delivery = Delivery(contract, mapping, folder, "UTC", date.max)
    good, _ = files.readable(delivery, files.find(folder, contract, mapping))
    schemas, _ = files.schemas(engine, delivery, good[:1])
    for file, schema in schemas.items():
        return replace(delivery, files=(file,), columns=schema,
                       hive=files.hive_keys(delivery, file))  # fmt: skip
    return None


def _part(engine: Engine, folder: Path, contract: Contract, pattern: str) -> Part | None:
    delivery = _delivery(engine, folder, contract, pattern)
    if delivery is None:
        return None
    taken = {c.name: theirs for c in contract.columns if (theirs := delivery.theirs(c.name))}
    lines = {}
    for column in sorted(contract.columns, key=lambda column: not column.required):
        free = _free(delivery, set(taken.values()))
        theirs = taken.get(column.name) or _likely(engine, delivery, column, free)
        if theirs and (line := _line(engine, delivery, column, theirs)):
            lines[column.name] = line
            taken[column.name] = theirs
    missing = (c.name for c in contract.columns if c.required and c.name not in taken)
    is_ours = pattern in (f"{contract.name}.parquet", f"{contract.name}/**/*.parquet")
    return Part(
        export=contract.name,
        file="" if is_ours else pattern,
        lines=tuple(lines[name] for name in contract.names if name in lines),
        missing=tuple(missing),
        unused=tuple(_free(delivery, set(taken.values()))),
    )


def _free(delivery: Delivery, taken: set[str]) -> dict[str, str]:
    """Columns that nothing reads yet, without those that look like personal data."""
    return {name: kind for name, kind in delivery.columns.items()
            if name not in taken and not looks_personal(name)}  # fmt: skip


def _likely(engine: Engine, delivery: Delivery, column: Column, free: dict[str, str]) -> str:
    """The file's column that may hold this one: nearest by name among those that could be read."""
    if column.required and (found := suggest.renamed(column, free)):
        return found
    mapping = ColumnMapping(column.name)
    fitting = [name for name, kind in free.items()
               if fits(column, mapping, family(kind))
               or remedy(engine, delivery.scan, column, name, family(kind))[1]]  # fmt: skip
    is_only = column.required and len(fitting) == 1
    return nearest(column.name, fitting) or (fitting[0] if is_only else "")


def _line(engine: Engine, delivery: Delivery, column: Column, theirs: str) -> Line | None:
    """The line for a column; none where its name and type are ours already."""
    mapping = ColumnMapping(column.name, theirs=theirs)
    kind = family(delivery.columns[theirs])
    is_ours = theirs.casefold() == column.name
    if fits(column, mapping, kind):
        line = suggest.line(mapping)
        return None if is_ours else Line(line, is_guess=not column.required)
    _, changes = remedy(engine, delivery.scan, column, theirs, kind)
    if not changes:
        return None
    return Line(suggest.line(mapping, **changes), is_guess=not (column.required or is_ours))


def _lines(part: Part, text: Text) -> Iterator[str]:
    """One export's tables in the mapping file, with what is left to decide as comments."""
    yield f"# {text(f'exports.{part.export}')}"
    if part.file:
        yield from (suggest.table(part.export, columns=False), f"file = {suggest.toml(part.file)}")
    if part.file and part.lines:
        yield ""
    if part.lines:
        yield suggest.table(part.export)
    yield from (f"{'# ' if line.is_guess else ''}{line.toml}" for line in part.lines)
    if part.missing:
        yield f"# {text('delivery.starter_missing', columns=suggest.some(part.missing, MOST))}"
    if part.unused:
        yield f"# {text('delivery.starter_unused', columns=_quoted(part.unused))}"
    yield ""


def _quoted(names: Iterable[str]) -> str:
    """Names for a comment: a line break in a name would end it."""
    return suggest.some((suggest.toml(name) for name in names), MOST)
