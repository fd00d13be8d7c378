"""What a generation tells of its exports, of its own sums, and of who is known: by hand."""

import json
from datetime import date, datetime, timedelta

import polars as pl
import pytest

from ecosphere import journal
from ecosphere.export.rows import csv_bytes, json_bytes, parquet_bytes
from ecosphere.library import questions
from ecosphere.model import Filters, Problem, Role
from tests.spec import oracle
from tests.spec.exports import EVERYTHING
from tests.spec.health import Bank, ask, changed, events, every_day, people, rows

JAN, FEB, MAR = date(2026, 1, 15), date(2026, 2, 15), date(2026, 3, 15)


@pytest.fixture
def bank(tmp_path) -> Bank:
    return Bank(tmp_path)


def of_export(source, name, **asked):
    return next(row for row in rows(source, "exports", **asked) if row["export"] == name)


def test_events_alone_tell_of_themselves_and_nothing_else(bank):
    source = bank.serve(events=events(people(3), JAN, FEB))
    (told,) = rows(source, "exports")
    assert told["export"] == "events"
    assert told["data_to"] == FEB
    assert told["age_days"] == (bank.today - FEB).days
    assert (told["files"], told["rows_in"], told["kept"], told["quarantined"]) == (1, 6, 6, 0)
    nothing = ("consent", "quarantine", "reconciliation", "refusals", "attributes")
    assert [name for name in nothing if rows(source, name)] == []


def test_rows_set_aside_are_told_by_rule_and_column(bank):
    # a visit in the year 2031 and one in 1899 among 4,000: two rules, one row each
    days = every_day(date(2026, 1, 1), date(2026, 2, 9))
    odd = [*events(["c000"], date(2031, 1, 1)), *events(["c000"], date(1899, 1, 1))]
    source = bank.serve(events=[*events(people(100), *days), *odd])
    told = of_export(source, "events")
    assert (told["rows_in"], told["quarantined"], told["kept"]) == (4002, 2, 4000)
    assert {(r["rule"], r["column_name"], r["rows_aside"]) for r in rows(source, "quarantine")} == {
        ("future_date", "occurred_at", 1),
        ("early_date", "occurred_at", 1),
    }


def test_an_export_of_months_speaks_of_its_last_month_to_the_end(bank):
    target = {"metric": "mau", "month": date(2026, 3, 1), "value": 5.0}
    figure = {"metric": "mau", "month": date(2026, 2, 1), "value": 5.0, "source": "report"}
    source = bank.serve(
        events=events(people(3), JAN, MAR), targets=[target], reference_figures=[figure]
    )
    assert of_export(source, "reference_figures")["data_to"] == date(2026, 2, 28)


def test_people_without_consent_are_withheld_and_hidden_while_they_are_few(bank):
    customers = [
        {"customer_id": name, "consent_analytics": number >= 12}
        for number, name in enumerate(people(60))
    ]
    source = bank.serve(events=events(people(60), JAN), customers=customers)
    for role, is_shown in ((Role("one", k=12), True), (Role("two", k=13), False)):
        told = of_export(source, "customers", role=role), of_export(source, "events", role=role)
        shown = [(row["rows_in"], row["kept"], row["withheld"]) for row in told]
        assert shown == ([(60, 48, 12)] * 2 if is_shown else [(60, None, None)] * 2)
        (consent,) = rows(source, "consent", role=role)
        found = (consent["customers"], consent["consenting"], consent["not_consenting"])
        assert found == ((60, 48, 12) if is_shown else (60, None, None))


def test_where_consent_is_not_delivered_nothing_is_said_of_it(bank):
    customers = [{"customer_id": name, "segment": "mass"} for name in people(3)]
    source = bank.serve(events=events(people(3), JAN), customers=customers)
    assert rows(source, "consent") == []


def test_a_day_without_rows_is_a_gap_and_not_a_hidden_number(bank):
    days = every_day(date(2026, 1, 1), date(2026, 3, 1))
    gap, few = date(2026, 2, 20), date(2026, 2, 23)
    usual = [day for day in days if day not in (gap, few)]
    told = [*events(people(20), *usual), *events(people(4), few)]
    source = bank.serve(events=told)
    found = {row["day"]: row for row in rows(source, "days", role=Role("reader", k=10))}
    assert len(found) == len(days)
    assert (found[gap]["rows"], found[gap]["hidden"]) == (0, False)
    assert (found[few]["rows"], found[few]["hidden"]) == (None, True)
    usual_day = found[date(2026, 2, 26)]
    assert (usual_day["rows"], usual_day["usual_rows"], usual_day["share_of_usual"]) == (20, 20, 1)


def test_an_export_that_does_not_come_by_day_has_no_gaps(bank):
    source = bank.serve(events=events(people(20), JAN, FEB))
    assert rows(source, "days") == []


def test_events_are_told_by_who_is_behind_them(bank):
    # c000 is known in his own app, linked in the partner's, dan has not consented, u9 is nobody
    customers = [
        {"customer_id": "c000", "consent_analytics": True},
        {"customer_id": "dan", "consent_analytics": False},
    ]
    told = [
        {"customer_id": who, "occurred_at": datetime(2026, 1, day, 12), "partner_id": partner,
         "scene_user_id": user}
        for who, day, partner, user in (
            ("c000", 2, "own", None), ("c000", 3, "own", None), ("c000", 4, "vid", "u1"),
            (None, 5, "vid", "u1"), (None, 6, "vid", "u9"), ("dan", 7, "own", None),
        )
    ]  # fmt: skip
    source = bank.serve(events=told, customers=customers)
    (month,) = rows(source, "match")
    parts = ("events", "events_known", "events_linked", "events_unmatched", "events_withheld")
    assert [month[part] for part in parts] == [6, 3, 1, 1, 1]
    assert month["match_share"] == pytest.approx(4 / 6)
    by_partner = {row["partner_id"]: row for row in rows(source, "match_partners")}
    assert [by_partner["own"][part] for part in parts] == [3, 2, 0, 0, 1]
    assert [by_partner["vid"][part] for part in parts] == [3, 1, 1, 1, 0]


def test_few_events_of_nobody_are_hidden_with_what_would_give_them_away(bank):
    told = [*events(people(30), JAN), *events([None], JAN, date(2026, 1, 16), scene_user_id="u1")]
    told = [{"scene_user_id": None, **row} for row in told]
    source = bank.serve(events=told)
    (month,) = rows(source, "match", role=Role("reader", k=10))
    assert (month["events"], month["events_unmatched"], month["events_known"]) == (32, None, None)
    assert month["match_share"] is None


def test_every_month_adds_up_and_one_that_does_not_is_told(bank):
    source = bank.serve(events=[*events(people(5), JAN, FEB), *events(people(3), MAR)])
    missed = ("missed_by_parts", "missed_by_change", "missed_by_scenes")
    found = [[row[name] for name in missed] for row in rows(source, "identities")]
    assert found == [[0, None, 0], [0, 0, 0], [0, 0, 0]]
    with changed(bank.home) as stage:
        stage.execute("update stage.stored.active_month set new = new + 2 where month % 12 = 1 "
                      "and definition = 1")  # fmt: skip
    found = [[row[name] for name in missed] for row in rows(bank.open(), "identities")]
    assert found == [[0, None, 0], [-2, -2, 0], [0, 0, 0]]


def test_what_was_made_again_is_told_with_its_cause(bank):
    bank.deliver(events=events(people(12), JAN, FEB))
    bank.build()
    assert {row["cause"] for row in rows(bank.open(), "redone")} == {"rebuilt"}
    bank.deliver(events=events(people(12), JAN, FEB, MAR))
    bank.build()
    found = {(str(row["month"])[:7], row["cause"]): row for row in rows(bank.open(), "redone")}
    assert found["2026-03", "delivered"]["files_reached"] == 1
    assert found["2026-03", "delivered"]["people_reached"] is None


def test_attributes_are_told_with_their_cells(bank):
    customers = [
        {"customer_id": name, "official_tier": tier, "segment": segment}
        for name, tier, segment in zip(
            people(4), ("mass", "mass", "wealth", "wealth"), "aabb", strict=True
        )
    ]
    source = bank.serve(events=events(people(4), JAN), customers=customers)
    found = {row["attribute"]: row for row in rows(source, "attributes")}
    assert (found["official_tier"]["cells"], found["segment"]["cells"]) == (2, 2)
    assert found["segment"]["is_carried"]


def test_a_refusal_is_told_at_once_with_its_fault_and_no_value(bank):
    source = bank.serve(events=events(people(3), JAN))
    assert rows(source, "refusals") == []
    found = journal.Found("orphan", "refuse", "events", "events.parquet", "partner_id", 7)
    at = datetime.now().astimezone() + timedelta(hours=1)
    refused = journal.Entry(at, "build", "refused", 3, 1.0, findings=(found,))
    journal.record(bank.home.path, refused)
    (row,) = rows(source, "refusals")  # of the source that was open already
    assert row["is_since"]
    told = ("rule", "export", "file", "column_name", "rows_found", "exit_code")
    assert [row[name] for name in told] == [
        "orphan", "events", "events.parquet", "partner_id", 7, 3,
    ]  # fmt: skip


def test_what_speaks_of_people_of_the_whole_bank_is_empty_for_a_part(bank):
    customers = [
        {"customer_id": name, "official_tier": "mass", "consent_analytics": True}
        for name in people(30)
    ]
    figure = {"metric": "mau", "month": date(2026, 1, 1), "value": 5.0, "source": "report"}
    source = bank.serve(
        events=events(people(30), JAN, FEB), customers=customers, reference_figures=[figure]
    )
    who = Filters.of({"official_tier": ["mass"]}).who
    names = ("match", "match_partners", "consent", "identities", "reconciliation", "restated")
    assert [name for name in names if not rows(source, name)] == []
    for asked in ({"who": who}, {"role": Role("part", k=1, rows=who)}):
        assert [name for name in names if rows(source, name, **asked)] == []


def test_an_option_that_is_not_there_is_refused(bank):
    source = bank.serve(events=events(people(3), JAN))
    with pytest.raises(Problem, match="unknown_option"):
        ask(source, "match", options={"definition": "opened"})


def test_no_id_of_a_person_stands_in_any_answer(sample):
    """Every text of every table, against every id of the sample."""
    ids = {*sample.world.customers, *(e.scene_user_id for e in sample.world.events)} - {None}
    for name in questions():
        table = sample.source.ask(name, Filters(), {}, EVERYTHING).table
        texts = {str(value) for row in table.rows() for value in row if isinstance(value, str)}
        assert texts & ids == set(), name


def test_every_table_leaves_as_csv_json_and_parquet_with_its_columns(sample):
    """Also those with several columns of text, of which none may start a formula."""
    for name in questions():
        released = sample.source.ask(name, Filters(), {}, EVERYTHING)
        columns = [name for name in released.table.columns if name != "hidden"]
        read = pl.read_csv(csv_bytes(released), infer_schema=False)
        assert [name for name in read.columns if name in columns] == columns
        assert read.height == released.table.height
        assert pl.read_parquet(parquet_bytes(released)).height == read.height
        assert len(json.loads(json_bytes(released))) == read.height


def test_a_text_in_any_column_cannot_become_a_formula(bank):
    figure = {"metric": "mau", "month": date(2026, 1, 1), "value": 3.0, "source": "=1+1",
              "reason": "@sum", "reason_en": "plain"}  # fmt: skip
    source = bank.serve(events=events(people(3), JAN, FEB), reference_figures=[figure])
    line = csv_bytes(ask(source, "reconciliation")).decode("utf-8-sig").splitlines()[1]
    assert "'=1+1" in line
    assert "'@sum" in line
    assert "'plain" not in line


def test_match_coverage_of_the_sample_is_that_of_plain_python(sample):
    """Events of the sample by who is behind them, counted one by one."""
    source, world = sample.source, sample.world
    links = oracle.links(world, source.catalog.as_of)
    consenting = {name for name, row in world.customers.items() if row["consent_analytics"]}
    count: dict[date, list[int]] = {}
    for event in world.events:
        day = event.occurred_at.date()
        pair = links.get((event.partner_id, event.scene_user_id)) if event.scene_user_id else None
        person = event.customer_id or (pair and oracle.linked(pair, day))
        place = (
            2 if person is None
            else 3 if person not in consenting
            else 0 if event.customer_id else 1
        )  # fmt: skip
        count.setdefault(oracle.month_of(day), [0, 0, 0, 0])[place] += 1
    parts = ("events_known", "events_linked", "events_unmatched", "events_withheld")
    found = {row["month"]: [row[part] for part in parts] for row in rows(source, "match")}
    assert found == count
    assert ask(source, "match").table["events"].sum() == len(world.events)
