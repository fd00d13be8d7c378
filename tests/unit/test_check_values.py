"""Faults of values and rows that `check` must name."""

from datetime import date, datetime

import polars as pl
import pytest

from tests.unit.faults import DAY, EN, codes, events, lifted, look, the

# Values


def test_null_keys(tmp_path):
    customers = pl.DataFrame({"customer_id": ["a", None, None]})
    found = the(look(tmp_path, events=events(), customers=customers), "null_key")
    assert (found.count, found.example) == (2, "#2")
    report = lifted(tmp_path, found)
    assert "null_key" not in codes(report)
    assert report.sources["customers"].dropped == 2


def test_a_row_with_neither_id(tmp_path):
    frame = events(customer_id=["a", "b", None, None], scene_user_id=[None, "u", "u", None])
    found = the(look(tmp_path, events=frame), "neither")
    assert (found.count, found.example, found.severity) == (1, "#4", "refuse")
    assert found.values["line"] == 'drop_null = [["customer_id", "scene_user_id"]]'
    report = lifted(tmp_path, found, events=frame)
    assert report.findings == ()
    assert report.sources["events"].dropped == 1  # the scene users stay


def test_an_empty_time(tmp_path):
    frame = events(occurred_at=[DAY, DAY, None, None])
    found = the(look(tmp_path, events=frame), "null_value")
    assert found.count == 2
    assert not lifted(tmp_path, found).refused


def test_duplicate_keys(tmp_path):
    customers = pl.DataFrame({"customer_id": ["a", "a", "a", "b", "b", "c"]})
    found = the(
        look(tmp_path, events=events(customer_id="a"), customers=customers), "duplicate_key"
    )
    assert (found.count, found.values["groups"]) == (3, "2")
    assert found.example == "#1, #2"  # rows, never the id itself


def test_a_null_in_an_optional_part_of_a_key_is_one_value_of_it(tmp_path):
    targets = pl.DataFrame({
        "metric": ["mau", "mau", "mau"], "month": ["2026-01", "2026-01", "2026-02"],
        "value": [1.0, 2.0, 3.0], "dimension": [None, None, "x"],
    })  # fmt: skip
    report = look(tmp_path, events=events(), targets=targets)
    assert the(report, "duplicate_key").count == 1
    assert codes(report) == {"duplicate_key"}


def test_a_repeated_event_id(tmp_path):
    found = the(look(tmp_path, events=events(event_id=["1", "2", "2", None])), "duplicate_value")
    assert (found.column, found.count) == ("event_id", 1)


def test_a_text_that_stands_for_no_id(tmp_path):
    found = the(look(tmp_path, events=events(partner_id=["p", "", "NULL", "p"])), "null_text")
    assert found.count == 2
    assert lifted(tmp_path, found).findings == ()


def test_a_date_that_stands_for_none(tmp_path):
    partners = pl.DataFrame(
        {"partner_id": ["a", "b"], "ended_on": [date(2026, 1, 1), date(9999, 12, 31)]}
    )
    found = the(look(tmp_path, events=events(), partners=partners), "sentinel_date")
    assert (found.example, found.count) == ("9999-12-31", 1)
    assert lifted(tmp_path, found).findings == ()


@pytest.mark.parametrize(
    ("day", "code"),
    [(datetime(2026, 11, 25), "future_date"), (datetime(1999, 12, 31), "early_date")],
)
def test_implausible_days(tmp_path, day, code):
    few = [DAY] * 1999 + [day]
    frame = events(2000, occurred_at=few)
    assert the(look(tmp_path, events=frame), code).severity == "quarantine"
    frame = events(2000, occurred_at=few[3:] + [day] * 3)  # 0.2 %
    found = the(look(tmp_path, events=frame), code)
    assert (found.severity, found.count) == ("refuse", 4)


def test_tomorrow_is_plausible(tmp_path):
    frame = events(occurred_at=datetime(2026, 11, 24, 23))
    assert look(tmp_path, events=frame).findings == ()


def test_a_day_that_cannot_be_read(tmp_path):
    frame = events(occurred_at=["20261101", "20261102", "20261103", "2026-1-4"])
    mapping = '[events.columns]\noccurred_at = { from = "occurred_at", date = "yyyymmdd" }'
    found = the(look(tmp_path, mapping, events=frame), "unreadable_value")
    assert (found.count, found.example) == (1, "2026-1-4")


def test_values_outside_the_list(tmp_path):
    found = the(
        look(tmp_path, events=events(event_type=["Open", "Open", "fax", "login"])), "not_allowed"
    )
    assert (found.count, found.values["found"]) == (3, "Open, fax")
    assert "auto_debit" in found.message(EN)
    assert 'Open = "open"' in found.values["line"]


def test_an_open_list_takes_any_value(tmp_path):
    partners = pl.DataFrame({"partner_id": ["a"], "scene": ["gardening"]})
    assert look(tmp_path, events=events(), partners=partners).findings == ()


@pytest.mark.parametrize("text", ["支付\ufffd", "锟斤拷", "鍖椾含閾惰", "ä¸­æ–‡", "ÖÐ¹úÒøÐÐ"])
def test_garbled_text(tmp_path, text):
    partners = pl.DataFrame({"partner_id": ["a", "b"], "name": ["美团", text]})
    assert the(look(tmp_path, events=events(), partners=partners), "mojibake").count == 1


@pytest.mark.parametrize(
    "text", ["浏阳河外卖", "骞骞", "Müller & Söhne", "Crédit Agricole", "鏞城"]
)
def test_text_that_is_only_unusual(tmp_path, text):
    partners = pl.DataFrame({"partner_id": ["a"], "name": [text]})
    assert look(tmp_path, events=events(), partners=partners).findings == ()


# Between rows and exports


def test_two_files_of_equal_content_and_identical_rows(tmp_path):
    folder = tmp_path / "events"
    folder.mkdir()
    for name in ("monday", "tuesday"):
        events().write_parquet(folder / f"{name}.parquet")
    report = look(tmp_path)
    found = the(report, "same_content")
    assert (found.file, found.values["other"]) == (
        "events/tuesday.parquet",
        "events/monday.parquet",
    )
    assert the(report, "identical_rows").count == 4


def test_a_few_identical_rows_are_counted_and_kept(tmp_path):
    frame = events(200)
    report = look(tmp_path, events=pl.concat([frame, frame.head(1)]))
    assert (the(report, "identical_rows").severity, report.refused) == ("notice", False)


def test_orphans(tmp_path):
    customers = pl.DataFrame({"customer_id": [f"c{i:04d}" for i in range(2000)]})
    frame = events(2001)  # one more than there are customers
    found = the(look(tmp_path, events=frame, customers=customers), "orphan")
    assert (found.count, found.severity, found.example) == (1, "quarantine", "#2001")
    found = the(look(tmp_path, events=events(2010), customers=customers), "orphan")
    assert (found.count, found.severity) == (10, "refuse")


def test_ids_that_match_only_when_trimmed(tmp_path):
    customers = pl.DataFrame({"customer_id": ["c0000", "c0001", "c0002", "c0003"]})
    frame = events(customer_id=["c0000", "c0001　", "c0002 ", "stranger"])
    report = look(tmp_path, events=frame, customers=customers)
    found = the(report, "id_trim")
    assert (found.count, found.example) == (2, "#2")
    assert found.values["line"] == 'customer_id = { from = "customer_id", trim = true }'
    assert the(report, "orphan").count == 1  # the padded ones are not among them
    assert codes(lifted(tmp_path, found)) == {"orphan"}


def test_ids_that_match_only_with_leading_zeros(tmp_path):
    customers = pl.DataFrame({"customer_id": ["0007", "0008"]})
    frame = events(rows=2, customer_id=["7", "8"])
    found = the(look(tmp_path, events=frame, customers=customers), "id_zero")
    assert found.values["line"] == 'customer_id = { from = "customer_id", pad = 4 }'
    assert lifted(tmp_path, found).findings == ()


def test_integers_in_one_export_and_texts_in_the_other(tmp_path):
    customers = pl.DataFrame({"customer_id": ["0007", "0008"]})
    frame = events(rows=2, customer_id=[7, 8])
    found = the(look(tmp_path, events=frame, customers=customers), "mixed_id_types")
    assert found.values["table"] == "[events.columns]"
    assert lifted(tmp_path, found).findings == ()
