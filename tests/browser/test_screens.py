"""Both themes, both widths, both languages: readable, within the width, and accessible."""

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from ecosphere.charts.theme import PALETTES
from ecosphere.export import WRITERS
from ecosphere.ui.page import BEHIND
from tests.browser import driving
from tests.browser.conftest import PATIENCE_MS, Open
from tests.browser.driving import settle
from tests.effort import some

pytestmark = pytest.mark.browser

Show = Callable[[str], Page]

PAGES = (
    "/summary",
    "/branches",
    "/channels",
    "/retention",
    "/active_users",
    "/active_users?split=branch&compare=year",
    "/data_health",
    "/exports",
    "/glossary",
)
SCREENS = some([("light", "en", 1280), ("dark", "zh", 1280), ("dark", "zh", 390)])
# On a phone Streamlit's own drawer lists grouped pages in a way axe refuses (`list`, `listitem`).
NOT_OURS = "[data-testid=stSidebarNav]"
AXE = {"exclude": [[NOT_OURS]]}
ONLY_VIOLATIONS = {"resultTypes": ["violations"]}
INKS = """chart => [...new Set([...chart.querySelectorAll("[fill], [stroke]")].flatMap(
    mark => [mark.getAttribute("fill"), mark.getAttribute("stroke")]))]"""
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
INNER = "main => main.scrollWidth - main.clientWidth"


@pytest.fixture(scope="module", params=SCREENS, ids=lambda screen: "-".join(map(str, screen)))
def shown(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Show]:
    """All pages on one screen: theme, language, width."""
    theme, lang, width = request.param
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)
    context.set_default_timeout(PATIENCE_MS)
    pages: dict[str, Page] = {}

    def at(path: str) -> Page:
        if path not in pages:
            pages[path] = context.new_page()
            pages[path].goto(f"{address}{path}{'&' if '?' in path else '?'}lang={lang}")
            settle(pages[path])
        return pages[path]

    yield at
    context.close()


def inks(page: Page) -> set[str]:
    chart = page.get_by_test_id("stVegaLiteChart").first
    return {ink for ink in chart.evaluate(INKS) if ink and ink.startswith("#")}


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_serious(shown: Show, path: str) -> None:
    found = Axe().run(shown(path), AXE, ONLY_VIOLATIONS).response["violations"]
    grave = [
        f"{one['id']}: {node['target']}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]
    assert grave == []


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_wider_than_the_screen(shown: Show, path: str) -> None:
    page = shown(path)
    assert page.evaluate(OVERFLOW) <= 0
    assert page.get_by_test_id("stMain").evaluate(INNER) <= 0


def test_axe_finds_what_is_wrong(visit: Open) -> None:
    page = visit("/glossary?lang=en")
    page.get_by_test_id("stMain").evaluate("main => main.append(document.createElement('img'))")
    found = Axe().run(page, AXE, ONLY_VIOLATIONS).response["violations"]
    assert "image-alt" in [one["id"] for one in found]


def test_an_open_menu_is_accessible_in_the_dark(browser: Browser, address: str) -> None:
    with browser.new_context(color_scheme="dark") as context:
        page = context.new_page()
        page.goto(f"{address}/active_users?lang=zh")
        settle(page)
        page.get_by_role("button", name="导出", exact=True).first.click()
        expect(page.get_by_test_id("stPopoverBody").get_by_role("button")).to_have_count(
            len(WRITERS) + len(BEHIND)
        )
        found = Axe().run(page, AXE, ONLY_VIOLATIONS).response["violations"]
        assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []


def test_charts_follow_when_the_theme_changes(visit: Open) -> None:
    light, dark = PALETTES["light"], PALETTES["dark"]
    page = visit("/active_users?lang=en")
    assert light.accent in inks(page)
    try:
        page.emulate_media(color_scheme="dark")
        page.wait_for_function(
            "ink => document.querySelector(`[data-testid=stVegaLiteChart] [stroke='${ink}']`)",
            arg=dark.accent,
        )
        settle(page)
        assert light.accent not in inks(page)
        assert dark.muted in inks(page)
    finally:
        page.emulate_media(color_scheme="light")


def test_a_mark_without_words_has_no_tooltip(visit: Open) -> None:
    page = visit("/active_users?lang=zh")
    tip = page.locator("#vg-tooltip-element.visible")
    chart = page.get_by_test_id("stVegaLiteChart").first
    chart.get_by_text("各场景合计").hover(force=True)
    expect(tip).to_have_count(0)
    chart.locator(".mark-symbol path").last.hover(force=True)
    expect(tip).to_have_text("2026年11月 活跃用户数人2,524")


def test_the_drawer_can_be_used_on_a_phone(browser: Browser, address: str) -> None:
    with browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True) as context:
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.goto(f"{address}/active_users?lang=en")
        settle(page)
        page.get_by_test_id("stExpandSidebarButton").click()
        drawer = page.get_by_test_id("stSidebar")
        driving.choose(page, drawer.get_by_role("combobox", name="Segment"), "Seniors")
        page.keyboard.press("Escape")
        page.wait_for_url("**segment=senior**")
        page.get_by_test_id("stSidebarCollapseButton").get_by_role("button").click()
        expect(page.get_by_text("Segment: Seniors")).to_be_in_viewport()
        assert page.evaluate(OVERFLOW) <= 0
