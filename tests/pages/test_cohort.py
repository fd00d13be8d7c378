"""Cohorts and places in the bar: what they do to the numbers, to the link and to the words."""

from dataclasses import replace
from pathlib import Path

import pytest

from ecosphere.generations import Home
from ecosphere.model import Filters, Month, Role
from ecosphere.source import Source, open_source
from ecosphere.text import Text, numbers
from tests.pages.conftest import Visit
from tests.pages.reading import counted, words

EN = Text("en")
PEOPLE = EN("columns.people")
COHORT = "active(partner=P001)"


@pytest.fixture(scope="module")
def source(sample: Path) -> Source:
    return open_source(Home(sample))


def released(source: Source, chosen: Filters) -> dict[str, str]:
    period = {"first": Month.parse("2025-10"), "last": Month.parse("2026-11")}
    answer = source.ask("active_users/mau", replace(chosen, **period), {}, Role("analyst"))
    months = (numbers.month(day, "en") for day in answer.table["month"])
    return dict(zip(months, map(numbers.integer, answer.table["people"]), strict=True))


def test_a_cohort_of_a_link_chooses_people_and_is_told_in_words(visit: Visit, source: Source):
    app = visit(cohort=COHORT)
    assert counted(app, PEOPLE) == released(source, Filters(cohort=COHORT))
    assert counted(app, PEOPLE) != released(source, Filters())
    assert "People who were active at" in words(app)
    assert app.query_params["cohort"] == COHORT


def test_the_form_adds_conditions_and_clears_them(visit: Visit, source: Source):
    app = visit()
    app.multiselect(key="cohort.active.partner").set_value(["P001"]).run()
    assert counted(app, PEOPLE) == released(source, Filters())  # nothing is chosen yet
    app.button(key="cohort.add").click().run()
    assert counted(app, PEOPLE) == released(source, Filters(cohort=COHORT))
    assert app.query_params["cohort"] == COHORT
    app.selectbox(key="cohort.condition").set_value("holds").run()
    assert app.button(key="cohort.and").disabled  # which product is not told yet
    app.selectbox(key="cohort.holds.category").set_value("wealth").run()
    app.checkbox(key="cohort.not").check().run()
    app.button(key="cohort.and").click().run()
    both = f"{COHORT} and not holds(wealth)"
    assert app.query_params["cohort"] == both
    assert counted(app, PEOPLE) == released(source, Filters(cohort=both))
    app.button(key="cohort.clear").click().run()
    assert counted(app, PEOPLE) == released(source, Filters())
    assert "cohort" not in app.query_params


def test_a_cohort_of_a_link_that_cannot_be_read_is_told(visit: Visit, source: Source):
    app = visit(cohort="active(partner=")
    assert not app.exception
    assert [warning.value.replace("\\", "") for warning in app.warning] == [
        EN("errors.unknown_link", value="cohort=active(partner=")
    ]
    assert counted(app, PEOPLE) == released(source, Filters())


def test_a_cohort_of_too_few_is_refused_on_the_page(visit: Visit):
    app = visit(cohort="active() or not active()")
    assert not app.exception
    assert EN("errors.cohort_too_small", k=10) in words(app)


def test_a_cohort_stays_when_the_language_changes(visit: Visit, source: Source):
    app = visit(cohort=COHORT, lang="zh")
    shown = counted(app, Text("zh")("columns.people"))
    assert list(shown.values()) == list(released(source, Filters(cohort=COHORT)).values())


def test_places_choose_what_was_done(visit: Visit, source: Source):
    app = visit(scene="video")
    assert counted(app, PEOPLE) == released(source, Filters.of({"scene": ["video"]}))
    app.multiselect(key="who.channel").set_value(["web"]).run()
    both = Filters.of({"scene": ["video"], "channel": ["web"]})
    assert counted(app, PEOPLE) == released(source, both)
    assert (app.query_params["scene"], app.query_params["channel"]) == ("video", "web")


def test_only_a_role_that_may_bring_lists_sees_where_to(visit: Visit, governed):
    assert EN("cohort_form.file") not in words(visit())
    home = governed('default_role = "desk"\n[roles.desk]\nupload = true\n')
    assert EN("cohort_form.file") in words(visit(home))
