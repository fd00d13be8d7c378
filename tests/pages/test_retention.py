"""The page of retention, as a reader sees it."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ecosphere.text import Text
from tests.pages.conftest import Events, Visit
from tests.pages.reading import charts, words
from tests.pages.test_states import A_FEW, NOBODY, states

PAGE = "pages/activity/retention.py"
EN = Text("en")


def opened(app: AppTest) -> AppTest:
    return app.switch_page(PAGE).run()


def test_the_page_says_what_its_triangle_shows(visit: Visit) -> None:
    app = opened(visit())
    said = words(app)
    assert app.header[0].value.startswith("Of the people new in a month, 82.6 % were active")
    assert "59.9 %" in said
    assert len(charts(app)) == 3


@pytest.mark.parametrize("way", ["between", "on_or_after"])
def test_each_way_of_coming_back_is_told_in_words(visit: Visit, way: str) -> None:
    app = opened(visit(lang="zh", **{"return": way}))
    subtitle = Text("zh")(f"retention.triangle.subtitle_{way}", period="").split("·")[0].strip()
    assert subtitle in words(app)
    assert not app.exception


def test_a_split_draws_a_line_for_each_group(visit: Visit) -> None:
    app = opened(visit(split="official_tier", **{"from": "2025-02"}))
    assert "Mass" in words(app)
    assert "retains the most" in words(app)


def test_nobody_and_too_few_are_told_apart(visit: Visit) -> None:
    assert states(opened(visit(**NOBODY))) == [EN("retention.nobody_title")] * 3
    assert states(opened(visit(**A_FEW, **{"from": "2024-11"})))[0] == "Fewer than 10 people"


@pytest.mark.parametrize("months", [(1,), (1, 2, 4)])
def test_events_alone_give_clear_states(
    visit: Visit, events_alone: Callable[[Events], Path], months: tuple[int, ...]
) -> None:
    """One month, and a month without events: nobody is old enough, or the average has no month."""
    days = [(f"p{n}", datetime(2026, month, day)) for n in range(12) for month in months
            for day in range(1, 29)]  # fmt: skip
    app = opened(visit(events_alone(days)))
    assert not app.exception
    assert EN("retention.young_title") in states(app)


def test_choices_of_this_page_leave_the_page_of_active_users_as_it_was(visit: Visit) -> None:
    app = visit(**{"return": "between"})
    assert not app.exception
    assert len(app.get("vega_lite_chart")) > 2
