"""Exhibits of the sample, and files made of them."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ecosphere import answers
from ecosphere.exhibit import Chart, Exhibit
from ecosphere.export import Taker, content
from ecosphere.generations import Home
from ecosphere.library import questions
from ecosphere.model import Filters, Released, Role
from ecosphere.native import Native
from ecosphere.source import Source, open_source
from ecosphere.text import Text

ANALYST = Role("analyst")
STEMS = sorted({asked.stem for asked in questions().values()})
# Splits where there are groups; customers so few that some cells are hidden.
FEW = Filters.of(
    {"official_tier": ["affluent"], "segment": ["mass"], "acquisition_channel": ["referral"]}
)
VIEWS: dict[str, tuple[Filters, dict[str, str]]] = {
    "whole": (Filters(), {}),
    "split": (Filters(), {"split": "region"}),
    "few": (FEW, {}),
}

Make = Callable[..., bytes]


@pytest.fixture(scope="session")
def source(sample_home: Path) -> Source:
    return open_source(Home(sample_home))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A HOME whose record of exports is the test's own."""
    return tmp_path / "home"


@pytest.fixture
def made(home: Path) -> Make:
    """The bytes of a file as a role takes them."""

    def make(suffix: str, *exhibits: Exhibit, language: str = "en", role: Role = ANALYST) -> bytes:
        return content(suffix, exhibits, Taker("an analyst", role, Text(language), home))

    return make


def exhibits(source: Source, view: str, language: str) -> list[Exhibit]:
    """Every exhibit of every stem in one view."""
    filters, options = VIEWS[view]

    def ask(name: str, **chosen: str) -> Released:
        return source.ask(name, filters, chosen, ANALYST)

    text = Text(language)
    stems = STEMS if view == "whole" else ["active_users"]
    return [one for stem in stems for one in answers.exhibits(stem, ask, options, text, source)]


def named(exhibit: Exhibit, name: str) -> Exhibit:
    """The exhibit with a hostile name wherever an exhibit says one."""
    return replace(
        exhibit,
        title=name,
        subtitle=name,
        footer=name,
        alt=name,
        chips=(name,),
        notes=(name,),
    )


def with_native(exhibit: Exhibit, native: Native) -> Exhibit:
    """The exhibit with this as what PowerPoint draws."""
    assert isinstance(exhibit.chart, Chart)
    return replace(exhibit, chart=Chart(exhibit.chart.draw, lambda _: native))
