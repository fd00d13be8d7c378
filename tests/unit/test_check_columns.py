"""Faults of files and columns that `check` must name."""

from datetime import UTC, date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from ecosphere.contract import Report, check, read_mapping
from ecosphere.engines.duckdb import DuckDB
from tests.unit.faults import DAY, TODAY, events, lifted, look, the

# No files, unreadable files


def test_no_folder(tmp_path):
    assert the(look_at_nothing(tmp_path), "no_folder").severity == "refuse"


def look_at_nothing(folder: Path) -> Report:
    engine = DuckDB(duckdb.connect(":memory:"))
    return check(engine, folder / "none", read_mapping(None), "Asia/Shanghai", TODAY)


def test_no_events_at_all(tmp_path):
    report = look(tmp_path, customers=pl.DataFrame({"customer_id": ["a"]}))
    assert the(report, "missing_export").export == "events"
    assert report.refused


def test_an_absent_optional_export_is_no_finding_unless_the_mapping_names_it(tmp_path):
    assert look(tmp_path, events=events()).findings == ()
    report = look(tmp_path, "[partners]\nfile = 'p*.parquet'")
    assert the(report, "missing_export").export == "partners"


def test_a_misspelt_export_is_noticed(tmp_path):
    found = the(look(tmp_path, events=events(), custmers=events()), "unknown_export")
    assert (found.severity, found.values["suggestion"]) == ("notice", "customers")


def test_a_file_that_cannot_be_opened(tmp_path):
    (tmp_path / "events.parquet").symlink_to(tmp_path / "gone")
    assert the(look(tmp_path), "unreadable").file == "events.parquet"


def test_an_empty_file(tmp_path):
    (tmp_path / "events.parquet").touch()
    assert the(look(tmp_path), "empty_file").file == "events.parquet"


@pytest.mark.parametrize(("place", "code"), [(0, "wrong_magic"), (-4, "truncated")])
def test_a_wrong_magic_at_either_end(tmp_path, place, code):
    file = tmp_path / "events.parquet"
    events().write_parquet(file)
    content = bytearray(file.read_bytes())
    content[place] ^= 0xFF
    file.write_bytes(content)
    assert the(look(tmp_path), code).severity == "refuse"


def test_a_file_cut_off(tmp_path):
    file = tmp_path / "events.parquet"
    events().write_parquet(file)
    file.write_bytes(file.read_bytes()[:-100])
    assert the(look(tmp_path), "truncated").severity == "refuse"


def test_a_broken_footer(tmp_path):
    file = tmp_path / "events.parquet"
    events().write_parquet(file)
    content = bytearray(file.read_bytes())
    content[-60:-8] = b"\xff" * 52
    file.write_bytes(content)
    assert the(look(tmp_path), "damaged").severity == "refuse"


def test_bit_rot_in_a_page_of_a_column_that_nobody_reads(tmp_path):
    folder = tmp_path / "events"
    folder.mkdir()
    events(event_type="fax").write_parquet(folder / "good.parquet")
    rotten = folder / "rotten.parquet"
    filler = [f"{i * 7919 % 10007:x}" for i in range(3000)]
    events(3000, filler=filler, event_type="open").write_parquet(rotten, compression="zstd")
    overwrite_page(rotten, "filler")
    report = look(tmp_path)
    assert the(report, "damaged").file == "events/rotten.parquet"
    assert the(report, "not_allowed").file == "events/good.parquet"  # the rest is looked at


def overwrite_page(file: Path, column: str) -> None:
    pages = duckdb.sql(f"select data_page_offset, total_compressed_size from "
                       f"parquet_metadata('{file}') where path_in_schema = '{column}'")  # fmt: skip
    offset, size = pages.fetchall()[0]
    content = bytearray(file.read_bytes())
    content[offset + size // 4 : offset + size // 2] = b"\x5a" * (size // 2 - size // 4)
    file.write_bytes(content)


def test_no_rows(tmp_path):
    report = look(tmp_path, events=events(0), partners=pl.DataFrame({"partner_id": ["a"]}).clear())
    assert {(f.code, f.export, f.severity) for f in report.findings} == {
        ("zero_rows", "events", "refuse"), ("zero_rows", "partners", "refuse"),
    }  # fmt: skip


# Columns


def test_a_renamed_column(tmp_path):
    frame = events().rename({"customer_id": "cust_id"})
    found = the(look(tmp_path, events=frame), "renamed_column")
    assert found.values["line"] == 'customer_id = "cust_id"'
    assert lifted(tmp_path, found).findings == ()


def test_a_missing_column_leaves_the_other_checks_running(tmp_path):
    report = look(tmp_path, events=events(event_type="fax").drop("occurred_at"))
    assert the(report, "missing_column").column == "occurred_at"
    assert the(report, "not_allowed").column == "event_type"


def test_a_column_that_the_mapping_names_but_the_file_lacks(tmp_path):
    report = look(tmp_path, '[events.columns]\namount = "amout"', events=events(amount=1.0))
    found = the(report, "mapped_column_missing")
    assert (found.column, found.values["suggestion"]) == ("amout", "amount")


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [("amount", "12", "retyped"), ("customer_id", 1.5, "retyped"),
     ("occurred_at", "noon", "retyped"), ("amount", b"12", "unknown_type"),
     ("channel", [["app"]] * 4, "unknown_type")],
)  # fmt: skip
def test_a_column_of_another_type(tmp_path, column, value, code):
    found = the(look(tmp_path, events=events(**{column: value})), code)
    assert (found.column, found.count) == (column, 4)


def test_files_of_one_export_that_differ(tmp_path):
    folder = tmp_path / "events"
    folder.mkdir()
    for number in range(3):
        events(rows=number + 2, amount=1.0).write_parquet(folder / f"{number}.parquet")
    events(amount="1").write_parquet(folder / "3.parquet")
    events().write_parquet(folder / "4.parquet")
    report = look(tmp_path)
    found = {f.values["found"]: f.file for f in report.findings if f.code == "files_differ"}
    assert found == {"VARCHAR": "events/3.parquet", "absent": "events/4.parquet"}


def test_a_further_column_in_some_files_that_nobody_reads_is_no_fault(tmp_path):
    folder = tmp_path / "events"
    folder.mkdir()
    events(further=1).write_parquet(folder / "1.parquet")
    events(rows=7)[4:].write_parquet(folder / "2.parquet")
    report = look(tmp_path)
    assert report.findings == ()
    assert report.sources["events"].rows_in == 7


def test_aware_and_naive_times_in_one_export(tmp_path):
    folder = tmp_path / "events"
    folder.mkdir()
    events().write_parquet(folder / "1.parquet")
    events(rows=5).write_parquet(folder / "2.parquet")
    events(occurred_at=DAY.replace(tzinfo=UTC)).write_parquet(folder / "3.parquet")
    found = the(look(tmp_path), "mixed_time")
    assert (found.file, found.column) == ("events/3.parquet", "occurred_at")


@pytest.mark.parametrize(
    ("value", "form"),
    [("20261101", "yyyymmdd"), (20261101, "yyyymmdd"), ("2026-11-01", "yyyy-mm-dd"),
     ("2026-11-01 10:00:00", "yyyy-mm-dd hh:mm:ss"), (date(2026, 11, 1), "day")],
)  # fmt: skip
def test_days_as_text(tmp_path, value, form):
    found = the(look(tmp_path, events=events(occurred_at=value)), "text_date")
    assert found.values["line"] == f'occurred_at = {{ from = "occurred_at", date = "{form}" }}'
    assert lifted(tmp_path, found).findings == ()


@pytest.mark.parametrize("pair", [("Y", "N"), ("1", "0"), (1, 0), ("是", "否")])
def test_flags_as_text(tmp_path, pair):
    found = the(look(tmp_path, events=events(is_initiated=[*pair, *pair])), "text_flag")
    assert found.count == 4
    assert lifted(tmp_path, found).findings == ()
