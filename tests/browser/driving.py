"""Start the app on a free port of this machine, and drive a real Chromium through it."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, Locator, Page, sync_playwright
from playwright.sync_api import TimeoutError as TooSlow

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = os.environ.get("CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "chromium"
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START_S = 60
TAPS, TAP_MS = 6, 5_000
SETTLED = "[data-testid=stApp][data-test-script-state=notRunning]"


@contextmanager
def serving(home: Path) -> Iterator[str]:
    """The app on a generation, at the address yielded; ended by its own process id."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    environment = {**os.environ, "ECOSPHERE_HOME": str(home)}
    server = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        _wait(f"http://127.0.0.1:{port}/_stcore/health", server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.communicate(timeout=20)


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def settle(page: Page) -> None:
    """Wait until the script has run and the charts are drawn."""
    page.wait_for_selector(SETTLED, timeout=60_000)
    page.wait_for_timeout(400)  # Vega draws after the script has ended, and says nothing when done
    page.wait_for_selector(SETTLED, timeout=60_000)


def choose(page: Page, box: Locator, value: str) -> None:
    """Open a list and take a value. Where a slow page moves under the finger, tap again."""
    option = page.get_by_role("option", name=value, exact=True)
    for _ in range(TAPS - 1):
        if not option.is_visible():
            box.click()
        try:
            option.click(timeout=TAP_MS)
        except TooSlow:
            continue
        return
    option.click()


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(START_S * 10):
        if server.poll() is not None:
            output = server.stdout.read().decode() if server.stdout else ""
            raise RuntimeError(f"the app ended before it answered:\n{output}")
        try:
            urlopen(address, timeout=1)  # noqa: S310  # an address of this machine
            return
        except (URLError, TimeoutError):
            try:
                server.wait(0.1)
            except subprocess.TimeoutExpired:
                continue
    raise RuntimeError(f"no answer from {address} in {START_S} s")
