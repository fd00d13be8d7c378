"""Generations to open the app on, and a reader who opens it."""

import os
from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from ecosphere.build import build
from ecosphere.config import ROOT, Config
from ecosphere.contract import read_mapping
from ecosphere.generations import Home
from ecosphere.ui import navigation

TODAY = date(2026, 11, 22)  # the day after the sample ends
GLOSSARY = "pages/operations/glossary.py"

Visit = Callable[..., AppTest]
Events = Iterable[tuple[str, datetime]]


@pytest.fixture(scope="session")
def sample(sample_home: Path) -> Path:
    return sample_home


@pytest.fixture
def events_alone(tmp_path: Path) -> Callable[[Events], Path]:
    """A home built from nothing but who did something, and when."""

    def made(events: Events) -> Path:
        exports = tmp_path / "exports"
        exports.mkdir()
        rows = pl.DataFrame(list(events), schema=["customer_id", "occurred_at"], orient="row")
        rows.write_parquet(exports / "events.parquet")
        return _built(tmp_path / "home", exports)

    return made


@pytest.fixture
def governed(sample: Path, tmp_path: Path) -> Callable[[str], Path]:
    """The sample in a home that is governed by this ecosphere.toml."""

    def made(settings: str) -> Path:
        home = tmp_path / "governed"
        home.mkdir()
        for name in ("CURRENT", "generation-1.duckdb"):
            os.link(sample / name, home / name)
        (home / "ecosphere.toml").write_text(settings, encoding="utf-8")
        return home

    return made


@pytest.fixture
def visit(sample: Path, monkeypatch: pytest.MonkeyPatch) -> Visit:
    """Open a page of the app as a reader does: a link with codes, then `run`."""

    def opened(
        home: Path = sample,
        opened_menu: str = "",
        page: str = "active_users",
        **codes: str | list[str],
    ) -> AppTest:
        monkeypatch.setenv("ECOSPHERE_HOME", str(home))
        monkeypatch.setattr(navigation, "HOME_PAGE", page)  # AppTest follows no path of a link
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
        for code, value in {"lang": "en", **codes}.items():
            app.query_params[code] = value
        if opened_menu:
            app.session_state[f"menu_{opened_menu}"] = True
        return app.run()

    return opened


def _built(home: Path, exports: Path) -> Path:
    build(Home(home), exports, read_mapping(None), Config(), TODAY)
    return home
