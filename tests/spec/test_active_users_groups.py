"""What is said and drawn of groups of people is what their tables hold."""

from functools import partial
from typing import Any

import polars as pl
import pytest

from ecosphere.charts.active_users import exhibits
from ecosphere.charts.theme import PALETTES
from ecosphere.exhibit import Exhibit, State, shown_table
from ecosphere.metrics.active_users import measure
from ecosphere.model import Filters, Released, Role
from ecosphere.text import Text
from tests.pages.reading import _nodes
from tests.spec.conftest import Sample

EN, ZH = Text("en"), Text("zh")
COMPARED = {"month": ("on month", "较上月"), "year": ("on year", "同比")}


def ask(sample: Sample, filters: Filters, k: int, name: str, **options: str) -> Released:
    return sample.source.ask(name, filters, options, Role("", k=k))


def shown(
    sample: Sample, text: Text, k: int = 10, who: Any = None, **options: str
) -> list[Exhibit]:
    result = measure(partial(ask, sample, Filters.of(who or {}), k), options)
    return exhibits(result, text, sample.source.catalog.named)[:2]


def changes(released: Released) -> dict[str, int]:
    """What each named group gained or lost in the last finished month, counted anew."""
    rows = [row for row in released.table.iter_rows(named=True) if row["is_complete"]]
    return {
        row["group"]: row["people"] - row["people_before"]
        for row in rows
        if row["month"] == rows[-1]["month"]
        and not row["group"].startswith("_")
        and row["group"] != "not_stated"
        and row["people"] is not None
        and row["people_before"] is not None
    }


@pytest.mark.parametrize("compare", ["month", "year"])
@pytest.mark.parametrize("by", ["official_tier", "branch", "region"])
def test_the_group_that_changed_the_most_is_said(sample: Sample, by: str, compare: str):
    for place, text in enumerate((EN, ZH)):
        mau, growth = shown(sample, text, split=by, compare=compare)
        for exhibit in (mau, growth):
            found = changes(exhibit.table)
            most = max(found, key=lambda code: abs(found[code]))
            assert f"{found[most]:+,}" in exhibit.title.replace("−", "-")
            assert exhibit.words[most] in exhibit.title
        assert COMPARED[compare][place] in mau.title
        apart = text("active_users.growth.subtitle_apart", subtitle="")
        assert (apart in growth.subtitle) == (compare != "month")


def test_of_the_groups_shown_is_said_where_some_are_hidden(sample: Sample):
    wealth = {"official_tier": ["wealth"]}
    (mau, growth), (all_mau, all_growth) = (
        shown(sample, EN, k, wealth, split="region") for k in (10, 1)
    )
    assert "(of the groups shown)" in mau.title
    assert "of the groups shown" in growth.title
    assert "groups shown" not in all_mau.title + all_growth.title
    assert not all_mau.notes
    hidden = mau.table.table.filter(pl.col("people").is_null())["group"].unique()
    assert len(hidden)
    assert all(mau.words[code] in mau.notes[0] for code in hidden)


def test_every_line_holds_the_people_of_its_group(sample: Sample):
    (mau, _) = shown(sample, EN, split="official_tier")
    assert not isinstance(mau.chart, State)
    spec = mau.chart.draw(PALETTES["light"]).to_dict(validate=False)
    drawn = {row["name"]: row["shown"] for row in _nodes(spec) if "shown" in row and "name" in row}
    for row in mau.table.table.filter(~pl.col("is_total")).iter_rows(named=True):
        name = f"{row['month']:%b %Y} {mau.words[row['group']]}"
        assert drawn[name] == ("—" if row["people"] is None else f"{row['people']:,}")
    assert not any(name.endswith(mau.words["_total"]) for name in drawn)


def test_the_table_beside_a_chart_names_the_groups(sample: Sample):
    (mau, _) = shown(sample, ZH, split="official_tier")
    table = shown_table(mau.table, ZH, mau.words)
    assert set(table["群组"]) == {*mau.words.values()}
    assert list(mau.words.values())[-2:] == ["未填写", "合计"]
    assert ZH("frame.split_chip", attribute="客户分层") in mau.chips


def test_nobody_and_all_hidden_are_two_sentences(sample: Sample):
    nobody = {"region": ["xiamen"], "official_tier": ["private"], "segment": ["family"]}
    for k, who, kind in ((10_000, {}, "hidden"), (10, nobody, "empty")):
        for exhibit in shown(sample, EN, k, who, split="age_band"):
            assert isinstance(exhibit.chart, State)
            assert exhibit.chart.kind == kind
