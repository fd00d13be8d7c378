"""Charts of `branches`: each against its target and pace, and what it adds to the change."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from ecosphere.charts import moved
from ecosphere.charts.bars import tone
from ecosphere.charts.listing import Cell, Column, height, listing
from ecosphere.exhibit import Chart, Exhibit, State, chips, footer, group_words, hidden
from ecosphere.metrics.branches import Branches
from ecosphere.model import GROUP, NOT_STATED, REST, TOTAL
from ecosphere.text import Text, numbers

Row = Mapping[str, Any]


def headline(result: Branches, text: Text) -> str:
    """How many branches are where they should be by now, or how the bank moved."""
    table = _units(result)
    paced = table.drop_nulls("pace_share")
    if paced.is_empty():
        return text("branches.headline_unplanned", count=table.height)
    behind = paced.filter(pl.col("pace_share") < 1)
    return text(
        "branches.headline",
        month=numbers.month(paced["month"][0], text.language),
        behind=behind.height,
        count=paced.height,
        elapsed=numbers.percent(paced["elapsed_share"][0], text.language),
    )


def exhibits(result: Branches, text: Text, attributes: Mapping[str, Any]) -> list[Exhibit]:
    """Both exhibits of the page, in order."""
    ranking = _ranking(result, text, attributes)
    if result.moved is None:
        return [ranking]
    return [ranking, moved.by_group(result.moved, text, attributes, result.compare)]


def _units(result: Branches) -> pl.DataFrame:
    """The rows of units, those furthest behind their pace first; where none has a target, the
    largest first. Others, not stated and the whole are no unit."""
    table = result.ranking.table
    units = table.filter(~pl.col(GROUP).is_in([REST, NOT_STATED, TOTAL]))
    return units.sort(
        "pace_share", "people", descending=[False, True], nulls_last=True, maintain_order=True
    )


def _ranking(result: Branches, text: Text, attributes: Mapping[str, Any]) -> Exhibit:
    released = result.ranking
    words = group_words(released, attributes, text)
    unit = attributes[released.origin.split].label[text.language] if words else ""
    units = _units(result)
    whole = released.table.filter(pl.col("is_total"))
    rows = [_line(row, words, result, text) for row in units.iter_rows(named=True)]
    rows += [_line(row, words, result, text) for row in whole.iter_rows(named=True)]
    finding = _finding(units, words, text)
    subtitle = _subtitle(released.table, text)
    return Exhibit(
        name=released.name,
        title=finding,
        subtitle=subtitle,
        chart=_state(result, units, text) or _listing(rows, unit, text),
        table=released,
        alt=text("branches.ranking.alt", subtitle=subtitle, finding=finding),
        chips=chips(released, text, attributes),
        footer=footer(released, text),
        notes=_notes(units, text),
        words=words,
        choices=("definition",),
        height=height(rows),
    )


def _subtitle(table: pl.DataFrame, text: Text) -> str:
    if table.is_empty():
        return text("branches.ranking.title")
    return text(
        "branches.ranking.subtitle",
        month=numbers.month(table["month"][0], text.language),
        elapsed=numbers.percent(table["elapsed_share"][0], text.language),
    )


def _listing(rows: list[list[Cell]], unit: str, text: Text) -> Chart:
    columns = [
        Column(unit, 0, 0.24, 0, is_word=True),
        Column(text("columns.people"), 0.36, 0.1),
        Column(text("columns.change"), 0.48, 0.1),
        Column(text("columns.target"), 0.6, 0.1),
        Column(text("columns.target_completion"), 0.73, 0.12, 0.68),
        Column(text("columns.pace"), 0.86, 0.12),
        Column(text("columns.pace_share"), 1, 0.12, 1),
    ]
    return listing(columns, rows)


def _line(row: Row, words: Mapping[str, str], result: Branches, text: Text) -> list[Cell]:
    """What a unit has, what it should have, and how much of that is there."""
    k, language = result.ranking.k, text.language
    is_behind = row["pace_share"] is not None and row["pace_share"] < 1
    is_worse = tone(row["change"], result.ranking.direction) == "worse"
    people = numbers.hidden(k) if row["people"] is None else numbers.integer(row["people"])
    return [
        Cell(words.get(row[GROUP], text("app.total"))),
        Cell(people),
        Cell(_known(row["change"] is None, numbers.signed(row["change"], language)), is_worse),
        Cell(_known(row["target"] is None, numbers.compact(row["target"], language))),
        Cell(numbers.percent(row["target_completion"], language)),
        Cell(_known(row["pace"] is None, numbers.compact(_whole(row["pace"]), language))),
        Cell(numbers.percent(row["pace_share"], language), is_alarm=is_behind),
    ]


def _known(is_missing: bool, shown: str) -> str:
    return numbers.MISSING if is_missing else shown


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def _finding(units: pl.DataFrame, words: Mapping[str, str], text: Text) -> str:
    """Who is furthest behind what is due, and who is furthest ahead."""
    paced = units.drop_nulls("pace_share")
    if paced.height < 2:
        return text("branches.ranking.title")
    last, *_, first = paced.iter_rows(named=True)
    return text(
        "branches.ranking.finding",
        first=words[first[GROUP]],
        most=numbers.percent(first["pace_share"], text.language),
        last=words[last[GROUP]],
        least=numbers.percent(last["pace_share"], text.language),
    )


def _notes(units: pl.DataFrame, text: Text) -> tuple[str, ...]:
    told = [text("branches.ranking.note_pace")]
    few = units.filter(pl.col("people").is_null()).height
    return (*told, text("branches.ranking.note_few", count=few)) if few else tuple(told)


def _state(result: Branches, units: pl.DataFrame, text: Text) -> State | None:
    if result.ranking.table.is_empty():
        return State("empty", text("moved.young_title"), text("moved.young_fix"))
    if not result.ranking.origin.split:
        return State("empty", text("branches.none_title"), text("branches.none_fix"))
    if units.is_empty():
        return State("empty", text("branches.lowest_title"), text("branches.lowest_fix"))
    return None if units["people"].drop_nulls().len() else hidden(result.ranking, text)
