"""The page that says whether today's numbers can be trusted, sound and with every kind of fault."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from ecosphere import journal
from ecosphere.build import build
from ecosphere.config import Config
from ecosphere.contract import contracts, read_mapping
from ecosphere.exhibit import SIGN
from ecosphere.generations import Home
from ecosphere.library import questions
from ecosphere.text import Text
from tests.pages.conftest import TODAY, Events, Visit
from tests.pages.reading import charts, words
from tests.pages.test_languages import latin
from tests.pages.test_states import states

PAGE = "pages/operations/data_health.py"
EXHIBITS = tuple(name.partition("/")[2] for name in questions() if name.startswith("data_health/"))
# Names that stand as they are in every language: of columns, files and exports.
NAMES = {name for contract in contracts().values() for column in contract.columns
         for name in (column.name, contract.name)}  # fmt: skip


def events(days: Iterator[date], people: int) -> pl.DataFrame:
    rows = [
        (f"c{number:03d}", datetime(day.year, day.month, day.day, 12))
        for day in days
        for number in range(people)
    ]
    return pl.DataFrame(rows, schema=["customer_id", "occurred_at"], orient="row")


def days(first: date, last: date, *without: date) -> Iterator[date]:
    span = range((last - first).days + 1)
    return (day for n in span if (day := first + timedelta(n)) not in without)


@pytest.fixture(scope="module")
def troubled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which everything has gone wrong that may without a refusal, and then one."""
    home, folder = (tmp_path_factory.mktemp("troubled") / name for name in ("home", "exports"))
    folder.mkdir()
    first, last = date(2026, 7, 1), date(2026, 11, 20)
    figure = {"metric": "mau", "month": date(2026, 10, 1), "value": 90.0, "source": "月报",
              "tolerance": 0.01, "reason": "含对公", "reason_en": "with firms"}  # fmt: skip
    customers = {"customer_id": [f"c{n:03d}" for n in range(60)],
                 "consent_analytics": [n > 20 for n in range(60)],
                 "official_tier": ["mass"] * 60}  # fmt: skip
    pl.DataFrame([figure]).write_parquet(folder / "reference_figures.parquet")
    pl.DataFrame(customers).write_parquet(folder / "customers.parquet")
    odd = events(iter([date(2031, 1, 1)]), 1)
    for people in (60, 45):  # the second build has fewer in every month
        whole = [events(days(first, last, date(2026, 11, 11)), people), odd]
        pl.concat(whole).write_parquet(folder / "events.parquet")
        build(Home(home), folder, read_mapping(None), Config(), TODAY)
    found = journal.Found("orphan", "refuse", "events", "events.parquet", "partner_id", 7)
    at = datetime.now(UTC) + timedelta(hours=1)
    journal.record(home, journal.Entry(at, "build", "refused", 3, 1.0, findings=(found,)))
    return home


def plain(sentence: str) -> str:
    return sentence.replace("\\", "")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_sound_sample_is_called_sound(visit: Visit, lang: str) -> None:
    app, text = visit(lang=lang).switch_page(PAGE).run(), Text(lang)
    assert not app.exception
    assert app.title[0].value == text("pages.data_health")
    day = {"en": "21 Nov 2026", "zh": "2026年11月21日"}[lang]
    sound = text("data_health.headline_sound", exports=19, day=day)
    assert plain(app.header[0].value) == sound
    assert states(app) == [text(f"data_health.{name}.empty_title")
                           for name in ("restated", "quarantine", "refusals")]  # fmt: skip


def test_every_fault_stands_in_the_headline_and_has_its_chart(visit: Visit, troubled: Path) -> None:
    app, text = visit(troubled).switch_page(PAGE).run(), Text("en")
    assert not app.exception
    headline = plain(app.header[0].value)
    for key in ("refused_since", "days_missing_one", "outside_one"):
        assert text(f"data_health.{key}") in headline
    assert "restated figures" in headline
    assert states(app) == []
    assert len(charts(app)) == len(EXHIBITS)
    written = words(app)
    assert "One day has no rows: 11 Nov 2026 of events" in written
    assert "with firms" in written
    assert "id that is nowhere else" in written


def test_no_english_word_is_left_in_the_chinese_page(visit: Visit, troubled: Path) -> None:
    app = visit(troubled, lang="zh").switch_page(PAGE)
    for exhibit in EXHIBITS:
        app.session_state[f"menu_data_health_{exhibit}"] = True
    app.run()
    for exhibit in EXHIBITS:
        app.button(key=f"table_data_health_{exhibit}").click().run()
        assert not app.exception
        (shown,) = app.dataframe
        inside = [name for name in shown.value.columns if "英文" not in name]  # says it is English
        cells = " ".join(str(cell) for name in inside for cell in (name, *shown.value[name]))
        assert latin(without_names(f"{words(app)} {cells}")) == set(), exhibit


def without_names(written: str) -> str:
    """Without names of columns and files, which are the same in every language."""
    known = "|".join(sorted(NAMES, key=len, reverse=True))
    return re.sub(rf"\b(?:{known})(?:\.parquet)?\b", "", written)


def test_no_chinese_word_is_left_in_the_english_page(visit: Visit, troubled: Path) -> None:
    seen = words(visit(troubled).switch_page(PAGE).run())
    seen = seen.replace("中文", "").replace("月报", "")  # the bank's own name of its report
    assert re.findall(r"[\u4e00-\u9fff]+", seen) == []


def test_events_alone_are_enough(visit: Visit, events_alone: Callable[[Events], Path]) -> None:
    home = events_alone((f"c{n}", datetime(2026, month, 5)) for n in range(40) for month in (1, 2))
    app = visit(home).switch_page(PAGE).run()
    assert not app.exception
    empty = ("days", "reconciliation", "restated", "consent", "quarantine", "refusals",
             "attributes")  # fmt: skip
    text = Text("en")
    assert states(app) == [text(f"data_health.{name}.empty_title") for name in empty]


def test_a_filter_on_people_is_said_not_to_apply(visit: Visit, troubled: Path) -> None:
    app, text = visit(troubled, official_tier="mass").switch_page(PAGE).run(), Text("en")
    assert not app.exception
    written = words(app)
    assert text("data_health.whole_bank") in written
    assert text("data_health.part_title") in states(app)


def test_the_mark_stands_on_the_page_of_the_number(visit: Visit, troubled: Path) -> None:
    app = visit(troubled)
    assert app.header[0].value.endswith(SIGN)
    assert all(entry.value.endswith(SIGN) for entry in app.subheader[:2])
    assert "with firms" in words(app)
    assert not visit().header[0].value.endswith(SIGN)  # the sample misses none in this period


def test_no_id_of_a_person_is_on_the_page(visit: Visit, troubled: Path) -> None:
    app = visit(troubled).switch_page(PAGE).run()
    assert re.findall(r"\bc\d{3}\b", words(app)) == []


def test_people_without_consent_are_not_told_exactly_while_they_are_few(
    visit: Visit, tmp_path: Path
) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    customers = {"customer_id": [f"c{n:03d}" for n in range(40)],
                 "consent_analytics": [n > 6 for n in range(40)]}  # fmt: skip
    pl.DataFrame(customers).write_parquet(folder / "customers.parquet")
    events(days(date(2026, 1, 1), date(2026, 2, 2)), 40).write_parquet(folder / "events.parquet")
    build(Home(tmp_path / "home"), folder, read_mapping(None), Config(), TODAY)
    app = visit(tmp_path / "home").switch_page(PAGE).run()
    written = words(app)
    assert Text("en")("frame.withheld_few", k=10) in written
    assert not re.search(r"\b(7|33|231|1,089)\b", written)  # people and events, here and left out
