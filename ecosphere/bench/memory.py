"""Memory and disk: what a process took, what a generation takes, how fast memory is copied."""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np

from ecosphere.bench.measure import Figure, timed
from ecosphere.engines import duckdb

COPIED = 256 * 1024**2  # bytes: far more than any cache of a processor holds
COPIES = 7
KIB, MB = 1024, 1e6
SMALL = 0.005  # of all tables: what is less is told as one


def copy_rate() -> float:
    """Bytes in a second that one thread copies from memory to memory, at its best."""
    source = np.ones(COPIED, np.uint8)
    target = np.empty_like(source)
    return COPIED / min(timed(lambda: np.copyto(target, source)) for _ in range(COPIES))


def peak(process: int) -> float:
    """Megabytes that a process has held at most, as Linux tells."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    told = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(told.split()[1]) * KIB / MB


def cpu_seconds(process: int) -> float:
    """What a process has used of all processors so far, as Linux tells."""
    told = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def table_bytes(generation: Path) -> dict[str, int]:
    """Bytes by table: the blocks that hold it. A block that small tables share counts for each."""
    with closing(duckdb.beside(generation.parent)) as engine:
        duckdb.attach(engine, generation, "generation", read_only=True)
        block = engine.run(
            "select block_size from pragma_database_size() where database_name = 'generation'"
        ).item()
        tables = engine.run(
            "select schema_name, table_name from duckdb_tables() "
            "where database_name = 'generation' order by all"
        ).rows()
        return {
            table: block * int(engine.run(
                "select count(distinct block_id) as n from pragma_storage_info($name) "
                "where block_id >= 0",
                {"name": f"generation.{schema}.{table}"},
            ).item())
            for schema, table in tables
        }  # fmt: skip


def of_tables(sizes: dict[str, int]) -> Iterator[Figure]:
    """The largest first; small ones together."""
    least = SMALL * sum(sizes.values())
    small = [size for size in sizes.values() if size < least]
    for table, size in sorted(sizes.items(), key=lambda one: (-one[1], one[0])):
        if size >= least:
            yield Figure("size", "table_size", size / MB, "mb", of={"table": table})
    yield Figure("size", "other_size", sum(small) / MB, "mb", size=len(small))
