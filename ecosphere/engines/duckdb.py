"""The one module that knows DuckDB."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Timer

import duckdb
import polars as pl

from ecosphere.model import Engine, Problem, StorageFailed

SERVING_MEMORY = "400MB"
BUILDING_MEMORY = "80%"  # the engine's own default
FOR_EVER_S = 86_400.0  # no step of a build takes a day
LONGEST_DETAIL = 200  # letters of the engine's own words that a message repeats
TIME_OUT_S = 30.0  # far beyond any page's query: whatever runs longer is a mistake, not an answer

# A disk that fills up fails a write, a commit, or the database as a whole, which then answers no
# more. Each other error is a fault of ours, and stays one.
STORAGE = (duckdb.IOException, duckdb.TransactionException, duckdb.FatalException)
CTRL_C = "Query interrupted"  # all that the engine says of a KeyboardInterrupt in its midst

Settings = dict[str, str | bool | int | float | list[str]]

# Applied after the generation is attached; the last one makes the others final.
HARDENING = (
    "set enable_external_access = false",
    "set python_enable_replacements = false",
    "set autoinstall_known_extensions = false",
    "set autoload_known_extensions = false",
    "set lock_configuration = true",
)


class DuckDB:
    """One database; every call has a cursor of its own, so calls from several threads never mix."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, time_out_s: float | None = None):
        self._connection = connection
        self._time_out_s = time_out_s

    def run(self, sql: str, params: Mapping[str, object] | None = None) -> pl.DataFrame:
        """The rows of one select, and of nothing else.

        Raises Problem when it runs into the time limit; StorageFailed when memory or disk run out,
        or when a file cannot be read or written.
        """
        with self._limited() as cursor:
            if [s.type for s in cursor.extract_statements(sql)] != [duckdb.StatementType.SELECT]:
                raise ValueError("one select and nothing else")
            return _frame(cursor, sql, params)

    def execute(self, sql: str, params: Mapping[str, object] | None = None) -> None:
        """Carry out one statement that returns nothing of interest. Raises the same."""
        with self._limited() as cursor:
            cursor.execute(sql, dict(params or {}))

    @contextmanager
    def _limited(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor that is interrupted at the time limit."""
        cursor = self._connection.cursor()
        timer = Timer(self._time_out_s or FOR_EVER_S, cursor.interrupt)
        timer.daemon = True  # else a Ctrl-C in the next line keeps the process until the limit
        timer.start()
        try:
            yield cursor
        except duckdb.InterruptException as interrupted:
            raise Problem("time_out", seconds=self._time_out_s) from interrupted
        except duckdb.OutOfMemoryException as full:
            raise StorageFailed("memory_or_disk", detail=_first_line(full)) from full
        except STORAGE as broken:
            raise StorageFailed("storage", detail=_first_line(broken)) from broken
        except RuntimeError as stopped:
            if str(stopped) != CTRL_C:
                raise
            raise KeyboardInterrupt from stopped
        finally:
            timer.cancel()
            cursor.close()  # an open cursor keeps files open that its database should let go

    def close(self) -> None:
        self._connection.close()


def version() -> str:
    """The engine's own version: what it counts and digests may change with it."""
    return duckdb.__version__


def scratch() -> DuckDB:
    """A database in memory that may read files: for checking exports."""
    return DuckDB(_utc(duckdb.connect(":memory:")))


def beside(temporary: Path) -> DuckDB:
    """As `scratch`, for a check inside the server: it leaves readers half of the processors, and
    takes no more memory than an open generation before it uses the disk."""
    config: Settings = {
        "temp_directory": str(temporary),
        "memory_limit": SERVING_MEMORY,
        "threads": max((os.cpu_count() or 1) // 2, 1),
    }
    return DuckDB(_utc(duckdb.connect(":memory:", config=config)))


def building(path: Path, temporary: Path, memory: str = BUILDING_MEMORY) -> DuckDB:
    """A new database file that may read exports; what is too large for memory spills beside it."""
    config: Settings = {
        "temp_directory": str(temporary),
        "preserve_insertion_order": False,
        "memory_limit": memory,
    }
    try:
        return DuckDB(_utc(duckdb.connect(str(path), config=config)))
    except duckdb.IOException as broken:
        raise StorageFailed("storage", detail=_first_line(broken)) from broken


def serving(generation: Path, memory: str = SERVING_MEMORY) -> DuckDB:
    """Read one generation, attached as `generation`, and nothing else on this machine.

    In memory and not the file itself, because a read-only connection could keep no facts of its
    own; a table of the generation is reached only by its full name.
    """
    config: Settings = {"memory_limit": memory, "temp_directory": ""}
    connection = _utc(duckdb.connect(":memory:", config=config))
    try:
        attach(DuckDB(connection), generation, "generation", read_only=True)
    except duckdb.Error as broken:
        raise StorageFailed("storage", detail=_first_line(broken)) from broken
    for setting in HARDENING:
        connection.execute(setting)
    return DuckDB(connection, TIME_OUT_S)


def memory_taken(memory: str = BUILDING_MEMORY) -> tuple[int, int]:
    """Bytes that a build may take before it spills, and that one open generation may take."""
    engine = DuckDB(duckdb.connect(":memory:", config={"memory_limit": memory}))
    found = engine.run(
        "select parse_formatted_bytes(current_setting('memory_limit')) as building, "
        "parse_formatted_bytes($serving) as serving",
        {"serving": SERVING_MEMORY},
    )
    building, serving = found.row(0)
    return int(building), int(serving)


def attach(engine: Engine, path: Path, name: str, *, read_only: bool = False) -> None:
    """Let an engine see another database file, under a name."""
    engine.execute(f"attach {literal(str(path))} as {name}{' (read_only)' if read_only else ''}")


def literal(text: str) -> str:
    """A quoted SQL string. File names cannot be bound as parameters, so they are quoted here."""
    return "'" + text.replace("'", "''") + "'"


def _utc(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Never the zone of the machine: it would move times of day between two installations."""
    connection.execute("set global TimeZone = 'UTC'")
    return connection


def _frame(
    cursor: duckdb.DuckDBPyConnection, sql: str, params: Mapping[str, object] | None
) -> pl.DataFrame:
    rows: pl.DataFrame = cursor.sql(sql, params=dict(params or {})).pl()
    return rows


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0][:LONGEST_DETAIL]
