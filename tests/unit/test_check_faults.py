"""Personal data, and every fault in one report."""

import tomllib

import polars as pl
import pytest

from ecosphere.config import ROOT
from tests.unit.faults import EN, codes, events, lifted, look, the

# Personal data


@pytest.mark.parametrize(
    "name", ["phone", "cust_mobile", "customerName", "姓名", "手机号", "id_card", "idno", "email",
             "home_address", "name"]
)  # fmt: skip
def test_a_column_named_like_personal_data(tmp_path, name):
    found = the(look(tmp_path, events=events(**{name: "x"})), "personal_name")
    assert found.column == name
    assert lifted(tmp_path, found).findings == ()  # the bank says that it is not


@pytest.mark.parametrize("name", ["campaign_name", "mobile_banking", "app", "telemetry", "renamed"])
def test_a_column_named_only_a_little_like_it(tmp_path, name):
    assert look(tmp_path, events=events(**{name: "x"})).findings == ()


def test_partners_may_have_names(tmp_path):
    partners = pl.DataFrame({"partner_id": ["a"], "name": ["x"], "owner": ["x"]})
    assert look(tmp_path, events=events(), partners=partners).findings == ()


@pytest.mark.parametrize(
    ("value", "rule"),
    [("13800138000", "mobile"), ("a@bank.cn", "e-mail"), ("11010519491231002X", "national id")],
)
def test_personal_values_under_a_plain_name(tmp_path, value, rule):
    found = the(look(tmp_path, events=events(100, app=["x"] * 98 + [value] * 2)), "personal_value")
    assert (found.count, found.values["rule"]) == (2, rule)
    assert value not in found.message(EN)  # the rule and the count, never the value
    assert lifted(tmp_path, found).findings == ()


def test_personal_values_never_stand_in_another_finding(tmp_path):
    report = look(tmp_path, events=events(event_type="13800138000"))
    assert {"personal_value", "not_allowed"} <= codes(report)
    assert "13800138000" not in str(report.as_dict())


def test_eighteen_digits_without_a_valid_check_digit_are_an_id(tmp_path):
    frame = events(2, customer_id=["110105194912310021", "110105194912310023"])
    assert "personal_value" not in codes(look(tmp_path, events=frame))


# All at once


def test_every_fault_is_in_one_report(tmp_path):
    folder = tmp_path / "events"
    folder.mkdir()
    (folder / "empty.parquet").touch()
    frame = events(customer_id=["a", "b", None, "d"], event_type="fax", is_initiated="Y", phone="x")
    frame.write_parquet(folder / "1.parquet")
    customers = pl.DataFrame({"customer_id": ["a", "a"], "joined_on": ["20260101"] * 2})
    report = look(tmp_path, customers=customers)
    assert codes(report) == {
        "empty_file", "neither", "not_allowed", "text_flag", "personal_name", "duplicate_key",
        "text_date", "orphan",
    }  # fmt: skip
    assert [f.export for f in report.findings] == sorted(
        (f.export for f in report.findings), key=["events", "customers"].index
    )
    as_dict = report.as_dict()
    assert as_dict["refused"] is True
    assert len(as_dict["findings"]) == len(report.findings)
    assert all(f["message"]["en"] and f["message"]["zh"] for f in as_dict["findings"])


def test_every_kind_of_finding_has_words_in_both_languages():
    source = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "ecosphere/contract").glob("*.py")
    )
    words = [tomllib.loads((ROOT / f"ecosphere/text/{language}.toml").read_text(encoding="utf-8"))
             for language in ("en", "zh")]  # fmt: skip
    english, chinese = (set(language["check"]) for language in words)
    assert english == chinese
    assert {key for key in english if f'"{key}"' not in source} == {
        "severity_refuse", "severity_quarantine", "severity_notice",
    }  # fmt: skip
