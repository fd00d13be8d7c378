"""Nobody, too few, nothing built, broken: different sentences, and never a traceback."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from ecosphere.export import WRITERS
from ecosphere.text import Text, numbers
from tests.pages.conftest import GLOSSARY, Events, Visit
from tests.pages.reading import counted, words

EN = Text("en")
PEOPLE = EN("columns.people")
# In the sample no senior came to private banking through a partner, and a few others came.
NOBODY = {"official_tier": "private", "segment": "senior", "acquisition_channel": "partner"}
A_FEW = {"official_tier": "private", "segment": "mass", "acquisition_channel": "branch"}
# Nobody in some months, and one or two in the others.
NOW_AND_THEN = {**A_FEW, "acquisition_channel": "referral"}
EXHIBITS = 6  # on the page of active users, without a forecast
MONTHS = [datetime(2026, month, 5) for month in (1, 2, 3)]


def states(app: AppTest) -> list[str]:
    """The titles that stand in the places of charts."""
    return [m.value.split("**")[1] for m in app.markdown if m.value.startswith(":material/")]


def test_where_nobody_is_the_page_says_nobody(visit: Visit) -> None:
    app = visit(**NOBODY)
    assert states(app) == [EN("states.nobody_title")] * EXHIBITS
    assert app.header[0].value == EN("active_users.headline_nobody")


def test_where_a_few_are_the_page_says_fewer_than_k(visit: Visit) -> None:
    app = visit(**A_FEW)
    assert states(app) == ["Fewer than 10 people"] * EXHIBITS
    assert app.header[0].value.startswith("Fewer than 10 people were active in Oct 2026")


def test_where_a_few_are_now_and_then_the_page_does_not_say_nobody(visit: Visit) -> None:
    assert states(visit(**NOW_AND_THEN)) == ["Fewer than 10 people"] * EXHIBITS


def test_the_threshold_is_that_of_the_role(visit: Visit, governed: Callable[[str], Path]) -> None:
    app = visit(governed("[roles.analyst]\nk = 3000\n"), lang="zh")
    assert states(app) == ["不足3000人"] * EXHIBITS
    assert "2,533" not in words(app)


def test_a_role_that_may_not_export_is_offered_no_file(
    visit: Visit, governed: Callable[[str], Path]
) -> None:
    home = governed("[roles.analyst]\nexport = false\n")
    refused = visit(home, opened_menu="active_users_mau").get("download_button")
    assert [button.proto.disabled for button in refused] == [True] * len(WRITERS)
    allowed = visit(opened_menu="active_users_mau").get("download_button")
    assert [button.proto.disabled for button in allowed] == [False] * len(WRITERS)


def test_where_no_record_can_be_kept_no_file_is_offered(
    visit: Visit, governed: Callable[[str], Path]
) -> None:
    home = governed("")
    (home / "log").write_text("in the way of the folder", encoding="utf-8")
    app = visit(home, opened_menu="active_users_mau")
    assert app.get("download_button") == []
    assert "Nothing was exported" in words(app)


def test_a_template_that_is_none_is_told_before_a_file_is_asked_for(
    visit: Visit, governed: Callable[[str], Path]
) -> None:
    home = governed('[files]\ntemplate = "no.pptx"\n')
    app = visit(home, opened_menu="active_users_mau")
    assert app.get("download_button") == []
    assert "no.pptx" in words(app)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_before_the_first_build_the_app_says_how_to_build(
    visit: Visit, tmp_path: Path, lang: str
) -> None:
    app = visit(tmp_path, lang=lang)
    assert not app.exception
    assert app.header[0].value == Text(lang)("delivery.headline_first")
    assert f"ecosphere build DIR --mapping mapping.toml --home {tmp_path}" in app.code[-1].value


def test_a_period_that_ends_before_it_begins_is_a_sentence(visit: Visit) -> None:
    app = visit(**{"from": "2026-10", "to": "2026-01"})
    assert not app.exception
    assert states(app) == [EN("states.broken_title")]
    assert EN("errors.period_reversed", first="2026-10", last="2026-01").split(":")[0] in words(app)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("[privacy]\nk = 0\n", "privacy.k"),
        ("not toml at all", "ecosphere.toml"),
        ('default_role = "emperor"\n', "emperor"),
        ('[roles.analyst]\nrows = { planet = ["mars"] }\n', "planet"),
    ],
)
def test_a_wrong_setting_is_a_sentence(
    visit: Visit, governed: Callable[[str], Path], settings: str, said: str
) -> None:
    app = visit(governed(settings))
    assert not app.exception
    assert states(app) == [EN("states.broken_title")]
    assert said in words(app)


def test_events_alone_are_enough(visit: Visit, events_alone: Callable[[Events], Path]) -> None:
    app = visit(events_alone((f"c{n}", day) for n in range(40) for day in MONTHS))
    assert not app.exception
    assert not app.multiselect
    assert counted(app, PEOPLE) == {"Jan 2026": "40", "Feb 2026": "40", "Mar 2026": "40"}
    app.switch_page(GLOSSARY).run()
    assert not app.exception


def test_one_month_is_enough(visit: Visit, events_alone: Callable[[Events], Path]) -> None:
    app = visit(events_alone((f"c{n}", MONTHS[0]) for n in range(40)))
    assert not app.exception
    assert counted(app, PEOPLE) == {"Jan 2026": "40"}
    assert app.header[0].value.replace("\\", "") == EN(
        "active_users.headline_unfinished", month="Jan 2026", people="40"
    )


def test_one_person_is_never_shown(visit: Visit, events_alone: Callable[[Events], Path]) -> None:
    app = visit(events_alone(("c1", day) for day in MONTHS))
    assert not app.exception
    assert states(app) == [EN("states.hidden_title", k=10)] * EXHIBITS


def test_every_chart_tells_in_words_what_it_shows(visit: Visit) -> None:
    charts = visit().get("vega_lite_chart")
    told = [chart.proto.alt for chart in charts]
    assert len(told) == len(set(told)) == EXHIBITS
    assert "2,533" in told[0]


def test_a_hidden_cell_is_less_than_k_in_the_table(visit: Visit) -> None:
    app = visit(opened_menu="active_users_mau", segment="mass", official_tier="affluent",
                acquisition_channel="referral")  # fmt: skip
    app.button(key="table_active_users_mau").click().run()
    table = app.dataframe[0].value
    assert numbers.hidden(10) in table[PEOPLE].to_list()
    assert numbers.MISSING not in table[PEOPLE].to_list()


def test_the_glossary_finds_by_word_and_says_when_it_finds_nothing(visit: Visit) -> None:
    app = visit().switch_page(GLOSSARY).run()
    listing, *everything = [entry.value for entry in app.subheader]
    app.text_input(key="glossary_search").set_value("lapsed").run()
    lapsed = [EN(f"{key}.title") for key in
              ("active_users.growth", "branches.ranking", "data_health.identities")]  # fmt: skip
    assert [entry.value for entry in app.subheader] == [listing, *lapsed]
    app.text_input(key="glossary_search").set_value("*zebra*").run()
    assert [entry.value for entry in app.subheader] == [listing]
    assert "'*zebra*'" in words(app)
    app.text_input(key="glossary_search").set_value("").run()
    assert [entry.value for entry in app.subheader] == [listing, *everything]
