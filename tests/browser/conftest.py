"""One server, one browser and one generation for all browser tests."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.driving import chromium, serving, settle

PATIENCE_MS = 30_000  # a machine that others share may be slow

Open = Callable[..., Page]


@pytest.fixture(scope="session")
def sample(sample_home: Path) -> Path:
    return sample_home


@pytest.fixture(scope="session")
def address(sample: Path) -> Iterator[str]:
    with serving(sample) as served:
        yield served


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture(scope="session")
def laptop(browser: Browser) -> Iterator[BrowserContext]:
    """A reader with a laptop. Each new page is a session of its own; files load once."""
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        context.set_default_timeout(PATIENCE_MS)
        yield context


@pytest.fixture
def visit(address: str, laptop: BrowserContext) -> Iterator[Open]:
    """Open a path in a new tab, and wait until it stands."""
    pages: list[Page] = []

    def opened(path: str, context: BrowserContext = laptop) -> Page:
        page = context.new_page()
        pages.append(page)
        page.goto(address + path)
        settle(page)
        return page

    yield opened
    for page in pages:
        page.close()
