"""Colours can be read, and labels do not collide."""

import dataclasses
import json
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Any

import altair as alt
import polars as pl
import pytest
import vl_convert
from hypothesis import given
from hypothesis import strategies as st

from ecosphere.charts import theme

ROOT = Path(__file__).resolve().parents[2]
CONFIG = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
THEMES = ("light", "dark")


@pytest.mark.parametrize("name", THEMES)
def test_every_text_colour_reads_on_the_page(name: str) -> None:
    palette = theme.PALETTES[name]
    texts = (palette.ink, palette.muted, palette.accent, palette.worse, *palette.category_text)
    for color in texts:
        assert theme.contrast(color, palette.page) >= 4.5, color


@pytest.mark.parametrize("name", THEMES)
def test_every_category_stands_out_from_the_page(name: str) -> None:
    palette = theme.PALETTES[name]
    assert len(set(palette.categories)) == 8
    for color in palette.categories:
        assert theme.contrast(color, palette.page) >= 3, color


@given(st.sampled_from(THEMES), st.integers(0, 0xFFFFFF))
def test_text_reads_on_every_fill(name: str, fill: int) -> None:
    color = f"#{fill:06X}"
    assert theme.contrast(theme.on(color, theme.PALETTES[name]), color) >= 4.5


def test_text_on_a_fill_is_ink_or_page_where_that_is_enough() -> None:
    palette = theme.PALETTES["light"]
    assert theme.on(palette.accent, palette) == palette.page
    assert theme.on(palette.soft, palette) == palette.ink


@pytest.mark.parametrize("name", THEMES)
def test_the_browser_has_the_colours_of_the_charts(name: str) -> None:
    palette, browser = theme.PALETTES[name], CONFIG["theme"][name]
    assert browser["backgroundColor"] == palette.page
    assert browser["textColor"] == palette.ink
    assert browser["primaryColor"] == browser["blueColor"] == palette.accent
    assert browser["orangeColor"] == palette.worse
    assert browser["grayColor"] == palette.muted
    assert browser["blueBackgroundColor"] == palette.soft
    assert tuple(browser["chartCategoricalColors"]) == palette.categories
    for hue in ("blue", "orange", "gray"):
        text, chip = browser[f"{hue}TextColor"], browser[f"{hue}BackgroundColor"]
        assert theme.contrast(text, chip) >= 4.5, hue


def test_the_font_faces_of_the_browser_are_in_the_folder_streamlit_serves() -> None:
    faces = CONFIG["theme"]["fontFaces"]
    assert {face["family"] for face in faces} == {theme.FONT}
    assert {face["weight"] for face in faces} == {400, 700}
    for face in faces:
        assert (ROOT / face["url"].removeprefix("app/")).is_file()  # app/static/ is static/


def test_contrast_is_that_of_the_wcag() -> None:
    assert theme.contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert theme.contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


def test_a_palette_cannot_be_changed_by_a_session() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        theme.PALETTES["light"].ink = "#000000"  # type: ignore[misc]


def test_a_scene_keeps_its_colour_and_the_ninth_is_grey() -> None:
    palette = theme.PALETTES["light"]
    colors = theme.assign(list("abcdefghij"), palette)
    assert colors["a"] == palette.categories[0]
    assert colors["i"] == colors["j"] == palette.rest


heights = st.lists(st.floats(0, 100), max_size=12)


@given(heights)
def test_labels_keep_their_order_and_their_distance(values: list[float]) -> None:
    places = theme.dodge(values, 5, 0, 100)
    for one, here in zip(values, places, strict=True):
        assert -1e-9 <= here <= 100 + 1e-9
        for other, there in zip(values, places, strict=True):
            assert one >= other or here < there
    ordered = sorted(places)
    assert all(b - a >= 5 - 1e-9 for a, b in pairwise(ordered))


@given(st.lists(st.integers(0, 10), unique=True, max_size=10))
def test_labels_with_room_stay_where_they_are(steps: list[int]) -> None:
    values = [10.0 * step for step in steps]
    assert theme.dodge(values, 5, 0, 100) == pytest.approx(values)


@given(st.lists(st.floats(0, 100), min_size=2, max_size=6), st.data())
def test_no_other_places_are_nearer(values: list[float], data: st.DataObject) -> None:
    others = sorted(data.draw(st.floats(0, 100 - 5 * (len(values) - 1))) for _ in values)
    spaced = [place + 5 * rank for rank, place in enumerate(others)]  # any allowed arrangement
    moved = [a - b for a, b in zip(values, theme.dodge(values, 5, 0, 100), strict=True)]
    rival = [a - b for a, b in zip(sorted(values), spaced, strict=True)]
    assert sum(m * m for m in moved) <= sum(r * r for r in rival) + 1e-6


def test_more_labels_than_fit_share_the_room() -> None:
    assert theme.dodge([50.0] * 5, 50, 0, 100) == pytest.approx([0, 25, 50, 75, 100])
    assert theme.dodge([], 5, 0, 100) == []


def _chart() -> dict[str, Any]:
    palette, domain = theme.PALETTES["light"], (0.0, 10.0)
    rows = pl.DataFrame({"month": ["2026-01", "2026-02"], "value": [1.0, 9.0]})
    line = (
        alt.Chart(rows)
        .mark_line()
        .encode(
            x=alt.X("month:O", scale=theme.MONTHS, axis=theme.month_axis("zh")),
            y=alt.Y("value:Q", scale=theme.value_scale(*domain), axis=theme.num_axis("zh")),
        )
    )
    notes = [theme.Annotation("2026-02", 1, "活动"), theme.Annotation("2026-02", 2, "发布")]
    labels = [theme.EndLabel("甲", 9, palette.accent), theme.EndLabel("目标", 9, palette.muted)]
    layers = [
        line,
        theme.target(8, domain, palette, "目标"),
        theme.annotations(notes, palette),
        theme.end_labels(labels, domain, 200),
    ]
    return theme.spec(alt.LayerChart(layer=layers), palette, 200)


def test_a_spec_carries_its_rows_and_its_theme() -> None:
    spec = _chart()
    assert "datasets" not in spec
    assert '"name": "data-' not in json.dumps(spec)
    assert spec["config"]["font"] == theme.FONT
    assert spec["width"] == "container"
    assert {"left", "right", "top", "bottom"} == set(spec["padding"])


def test_all_layers_share_one_axis_of_points_and_one_of_values() -> None:
    vega = vl_convert.vegalite_to_vega({**_chart(), "width": 400})
    scales = {scale["name"]: scale for scale in vega["scales"]}
    assert scales["x"]["type"] == "point"
    assert scales["y"]["domain"] == [0, 10]
    assert set(scales) == {"x", "y"}  # names' colours are their own, without a scale


def test_stripes_alternate_with_the_page() -> None:
    palette = theme.PALETTES["dark"]
    stops = theme.hatch("#ABCDEF", palette, stripes=2)["stops"]
    assert [stop["offset"] for stop in stops] == [0, 0.25, 0.25, 0.5, 0.5, 0.75, 0.75, 1]
    assert [stop["color"] for stop in stops[::2]] == ["#ABCDEF", palette.page] * 2
