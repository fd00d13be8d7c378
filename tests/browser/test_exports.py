"""The opening page on a real server: a check that is asked for, watched, left and found again."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.conftest import PATIENCE_MS
from tests.browser.driving import serving, settle
from tests.browser.test_screens import AXE, ONLY_VIOLATIONS, OVERFLOW
from tests.effort import some

pytestmark = pytest.mark.browser

OWN = pl.DataFrame({"CUST_NO": ["Wang Fang"] * 9, "TX_TIME": [datetime(2026, 10, 1)] * 9})
SCREENS = some([("light", "en", 1280), ("dark", "zh", 1280), ("dark", "zh", 390)])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("delivered")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, folder: Path) -> Path:
    home = tmp_path_factory.mktemp("home")
    (home / "ecosphere.toml").write_text(f'[exports]\nfolder = "{folder}"\n', encoding="utf-8")
    return home


@pytest.fixture(scope="module")
def fresh(home: Path) -> Iterator[str]:
    """A server before its first build."""
    with serving(home) as address:
        yield address


@pytest.fixture
def reader(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        context.set_default_timeout(PATIENCE_MS)
        yield context


def opened(context: BrowserContext, address: str, lang: str = "en") -> Page:
    page = context.new_page()
    page.goto(f"{address}/exports?lang={lang}")
    settle(page)
    return page


def button(page: Page) -> Locator:
    return page.locator(".st-key-check_exports button")


def check_now(page: Page) -> None:
    """Have the files checked, and wait for this report: the last one may still stand there."""
    checked_at = page.get_by_text(re.compile("Checked at|检查时间"))
    before = checked_at.inner_text() if checked_at.count() else "never"
    button(page).click()
    expect(checked_at).not_to_have_text(before)
    expect(button(page)).to_be_enabled()
    settle(page)


def refused(page: Page) -> Locator:
    return page.get_by_text("Something refuses the delivery")


def let_go_on(pipe: Path, page: Page) -> None:
    """Give whoever waits at the pipe an empty file, until the report is there."""
    for _ in range(100):
        with suppress(OSError):  # nobody waits there yet
            os.close(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))
        page.wait_for_timeout(100)
        if refused(page).count():
            return


def test_one_check_runs_at_a_time_and_every_reader_sees_it(
    fresh: str, folder: Path, reader: BrowserContext
) -> None:
    """The check waits at a pipe in place of a file, for as long as this test likes."""
    pipe = folder / "events.parquet"
    os.mkfifo(pipe)
    mine, theirs = opened(reader, fresh), opened(reader, fresh)
    button(mine).click()
    expect(mine.get_by_text("Only one runs at a time")).to_be_visible()
    button(theirs).click()  # before their page knows
    expect(theirs.get_by_text("Only one runs at a time")).to_be_visible()
    for page in (mine, theirs):
        expect(button(page)).to_be_disabled()
    expect(opened(reader, fresh).get_by_role("heading", level=1)).to_have_text("Exports")
    let_go_on(pipe, mine)
    for page in (mine, theirs):  # without a click: both pages look by themselves
        expect(refused(page)).to_be_visible()
        expect(button(page)).to_be_enabled()
    pipe.unlink()


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: "-".join(map(str, screen)))
def test_a_report_can_be_read_everywhere_and_builds_nothing(
    browser: Browser, fresh: str, folder: Path, home: Path, screen: tuple[str, str, int]
) -> None:
    theme, lang, width = screen
    OWN.write_parquet(folder / "events.parquet")
    size = {"width": width, "height": 900}
    with browser.new_context(viewport=size, color_scheme=theme) as context:
        context.set_default_timeout(PATIENCE_MS)
        page = opened(context, fresh, lang)
        check_now(page)
        expect(page.get_by_text("renamed_column").first).to_be_visible()
        page.get_by_test_id("stExpander").last.locator("summary").click()
        expect(page.get_by_text('customer_id = "CUST_NO"').last).to_be_visible()
        settle(page)
        assert "Wang Fang" not in page.content()
        assert page.evaluate(OVERFLOW) <= 0
        found = Axe().run(page, AXE, ONLY_VIOLATIONS).response["violations"]
        grave = [one for one in found if one["impact"] in ("serious", "critical")]
        assert [f"{one['id']}: {n['target']}" for one in grave for n in one["nodes"]] == []
    assert [path.name for path in home.iterdir()] == ["ecosphere.toml"]


def test_the_mapping_that_is_offered_can_be_taken_away(
    fresh: str, folder: Path, reader: BrowserContext
) -> None:
    OWN.write_parquet(folder / "events.parquet")
    page = opened(reader, fresh)
    check_now(page)
    page.get_by_text("A mapping file to start from").first.click()
    settle(page)  # what opens moves the button
    with page.expect_download() as taken:
        page.get_by_role("button", name="Take the mapping file").click()
    assert 'customer_id = "CUST_NO"' in Path(taken.value.path()).read_text(encoding="utf-8")
    with page.expect_download() as contracts:
        page.get_by_role("button", name="All contracts as Markdown").click()
    assert "## events" in Path(contracts.value.path()).read_text(encoding="utf-8")
