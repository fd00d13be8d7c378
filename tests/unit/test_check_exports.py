"""Every export, whole and with one fault: what holds for one of them holds for all."""

from collections.abc import Callable
from datetime import date, datetime

import polars as pl
import pytest

from ecosphere.contract import Column, Contract, Finding, Report, contracts
from ecosphere.contract.rules import SENTINELS
from tests.unit.faults import DAY, EN, ZH, codes, events, lifted, look, the

VALUES = {
    "id": "0001", "text": "x", "code": "x", "timestamp": DAY, "date": DAY.date(),
    "month": date(2026, 10, 1), "number": 1.0, "integer": 1, "flag": True,
}  # fmt: skip
TYPES = {"id": pl.String, "text": pl.String, "code": pl.String, "timestamp": pl.Datetime("us"),
         "date": pl.Date, "month": pl.Date, "number": pl.Float64, "integer": pl.Int64,
         "flag": pl.Boolean}  # fmt: skip
ALL = list(contracts().values())


def value(contract: Contract, column: Column) -> object:
    if column.references and column.references[0] == contract.name:
        return None  # the top of a tree
    one = column.codes[0] if column.type == "code" and column.codes else VALUES[column.type]
    return [one] if column.several else one


def rows(export: str, count: int = 1, **changed: object) -> pl.DataFrame:
    """Clean rows of an export, all columns filled; ids differ from row to row."""
    contract = contracts()[export]
    series = []
    for column in contract.columns:
        one = value(contract, column)
        given = [f"{i + 1:04d}" if one == "0001" else one for i in range(count)]
        if column.name in changed:
            given = [changed[column.name]] * count
        kind = TYPES[column.type]
        series.append(pl.Series(column.name, given, pl.List(kind) if column.several else kind))
    return pl.DataFrame(series)


def everything() -> dict[str, pl.DataFrame]:
    return {contract.name: rows(contract.name) for contract in ALL}


def columns(wanted: Callable[[Contract, Column], object]) -> list:
    """A test case for each column of each export that is wanted."""
    found = [(contract, column) for contract in ALL for column in contract.columns]
    return [pytest.param(*one, id=f"{one[0].name}.{one[1].name}") for one in found if wanted(*one)]


def own(contract: Contract, column: Column) -> bool:
    """Not one that history repeats: it is the same column of customers."""
    return not (contract.attributes_of and column.name in contracts()["customers"].names)


def with_events(contract: Contract, frame: pl.DataFrame, **others: pl.DataFrame) -> dict:
    return {"events": events(customer_id="0001")} | others | {contract.name: frame}


def test_a_clean_delivery_of_everything_has_no_finding(tmp_path):
    report = look(tmp_path, **everything())
    assert report.findings == ()
    assert set(report.sources) == set(contracts())
    assert all(source.rows_kept == 1 for source in report.sources.values())


def told(report: Report, *of: str) -> dict[tuple[str, str], Finding]:
    """The findings of these codes by export and column; their words name file and column."""
    found = [finding for finding in report.findings if finding.code in of]
    for finding in found:
        assert all(finding.file in finding.message(text) for text in (EN, ZH))
        assert all(finding.column in finding.message(text) for text in (EN, ZH))
    assert len({(f.export, f.column) for f in found}) == len(found)
    return {(finding.export, finding.column): finding for finding in found}


def places(wanted: Callable[[Contract, Column], object]) -> set[tuple[str, str]]:
    return {(c.name, column.name) for c in ALL for column in c.columns if wanted(c, column)}


def spoilt(where: set[tuple[str, str]], value: Callable[[Column], object]) -> dict:
    """Two rows of every export, with this value in these places."""
    changed = {c.name: {x.name: value(x) for x in c.columns if (c.name, x.name) in where}
               for c in ALL}  # fmt: skip
    return {name: rows(name, 2, **columns) for name, columns in changed.items()}


@pytest.mark.parametrize("first", [True, False], ids=["the first", "all others"])
def test_required_columns_that_are_missing(tmp_path, first):
    """Never all of them: a file without any column is no file."""
    required = {c.name: [x.name for x in c.columns if x.required] for c in ALL}
    missing = {name: all_[:1] if first else all_[1:] for name, all_ in required.items()}
    given = {name: frame.drop(missing[name]) for name, frame in everything().items()}
    found = told(look(tmp_path, **given), "missing_column", "renamed_column")
    assert set(found) == {(name, column) for name, columns in missing.items() for column in columns}


def test_values_that_must_be_there(tmp_path):
    asked = places(lambda contract, column: not column.nullable)
    found = told(look(tmp_path, **spoilt(asked, lambda column: None)), "null_key", "null_value")
    assert set(found) == asked
    keys = places(lambda contract, column: column.name in contract.key and not column.nullable)
    assert {place for place, f in found.items() if f.code == "null_key"} == keys
    assert {(f.count, f.severity) for f in found.values()} == {(2, "refuse")}


def test_a_key_that_comes_twice(tmp_path):
    twice = {name: pl.concat([frame, frame]) for name, frame in everything().items()}
    found = told(look(tmp_path, **twice), "duplicate_key")
    assert set(found) == {(c.name, " + ".join(c.key)) for c in ALL if c.key}
    assert {(f.count, f.example) for f in found.values()} == {(1, "#1, #2")}


@pytest.mark.parametrize(
    ("contract", "column"), columns(lambda c, column: column.name in c.key and column.nullable)
)
def test_null_is_one_value_of_a_key(tmp_path, contract, column):
    once, without = rows(contract.name), rows(contract.name, **{column.name: None})
    report = look(tmp_path, **with_events(contract, pl.concat([once, without])))
    assert codes(report) == set()
    report = look(tmp_path, **with_events(contract, pl.concat([once, without, without])))
    assert the(report, "duplicate_key").count == 1
    assert codes(report) == {"duplicate_key"}
    absent = pl.concat([once, once]).drop(column.name)
    assert codes(look(tmp_path, **with_events(contract, absent))) == {"duplicate_key"}


@pytest.mark.parametrize(
    ("day", "code"),
    [(SENTINELS[0], "sentinel_date"), (SENTINELS[1], "sentinel_date"),
     (SENTINELS[2], "sentinel_date"), (SENTINELS[3], "sentinel_date"),
     (date(1949, 12, 31), "early_date"), (date(2027, 5, 31), "future_date")],
)  # fmt: skip
def test_every_date_is_plausible(tmp_path, day, code):
    asked = places(lambda contract, column: column.dated and own(contract, column)
                   and not (column.future and code == "future_date"))  # fmt: skip
    found = told(look(tmp_path, **spoilt(asked, lambda column: when(column, day))), code)
    assert set(found) == asked
    for (export, name), finding in found.items():
        is_month = contracts()[export].column(name).type == "month"
        assert finding.example == str(day.replace(day=1) if is_month else day)
        assert (finding.count, finding.severity) == (2, "refuse")


def when(column: Column, day: date) -> date:
    return datetime(day.year, day.month, day.day) if column.type == "timestamp" else day


def is_closed(contract: Contract, column: Column) -> bool:
    listed = column.type == "code" and bool(column.values) and not column.open
    return listed and own(contract, column)


def test_every_closed_list_refuses_another_value(tmp_path):
    found = told(look(tmp_path, **spoilt(places(is_closed), lambda column: "other")), "not_allowed")
    assert set(found) == places(is_closed)
    assert {(f.count, f.values["found"]) for f in found.values()} == {(2, "other")}


def test_lists_are_closed_where_a_value_has_a_meaning_here():
    assert {f"{export}.{column}" for export, column in places(is_closed)} == {
        "events.event_type", "calendar.kind", "targets.kind", "partners.scene_category",
        "partners.operated_by", "partners.reach", "accounts.account_type", "branches.level",
        "partner_costs.kind", "survey_answers.respondent_kind", "survey_answers.survey_kind",
        "survey_answers.stage", "survey_invitations.survey_kind", "service_contacts.kind",
        "service_contacts.handled_by", "journey_steps.stage", "journey_steps.outcome",
        "initiatives.stage", "initiative_members.arm", "reference_figures.basis",
    }  # fmt: skip


def test_a_number_below_the_lowest(tmp_path):
    asked = places(lambda contract, column: column.at_least is not None)
    found = told(look(tmp_path, **spoilt(asked, lambda column: -1)), "too_low")
    assert set(found) == asked
    assert ("partner_costs", "amount") in asked
    assert {(f.count, f.values["expected"]) for f in found.values()} == {(2, "0")}


def test_a_number_that_is_none(tmp_path):
    frame = events(amount=[1.0, float("nan"), float("inf"), None])
    found = the(look(tmp_path, events=frame), "not_a_number")
    assert found.count == 2
    assert lifted(tmp_path, found).findings == ()


def ends(days: int) -> dict:
    """Every end moved; one that another end follows is moved less."""
    frames = everything()
    for contract in ALL:
        orders = [rule.columns[1] for rule in contract.rules if rule.kind == "not_before"]
        for place, name in enumerate(orders, start=1):
            earlier = pl.col(name) - pl.duration(days=days * place)
            kind = TYPES[contract.column(name).type]
            frames[contract.name] = frames[contract.name].with_columns(earlier.cast(kind))
    return frames


def test_an_end_before_its_beginning(tmp_path):
    found = told(look(tmp_path, **ends(days=1)), "wrong_order")
    rules = {(c.name, rule.columns[1]): rule.columns[0]
             for c in ALL for rule in c.rules if rule.kind == "not_before"}  # fmt: skip
    assert {place: finding.values["first"] for place, finding in found.items()} == rules
    assert len(rules) == 14
    assert found["accounts", "funded_at"].example == "2026-11-01 → 2026-10-31"


def test_an_end_on_the_same_day_is_no_fault(tmp_path):
    """Days without a time are midnight: what begins at nine may end on that day."""
    later = {c.name: {x.name: datetime(2026, 11, 1, 9) for x in c.columns if x.name == c.day
                      and x.type == "timestamp"} for c in ALL}  # fmt: skip
    report = look(tmp_path, **{name: rows(name, **changed) for name, changed in later.items()})
    assert report.findings == ()


@pytest.mark.parametrize(("score", "count"), [(0.0, 0), (10.0, 0), (10.5, 2), (-1.0, 2)])
def test_a_score_outside_its_scale(tmp_path, score, count):
    contract = contracts()["survey_answers"]
    frame = rows(contract.name, 2, score=score, scale_min=0.0, scale_max=10.0)
    report = look(tmp_path, **with_events(contract, frame))
    assert [f.count for f in report.findings if f.code == "outside_scale"] == [count] * bool(count)
    without = look(tmp_path, **with_events(contract, frame.drop("scale_min", "scale_max")))
    assert "outside_scale" not in codes(without)


@pytest.mark.parametrize("day", [date(2026, 10, 1), date(2026, 10, 17), date(2026, 10, 31)])
def test_any_day_of_a_month_is_that_month(tmp_path, day):
    contract = contracts()["partner_costs"]
    both = pl.concat([rows(contract.name), rows(contract.name, month=day)])
    report = look(tmp_path, **with_events(contract, both))
    assert codes(report) == {"duplicate_key"}
    assert report.sources[contract.name].last_day == date(2026, 10, 31)
