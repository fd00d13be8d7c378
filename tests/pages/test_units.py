"""The tree of units in the filter bar: level by level, only large enough, only one's own."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ecosphere.text import Text
from tests.pages.conftest import Visit
from tests.pages.reading import counted, words
from tests.pages.test_filters import PEOPLE, released, source, told

__all__ = ["source"]

EN = Text("en")
BEIJING, EAST, SOUTH, OUTLET, SHANGHAI_EAST = "B001", "B039", "B047", "B040", "B051"
TOP, BELOW = "who.branch", "below."


def units(app: AppTest) -> dict[str, list[str]]:
    """The widgets that choose units, by key, with what is chosen."""
    boxes = {box.key: box.value for box in app.multiselect if box.key}
    return {key: found for key, found in boxes.items() if key == TOP or key.startswith(BELOW)}


def test_below_one_unit_the_next_level_is_offered(visit: Visit, source) -> None:
    app = visit()
    assert units(app) == {TOP: []}
    app.multiselect(key=TOP).set_value([BEIJING]).run()
    lower = app.multiselect(key=BELOW + BEIJING)
    assert lower.label == "Within Beijing Branch"
    assert lower.options == ["Beijing East Branch", "Beijing West Branch", "Beijing South Branch"]
    assert counted(app, PEOPLE) == released(source, branch=[BEIJING])
    lower.set_value([EAST]).run()
    assert counted(app, PEOPLE) == released(source, branch=[EAST])
    assert app.query_params == {"lang": "en", "branch": EAST}
    assert "Branch: Beijing East Branch" in words(app)
    assert units(app) == {TOP: [BEIJING], BELOW + BEIJING: [EAST]}  # its outlets are too small


def test_below_two_units_there_is_nothing_to_choose(visit: Visit, source) -> None:
    app = visit()
    app.multiselect(key=TOP).set_value([BEIJING, "B002"]).run()
    assert units(app) == {TOP: [BEIJING, "B002"]}
    assert counted(app, PEOPLE) == released(source, branch=[BEIJING, "B002"])


def test_another_unit_lets_go_of_what_stood_below_the_first(visit: Visit, source) -> None:
    app = visit(branch=EAST)
    app.multiselect(key=TOP).set_value(["B002"]).run()
    assert counted(app, PEOPLE) == released(source, branch=["B002"])
    assert app.query_params == {"lang": "en", "branch": "B002"}


@pytest.mark.parametrize(
    ("link", "shown"),
    [
        ([EAST], {TOP: [BEIJING], BELOW + BEIJING: [EAST]}),
        ([EAST, SOUTH], {TOP: [BEIJING], BELOW + BEIJING: [EAST, SOUTH]}),
        ([EAST, SHANGHAI_EAST], {TOP: [EAST, SHANGHAI_EAST]}),  # not below one unit
        ([BEIJING, EAST], {TOP: [BEIJING, EAST]}),
    ],
)
def test_a_link_to_lower_units_opens_as_it_was_sent(visit: Visit, source, link, shown) -> None:
    app = visit(branch=link)
    assert not app.exception
    assert not told(app)
    assert units(app) == shown
    assert app.query_params["branch"] == (link if len(link) > 1 else link[0])
    assert counted(app, PEOPLE) == released(source, branch=link)
    app.segmented_control(key="lang").set_value("zh").run()
    assert units(app) == shown


@pytest.mark.parametrize("unit", [OUTLET, "B999", "B000"])
def test_a_link_to_a_unit_too_small_is_told_like_one_to_no_unit(visit: Visit, source, unit) -> None:
    app = visit(branch=unit)
    assert told(app) == [EN("errors.unknown_link", value=f"branch={unit}")]
    assert units(app) == {TOP: []}
    assert counted(app, PEOPLE) == released(source)


def test_a_role_of_a_unit_is_offered_its_own(
    visit: Visit, source, governed: Callable[[str], Path]
) -> None:
    home = governed(f'[roles.analyst.rows]\nbranch = ["{BEIJING}"]\n')
    app = visit(home, branch="B002")
    assert told(app) == [EN("errors.unknown_link", value="branch=B002")]
    assert app.multiselect(key=TOP).options == ["Beijing Branch"]
    assert counted(app, PEOPLE) == released(source, branch=[BEIJING])
    assert "Branch: Beijing Branch" in words(app)
    app.multiselect(key=TOP).set_value([BEIJING]).run()
    assert len(app.multiselect(key=BELOW + BEIJING).options) == 3


def test_where_settings_are_wrong_nothing_of_people_is_offered(
    visit: Visit, governed: Callable[[str], Path]
) -> None:
    app = visit(governed("[privacy]\nk = 0\n"))
    assert not app.exception
    assert not app.multiselect
