"""Every number that a sentence says is a number of its chart, in both languages."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from ecosphere.charts.active_users import exhibits, headline
from ecosphere.metrics.active_users import ActiveUsers
from ecosphere.model import Filters, Month, Released, Role
from ecosphere.text import Text
from tests.spec.asking import filters
from tests.spec.conftest import Sample
from tests.spec.exports import EVERYTHING, Event, World, at

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NUMBER = re.compile(rf"(?:{'|'.join(MONTHS)}) \d{{4}}|<?\d+(?:,\d{{3}})*(?:\.\d+)?")
# The order in which each sentence says its numbers; a part that is not known is not said.
ORDER = {
    ("headline", "en"): "people month rate before lapsed gained",
    ("headline", "zh"): "month people before rate lapsed gained",
    ("change", "en"): "rate month people completion",
    ("change", "zh"): "month rate people completion",
    ("same", "en"): "month people completion",
    ("same", "zh"): "month people completion",
    ("level", "en"): "people month completion",
    ("level", "zh"): "month people completion",
    ("growth", "en"): "month gained lapsed ratio moved",
    ("growth", "zh"): "month gained lapsed ratio moved",
}
RISES = {"en": ("more than", "rose"), "zh": ("增加", "上升")}
FALLS = {"en": ("fewer than", "fell"), "zh": ("减少", "下降")}
FESTIVAL = {"en": "Spring Festival", "zh": "春节"}

PERIODS = {
    "all": {},
    "over_new_year": {"first": Month.parse("2025-11"), "last": Month.parse("2026-01")},
    "spring_festival": {"last": Month.parse("2026-02")},
    "month_after_the_festival": {"last": Month.parse("2026-03")},
    "partner_has_left": {"last": Month.parse("2026-06")},
    "only_the_unfinished": {"first": Month.parse("2026-11")},
    "only_the_first": {"last": Month.parse("2024-11")},
    "second_month": {"last": Month.parse("2024-12")},
    "as_of_mid_month": {"as_of": date(2026, 5, 17)},
}
GROUPS = {
    "everybody": {},
    "affluent": {"official_tier": ["affluent"]},
    "young_or_not_stated": {"segment": ["young", "not_stated"]},
    "wealthy_in_few_regions": {"official_tier": ["wealth"], "region": ["xiamen", "wuhan", "hefei"]},
    "private_over_65": {"official_tier": ["private"], "age_band": ["65+"]},
    "new_payroll": {"is_payroll": ["true"], "acquisition_channel": ["campaign"]},
}


def measured(sample: Sample, asked: Filters, role: Role, **chosen: str) -> ActiveUsers:
    def ask(name: str, **options: str) -> Released:
        return sample.source.ask(name, asked, options, role)

    return ActiveUsers.measure(ask, chosen)


@pytest.fixture(params=list(PERIODS))
def period(request: pytest.FixtureRequest) -> dict[str, Any]:
    return PERIODS[request.param]


@pytest.fixture(params=list(GROUPS))
def group(request: pytest.FixtureRequest) -> dict[str, list[str]]:
    return GROUPS[request.param]


@pytest.mark.parametrize("k", [1, 10])
def test_every_number_of_every_sentence_is_a_released_number(sample, period, group, k):
    result = measured(sample, filters(group, **period), Role("test", k=k))
    mau, growth = spoken_of(result.mau), spoken_of(result.growth)
    assert mau["month"] == growth["month"]
    for language in ("en", "zh"):
        text = Text(language)
        first, second = exhibits(result, text, sample.source.catalog.named)[:2]
        if any(people != 0 for people in result.mau.table["people"]):
            check_headline(headline(result, text), {**growth, **mau}, language, k)
        else:
            assert headline(result, text) == text("active_users.headline_nobody")
        check_mau(first.title, mau, language)
        check_growth(second.title, growth, language)


@pytest.mark.parametrize("compare", ["year_start", "year"])
def test_a_sentence_says_what_it_compares_with(sample, period, compare):
    told = {"year_start": ("year to date", "较年初"), "year": ("on year", "同比")}[compare]
    result = measured(sample, filters(**period), EVERYTHING, compare=compare)
    mau, growth = spoken_of(result.mau), spoken_of(result.growth)
    is_told = mau["is_complete"] and mau["change_rate"] is not None
    for language, words in zip(("en", "zh"), told, strict=True):
        text = Text(language)
        first, second = exhibits(result, text, sample.source.catalog.named)[:2]
        sentence = headline(result, text)
        check_headline(sentence, {**growth, **mau}, language, 1)
        check_mau(first.title, mau, language)
        check_growth(second.title, growth, language)
        assert [words in said for said in (sentence, first.title)] == [is_told, is_told]
        assert text("active_users.growth.subtitle_apart", subtitle="") in second.subtitle


def spoken_of(released: Released) -> Mapping[str, Any]:
    """The last finished month, or the last one where none is finished."""
    rows = list(released.table.iter_rows(named=True))
    finished = [row for row in rows if row["is_complete"]]
    return (finished or rows)[-1]


def check_headline(sentence: str, row: Mapping[str, Any], language: str, k: int) -> None:
    if row["people"] == 0:
        return check(sentence, month(row["month"], language))
    if row["people"] is None:
        when = month(row["month"], language)
        return check(sentence, [str(k), *when] if language == "en" else [*when, str(k)])
    said = known(row)
    if not row["is_complete"]:
        when = month(row["month"], language)
        return check(sentence, [*when, said["people"]])
    if "rate" not in said or "gained" not in said or "lapsed" not in said:
        said = {name: said[name] for name in ("people", "month", "rate", "before") if name in said}
    check_direction(sentence, row, language)
    assert (FESTIVAL[language] in sentence) == (
        row["crosses_spring_festival"] and row["change_rate"] is not None
    )
    return check(sentence, tokens(said, "headline", language))


def check_mau(sentence: str, row: Mapping[str, Any], language: str) -> None:
    if row["people"] is None:
        return check(sentence, [])
    said = known(row)
    rate = row["change_rate"] if row["is_complete"] else None
    kind = "level" if rate is None else "change" if rate else "same"
    if row["is_complete"]:
        check_direction(sentence, row, language)
    else:
        said.pop("completion", None)
    return check(sentence, tokens(said, kind, language))


def check_growth(sentence: str, row: Mapping[str, Any], language: str) -> None:
    if not row["is_complete"] or row["people_before"] is None:
        return check(sentence, [])
    said = known(row)
    if "gained" not in said or "lapsed" not in said:
        return check(sentence, month(row["month"], language))
    if row["lapsed"] == 0:
        said = {"month": said["month"], "gained": said["gained"]}
    return check(sentence, tokens(said, "growth", language))


def check(sentence: str, said: list[str]) -> None:
    assert NUMBER.findall(sentence) == said, sentence
    assert "None" not in sentence
    assert "  " not in sentence
    assert " ;" not in sentence


def check_direction(sentence: str, row: Mapping[str, Any], language: str) -> None:
    before, now = row["people_before"], row["people"]
    up = bool(before) and now > before
    down = bool(before) and now < before
    assert any(word in sentence for word in RISES[language]) == up, sentence
    assert any(word in sentence for word in FALLS[language]) == down, sentence


def known(row: Mapping[str, Any]) -> dict[str, Any]:
    """Every number that may be said of a row, as its words; computed from the counts anew."""
    said: dict[str, Any] = {"month": row["month"], "people": f"{row['people'] or 0:,}"}
    before = row["people_before"]
    if before and row["people"] is not None:
        said["before"] = row.get("base_month")  # test_active_users_compare.py says which
        if row["people"] != before:
            said["rate"] = percent(abs(row["people"] - before), before)
        else:
            said["rate"] = ""
    if row.get("target") is not None:
        said["completion"] = percent(row["people"] or 0, row["target"])
    if row.get("new") is not None and row["resurrected"] is not None:
        said["gained"] = f"{row['new'] + row['resurrected']:,}"
    if row.get("lapsed") is not None:
        said["lapsed"] = f"{row['lapsed']:,}"
        if row["lapsed"] and "gained" in said:
            said["ratio"] = rounded(Decimal(said["gained"]) / row["lapsed"], "0.01")
    if row.get("moved_in") is not None and row["moved_out"] is not None:
        moved = row["moved_in"] + row["moved_out"]
        said |= {"moved": f"{moved:,}"} if moved else {}
    return said


def tokens(said: Mapping[str, Any], sentence: str, language: str) -> list[str]:
    """The numbers of a sentence in the order in which it says them."""
    found: list[str] = []
    for name in ORDER[sentence, language].split():
        value = said.get(name)
        found += month(value, language) if isinstance(value, date) else [value] if value else []
    return found


def month(day: date, language: str) -> list[str]:
    if language == "en":
        return [f"{MONTHS[day.month - 1]} {day.year}"]
    return [str(day.year), str(day.month)]


def percent(part: float, whole: float) -> str:
    text = rounded(Decimal(part) * 100 / Decimal(whole), "0.1")
    return "<0.1" if text == "0.0" and part else text


def rounded(value: Decimal, step: str) -> str:
    return f"{value.quantize(Decimal(step), ROUND_HALF_UP):,}"


def test_who_is_said_to_be_fewer_than_k_is(sample):
    told = []
    for group in GROUPS.values():
        for period in PERIODS.values():
            asked = filters(group, **period)
            few = spoken_of(measured(sample, asked, Role("test", k=10)).mau)["people"]
            people = spoken_of(measured(sample, asked, EVERYTHING).mau)["people"]
            told += [people] if few is None else []
            assert few in (people, None)
    assert told
    assert all(0 < people < 10 for people in told)


def test_nobody_is_said_only_of_a_period_in_which_nobody_was_active(served: Callable):
    source = served(
        World(
            (
                Event("ann", at("2026-01-10")),  # January has somebody, February nobody
                Event("ann", at("2026-03-10")),  # March is not finished
            )
        )
    )

    def ask(name: str, **options: str) -> Released:
        return source.ask(name, Filters(), options, EVERYTHING)

    nobody = Text("en")("active_users.headline_nobody")
    assert headline(ActiveUsers.measure(ask, {}), Text("en")) != nobody
