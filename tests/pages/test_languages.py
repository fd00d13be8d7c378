"""Every page in both languages, with every word in the one that was chosen."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from ecosphere.text import Text
from tests.pages.conftest import GLOSSARY, Visit
from tests.pages.reading import words

# Names and terms that a Chinese banker writes in Latin letters.
FORMATS = {"CSV", "PDF", "PNG", "PPTX", "SVG", "XLSX"}
ALLOWED = {
    "SQL",
    "MAU",
    "NPS",
    "AUM",
    "ETS",
    "MASE",
    "Shapley",
    "App",
    "Ecosphere",
    "English",
    *FORMATS,
}
AN_ID = r"\b[A-Z]+\d+\b"  # of a campaign: K202512
A_FILE = r"queries/[\w/]+\.sql|docs/\w+\.md|ecosphere\.toml"


@pytest.fixture(params=["en", "zh"])
def opened(request: pytest.FixtureRequest, visit: Visit) -> tuple[AppTest, Text]:
    return visit(lang=request.param), Text(request.param)


def latin(written: str) -> set[str]:
    """Latin words in a Chinese page that are none of the allowed ones."""
    without_ids = re.sub(f"{A_FILE}|{AN_ID}", "", written)
    return set(re.findall(r"[A-Za-z]+", without_ids)) - ALLOWED


def test_every_page_runs_through_the_frame_in_both_languages(opened: tuple[AppTest, Text]) -> None:
    app, text = opened
    for stem, path in (("active_users", ""), ("glossary", GLOSSARY)):
        if path:
            app.switch_page(path).run()
        assert not app.exception
        assert [title.value for title in app.title] == [text(f"pages.{stem}")]
        assert app.sidebar.multiselect[0].placeholder == text("app.all")


def test_no_english_word_is_left_in_the_chinese_page(visit: Visit) -> None:
    app = visit(lang="zh", opened_menu="active_users_mau")
    assert latin(words(app)) == set()
    app.button(key="definition_active_users_mau").click().run()
    assert latin(words(app)) == set()


def test_no_english_word_is_left_in_the_chinese_glossary(visit: Visit) -> None:
    app = visit(lang="zh").switch_page(GLOSSARY).run()
    assert latin(words(app)) == set()


def test_no_chinese_word_is_left_in_the_english_page(visit: Visit) -> None:
    app = visit(lang="en", opened_menu="active_users_mau")
    seen = words(app).replace("中文", "")  # the name of the language, in itself
    assert re.findall(r"[\u4e00-\u9fff]+", seen) == []


def test_the_switch_changes_the_language_and_nothing_else(visit: Visit) -> None:
    app = visit(lang="en", segment="mass")
    app.sidebar.segmented_control(key="lang").set_value("zh").run()
    assert app.title[0].value == Text("zh")("pages.active_users")
    assert app.multiselect(key="who.segment").value == ["mass"]
    assert app.query_params == {"lang": "zh", "segment": "mass"}
