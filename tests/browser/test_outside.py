"""Nothing leaves the machine, and every answer carries the security headers."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.browser.driving import settle

pytestmark = pytest.mark.browser

PATHS = ("/active_users?lang=en", "/glossary?lang=zh", "/")


def test_no_request_leaves_the_machine(browser: Browser, address: str) -> None:
    asked: list[str] = []
    with browser.new_context() as context:  # a new one: nothing is cached
        page = context.new_page()
        context.on("request", lambda request: asked.append(request.url))
        page.on("websocket", lambda socket: asked.append(socket.url))
        for path in PATHS:
            page.goto(address + path)
            settle(page)
        page.get_by_role("button", name="Export", exact=True).first.click()
        page.get_by_role("button", name="SQL").click()
        page.get_by_test_id("stDialog").wait_for()
        settle(page)
    own = urlsplit(address).netloc
    hosts = {urlsplit(url.removeprefix("blob:")).netloc for url in asked if url[:5] != "data:"}
    assert hosts == {own}
    assert {"ws", "http"} <= {urlsplit(url).scheme for url in asked}
    assert any(url.endswith("NotoSansSC-Regular.woff2") for url in asked)
    assert any("favicon" in url or "/media/" in url for url in asked)


@pytest.mark.parametrize(
    "path", ["/", "/glossary", "/_stcore/health", "/app/static/NotoSansSC-Bold.woff2"]
)
def test_every_answer_carries_the_security_headers(
    laptop: BrowserContext, address: str, path: str
) -> None:
    headers = laptop.request.get(address + path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
