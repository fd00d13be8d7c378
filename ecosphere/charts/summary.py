"""Charts of `summary`: the cards, what moved, and how the ecosystem stands."""

from collections.abc import Mapping
from typing import Any

from ecosphere.charts import moved
from ecosphere.charts.bars import tone
from ecosphere.charts.listing import Cell, Column, height, listing
from ecosphere.exhibit import SIGN, Card, Exhibit, State, chips, footer, marked, word
from ecosphere.metrics.summary import Summary
from ecosphere.model import Released
from ecosphere.text import Text, numbers

PLACES = {"by_scene": "scene", "by_partner": "partner"}  # option -> kind of place
PAGES = {"mau": "active_users"}  # card -> the page that tells more
BASES = {"month": "change_rate", "year_start": "year_start_rate", "year": "year_rate"}

Row = Mapping[str, Any]


def headline(result: Summary, text: Text) -> str:
    """The first number with its change and target, and what moved the most."""
    row = next((one for one in _rows(result.cards) if one["card"] == "mau"), None)
    if row is None or row["people"] is None:
        return text("summary.headline_none")
    values = {
        "month": numbers.month(row["month"], text.language),
        "people": numbers.level(row["people"], None, text.language),
    }
    said = text("summary.headline", **values)
    if (rate := row[BASES[result.compare]]) is not None:
        change = numbers.percent_change(rate, text.language)
        against = text(f"options.compare.{result.compare}")
        said = text("summary.headline_change", said=said, change=change, comparison=against)
    if row["target_completion"] is not None:
        done = numbers.percent(row["target_completion"], text.language)
        elapsed = numbers.percent(row["elapsed_share"], text.language)
        said = text("summary.headline_target", said=said, completion=done, elapsed=elapsed)
    return marked(text("summary.sentence", said=said), result.cards, row)


def cards(result: Summary, text: Text) -> list[Card]:
    """A card for each number whose export is there."""
    return [_card(row, result, text) for row in _rows(result.cards)]


def exhibits(result: Summary, text: Text, attributes: Mapping[str, Any]) -> list[Exhibit]:
    """The exhibits of the page, in order."""
    kind = PLACES[result.by_place]
    return [
        moved.by_place(result.places, text, attributes, result.compare, kind),
        moved.by_group(result.moved, text, attributes, result.compare, choices=("split",)),
        _cards(result, text, attributes),
        _bands(result, text, attributes),
    ]


def _rows(released: Released) -> list[Row]:
    return list(released.table.iter_rows(named=True))


def _card(row: Row, result: Summary, text: Text) -> Card:
    rate = row[BASES[result.compare]]
    if rate is None and result.compare == "year_start":  # what happens in a month has no level then
        rate = row["to_date_rate"]
    against = text(f"options.compare.{result.compare}")
    change = "" if rate is None else numbers.percent_change(rate, text.language)
    sign = _sign(row, result)
    return Card(
        label=text(f"cards.{row['card']}"),
        value=_value(row["people"], result, text) + sign,
        change=f"{change} {against}".strip() if change else "",
        tone=tone(rate, result.cards.direction),
        is_up=(rate or 0) > 0,
        notes=tuple(_notes(row, result, text)),
        help=text(f"summary.help.{row['card']}"),
        page=PAGES.get(row["card"], ""),
    )


def _sign(row: Row, result: Summary) -> str:
    """A card whose month misses an official figure says so; the footer tells by how much."""
    if row["card"] != "mau":
        return ""
    return f" {SIGN}" if any(m.month == row["month"] for m in result.cards.origin.marks) else ""


def _value(people: int | None, result: Summary, text: Text) -> str:
    if people is None:
        return numbers.hidden(result.cards.k)
    return numbers.level(people, None, text.language)


def _notes(row: Row, result: Summary, text: Text) -> list[str]:
    """The month, the other two comparisons, and how much of the target is reached by when."""
    notes = [numbers.month(row["month"], text.language)]
    if row["to_date"] is not None:
        count = numbers.integer(row["to_date"])
        notes.append(text("summary.to_date", count=count))
    for name, column in BASES.items():
        if name != result.compare and row[column] is not None:
            change = numbers.percent_change(row[column], text.language)
            notes.append(f"{text(f'options.compare.{name}')} {change}")
    if row["target_completion"] is not None:
        done = numbers.percent(row["target_completion"], text.language)
        elapsed = numbers.percent(row["elapsed_share"], text.language)
        notes.append(text("summary.target", completion=done, elapsed=elapsed))
    return notes


def _cards(result: Summary, text: Text, attributes: Mapping[str, Any]) -> Exhibit:
    released = result.cards
    columns = [
        Column(text("columns.card"), 0, 0.24, 0, is_word=True),
        Column(text("columns.month"), 0.27, 0.12, is_word=True),
        Column(text("columns.people"), 0.46, 0.1, 0.62),
        Column(text("options.compare.month"), 0.56, 0.1),
        Column(text("options.compare.year_start"), 0.67, 0.1),
        Column(text("options.compare.year"), 0.77, 0.1),
        Column(text("columns.target"), 0.87, 0.09),
        Column(text("columns.target_completion"), 1, 0.12, 1),
    ]
    lines = [_line(row, result, text) for row in _rows(released)]
    finding, subtitle = text("summary.cards.title"), text("summary.cards.subtitle")
    elapsed = released.table["elapsed_share"].max() if released.table.height else None
    return Exhibit(
        name=released.name,
        title=finding,
        subtitle=subtitle,
        chart=listing(columns, lines) if lines else _young(text),
        table=released,
        alt=text("summary.alt", subtitle=subtitle, finding=finding),
        chips=chips(released, text, attributes),
        footer=footer(released, text),
        notes=(text("summary.cards.note", elapsed=numbers.percent(elapsed, text.language)),),  # type: ignore[arg-type]
        height=height(lines),
    )


def _line(row: Row, result: Summary, text: Text) -> list[Cell]:
    language = text.language
    people = result.cards.k if row["people"] is None else row["people"]
    shown = numbers.hidden(people) if row["people"] is None else numbers.integer(people)
    start = row["year_start_rate"] if row["to_date"] is None else row["to_date_rate"]
    rates = (row["change_rate"], start, row["year_rate"])
    target = numbers.MISSING if row["target"] is None else numbers.compact(row["target"], language)
    is_behind = (row["target_completion"] or 1) < row["elapsed_share"]
    return [
        Cell(text(f"cards.{row['card']}")),
        Cell(numbers.month(row["month"], language)),
        Cell(shown),
        *(Cell(numbers.percent_change(rate, language), (rate or 0) < 0) for rate in rates),
        Cell(target),
        Cell(numbers.percent(row["target_completion"], language), is_alarm=is_behind),
    ]


def _bands(result: Summary, text: Text, attributes: Mapping[str, Any]) -> Exhibit:
    released = result.bands
    columns = [
        Column(text("columns.band"), 0, 0.16, 0, is_word=True),
        Column(text("columns.item"), 0.18, 0.4, 0.3, is_word=True),
        Column(text("app.now"), 0.7, 0.12, 1),
        Column(text(f"options.compare.{result.compare}"), 0.85, 0.14),
        Column(text("columns.share"), 1, 0.12),
    ]
    lines = [_band(row, result, text) for row in _rows(released)]
    finding, subtitle = _standing(result, text), text("summary.bands.subtitle")
    return Exhibit(
        name=released.name,
        title=finding,
        subtitle=subtitle,
        chart=listing(columns, lines) if lines else _young(text),
        table=released,
        alt=text("summary.alt", subtitle=subtitle, finding=finding),
        chips=chips(released, text, attributes),
        footer=footer(released, text),
        height=height(lines),
    )


def _standing(result: Summary, text: Text) -> str:
    """How many partners are live, and how much of the reach the five largest have."""
    rows = {row["item"]: row for row in _rows(result.bands)}
    if not rows or rows["five_largest"]["share"] is None:
        return text("summary.bands.title")
    return text(
        "summary.bands.finding",
        partners=rows["partners_live"]["number"],
        scenes=rows["scenes_live"]["number"],
        share=numbers.percent(rows["five_largest"]["share"], text.language),
    )


def _band(row: Row, result: Summary, text: Text) -> list[Cell]:
    """A number and its change; of a share the change in points."""
    language, change = text.language, numbers.MISSING
    share = numbers.percent(row["share"], language)
    if row["item"] == "people_several":
        people = row["people"]
        shown = _value(people, result, text)
        if people is not None and row["people_before"] is not None:
            change = numbers.signed(people - row["people_before"], language)
    elif row["number"] is None:
        shown, share = share, numbers.MISSING
        if row["share"] is not None and row["share_before"] is not None:
            change = numbers.points(row["share"] - row["share_before"], language)
    else:
        shown = numbers.integer(row["number"])
        if row["number_before"] is not None:
            change = numbers.signed(row["number"] - row["number_before"], language)
    return [
        Cell(word("band", row["band"], text)),
        Cell(word("item", row["item"], text)),
        Cell(shown),
        Cell(change),
        Cell(share),
    ]


def _young(text: Text) -> State:
    return State("empty", text("moved.young_title"), text("moved.young_fix"))
