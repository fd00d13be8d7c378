"""What a bank prepares: contracts to take away, a mapping to start from, one check at a time."""

import csv
import io
from datetime import date, datetime
from pathlib import Path
from threading import Event
from time import monotonic, sleep

import polars as pl
import pytest

from ecosphere.config import Config, Exports
from ecosphere.contract import check, contracts, read_mapping
from ecosphere.delivery import Asked, Checks, Outcome, Proposal, as_csv, as_markdown, propose
from ecosphere.delivery import checks as running
from ecosphere.engines import duckdb
from ecosphere.text import Text

EN, ZH = Text("en"), Text("zh")
TODAY = date(2026, 11, 23)
PATIENCE_S = 30


def _proposed(folder: Path, **files: pl.DataFrame) -> Proposal:
    for name, frame in files.items():
        frame.write_parquet(folder / f"{name}.parquet")
    return propose(duckdb.scratch(), folder)


def _own(folder: Path) -> Proposal:
    """A bank's own files: another name for each thing, one file a month, days as text."""

    def month(day: str) -> pl.DataFrame:
        return pl.DataFrame({
            "CUST_NO": ["a1", "a2"], "TX_DT": [day, day], "CHNL": ["kiosk", "app"],
            "SELF_FLG": ["Y", "N"], "MOBILE": ["13800138000", "13900139000"],
        })  # fmt: skip

    customers = pl.DataFrame({"cust_id": ["a1", "a2"], "segment": ["mass", "young"]})
    return _proposed(folder, T_EVT_202609=month("20260930"), T_EVT_202610=month("20261031"),
                     customers=customers, zzz=pl.DataFrame({"a": [1]}))  # fmt: skip


def test_every_column_of_every_contract_is_in_both_files() -> None:
    wanted = {(c.name, column.name) for c in contracts().values() for column in c.columns}
    for text in (EN, ZH):
        content = as_csv(contracts().values(), text).decode("utf-8-sig")
        rows = [tuple(row[:2]) for row in csv.reader(io.StringIO(content))]
        assert set(rows[1:]) == wanted
        sections = as_markdown(contracts().values(), text).split("\n## ")[1:]
        told = {(section.split(" ")[0], line.split(" | ")[0].removeprefix("| "))
                for section in sections for line in section.splitlines()[6:]
                if line.startswith("| ")}  # fmt: skip
        assert told == wanted


def test_a_contract_says_type_need_key_reference_values_and_an_example() -> None:
    rows = {(row["Export"], row["Column"]): row for row in csv.DictReader(
        io.StringIO(as_csv(contracts().values(), EN).decode("utf-8-sig")))}  # fmt: skip
    person = rows["events", "customer_id"]
    assert (person["Type"], person["Needed"]) == ("id", "yes, may be empty")
    assert person["Refers to"] == "customers.customer_id"
    assert rows["customers", "customer_id"]["Key"] == "Yes"
    assert rows["customers", "customer_id"]["Needed"] == "in every row"
    kinds = rows["events", "event_type"]["Allowed"]
    assert kinds == ", ".join(contracts()["events"].column("event_type").codes)
    assert rows["events", "channel"]["Allowed"].endswith(", or the bank's own")
    assert all(row["Example"] for row in rows.values())


def test_the_examples_keep_the_contract(tmp_path: Path) -> None:
    """A file of nothing but the examples of `events` passes."""
    said = {row["Column"]: row["Example"] for row in csv.DictReader(
        io.StringIO(as_csv([contracts()["events"]], EN).decode("utf-8-sig")))}  # fmt: skip
    when = datetime.fromisoformat(said["occurred_at"])
    typed = {**said, "occurred_at": when, "amount": float(said["amount"]), "is_initiated": True}
    pl.DataFrame({name: [value] for name, value in typed.items()}).write_parquet(
        tmp_path / "events.parquet"
    )
    report = check(duckdb.scratch(), tmp_path, read_mapping(None), "UTC", TODAY)
    assert [f.code for f in report.findings if f.severity == "refuse"] == []


def test_a_mapping_is_proposed_from_the_files_and_can_be_used(tmp_path: Path) -> None:
    written = _own(tmp_path).toml(EN)
    lines = written.splitlines()
    assert 'file = "T_EVT_*.parquet"' in lines
    assert 'customer_id = "CUST_NO"' in lines
    assert 'occurred_at = { from = "TX_DT", date = "yyyymmdd" }' in lines
    assert 'customer_id = "cust_id"' in lines
    (tmp_path / "mapping.toml").write_text(written, encoding="utf-8")
    mapping = read_mapping(tmp_path / "mapping.toml")
    report = check(duckdb.scratch(), tmp_path, mapping, "UTC", TODAY)
    refusing = {f.code for f in report.findings if f.severity == "refuse"}
    assert refusing == {"personal_name"}  # of MOBILE, which no mapping should put right
    assert report.sources["events"].rows_in == 4


def test_what_is_only_likely_stands_behind_a_sign(tmp_path: Path) -> None:
    written = _own(tmp_path).toml(EN)
    assert '# channel = "CHNL"' in written
    assert '\nchannel = "CHNL"' not in written
    assert "MOBILE" not in written  # a column that looks personal is offered for nothing
    assert "zzz" in written.splitlines()[-1]


@pytest.mark.parametrize("text", [EN, ZH])
def test_no_value_of_a_file_is_in_a_proposal(tmp_path: Path, text: Text) -> None:
    written = _own(tmp_path).toml(text)
    for value in ("a1", "kiosk", "13800138000", "young", "20261031"):
        assert value not in written


def test_files_by_our_names_need_no_mapping(tmp_path: Path) -> None:
    frame = pl.DataFrame({"customer_id": ["a"], "occurred_at": [datetime(2026, 11, 1)]})
    (tmp_path / "events" / "day=2026-11-01").mkdir(parents=True)
    frame.write_parquet(tmp_path / "events" / "day=2026-11-01" / "part.parquet")
    found = propose(duckdb.scratch(), tmp_path)
    assert not found.is_needed
    assert [part.export for part in found.parts] == ["events"]


def test_a_required_column_that_nothing_may_be_is_named(tmp_path: Path) -> None:
    frame = pl.DataFrame({"customer_id": ["a"], "amount": [1.0]})
    found = _proposed(tmp_path, events=frame)
    assert found.parts[0].missing == ("occurred_at",)
    assert "# Required, but nothing was found for: occurred_at" in found.toml(EN)


def test_a_line_break_in_a_name_cannot_leave_its_comment(tmp_path: Path) -> None:
    frame = pl.DataFrame({"customer_id": ["a"], "occurred_at": [datetime(2026, 11, 1)],
                          "odd\n[customers]": [1]})  # fmt: skip
    found = _proposed(tmp_path, events=frame, **{"odd\n[x]": frame})
    (tmp_path / "mapping.toml").write_text(found.toml(EN), encoding="utf-8")
    assert {one.export for one in read_mapping(tmp_path / "mapping.toml").exports} <= {"events"}


def test_a_damaged_file_is_left_to_the_check(tmp_path: Path) -> None:
    (tmp_path / "events.parquet").write_bytes(b"PAR1 and nothing else")
    assert propose(duckdb.scratch(), tmp_path).parts == ()


def _asked(home: Path, folder: Path) -> Asked:
    found = Asked.of(home, Config(exports=Exports(str(folder))))
    assert found
    return found


def _ended(checks: Checks, asked: Asked) -> Outcome:
    end = monotonic() + PATIENCE_S
    while not (found := checks.last(asked)) and monotonic() < end:
        sleep(0.02)
    assert found
    assert checks.running is None
    return found


def test_without_a_folder_in_the_settings_nothing_can_be_asked(tmp_path: Path) -> None:
    assert Asked.of(tmp_path, Config()) is None


def test_a_second_check_does_not_begin_while_one_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_end, order = Event(), []

    def slow(asked: Asked, tell: object) -> Outcome:
        order.append(asked)
        assert may_end.wait(PATIENCE_S)
        return Outcome(asked, datetime(2026, 11, 23))

    monkeypatch.setattr(running, "_checked", slow)
    checks, first, second = Checks(), _asked(tmp_path, tmp_path / "a"), _asked(tmp_path, tmp_path)
    assert checks.start(first)
    assert not checks.start(second)
    assert checks.running
    assert checks.last(first) is None
    may_end.set()
    _ended(checks, first)
    assert checks.last(second) is None  # the answer to another question
    assert checks.start(second)
    _ended(checks, second)
    assert order == [first, second]


def test_a_check_writes_nothing_and_leaves_nothing_in_home(tmp_path: Path) -> None:
    home, folder = tmp_path / "home", tmp_path / "exports"
    (home / "check-left").mkdir(parents=True)  # by a server that was killed
    folder.mkdir()
    pl.DataFrame({"customer_id": ["a"], "occurred_at": [datetime(2026, 11, 1)]}).write_parquet(
        folder / "events.parquet"
    )
    outcome = _ended_after(_asked(home, folder))
    assert outcome.report
    assert not outcome.report.refused
    assert list(home.iterdir()) == []
    assert [path.name for path in folder.iterdir()] == ["events.parquet"]


def _ended_after(asked: Asked) -> Outcome:
    checks = Checks()
    assert checks.start(asked)
    return _ended(checks, asked)


def test_whatever_happens_in_the_thread_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = Asked(tmp_path, tmp_path, tmp_path / "no.toml", "UTC")
    assert _key(_ended_after(wrong)) == "mapping_missing"
    assert _key(_ended_after(_asked(tmp_path / "gone", tmp_path))) == "storage"
    absent = _ended_after(_asked(tmp_path, tmp_path / "gone"))
    assert absent.report
    assert [finding.code for finding in absent.report.findings] == ["no_folder"]

    def fault(*_: object) -> None:
        raise RuntimeError("13800138000")

    monkeypatch.setattr(running, "_checked", fault)
    outcome = _ended_after(_asked(tmp_path, tmp_path))
    assert _key(outcome) == "check_broke_off"
    assert outcome.problem
    assert "13800138000" not in EN.problem(outcome.problem)


def _key(outcome: Outcome) -> str:
    assert outcome.problem
    return outcome.problem.key


def test_a_report_for_a_screen_holds_no_value(tmp_path: Path) -> None:
    """Faults whose example the command line prints, since it is nobody's own: none is told here."""
    values = {"joined_on": "2099-05-05", "segment": "Wang Fang", "event_type": "Li Na"}
    pl.DataFrame(
        {
            "customer_id": ["a"],
            "segment": [values["segment"] + "\ufffd"],
            "joined_on": [date(2099, 5, 5)],
        }
    ).write_parquet(tmp_path / "customers.parquet")
    pl.DataFrame({"customer_id": ["a"], "occurred_at": [datetime(2026, 11, 1)],
                  "event_type": [values["event_type"]], "amount": [float("nan")]}
                 ).write_parquet(tmp_path / "events.parquet")  # fmt: skip
    outcome = _ended_after(_asked(tmp_path, tmp_path))
    assert outcome.report
    told = "\n".join(f.message(text) for f in outcome.report.findings for text in (EN, ZH))
    assert {"future_date", "not_allowed"} <= {f.code for f in outcome.report.findings}
    assert [value for value in values.values() if value in told] == []
    assert all(value not in repr(outcome.report.findings) for value in values.values())
