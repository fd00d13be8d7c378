"""HOME/log: one line for each command, private, kept within bounds, and legible after a kill."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from stat import S_IMODE

import pytest

from ecosphere.contract import Finding
from ecosphere.journal import (
    FILES_BEFORE,
    MOST_BYTES,
    Entry,
    Found,
    last_build,
    record,
    refusals,
)
from ecosphere.model import StorageFailed

AT = datetime(2026, 11, 23, 18, 30, tzinfo=UTC)
FOUND = Found("orphan", "refuse", "events", "events.parquet", "partner_id", 7)


def _refused(seconds: float = 1.5) -> Entry:
    return Entry(AT, "build", "refused", 3, seconds, problem="export_refused", findings=(FOUND,))


def _log(home: Path) -> Path:
    return home / "log" / "ecosphere.log"


def test_what_is_recorded_is_read_back_newest_first(tmp_path: Path) -> None:
    account = {"export": "events", "as_of": "2026-11-22", "rows_in": 9, "kept": 9}
    built = Entry(AT, "build", "ok", 0, 12.5, 4, deleted=(1,), accounts=(account,))
    for entry in (_refused(1), _refused(2), built, _refused(3), Entry(AT, "prune", "ok", 0, 0.1)):
        record(tmp_path, entry)
    assert refusals(tmp_path) == (_refused(3), _refused(2), _refused(1))
    assert refusals(tmp_path, 2) == (_refused(3), _refused(2))
    record(tmp_path, built)
    record(tmp_path, Entry(AT, "build", "busy", 4, 0.1))
    assert last_build(tmp_path) == built


def test_a_line_is_json_with_its_time_in_utc(tmp_path: Path) -> None:
    record(tmp_path, Entry(AT, "build", "ok", 0, 1.0, 1, accounts=({"as_of": date(2026, 11, 22)},)))
    (line,) = _log(tmp_path).read_text().splitlines()
    told = json.loads(line)
    assert told["at"] == "2026-11-23T18:30:00+00:00"
    assert told["accounts"] == [{"as_of": "2026-11-22"}]
    assert list(told)[:6] == ["at", "command", "outcome", "exit_code", "seconds", "generation"]


def test_of_a_finding_no_value_is_recorded(tmp_path: Path) -> None:
    finding = Finding("bad_value", "events", "events.parquet", "channel", 3, "13800138000",
                      values={"line": "13800138000"})  # fmt: skip
    record(tmp_path, Entry(AT, "build", "refused", 3, 1.0, findings=(Found.of(finding),)))
    assert "bad_value" in _log(tmp_path).read_text()
    assert "13800138000" not in _log(tmp_path).read_text()


def test_the_log_is_private_whatever_the_mask_and_whoever_made_it(tmp_path: Path) -> None:
    mask = os.umask(0)
    try:
        _log(tmp_path).parent.mkdir(mode=0o755)
        _log(tmp_path).write_text("")  # mode 0666
        record(tmp_path, _refused())
        _log(tmp_path).write_text(" " * MOST_BYTES)
        record(tmp_path, _refused())  # into a new file
    finally:
        os.umask(mask)
    assert S_IMODE(_log(tmp_path).parent.stat().st_mode) == 0o700
    files = sorted(_log(tmp_path).parent.iterdir())
    assert [(file.name, S_IMODE(file.stat().st_mode)) for file in files] == [
        ("ecosphere.log", 0o600),
        ("ecosphere.log.1", 0o600),
    ]


def test_the_log_keeps_a_fixed_number_of_files_and_is_read_across_them(tmp_path: Path) -> None:
    for number in range(FILES_BEFORE + 3):
        record(tmp_path, _refused(number))
        with _log(tmp_path).open("a") as log:
            log.write("-" * MOST_BYTES + "\n")
    assert len(list(_log(tmp_path).parent.iterdir())) == FILES_BEFORE + 1
    left = range(FILES_BEFORE + 2, 1, -1)
    assert [entry.seconds for entry in refusals(tmp_path)] == list(left)


def test_a_line_torn_by_a_kill_hides_no_other(tmp_path: Path) -> None:
    record(tmp_path, _refused(1))
    record(tmp_path, _refused(2))
    os.truncate(_log(tmp_path), _log(tmp_path).stat().st_size - 30)
    assert refusals(tmp_path) == (_refused(1),)
    record(tmp_path, _refused(3))
    assert refusals(tmp_path) == (_refused(3), _refused(1))


@pytest.mark.parametrize(
    "line",
    [b"", b"{}", b"[]", b"7", b"null", b"\xff\x00", b'{"at": 5}', b'{"at": "2026-11-23"}',
     b'{"at": "2026-11-23", "deleted": [], "findings": [{}], "accounts": []}'],
)  # fmt: skip
def test_a_line_that_is_no_entry_is_passed_over(tmp_path: Path, line: bytes) -> None:
    record(tmp_path, _refused())
    with _log(tmp_path).open("ab") as log:
        log.write(line + b"\n")
    assert refusals(tmp_path) == (_refused(),)


def test_many_write_at_once_and_no_line_is_lost_when_files_change_names(tmp_path: Path) -> None:
    _log(tmp_path).parent.mkdir()
    _log(tmp_path).write_text("-" * (MOST_BYTES - 2_000) + "\n")
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda number: record(tmp_path, _refused(number)), range(20)))
    assert sorted(entry.seconds for entry in refusals(tmp_path)) == list(range(20))
    assert len(list(_log(tmp_path).parent.iterdir())) == 2


def test_without_a_home_nothing_is_made_and_nothing_was_refused(tmp_path: Path) -> None:
    record(tmp_path / "home", _refused())
    assert not (tmp_path / "home").exists()
    assert (refusals(tmp_path / "home"), last_build(tmp_path / "home")) == ((), None)


def test_a_log_that_cannot_be_written_or_read_is_a_failure_of_storage(tmp_path: Path) -> None:
    (tmp_path / "written").mkdir()
    (tmp_path / "written" / "log").write_text("no folder")
    with pytest.raises(StorageFailed):
        record(tmp_path / "written", _refused())
    _log(tmp_path).mkdir(parents=True)
    for ask in (lambda: refusals(tmp_path), lambda: record(tmp_path, _refused())):
        with pytest.raises(StorageFailed):
            ask()
