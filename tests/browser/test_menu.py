"""What stands behind a chart: files, the table, the definition, the SQL."""

import csv
import io
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from pptx import Presentation

from ecosphere.generations import Home
from ecosphere.model import Filters, Month, Role
from ecosphere.source import open_source
from tests.browser.conftest import Open

pytestmark = pytest.mark.browser

# Customers so few that some months are under the threshold of ten.
FEW = "official_tier=affluent&segment=mass&acquisition_channel=referral"


@pytest.fixture(scope="module")
def released(sample: Path) -> list[dict[str, object]]:
    """The rows of the first chart under the filters of FEW, asked for without a page."""
    who = {"official_tier": ["affluent"], "segment": ["mass"], "acquisition_channel": ["referral"]}
    period = {"first": Month.parse("2025-10"), "last": Month.parse("2026-11")}
    source = open_source(Home(sample))
    return source.ask(
        "active_users/mau", Filters.of(who, **period), {}, Role("analyst")
    ).table.to_dicts()


def opened(page: Page) -> Locator:
    page.get_by_role("button", name="Export", exact=True).first.click()
    menu = page.get_by_test_id("stPopoverBody")
    expect(menu.get_by_role("button", name="CSV")).to_be_visible()
    return menu


def behind(page: Page, name: str) -> Locator:
    opened(page).get_by_role("button", name=name, exact=True).click()
    dialog = page.get_by_test_id("stDialog")
    expect(dialog).to_be_visible()
    expect(page.get_by_test_id("stPopoverBody")).to_have_count(0)  # it would lie over the dialog
    return dialog


def taken(page: Page, name: str) -> tuple[str, bytes]:
    with page.expect_download() as download:
        opened(page).get_by_role("button", name=name, exact=True).click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def test_the_csv_holds_the_released_values(visit: Open, released: list[dict[str, object]]) -> None:
    name, content = taken(visit(f"/active_users?lang=en&{FEW}"), "CSV")
    assert name.startswith("active_users_mau_")
    assert name.endswith(".csv")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    columns = ("people", "gross", "people_before")
    assert [[row[c] for c in columns] for row in rows] == [
        ["" if row[c] is None else str(row[c]) for c in columns] for row in released
    ]
    assert any(row["hidden"] == "true" for row in rows)


def test_the_png_is_a_picture_of_the_whole_exhibit(visit: Open) -> None:
    name, content = taken(visit("/active_users?lang=en"), "PNG")
    assert name.endswith(".png")
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = Image.open(io.BytesIO(content)).size
    assert width == 1760
    assert height > 700


def test_a_slide_is_a_chart_that_can_be_edited(visit: Open) -> None:
    name, content = taken(visit("/active_users?lang=en"), "PPTX")
    assert name.endswith(".pptx")
    (slide,) = Presentation(io.BytesIO(content)).slides
    assert [shape for shape in slide.shapes if shape.has_chart]


def test_a_page_leaves_as_one_file(visit: Open) -> None:
    page = visit("/active_users?lang=zh")
    page.get_by_role("button", name="导出本页", exact=True).click()
    menu = page.get_by_test_id("stPopoverBody")
    menu.get_by_role("button", name="PPTX", exact=True).click()
    with page.expect_download() as download:
        menu.get_by_role("button", name="保存PPTX").click()
    deck = Presentation(download.value.path())
    titles = page.get_by_role("heading", level=3).all_text_contents()
    assert [slide.shapes.title.text_frame.text for slide in deck.slides] == titles


def test_the_table_shows_hidden_cells_as_less_than_k(
    visit: Open, released: list[dict[str, object]]
) -> None:
    dialog = behind(visit(f"/active_users?lang=en&{FEW}"), "Table")
    # The grid is drawn on a canvas; inside stands the table that it offers to screen readers.
    people = dialog.locator("td[aria-colindex='2']")
    expect(people.first).to_be_attached()
    seen = people.all_text_contents()  # the rows in sight
    counts = [row["people"] for row in released]
    assert seen == ["<10" if count is None else str(count) for count in counts][: len(seen)]
    assert "<10" in seen


def test_sql_and_definition_stand_behind_the_chart(visit: Open) -> None:
    page = visit("/active_users?lang=en&segment=mass")
    dialog = behind(page, "SQL")
    expect(dialog).to_contain_text("with month as (")
    expect(dialog).to_contain_text("any($who_0)")
    expect(dialog).to_contain_text("mass")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    dialog = behind(page, "Definition")
    expect(dialog).to_contain_text("Distinct people with at least one qualifying event")
    expect(dialog).to_contain_text("Unit: people")
    expect(dialog).to_contain_text("full count")


def test_the_menu_and_the_filters_work_without_a_mouse(visit: Open) -> None:
    page = visit("/active_users?lang=en")
    segment = page.get_by_role("combobox", name="Segment")
    reach(page, segment)
    page.keyboard.type("Fam")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.get_by_text("Segment: Families")).to_be_visible()
    reach(page, page.get_by_role("button", name="Export", exact=True).first)
    page.keyboard.press("Enter")
    menu = page.get_by_test_id("stPopoverBody")
    expect(menu.get_by_role("button", name="Table")).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu).to_have_count(0)


def reach(page: Page, wanted: Locator) -> None:
    """Press Tab until the control has the focus."""
    for _ in range(40):
        if wanted.evaluate("control => control === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} cannot be reached with Tab")
