"""The split that stands on charts, and the comparison that stands beside the period."""

from tests.pages.conftest import GLOSSARY, Visit
from tests.pages.reading import counted, words

MAU, GROWTH = "split.active_users_mau", "split.active_users_growth"


def test_one_choice_splits_every_chart_and_stands_in_the_link(visit: Visit) -> None:
    app = visit()
    app.selectbox(key=GROWTH).set_value("official_tier").run()
    assert not app.exception
    assert app.selectbox(key=MAU).value == "official_tier"
    assert app.query_params == {"lang": "en", "split": "official_tier"}
    assert counted(app, "Mass")["Oct 2026"] == "1,869"
    assert counted(app, "Mass", chart=1)["Oct 2026"] == "20"
    app.selectbox(key=MAU).set_value("").run()
    assert app.query_params == {"lang": "en"}
    assert counted(app, "active people")["Oct 2026"] == "2,533"


def test_a_link_splits_and_compares(visit: Visit) -> None:
    app = visit(lang="zh", split="branch", compare="year")
    assert not app.exception
    assert app.selectbox(key=MAU).value == "branch"
    assert app.selectbox(key="option.compare").value == "year"
    assert "同比（2025年10月）" in app.header[0].value.replace("\\", "")
    assert "上海分行" in words(app)
    assert app.query_params == {"lang": "zh", "split": "branch", "compare": "year"}


def test_a_split_that_nobody_knows_is_told_and_left_out(visit: Visit) -> None:
    app = visit(split="shoe_size")
    assert not app.exception
    assert "split=shoe" in app.warning[0].value.replace("\\", "")
    assert counted(app, "active people")["Oct 2026"] == "2,533"


def test_the_comparison_holds_on_every_page_and_in_the_other_language(visit: Visit) -> None:
    app = visit(split="segment")
    app.selectbox(key="option.compare").set_value("year_start").run()
    assert "year to date" in app.header[0].value
    app.switch_page(GLOSSARY).run()
    assert app.selectbox(key="option.compare").value == "year_start"
    app.segmented_control(key="lang").set_value("zh").run()
    app.switch_page("pages/activity/active_users.py").run()
    assert app.selectbox(key="option.compare").value == "year_start"
    assert app.selectbox(key=MAU).value == "segment"
    assert "较年初" in app.header[0].value
