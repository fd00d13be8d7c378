"""A link is a view: codes in the address, page changes, reloads, two readers at once."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import driving
from tests.browser.conftest import Open
from tests.browser.driving import serving, settle

pytestmark = pytest.mark.browser

FULL = "lang=zh&segment=mass&segment=family&from=2026-01&definition=transacted"


def codes(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def stem(page: Page) -> str:
    return urlsplit(page.url).path.strip("/")


def title(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def choose(page: Page, label: str, value: str) -> None:
    box = page.get_by_test_id("stMultiSelect").filter(has=page.get_by_text(label, exact=True))
    driving.choose(page, box.get_by_role("combobox"), value)
    page.keyboard.press("Escape")
    expect(page.get_by_text(f"{label}: {value}")).to_be_visible()  # the chip above the charts
    settle(page)


def go_to(page: Page, section: str, name: str) -> None:
    page.get_by_test_id("stHeader").get_by_text(section, exact=True).click()
    page.get_by_role("menuitem", name=name).click()
    title(page, name)
    settle(page)


@pytest.mark.parametrize(
    ("link", "words"),
    [("/glossary", "Glossary"), ("/active_users?segment=mass&lang=en", "Active users")],
)
def test_the_first_link_after_a_start_opens_its_page(
    browser: Browser, sample: Path, link: str, words: str
) -> None:
    with serving(sample) as fresh, browser.new_context(locale="en-GB") as context:
        page = context.new_page()
        page.goto(fresh + link)
        settle(page)
        title(page, words)
        expect(page.get_by_text("Page not found")).to_have_count(0)
        assert stem(page) == urlsplit(link).path.strip("/")


def test_before_the_first_build_every_link_says_how_to_build(
    browser: Browser, tmp_path: Path
) -> None:
    with serving(tmp_path) as fresh, browser.new_context(locale="en-GB") as context:
        page = context.new_page()
        page.goto(f"{fresh}/glossary?lang=zh")
        expect(page.get_by_role("heading", level=2)).to_contain_text("尚无数据")
        expect(page.get_by_text("ecosphere build DIR")).to_contain_text(str(tmp_path))
        expect(page.get_by_text("Page not found")).to_have_count(0)


def test_the_bare_address_leads_to_the_summary_with_the_filters_of_the_link(visit: Open) -> None:
    page = visit(f"/?{FULL}&colour=red")
    title(page, "经营概览")
    assert stem(page) == "summary"
    assert codes(page) == parse_qs(FULL)
    expect(page.get_by_test_id("stAlert")).to_contain_text("colour=red")


def test_unknown_codes_are_told_and_the_rest_is_applied(visit: Open) -> None:
    page = visit("/active_users?lang=en&segment=mass&segment=martians&to=1999-01")
    told = page.get_by_test_id("stAlert")
    expect(told).to_have_count(2)
    expect(told.first).to_contain_text("segment=martians")
    expect(told.last).to_contain_text("to=1999-01")
    assert codes(page) == {"lang": ["en"], "segment": ["mass"]}


def test_an_address_in_a_link_is_no_link_on_the_page(visit: Open) -> None:
    page = visit("/active_users?lang=en&a=![x](http://127.0.0.1:9/x.png)&b=www.example.com")
    told = page.get_by_test_id("stAlert")
    expect(told).to_have_count(2)
    expect(told.locator("a, img")).to_have_count(0)


def test_a_filter_survives_pages_reload_language_and_back(
    visit: Open, browser: Browser, address: str
) -> None:
    page = visit("/active_users?lang=en")
    choose(page, "Segment", "Families")
    assert codes(page) == {"lang": ["en"], "segment": ["family"]}
    go_to(page, "Operations", "Glossary")
    assert codes(page) == {"lang": ["en"], "segment": ["family"]}
    go_to(page, "Activity", "Active users")
    page.get_by_role("radio", name="中文").click()
    title(page, "活跃用户")
    settle(page)
    segment = page.get_by_test_id("stMultiSelect").filter(has_text="客户分群")
    expect(segment).to_contain_text("家庭客群")
    page.get_by_role("radio", name="登录").click()  # the browser sends all filters with it
    expect(page.get_by_text("活跃口径：登录")).to_be_visible()
    settle(page)
    assert codes(page) == {"lang": ["zh"], "segment": ["family"], "definition": ["logged_in"]}
    finding = page.get_by_role("heading", level=2).inner_text()
    with browser.new_context() as other:
        again = other.new_page()
        again.goto(page.url)
        settle(again)
        expect(again.get_by_role("heading", level=2)).to_have_text(finding)


def test_back_leads_to_the_page_before_and_forward_again(visit: Open) -> None:
    page = visit("/active_users?lang=en")
    choose(page, "Segment", "General public")
    go_to(page, "Operations", "Glossary")
    page.go_back()
    title(page, "Active users")
    settle(page)
    page.go_forward()
    title(page, "Glossary")
    settle(page)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    expect(page.get_by_test_id("stMultiSelect").filter(has_text="Segment")).to_contain_text(
        "General public"
    )


def test_the_period_goes_into_the_link_and_defaults_stay_out(visit: Open) -> None:
    page = visit("/active_users?lang=en&from=2025-10&definition=any_scene")
    assert codes(page) == {"lang": ["en"]}
    driving.choose(page, page.get_by_role("combobox", name="From"), "Jan 2026")
    expect(page.get_by_text("Jan–Nov 2026").first).to_be_visible()
    settle(page)
    assert codes(page) == {"lang": ["en"], "from": ["2026-01"]}


def test_two_readers_at_once_do_not_see_each_other(
    visit: Open, browser: Browser, address: str
) -> None:
    mine = visit("/active_users?lang=en&segment=mass")
    with browser.new_context(locale="zh-CN") as other:
        theirs = other.new_page()
        theirs.goto(f"{address}/active_users?segment=family")
        settle(theirs)
        title(theirs, "活跃用户")
        choose(mine, "Tier", "Affluent")
        theirs.get_by_role("radio", name="登录").click()
        expect(theirs.get_by_text("活跃口径：登录")).to_be_visible()
        settle(theirs)
        assert codes(theirs) == {"lang": ["zh"], "segment": ["family"], "definition": ["logged_in"]}
    title(mine, "Active users")
    assert codes(mine) == {"lang": ["en"], "segment": ["mass"], "official_tier": ["affluent"]}
    expect(mine.get_by_text("Active = any scene")).to_be_visible()
