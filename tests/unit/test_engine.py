"""The serving connection reads one generation and nothing else, for several readers at once."""

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic

import duckdb
import polars as pl
import pyarrow as pa
import pytest

from ecosphere.engines.duckdb import DuckDB, building, literal, scratch, serving
from ecosphere.model import Problem

# Statements that reach past the generation; {folder} holds readable files.
READS = (
    "select * from read_csv('{folder}/rows.csv')",
    "select * from '{folder}/rows.csv'",
    "select * from read_parquet('{folder}/rows.parquet')",
    "select * from parquet_scan('{folder}/rows.parquet')",
    "select * from parquet_schema('{folder}/rows.parquet')",
    "select * from parquet_metadata('{folder}/rows.parquet')",
    "select * from read_text('{folder}/rows.csv')",
    "select * from read_blob('{folder}/rows.csv')",
    "select * from read_json('{folder}/rows.json')",
    "select * from sniff_csv('{folder}/rows.csv')",
    "select * from glob('{folder}/*')",
    "select * from read_duckdb('{folder}/other.duckdb', table_name = 'fact')",
    "select * from '{folder}/other.duckdb'",
    "attach '{folder}/other.duckdb'",
    "attach '{folder}/other.duckdb' as other (read_only)",
    "import database '{folder}/backup'",
    "copy generation.stored.fact from '{folder}/rows.csv'",
    "select * from 'http://127.0.0.1:9/rows.csv'",
    "select * from read_csv('https://127.0.0.1:9/rows.csv')",
    "select * from read_parquet('s3://bucket/rows.parquet')",
    "select getenv('HOME')",
    "select * from duckdb_secrets()",
)
WRITES = (
    "copy (select 1) to '{folder}/out.csv'",
    "copy generation.stored.fact to '{folder}/out.parquet' (format parquet)",
    "export database '{folder}/backup'",
    "attach '{folder}/new.duckdb'",
    "create persistent secret stolen (type http)",
    "create table generation.stored.more as select 1 as number",
    "create view generation.stored.more as select 1 as number",
    "create schema generation.more",
    "insert into generation.stored.fact values (3, 'c')",
    "update generation.stored.fact set number = 3",
    "delete from generation.stored.fact",
    "truncate generation.stored.fact",
    "drop table generation.stored.fact",
    "alter table generation.stored.fact add column more integer",
    "create index place on generation.stored.fact (number)",
)
SETTINGS = (
    "set enable_external_access = true",
    "reset enable_external_access",
    "set global enable_external_access = true",
    "set lock_configuration = false",
    "reset lock_configuration",
    "set python_enable_replacements = true",
    "set autoload_known_extensions = true",
    "set allow_unsigned_extensions = true",
    "set allow_community_extensions = true",
    "set custom_extension_repository = 'http://127.0.0.1:9'",
    "set extension_directory = '{folder}'",
    "set secret_directory = '{folder}'",
    "set allowed_directories = ['/']",
    "set temp_directory = '{folder}'",
    "set memory_limit = '64GB'",
    "pragma memory_limit = '64GB'",
    "pragma threads = 64",
    "pragma enable_profiling",
    "set log_query_path = '{folder}/log'",
    "call enable_logging()",
    "set TimeZone = 'Asia/Tokyo'",
    "update duckdb_settings() set value = 'true' where name = 'enable_external_access'",
    "install httpfs",
    "force install json",
    "load httpfs",
    "load '{folder}/more.duckdb_extension'",
)
# Not one select. The library lets none of these in; the connection itself should not either.
OTHERS = (
    "select 1 as number; select 2 as number",
    "detach generation",
    "attach ':memory:' as more",
    "use generation.stored",
    "set search_path = 'generation.stored'",
    "create table kept as select 1 as number",
    "create macro kept() as 1",
    "begin",
    "pragma database_list",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A generation, and files beside it that must stay out of reach."""
    place = tmp_path_factory.mktemp("it's here")  # a quote in a path is no end of a string
    rows = pl.DataFrame({"number": [1, 2], "name": ["a", "b"]})
    rows.write_csv(place / "rows.csv")
    rows.write_parquet(place / "rows.parquet")
    rows.write_ndjson(place / "rows.json")
    for name in ("generation-1.duckdb", "other.duckdb"):
        engine = building(place / name, place / "spill")
        engine.execute("create schema stored")
        parquet = literal(str(place / "rows.parquet"))
        engine.execute(f"create table stored.fact as select * from read_parquet({parquet})")
        engine.close()
    return place


@pytest.fixture
def engine(folder: Path) -> Iterator[DuckDB]:
    engine = serving(folder / "generation-1.duckdb")
    yield engine
    engine.close()


def _attack(engine: DuckDB, statement: str, folder: Path) -> None:
    """Both ways in are refused, and the fact is as it was."""
    text = statement.replace("{folder}", str(folder).replace("'", "''"))
    for way in (engine.run, engine.execute):
        with pytest.raises((duckdb.Error, ValueError)):  # ValueError: run takes selects only
            way(text)
    assert engine.run("select sum(number) as n from generation.stored.fact").item() == 3


@pytest.mark.parametrize("statement", READS)
def test_nothing_but_the_generation_is_read(engine: DuckDB, folder: Path, statement: str) -> None:
    _attack(engine, statement, folder)


@pytest.mark.parametrize("statement", WRITES)
def test_nothing_is_written(engine: DuckDB, folder: Path, statement: str) -> None:
    before = _files(folder)
    _attack(engine, statement, folder)
    assert _files(folder) == before


@pytest.mark.parametrize("statement", SETTINGS)
def test_no_setting_changes(engine: DuckDB, folder: Path, statement: str) -> None:
    before = _settings(engine)
    _attack(engine, statement, folder)
    assert _settings(engine) == before


@pytest.mark.parametrize("statement", OTHERS)
def test_only_one_select_is_run(engine: DuckDB, statement: str) -> None:
    with pytest.raises((duckdb.Error, Problem, ValueError)):
        engine.run(statement)


def test_tables_in_the_memory_of_the_program_are_out_of_reach(engine: DuckDB) -> None:
    frame = pl.DataFrame({"secret": [1]})
    arrow = pa.table({"secret": [1]})
    pandas = frame.to_pandas()
    open_ = duckdb.connect(":memory:")  # not hardened: it takes the names of this function
    for name in ("frame", "arrow", "pandas"):
        assert open_.sql(f"select * from {name}").fetchall() == [(1,)]
        with pytest.raises(duckdb.CatalogException):
            engine._connection.cursor().sql(f"select * from {name}")
    assert len(frame) == len(arrow) == len(pandas)


def test_a_connection_that_is_not_hardened_would_read_the_files(folder: Path) -> None:
    place = str(folder).replace("'", "''")
    for statement in READS[:11]:
        assert scratch().run(statement.replace("{folder}", place)).height > 0, statement


@pytest.mark.parametrize(
    "value",
    ["a' or '1' = '1", "a'; drop table generation.stored.fact; --", "$name", "a\x00", "a%", "'",
     "\\'", "any($values)", "a/*", "ａ"],
)  # fmt: skip
def test_a_parameter_is_a_value_and_never_sql(engine: DuckDB, value: str) -> None:
    one = "select * from generation.stored.fact where name = $name"
    some = "select * from generation.stored.fact where name = any($names)"
    assert engine.run(one, {"name": value}).height == 0
    assert engine.run(some, {"names": [value, value]}).height == 0
    assert engine.run("select $name as name", {"name": value}).item() == value


def test_a_parameter_that_the_sql_does_not_name_is_refused(engine: DuckDB) -> None:
    with pytest.raises(duckdb.Error):
        engine.run("select $name as name", {"name": "a", "more": "b"})


def test_a_fact_is_reached_by_its_full_name_only(engine: DuckDB) -> None:
    for name in ("fact", "stored.fact", "main.fact", "generation.fact"):
        with pytest.raises(duckdb.CatalogException):
            engine.run(f"select * from {name}")
    assert engine.run("select * from generation.stored.fact").height == 2


def test_a_query_beyond_the_time_limit_is_stopped_and_the_next_one_answers() -> None:
    engine = DuckDB(duckdb.connect(":memory:"), time_out_s=0.2)
    long = "select sum(hash(a.range + b.range)) as n from range(1000000) a, range(1000000) b"
    started = monotonic()
    with pytest.raises(Problem) as raised:
        engine.run(long)
    assert monotonic() - started < 5
    assert (raised.value.key, raised.value.values) == ("time_out", {"seconds": 0.2})
    assert engine.run("select 1 as n").item() == 1


def test_a_statement_beyond_the_time_limit_is_stopped_too() -> None:
    engine = DuckDB(duckdb.connect(":memory:"), time_out_s=0.2)
    long = "select sum(hash(a.range + b.range)) as n from range(1000000) a, range(1000000) b"
    with pytest.raises(Problem, match="time_out"):
        engine.execute(f"create table slow as {long}")
    assert engine.run("select count(*) as n from duckdb_tables()").item() == 0


def test_a_limit_that_has_passed_stops_no_later_query() -> None:
    engine = DuckDB(duckdb.connect(":memory:"), time_out_s=1.0)
    end = monotonic() + 1.5
    while monotonic() < end:
        assert engine.run("select 1 as n").item() == 1


def test_threads_asking_at_once_get_their_own_rows(engine: DuckDB) -> None:
    def rows(number: int) -> list[int]:
        sql = "select $n * 1000 + unnest(generate_series(0, 999)) as n"
        return engine.run(sql, {"n": number})["n"].to_list()

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(rows, range(200)))
    assert answers == [list(range(n * 1000, n * 1000 + 1000)) for n in range(200)]


def test_time_zones_of_the_machine_play_no_part(engine: DuckDB) -> None:
    sql = "select cast(timestamptz '2026-01-31 23:30:00+00' as varchar) as at"
    assert engine.run(sql).item().startswith("2026-01-31 23:30:00")


def _files(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.iterdir())}  # fmt: skip


def _settings(engine: DuckDB) -> list[tuple[object, ...]]:
    sql = "select name, value from duckdb_settings() order by name"
    return engine.run(sql).rows()
