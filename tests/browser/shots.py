"""A screenshot of every page, language, theme and width, into shots/ (not committed)."""

import os
import sys
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.browser.driving import ROOT, chromium, serving, settle

PAGES = sorted(path.stem for path in (ROOT / "pages").glob("*/*.py"))
WIDTHS = {1280: 1, 390: 2}  # pixels wide: device scale


def main() -> None:
    home = Path(os.environ.get("ECOSPHERE_HOME", ROOT / ".ecosphere"))
    folder = ROOT / "shots"
    folder.mkdir(exist_ok=True)
    with serving(home) as address, chromium() as browser:
        for stem, lang, theme, width in product(PAGES, ("en", "zh"), ("light", "dark"), WIDTHS):
            shoot(browser, f"{address}/{stem}?lang={lang}", theme, width,
                  folder / f"{stem}_{lang}_{theme}_{width}.png")  # fmt: skip


def shoot(browser: Browser, url: str, theme: str, width: int, path: Path) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=theme,
        device_scale_factor=WIDTHS[width],
    )
    page = context.new_page()
    page.goto(url)
    settle(page)
    # As tall as the page: the app scrolls inside itself, so a full-page shot would cut it off.
    height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": width, "height": max(900, int(height) + 40)})
    settle(page)
    page.screenshot(path=path)
    context.close()


if __name__ == "__main__":
    main()
