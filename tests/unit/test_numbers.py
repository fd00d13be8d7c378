"""Numbers and dates in both languages, by example and by property."""

import datetime as dt
import json
from decimal import Decimal

import pytest
import vl_convert
from hypothesis import given
from hypothesis import strategies as st

from ecosphere.text import numbers

LANGUAGES = ("en", "zh")


@pytest.mark.parametrize(
    ("value", "en", "zh"),
    [
        (0, "0", "0"),
        (-0.0, "0", "0"),
        (986, "986", "986"),
        (9_860, "9.86k", "9,860"),
        (12_400, "12.4k", "1.24万"),
        (1_243_112, "1.24M", "124.3万"),
        (12_345_000, "12.3M", "1,234.5万"),  # a decimal stays up to the next unit
        (123_900_000, "124M", "1.24亿"),
        (1_200_000, "1.2M", "120万"),  # zeros at the end say nothing
        (-9_800, "−9.8k", "−9,800"),  # U+2212
        (999.6, "1k", "1,000"),
        (999_499, "999k", "99.9万"),
        (999_950, "1M", "100万"),  # rounds into the next unit
        (99_999_960, "100M", "1亿"),
        (3.27, "3.27", "3.27"),
        (Decimal("0.0123"), "0.0123", "0.0123"),
        (None, "—", "—"),
        (float("nan"), "—", "—"),
        (float("inf"), "—", "—"),
    ],
)
def test_a_count_is_compact(value: float | None, en: str, zh: str) -> None:
    assert (numbers.compact(value, "en"), numbers.compact(value, "zh")) == (en, zh)


def test_digits_ask_for_more_or_fewer_figures() -> None:
    assert numbers.compact(1_243_112, "en", 5) == "1.2431M"
    assert numbers.compact(1_243_112, "zh", 3) == "124万"
    assert numbers.compact(99_996_000, "zh", 3) == "1亿"  # 10,000万 is no number
    assert numbers.compact(1_243_112, "zh", 1) == "124万"  # whole digits are not rounded away


def test_a_change_carries_its_sign_and_zero_carries_none() -> None:
    assert numbers.signed(12_400, "en") == "+12.4k"
    assert numbers.signed(-3, "zh") == "−3"
    assert numbers.signed(0, "en") == "0"
    assert numbers.signed(None, "en") == "—"


@pytest.mark.parametrize(
    ("value", "change", "en", "zh"),
    [
        (1_243_112, 20_000, "1.243M", "124.3万"),  # four figures are enough
        (1_243_112, 12, "1.24311M", "124.311万"),  # the change is in the tens
        (1_243_112, -1, "1,243,112", "1,243,112"),  # nothing left to shorten
        (1_200_000, 40_000, "1.200M", "120.0万"),  # zeros were measured
        (986, 3, "986", "986"),
        (8.4, 0.2, "8.4", "8.4"),
        (0, 0, "0", "0"),
        (1_243_112, None, "1.243M", "124.3万"),
        (1_243_112, 0, "1.243M", "124.3万"),
        (-1_243_112, 20_000, "−1.243M", "−124.3万"),
        (None, 5, "—", "—"),
    ],
)
def test_a_card_shows_what_makes_its_change_visible(
    value: float | None, change: float | None, en: str, zh: str
) -> None:
    assert numbers.level(value, change, "en") == en
    assert numbers.level(value, change, "zh") == zh


@given(st.integers(1, 10**12), st.integers(1, 10**9), st.sampled_from(LANGUAGES))
def test_two_months_that_differ_never_read_alike(value: int, change: int, lang: str) -> None:
    assert numbers.level(value, change, lang) != numbers.level(value + change, change, lang)


@given(st.integers(-(10**13), 10**13), st.sampled_from(LANGUAGES))
def test_a_compact_count_is_within_half_a_percent(value: int, lang: str) -> None:
    text = numbers.compact(value, lang).replace("−", "-").replace(",", "")
    unit = next((size for size, name in reversed(numbers.UNITS[lang]) if text.endswith(name)), 1)
    number = float(text.rstrip("kMB万亿")) * unit
    assert abs(number - value) <= abs(value) * 0.005
    assert abs(float(text.rstrip("kMB万亿"))) < 10_000 or unit >= 10**8


def test_shares_and_their_differences() -> None:
    assert numbers.percent(0.032, "en") == "3.2 %"
    assert numbers.percent(0.032, "zh") == "3.2%"
    assert numbers.percent(0.34, "en", 0) == "34 %"
    assert numbers.percent(0.345, "zh", 0) == "35%"  # half goes up, as readers expect
    assert numbers.percent(0, "en") == "0.0 %"
    assert numbers.percent(0.0004, "en") == "<0.1 %"  # not nothing
    assert numbers.percent(-0.031, "en") == "−3.1 %"
    assert numbers.percent(None, "zh") == "—"
    assert numbers.percent_change(-0.031, "zh") == "−3.1%"
    assert numbers.percent_change(0.0001, "en") == "0.0 %"  # no sign on a zero
    assert numbers.points(0.018, "en") == "+1.8 pp"
    assert numbers.points(0.018, "zh") == "+1.8个百分点"
    assert numbers.points(-0.0001, "zh") == "0.0个百分点"
    assert numbers.points(float("nan"), "en") == "—"


def test_exact_numbers_ratios_and_intervals() -> None:
    assert numbers.integer(384_210) == "384,210"
    assert numbers.integer(-1_000) == "−1,000"
    assert numbers.decimal(1.225) == "1.23"
    assert numbers.decimal(None) == "—"
    assert numbers.plus_minus(37, 4) == "37 ± 4"
    assert numbers.plus_minus(37, None) == "—"
    assert numbers.interval(33, 41, "en") == "33–41"
    assert numbers.interval(-3, 5, "en") == "−3 to 5"
    assert numbers.interval(-3, 5, "zh") == "−3至5"
    assert numbers.hidden(10) == "<10"


def test_dates_and_periods() -> None:
    day = dt.date(2026, 11, 21)
    assert (numbers.date(day, "en"), numbers.date(day, "zh")) == ("21 Nov 2026", "2026年11月21日")
    assert (numbers.month("2026-10", "en"), numbers.month(day, "zh")) == ("Oct 2026", "2026年11月")
    assert (numbers.month_short("2026-10", "en"), numbers.month_short(day, "zh")) == ("Oct", "11月")
    assert numbers.months("2025-06", "2026-11", "en") == "Jun 2025 – Nov 2026"
    assert numbers.months("2025-06", "2026-11", "zh") == "2025年6月–2026年11月"
    assert numbers.months("2026-06", "2026-11", "en") == "Jun–Nov 2026"
    assert numbers.months("2026-06", "2026-11", "zh") == "2026年6–11月"
    assert numbers.months("2026-06", "2026-06", "en") == "Jun 2026"
    assert numbers.date(None, "en") == numbers.month(None, "zh") == "—"
    with pytest.raises(ValueError, match="month"):
        numbers.month("2026-13", "en")


def _axis_labels(expression: str, field: dict[str, object], values: list[object]) -> list[str]:
    """The labels Vega draws, read from the scene it built."""
    spec = {
        "data": {"values": [{"v": v} for v in values]},
        "mark": "point",
        "width": 2000,
        "encoding": {"x": {"field": "v", **field, "axis": {"labelExpr": expression}}},
    }
    found: list[str] = []

    def walk(node: object) -> None:
        if isinstance(node, dict):
            if node.get("role") == "axis-label":
                for item in node["items"]:
                    text = item.get("text", "")
                    found.append("/".join(text) if isinstance(text, list) else text)
            for child in node.values():
                walk(child)
        elif isinstance(node, list):
            for child in node:
                walk(child)

    walk(json.loads(json.dumps(vl_convert.vegalite_to_scenegraph(spec))))
    return found


@pytest.mark.parametrize(
    ("lang", "labels"),
    [
        ("en", ["−1.5M", "0", "500", "12.5k", "1.2B"]),
        ("zh", ["−150万", "0", "500", "1.25万", "12亿"]),
    ],
)
def test_an_axis_reads_as_the_card_does(lang: str, labels: list[str]) -> None:
    values: list[object] = [-1_500_000, 0, 500, 12_500, 1_200_000_000]
    ordinal: dict[str, object] = {"type": "ordinal", "sort": None}
    assert _axis_labels(numbers.axis_number(lang), ordinal, values) == labels


def test_an_axis_of_shares_reads_as_percent_does() -> None:
    values: list[object] = [0, 0.3, 0.325]
    assert _axis_labels(numbers.axis_percent("en"), {"type": "ordinal"}, values) == [
        "0 %",
        "30 %",
        "32.5 %",
    ]
    assert _axis_labels(numbers.axis_percent("zh"), {"type": "ordinal"}, values)[1] == "30%"


def test_a_month_axis_names_the_year_under_january_and_under_the_first() -> None:
    values: list[object] = ["2025-11", "2025-12", "2026-01", "2026-02"]
    english = _axis_labels(numbers.axis_month("en"), {"type": "ordinal"}, values)
    chinese = _axis_labels(numbers.axis_month("zh"), {"type": "ordinal"}, values)
    assert english == ["Nov/2025", "Dec/", "Jan/2026", "Feb/"]
    assert chinese == ["11月/2025年", "12月/", "1月/2026年", "2月/"]
