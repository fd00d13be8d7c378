"""Filters, choices on charts, and the link that holds them."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ecosphere.generations import Home
from ecosphere.model import Filters, Month, Role
from ecosphere.source import Source, open_source
from ecosphere.text import Text, numbers
from tests.pages.conftest import GLOSSARY, Events, Visit
from tests.pages.reading import counted

EN = Text("en")
PEOPLE = EN("columns.people")
FEBRUARY, MARCH = datetime(2026, 2, 5), datetime(2026, 3, 5)


@pytest.fixture(scope="module")
def source(sample: Path) -> Source:
    return open_source(Home(sample))


def released(source: Source, definition: str = "any_scene", **chosen: list[str]) -> dict[str, str]:
    """The numbers without a page between: the last 13 finished months and the one that is not."""
    filters = Filters.of(chosen, first=Month.parse("2025-10"), last=Month.parse("2026-11"))
    answer = source.ask("active_users/mau", filters, {"definition": definition}, Role("analyst"))
    months = (numbers.month(day, "en") for day in answer.table["month"])
    return dict(zip(months, map(numbers.integer, answer.table["people"]), strict=True))


def told(app: AppTest) -> list[str]:
    return [warning.value.replace("\\", "") for warning in app.warning]


def test_the_page_shows_the_released_numbers(visit: Visit, source: Source) -> None:
    shown = counted(visit(), PEOPLE)
    assert shown == released(source)
    assert shown["Oct 2026"] == "2,533"


def test_a_filter_changes_the_numbers(visit: Visit, source: Source) -> None:
    app = visit()
    app.multiselect(key="who.segment").set_value(["family", "mass"]).run()
    assert counted(app, PEOPLE) == released(source, segment=["mass", "family"])
    app.multiselect(key="who.segment").set_value([]).run()
    assert counted(app, PEOPLE) == released(source)


def test_a_choice_on_a_chart_changes_the_numbers(visit: Visit, source: Source) -> None:
    app = visit()
    app.segmented_control(key="option.definition").set_value("transacted").run()
    shown = counted(app, PEOPLE)
    assert shown == released(source, definition="transacted")
    assert shown != released(source)
    assert app.query_params == {"lang": "en", "definition": "transacted"}


def test_without_event_types_there_is_nothing_to_choose(
    visit: Visit, events_alone: Callable[[Events], Path]
) -> None:
    home = events_alone((f"c{n}", day) for n in range(40) for day in (FEBRUARY, MARCH))
    app = visit(home, definition="transacted")
    assert not app.exception
    assert "option.definition" not in [control.key for control in app.segmented_control]
    # The link asks for what this generation cannot say: told, and the rest is shown.
    assert told(app) == [EN("errors.unknown_link", value="definition=transacted")]
    assert counted(app, PEOPLE) == {"Feb 2026": "40", "Mar 2026": "40"}


def test_a_link_is_applied_as_a_whole(visit: Visit, source: Source) -> None:
    link = {"lang": "zh", "segment": ["mass", "family"], "from": "2026-01",
            "definition": "transacted"}  # fmt: skip
    app = visit(**link)
    assert app.title[0].value == Text("zh")("pages.active_users")
    assert app.multiselect(key="who.segment").value == ["mass", "family"]
    assert app.selectbox(key="from").value == "2026-01"
    assert app.segmented_control(key="option.definition").value == "transacted"
    assert app.query_params == link
    whole = released(source, "transacted", segment=["mass", "family"])
    assert list(counted(app, Text("zh")("columns.people")).values()) == list(whole.values())[3:]


def test_what_is_as_by_default_stays_out_of_the_link(visit: Visit) -> None:
    app = visit(**{"from": "2025-10", "to": "2026-11", "definition": "any_scene"})
    assert app.query_params == {"lang": "en"}
    app.selectbox(key="to").set_value("2026-10").run()
    assert app.query_params == {"lang": "en", "to": "2026-10"}


def test_what_a_link_says_and_nobody_knows_is_told_once(visit: Visit, source: Source) -> None:
    app = visit(segment=["mass", "martians"], colour="red")
    assert told(app) == [
        EN("errors.unknown_link", value="segment=martians"),
        EN("errors.unknown_link", value="colour=red"),
    ]
    assert counted(app, PEOPLE) == released(source, segment=["mass"])
    assert not app.run().warning


def test_a_link_cannot_bring_markup(visit: Visit) -> None:
    said = visit(note="![x](http://example.com/x.png)").warning[0].value
    assert "!\\[x\\](http\\:\u2060//" in said  # with the joiner that keeps it from being a link


def test_a_value_said_twice_is_chosen_once(visit: Visit) -> None:
    app = visit(segment=["mass", "mass"])
    assert not app.exception
    assert app.multiselect(key="who.segment").value == ["mass"]


def test_filters_survive_a_change_of_page(visit: Visit) -> None:
    app = visit(segment="mass", definition="opened")
    app.switch_page(GLOSSARY).run()
    assert app.query_params == {"lang": "en", "segment": "mass", "definition": "opened"}
    app.multiselect(key="who.age_band").set_value(["25-34"]).run()
    app.switch_page("pages/activity/active_users.py").run()
    assert app.multiselect(key="who.segment").value == ["mass"]
    assert app.multiselect(key="who.age_band").value == ["25-34"]
    assert app.segmented_control(key="option.definition").value == "opened"
