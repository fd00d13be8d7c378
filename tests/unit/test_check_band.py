"""Days that hold far fewer or far more rows than the same weekday around them."""

from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from ecosphere.contract import Finding, Report
from tests.unit.faults import TODAY, codes, events, lifted, look, the

WEEKS = 10
FIRST = TODAY - timedelta(weeks=WEEKS)
ODD = TODAY - timedelta(weeks=3)
USUAL = 120


def days(usual: int = USUAL, column: str = "occurred_at", **odd: int) -> pl.DataFrame:
    """As many rows on every day, but on the odd ones, which are named by their date."""
    counts = {FIRST + timedelta(days=n): usual for n in range(7 * WEEKS + 1)}
    counts |= {date.fromisoformat(day): count for day, count in odd.items()}
    when = [
        datetime(day.year, day.month, day.day, 9) for day, n in counts.items() for _ in range(n)
    ]
    return events(len(when)).with_columns(pl.Series(column, when))


def on(day: date, count: int, usual: int = USUAL) -> pl.DataFrame:
    return days(usual, **{day.isoformat(): count})


def odd_days(folder: Path, frame: pl.DataFrame, mapping: str = "", **more: pl.DataFrame) -> Report:
    return look(folder, mapping, events=frame, **more)


@pytest.mark.parametrize("count", [USUAL // 2, USUAL, 2 * USUAL])
def test_half_and_double_are_still_usual(tmp_path, count):
    assert odd_days(tmp_path, on(ODD, count)).findings == ()


@pytest.mark.parametrize("count", [0, USUAL // 2 - 1, 2 * USUAL + 1])
def test_a_day_outside_the_band_is_noticed(tmp_path, count):
    report = odd_days(tmp_path, on(ODD, count))
    found = the(report, "outside_band")
    assert (found.severity, found.count, found.example) == ("notice", 1, str(ODD))
    assert (found.values["found"], found.values["expected"]) == (str(count), str(USUAL))
    assert not report.refused


def test_the_mapping_makes_it_refuse_or_leaves_it_out(tmp_path):
    frame = on(ODD, 10)
    found = the(odd_days(tmp_path, frame), "outside_band")
    assert the(lifted(tmp_path, found, events=frame), "outside_band").severity == "refuse"
    assert odd_days(tmp_path, frame, '[events]\nband = "off"').findings == ()


def test_the_day_that_differs_most_stands_for_all(tmp_path):
    other = ODD + timedelta(days=1)
    found = the(odd_days(tmp_path, days(**{str(ODD): 50, str(other): 9})), "outside_band")
    assert (found.count, found.example) == (2, str(other))


def test_few_rows_a_day_change_by_chance(tmp_path):
    assert odd_days(tmp_path, on(ODD, 0, usual=99)).findings == ()
    assert the(odd_days(tmp_path, on(ODD, 0, usual=100)), "outside_band").count == 1


def test_a_day_that_is_not_over_is_not_judged(tmp_path):
    assert odd_days(tmp_path, on(TODAY, 1)).findings == ()
    assert the(odd_days(tmp_path, on(TODAY - timedelta(days=1), 1)), "outside_band").count == 1


def test_weekdays_are_compared_with_their_like(tmp_path):
    sundays = {str(FIRST + timedelta(days=n)): 10 for n in range(7 * WEEKS + 1)
               if (FIRST + timedelta(days=n)).weekday() == 6}  # fmt: skip
    assert odd_days(tmp_path, days(**sundays)).findings == ()


def calendar(day: date, kind: str) -> pl.DataFrame:
    return pl.DataFrame({"on": [day], "kind": [kind], "label": ["x"]})


@pytest.mark.parametrize(
    ("kind", "away", "excused"),
    [("holiday", 0, True), ("holiday", 1, False), ("campaign", 0, False),
     ("spring_festival", 7, True), ("spring_festival", 8, False),
     ("spring_festival", -15, True), ("spring_festival", -16, False)],
)  # fmt: skip
def test_holidays_and_spring_festival_are_excused(tmp_path, kind, away, excused):
    note = calendar(ODD + timedelta(days=away), kind)
    report = odd_days(tmp_path, on(ODD, 10), calendar=note)
    assert codes(report) == (set() if excused else {"outside_band"})


NULLS = {"is_initiated": None, "event_type": None}


@pytest.mark.parametrize("usual", [NULLS, {"is_initiated": True, "event_type": "open"}])
@pytest.mark.parametrize(
    ("told", "by_system"),
    [({"is_initiated": False}, True), ({"event_type": "interest"}, True),
     ({"event_type": "interest", "is_initiated": None}, True),
     ({"event_type": "login"}, False), ({"is_initiated": True}, False)],
)  # fmt: skip
def test_a_day_of_interest_is_usual(tmp_path, usual, told, by_system):
    """What the system writes comes on days of its own."""
    at = datetime(ODD.year, ODD.month, ODD.day, 9)
    extra = days()[: 3 * USUAL].with_columns(
        pl.lit(at).alias("occurred_at"), ("x" + pl.col("customer_id")).alias("customer_id")
    )
    kinds = {"is_initiated": pl.Boolean, "event_type": pl.String}
    parts = [
        frame.with_columns(pl.lit(says[name], dtype=kind).alias(name)
                           for name, kind in kinds.items())
        for frame, says in ((days(), usual), (extra, usual | told))
    ]  # fmt: skip
    assert ("outside_band" in codes(odd_days(tmp_path, pl.concat(parts)))) != by_system


def test_the_file_is_named_that_holds_the_day_or_the_one_beside_it(tmp_path):
    folder = tmp_path / "events"
    folder.mkdir()
    frame = on(ODD, 0).with_columns(pl.col("occurred_at").dt.strftime("%Y-%m").alias("month"))
    for (month,), part in frame.group_by("month"):
        part.drop("month").write_parquet(folder / f"{month}.parquet")
    found: Finding = the(look(tmp_path), "outside_band")
    assert found.file == f"events/{ODD:%Y-%m}.parquet"


def test_other_exports_are_judged_when_they_come_daily(tmp_path):
    frame = on(ODD, 10)
    contacts = frame.select(
        pl.int_range(pl.len()).cast(pl.String).alias("contact_id"), "customer_id",
        pl.col("occurred_at").alias("started_at"), pl.lit("app").alias("channel"),
    )  # fmt: skip
    report = look(tmp_path, events=events(), service_contacts=contacts)
    assert the(report, "outside_band").export == "service_contacts"
    accounts = contacts.select(pl.col("contact_id").alias("account_id"), "customer_id",
                               pl.col("started_at").alias("opened_at"))  # fmt: skip
    (tmp_path / "service_contacts.parquet").unlink()
    assert look(tmp_path, events=events(), accounts=accounts).findings == ()
