"""What happens to files on their way: half written, still growing, delivered twice, in pieces."""

import os
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest

from ecosphere.contract import attach, check, read_mapping
from ecosphere.engines.duckdb import DuckDB
from tests.unit.faults import DAY, TODAY, codes, events, look, the

MARKED = '[events]\ncomplete_when = "_SUCCESS"'


def parts(folder: Path, *names: str, rows: int = 4) -> None:
    """An export in several files, each with rows of its own."""
    for number, name in enumerate(names):
        file = folder / "events" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        ids = [f"c{number}-{row}" for row in range(rows)]
        events(rows, customer_id=ids).write_parquet(file)


# Half written


def test_an_export_without_its_marker_is_half_written(tmp_path):
    parts(tmp_path, "a.parquet", "b.parquet")
    found = the(look(tmp_path, MARKED), "incomplete")
    assert (found.file, found.count, found.severity) == ("events/a.parquet (+1)", 2, "refuse")
    assert found.values["marker"] == "_SUCCESS"
    assert look(tmp_path).findings == ()  # nobody asked for one


@pytest.mark.parametrize("place", ["events/_SUCCESS", "_SUCCESS"])
def test_a_marker_stands_beside_the_files_or_above(tmp_path, place):
    parts(tmp_path, "day=1/a.parquet", "day=2/a.parquet")
    (tmp_path / place).touch()
    assert look(tmp_path, MARKED).findings == ()


def test_a_marker_of_one_part_is_none_of_another(tmp_path):
    parts(tmp_path, "day=1/a.parquet", "day=2/a.parquet")
    (tmp_path / "events/day=1/_SUCCESS").touch()
    assert the(look(tmp_path, MARKED), "incomplete").file == "events/day=2/a.parquet"


def test_a_marker_may_carry_the_name_of_its_file(tmp_path):
    parts(tmp_path, "a.parquet", "b.parquet")
    (tmp_path / "events/a.ok").touch()
    found = the(look(tmp_path, '[events]\ncomplete_when = "*.ok"'), "incomplete")
    assert (found.file, found.values["marker"]) == ("events/b.parquet", "b.ok")


class Writer:
    """An engine during whose first answer somebody goes on writing a file."""

    def __init__(self, change):
        self._engine = DuckDB(duckdb.connect(":memory:"))
        self._change = change

    def run(self, sql, params=None):
        answer = self._engine.run(sql, params)
        self._change()
        self._change = lambda: None
        return answer


@pytest.mark.parametrize("how", ["longer", "newer", "gone"])
def test_a_file_that_changes_while_it_is_read(tmp_path, how):
    file = tmp_path / "events.parquet"
    events().write_parquet(file)
    change = {
        "longer": lambda: file.write_bytes(file.read_bytes() + b"PAR1"),
        "newer": lambda: os.utime(file, ns=(0, file.stat().st_mtime_ns + 1)),
        "gone": file.unlink,
    }[how]
    report = check(Writer(change), tmp_path, read_mapping(None), "Asia/Shanghai", TODAY)
    assert the(report, "growing").file == "events.parquet"
    at_rest = check(Writer(lambda: None), tmp_path, read_mapping(None), "Asia/Shanghai", TODAY)
    assert "growing" not in codes(at_rest)


# Delivered twice


def test_a_day_delivered_twice_with_the_same_event_ids(tmp_path):
    folder = tmp_path / "events"
    folder.mkdir()
    events(event_id=[1, 2, 3, 4]).write_parquet(folder / "a.parquet")
    again = events(event_id=[4, 3, 2, 9], amount=1.0).drop("amount")
    again.write_parquet(folder / "b.parquet")
    found = the(look(tmp_path), "duplicate_value")
    assert (found.file, found.count) == ("events/a.parquet, events/b.parquet", 3)
    assert found.values["groups"] == "3"


@pytest.mark.parametrize(
    "ids",
    [[1, 2, 3, 3], [-5, 7, 0, -5], [1, 2**62, 5, 1], ["a", "b", "c", "a"],
     [2**63 - 1, 2**63 - 2, 2**63 - 1, 5]],
)  # fmt: skip
def test_an_event_id_that_comes_twice_is_found_whatever_it_is(tmp_path, ids):
    assert the(look(tmp_path, events=events(event_id=ids)), "duplicate_value").count == 1
    once = [*ids[:3], "z" if isinstance(ids[0], str) else 77]
    once[2] = "y" if isinstance(ids[0], str) else 78
    assert look(tmp_path, events=events(event_id=once)).findings == ()


@pytest.mark.parametrize("kind", [pl.Int8, pl.UInt8, pl.Int16, pl.UInt32, pl.UInt64, pl.Int64])
def test_integers_of_every_width_are_told_apart(tmp_path, kind):
    ids = pl.Series([0, 1, 127, 126], dtype=kind)
    assert look(tmp_path, events=events(event_id=ids)).findings == ()
    ids[3] = 127
    assert the(look(tmp_path, events=events(event_id=ids)), "duplicate_value").count == 1


def test_different_numbers_that_the_mapping_makes_equal_come_twice(tmp_path):
    mapping = '[events.columns]\nevent_id = { from = "event_id", values = { 3 = "2" } }'
    report = look(tmp_path, mapping, events=events(event_id=[1, 2, 3, 4]))
    assert the(report, "duplicate_value").count == 1


# In pieces


def test_hundreds_of_tiny_files(tmp_path):
    parts(tmp_path, *(f"{n:04d}.parquet" for n in range(300)), rows=2)
    report = look(tmp_path)
    assert report.findings == ()
    assert report.sources["events"].rows_in == 600
    bad = tmp_path / "events" / "0217.parquet"
    events(2, customer_id=["x", "y"], event_type="fax").write_parquet(bad)
    assert the(look(tmp_path), "files_differ").file == "events/0217.parquet"
    bad.write_bytes(bad.read_bytes()[:-4] + b"PARX")
    assert the(look(tmp_path), "truncated").file == "events/0217.parquet"


def test_one_huge_row_group(tmp_path):
    count = 400_000
    frame = pl.select(
        pl.int_range(count).alias("event_id"), pl.lit("c").alias("customer_id"),
        pl.datetime_range(DAY, interval="1s", end=DAY + timedelta(seconds=count - 1)).alias(
            "occurred_at"), pl.lit("open").alias("event_type"),
    )  # fmt: skip
    file = tmp_path / "events.parquet"
    frame.write_parquet(file, row_group_size=count)
    groups = duckdb.sql(f"select num_row_groups from parquet_file_metadata('{file}')").fetchall()
    assert groups == [(1,)]
    assert look(tmp_path).findings == ()
    frame[-1, "event_type"] = "fax"
    frame[-1, "event_id"] = 0
    frame.write_parquet(file, row_group_size=count)
    report = look(tmp_path)
    assert codes(report) == {"not_allowed", "duplicate_value"}
    assert the(report, "duplicate_value").example == f"#1, #{count}"


def test_a_folder_named_like_a_file(tmp_path):
    """Some programs write a folder of parts under the name of one file."""
    folder = tmp_path / "events.parquet"
    folder.mkdir()
    assert the(look(tmp_path), "missing_export").export == "events"
    events().write_parquet(folder / "part-0.parquet")
    assert look(tmp_path).sources["events"].rows_in == 4


def test_a_folder_named_like_a_file_among_files(tmp_path):
    parts(tmp_path, "1.parquet", "2.parquet/part-0.parquet")
    report = look(tmp_path)
    assert report.findings == ()
    assert report.sources["events"].rows_in == 8


def test_empty_partitions_are_noticed(tmp_path):
    parts(tmp_path, "day=1/a.parquet", "day=2/a.parquet")
    (tmp_path / "events/day=3").mkdir()
    events().clear().write_parquet(tmp_path / "events/day=2/b.parquet")
    report = look(tmp_path)
    found = the(report, "empty_part")
    assert (found.file, found.count) == ("events/day=2/b.parquet (+1)", 2)
    assert (found.severity, report.sources["events"].rows_in) == ("notice", 8)


def test_partition_columns_are_texts_and_a_partition_of_none_is_null(tmp_path):
    names = ("partner_id=01", "partner_id=1", "partner_id=__HIVE_DEFAULT_PARTITION__")
    parts(tmp_path, *(f"{name}/a.parquet" for name in names), rows=1)
    report = look(tmp_path, partners=pl.DataFrame({"partner_id": ["01", "1"]}))
    assert report.findings == ()
    engine = DuckDB(duckdb.connect(":memory:"))
    attach(engine, report)
    rows = engine.run("select partner_id from checked.events order by 1")
    assert rows["partner_id"].to_list() == ["01", "1", None]


def test_a_partition_of_days_needs_its_form_only(tmp_path):
    for day in ("2026-11-01", "2026-11-02"):
        file = tmp_path / "events" / f"dt={day}" / "a.parquet"
        file.parent.mkdir(parents=True)
        pl.DataFrame({"customer_id": [day]}).write_parquet(file)
    mapping = '[events.columns]\noccurred_at = "dt"'
    found = the(look(tmp_path, mapping), "text_date")
    assert found.values["line"] == 'occurred_at = { from = "dt", date = "yyyy-mm-dd" }'


# The machine


def test_a_clock_that_is_set_back(tmp_path):
    """Then all data lies in the future; the finding says what day the machine thinks it is."""
    engine = DuckDB(duckdb.connect(":memory:"))
    events().write_parquet(tmp_path / "events.parquet")
    report = check(engine, tmp_path, read_mapping(None), "Asia/Shanghai", date(2020, 1, 1))
    found = the(report, "future_date")
    assert (found.count, found.severity) == (4, "refuse")
    assert found.values["expected"] == date(2020, 1, 2)
    later = check(engine, tmp_path, read_mapping(None), "Asia/Shanghai", date(2036, 1, 1))
    assert later.findings == ()


def test_a_folder_that_may_only_be_read_stays_as_it_is(tmp_path):
    parts(tmp_path, "a.parquet", "b.parquet")
    events(event_type="fax").write_parquet(tmp_path / "events" / "c.parquet")
    (tmp_path / "events" / "d.parquet").touch()
    folders = [tmp_path / "events", tmp_path]
    engine = DuckDB(duckdb.connect(":memory:"))
    before = listing(tmp_path)
    for folder in folders:
        folder.chmod(0o555)
    try:
        report = check(engine, tmp_path, read_mapping(None), "Asia/Shanghai", TODAY)
    finally:
        for folder in folders:
            folder.chmod(0o755)
    assert codes(report) == {"empty_file", "files_differ"}
    assert listing(tmp_path) == before


def listing(folder: Path) -> dict[Path, tuple[int, datetime]]:
    """Every file and folder with its size and the time of its last change."""
    return {path: (path.stat().st_size, datetime.fromtimestamp(path.stat().st_mtime))
            for path in [folder, *folder.rglob("*")]}  # fmt: skip


@pytest.mark.parametrize("column", ["customer_id", "occurred_at", "channel", "amount", "event_id",
                                    "is_initiated", "event_type", "unread"])  # fmt: skip
def test_every_page_of_every_column_is_read(tmp_path, column):
    """The head of a column's last page is broken: whoever leaves that page out never sees it."""
    frame = events(3000, channel="app", event_id=list(range(3000)), amount=1.5, unread="x",
                   is_initiated=True, event_type="open")  # fmt: skip
    file = tmp_path / "events.parquet"
    frame.write_parquet(file, row_group_size=1000)
    assert look(tmp_path).findings == ()
    pages = duckdb.sql(f"select data_page_offset from parquet_metadata('{file}') "
                       f"where path_in_schema = '{column}' order by row_group_id")  # fmt: skip
    offset = pages.fetchall()[-1][0]
    content = bytearray(file.read_bytes())
    content[offset : offset + 8] = b"\xff" * 8
    file.write_bytes(content)
    assert the(look(tmp_path), "damaged").file == "events.parquet"
