"""The files of an export: which there are, which can be read, and what columns they hold."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from hashlib import file_digest
from pathlib import Path

from ecosphere.contract.mapping import ExportMapping
from ecosphere.contract.quote import parquet
from ecosphere.contract.report import Finding
from ecosphere.contract.shape import family
from ecosphere.contract.terms import Contract
from ecosphere.model import Engine, Problem, StorageFailed

MAGIC = b"PAR1"
SHORTEST = 12  # two magics and the length of the footer

Schema = dict[str, str]  # a file's top-level columns and their SQL types


@dataclass(frozen=True)
class Delivery:
    """The readable files of one export that agree on what they hold."""

    contract: Contract
    mapping: ExportMapping
    folder: Path
    timezone: str
    today: date
    files: tuple[Path, ...] = ()
    columns: Schema = field(default_factory=dict, hash=False)
    hive: tuple[str, ...] = ()
    rows: int = 0
    uneven: tuple[Path, ...] = ()  # files with columns beyond those that all of them hold

    @property
    def scan(self) -> str:
        return parquet(self.files, bool(self.hive))

    def shown(self, file: Path) -> str:
        """A file as the operator knows it: below the export folder."""
        return str(file.relative_to(self.folder)) if file.is_relative_to(self.folder) else str(file)

    def theirs(self, name: str) -> str | None:
        """The file's own spelling of a column's name: databases differ in upper and lower case."""
        if name in self.columns:
            return name
        return next((c for c in self.columns if c.casefold() == name.casefold()), None)

    def finding(self, code: str, file: str = "–", column: str = "–", count: int = 0,
                **values: object) -> Finding:  # fmt: skip
        return Finding(code, self.contract.name, file, column, count, values=values)


def find(folder: Path, contract: Contract, mapping: ExportMapping) -> tuple[Path, ...]:
    """The files of an export in order; hidden ones and markers such as _SUCCESS are not among them."""  # noqa: E501
    places = expected_places(folder, contract, mapping)
    inside = {child for path in places for child in _expand(path)}
    return tuple(sorted(path for path in inside if not hidden(path.relative_to(folder))))


def expected_places(folder: Path, contract: Contract, mapping: ExportMapping) -> list[Path]:
    """The file or the folder that an export is expected in, or all that a pattern matches."""
    if mapping.file:
        return list(folder.glob(mapping.file))
    single = folder / f"{contract.name}.parquet"
    return [single if _stands(single) else folder / contract.name]


def hidden(path: Path) -> bool:
    return any(part.startswith((".", "_")) for part in path.parts)


def readable(delivery: Delivery, files: Iterable[Path]) -> tuple[list[Path], list[Finding]]:
    """The files that are whole as far as both their ends tell, and a finding for each other one."""
    good, findings = [], []
    for file in files:
        fault, count = _fault(file)
        if fault:
            findings.append(delivery.finding(fault, delivery.shown(file), count=count))
        else:
            good.append(file)
    return good, findings


def schemas(
    engine: Engine, delivery: Delivery, files: Iterable[Path]
) -> tuple[dict[Path, Schema], list[Finding]]:
    """The columns of every file, read from its own footer. Equal footers are described once."""
    found: dict[Path, Schema] = {}
    described: dict[object, Schema] = {}
    findings = []
    for file, footer in _footers(engine, list(files)).items():
        try:
            if footer not in described:
                described[footer] = _schema(engine, file)
        except Exception as broken:
            if not file_fault(broken):
                raise
            findings.append(damaged(delivery, file, broken))
        else:
            partitions = dict.fromkeys(hive_keys(delivery, file), "VARCHAR")
            found[file] = described[footer] | partitions
    return found, findings


def rows(engine: Engine, files: Iterable[Path]) -> dict[Path, int]:
    """The number of rows that each file's footer states."""
    asked = {str(file): file for file in files}
    found = engine.run(
        f"select file_name, num_rows from parquet_file_metadata({_quoted(asked.values())})"
    )
    counts = dict(found.iter_rows())
    return {file: int(counts[name]) for name, file in asked.items()}


def _footers(engine: Engine, files: list[Path]) -> dict[Path, object]:
    """What tells two footers apart: of all files at once, or the file itself when one is broken."""
    if not files:
        return {}
    try:
        found = engine.run(
            "select file_name, hash(list([name, type, repetition_type, num_children::varchar, "
            "converted_type, scale::varchar, precision::varchar, logical_type, duckdb_type] "
            f"order by column_id)) as footer from parquet_schema({_quoted(files)}) group by 1"
        )
    except Exception as broken:
        if not file_fault(broken):
            raise
        return {file: file for file in files}
    by_name = dict(found.iter_rows())
    return {file: by_name[str(file)] for file in files}


def agreeing(
    delivery: Delivery, found: dict[Path, Schema], used: set[str]
) -> tuple[dict[Path, Schema], list[Finding]]:
    """The files that hold the used columns as most do, and what is different in the others."""
    if not found:
        return {}, []
    usual = _usual(found.values(), used)
    differences: dict[tuple[str, str, str], list[Path]] = {}
    for file, schema in found.items():
        for name in sorted(used):
            here = schema.get(name, "absent")
            if here != usual.get(name, "absent"):
                key = (name, here, usual.get(name, "absent"))
                differences.setdefault(key, []).append(file)
    other = {file for files in differences.values() for file in files}
    findings = [_difference(delivery, *key, files) for key, files in differences.items()]
    return {file: schema for file, schema in found.items() if file not in other}, findings


def same_content(delivery: Delivery, counts: dict[Path, int], used: set[str]) -> list[Finding]:
    """Files that are byte for byte the same. Only files of equal size and rows are read for it.

    Where a used column stands in the folder's name, equal bytes in two folders differ in content.
    """
    alike: dict[tuple[int, int], list[Path]] = {}
    for file, count in counts.items():
        alike.setdefault((count, file.stat().st_size), []).append(file)
    contents: dict[tuple[str, Path], list[Path]] = {}
    for files in (files for (count, _), files in alike.items() if count and len(files) > 1):
        for file in files:
            place = file.parent if used & set(hive_keys(delivery, file)) else delivery.folder
            contents.setdefault((digest(file), place), []).append(file)
    return [
        delivery.finding("same_content", delivery.shown(files[1]), count=len(files),
                         other=delivery.shown(files[0]))
        for files in contents.values() if len(files) > 1
    ]  # fmt: skip


def hive_keys(delivery: Delivery, file: Path) -> tuple[str, ...]:
    """The columns that the folders of a partitioned export carry in their names."""
    folders = file.relative_to(delivery.folder).parts[:-1]
    return tuple(part.partition("=")[0] for part in folders if "=" in part)


def file_fault(error: Exception) -> bool:
    """Whether an error of the engine says that a file is broken, not that our SQL or memory is."""
    if isinstance(error, (Problem, MemoryError)):
        return isinstance(error, StorageFailed) and error.key == "storage"
    ours = ("Binder", "Catalog", "Parser", "Conversion")
    return not type(error).__name__.startswith(ours)


def damaged(delivery: Delivery, file: Path, broken: Exception) -> Finding:
    said = broken.values["detail"] if isinstance(broken, Problem) else str(broken).splitlines()[0]
    detail = str(said)[:200].replace(str(delivery.folder), "")
    return delivery.finding("damaged", delivery.shown(file), count=1, detail=detail)


def _expand(path: Path) -> Iterable[Path]:
    """The files in a folder; some programs give a folder of parts a name that ends in .parquet."""
    if path.is_dir():
        return (child for child in path.rglob("*.parquet") if not child.is_dir())
    return [path] if _stands(path) else []


def _stands(path: Path) -> bool:
    return path.exists() or path.is_symlink()


def _fault(file: Path) -> tuple[str, int]:
    """What is wrong with a file's two ends, and its size."""
    try:
        with file.open("rb") as stream:
            head = stream.read(4)
            size = stream.seek(0, 2)
            stream.seek(max(size - 8, 0))
            length, tail = int.from_bytes(stream.read(4), "little"), stream.read(4)
        str(file).encode()
    except (OSError, UnicodeEncodeError):
        return "unreadable", 0
    if size == 0:
        return "empty_file", 0
    if head != MAGIC:
        return "wrong_magic", size
    return ("truncated" if tail != MAGIC or length + SHORTEST > size else ""), size


def _quoted(files: Iterable[Path]) -> str:
    return parquet(files).removeprefix("read_parquet(").rpartition(", hive")[0]


def _schema(engine: Engine, file: Path) -> Schema:
    """Top-level columns by `describe`, which also names what the footer alone cannot."""
    described = engine.run(f"describe select * from {parquet([file])}")
    return dict(zip(described["column_name"], described["column_type"], strict=True))


def _usual(schemas: Iterable[Schema], used: set[str]) -> Schema:
    """For each used column what most files hold."""
    counts = {name: Counter(schema.get(name, "absent") for schema in schemas) for name in used}
    usual = {name: count.most_common(1)[0][0] for name, count in counts.items()}
    return {name: kind for name, kind in usual.items() if kind != "absent"}


def _difference(delivery: Delivery, name: str, here: str, usual: str, files: list[Path]) -> Finding:
    times = {family(here), family(usual)}
    code = "mixed_time" if times == {"naive", "aware"} else "files_differ"
    return delivery.finding(code, shown_files(delivery, files), name, len(files),
                            found=here, expected=usual)  # fmt: skip


def shown_files(delivery: Delivery, files: list[Path]) -> str:
    more = f" (+{len(files) - 1})" if len(files) > 1 else ""
    return delivery.shown(files[0]) + more


def digest(file: Path) -> str:
    """What two files have in common only when they hold the same bytes."""
    with file.open("rb") as stream:
        return file_digest(stream, "blake2b").hexdigest()
