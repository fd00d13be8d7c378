"""What arrived: exports, their days, what was set aside, refused, or made months again."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

import altair as alt
import polars as pl

from ecosphere.charts import grid, theme
from ecosphere.charts.health import empty, made, title
from ecosphere.charts.listing import Cell, Column, height, listing
from ecosphere.exhibit import Exhibit, word
from ecosphere.metrics.data_health import DataHealth
from ecosphere.model import Released
from ecosphere.text import Text, numbers

WEEKS = 13  # of days that a chart has room for
MOST_ROWS = 15  # of a listing; the table has all
LOW, HIGH = 0.5, 2.0  # shares of the usual: those of the check of a delivery

Row = Mapping[str, Any]


def exports(result: DataHealth, text: Text) -> Exhibit:
    released = result.exports
    table = released.table.sort("rows_in", descending=True)
    aside, rows = table["quarantined"].sum(), table["rows_in"].sum()
    key = "finding_aside" if aside else "finding"
    finding = text(
        f"data_health.exports.{key}",
        exports=table.height,
        aside=numbers.integer(aside),
        rows=numbers.integer(rows),
    )
    columns = [
        Column(text("columns.export"), 0, 0.2, 0, is_word=True),
        Column(text("columns.data_to"), 0.31, 0.14, 0.68),
        Column(text("columns.age_days"), 0.4, 0.1),
        Column(text("columns.files"), 0.48, 0.08),
        Column(text("columns.rows_in"), 0.6, 0.12, 1),
        Column(text("columns.kept"), 0.71, 0.11),
        Column(text("columns.quarantined"), 0.81, 0.1),
        Column(text("columns.withheld"), 0.91, 0.1),
        Column(text("columns.dropped"), 1, 0.09),
    ]
    lines = [_export(row, text) for row in table.iter_rows(named=True)]
    return made(released, text, finding, listing(columns, lines), height(lines))


def _export(row: Row, text: Text) -> list[Cell]:
    def count(name: str) -> str:
        is_hidden = row[name] is None and row["hidden"]
        return text("frame.hidden_cell") if is_hidden else numbers.integer(row[name])

    return [
        Cell(word("export", row["export"], text)),
        Cell(numbers.date(row["data_to"], text.language)),
        Cell(numbers.integer(row["age_days"]) if row["data_to"] else numbers.MISSING),
        Cell(count("files")),
        Cell(count("rows_in")),
        Cell(count("kept")),
        Cell(count("quarantined"), is_alarm=row["quarantined"] > 0),
        Cell(count("withheld")),
        Cell(count("dropped")),
    ]


def days(result: DataHealth, text: Text) -> Exhibit:
    released = result.days
    table, language = released.table, text.language
    if table.is_empty():
        nothing = empty(released, text)
        return made(released, text, title(released, text), nothing, first="", last="")
    last = table["day"].max()
    shown = table.filter(pl.col("day") > last - timedelta(weeks=WEEKS))  # type: ignore[operator]
    rows = [word("export", code, text) for code in shown["export"].unique().sort()]
    squares = [_day(row, text) for row in shown.iter_rows(named=True)]
    states = {tone: text(f"data_health.days.state_{state}") for tone, state in TONES.items()}
    axis = alt.Axis(
        title=None,
        labelAngle=0,
        labelAlign="left",
        labelOverlap="parity",
        labelSeparation=6,
        labelExpr=_firsts(language),
    )
    span = {
        "first": numbers.date(shown["day"].min(), language),  # type: ignore[arg-type]
        "last": numbers.date(shown["day"].max(), language),  # type: ignore[arg-type]
    }
    chart = grid.grid(squares, rows, states, axis, str)
    return made(
        released, text, _days_finding(result, text), chart, grid.height(rows), (), (), **span
    )


TONES = {
    "bad": "missing",
    "low": "low",
    "good": "usual",
    "high": "high",
    "hidden": "hidden",
    "none": "new",
}


def _day(row: Row, text: Text) -> grid.Square:
    export = word("export", row["export"], text)
    name = f"{export} {numbers.date(row['day'], text.language)}"
    tone = _tone(row)
    shown = numbers.integer(row["rows"])
    state = text(f"data_health.days.state_{TONES[tone]}")
    told = state if row["rows"] is None else f"{shown} ({state})"
    return grid.Square(row["day"].isoformat(), export, tone, name, told)


def _tone(row: Row) -> str:
    if row["rows"] is None:
        return "hidden"
    if row["rows"] == 0:
        return "bad"
    share = row["share_of_usual"]
    if share is None:
        return "none"
    return "low" if share < LOW else "high" if share > HIGH else "good"


def _firsts(language: str) -> str:
    """A Vega expression: the month under its first day, nothing under the others."""
    month = "toNumber(substring(datum.value, 5, 7))"
    name = f"{month} + '月'" if language == "zh" else f"{list(numbers.MONTHS)}[{month} - 1]"
    return f"substring(datum.value, 8, 10) == '01' ? {name} : ''"


def _days_finding(result: DataHealth, text: Text) -> str:
    missing, table, language = result.missing, result.days.table, text.language
    if missing.is_empty():
        return text(
            "data_health.days.finding",
            first=numbers.date(table["day"].min(), language),  # type: ignore[arg-type]
            last=numbers.date(table["day"].max(), language),  # type: ignore[arg-type]
        )
    row = missing.sort("day").row(-1, named=True)
    key = "finding_missing_one" if missing.height == 1 else "finding_missing"
    return text(
        f"data_health.days.{key}",
        count=missing.height,
        day=numbers.date(row["day"], language),
        export=word("export", row["export"], text),
    )


def quarantine(result: DataHealth, text: Text) -> Exhibit:
    released = result.quarantine
    table = released.table
    if table.is_empty():
        return made(released, text, title(released, text), empty(released, text))
    finding = text(
        "data_health.quarantine.finding",
        rows=numbers.integer(table["rows_aside"].sum()),
        rule=word("rule", table["rule"][0], text),
    )
    columns = [
        Column(text("columns.export"), 0, 0.22, 0, is_word=True),
        Column(text("columns.rule"), 0.24, 0.3, 0.4, is_word=True),
        Column(text("columns.column_name"), 0.56, 0.24, is_word=True),
        Column(text("columns.rows"), 0.9, 0.1, 1),
        Column(text("columns.share_aside"), 1, 0.1),
    ]
    lines = [
        [
            Cell(word("export", row["export"], text)),
            Cell(word("rule", row["rule"], text)),
            Cell(row["column_name"]),
            Cell(numbers.integer(row["rows_aside"])),
            Cell(numbers.percent(row["share_aside"], text.language, 2)),
        ]
        for row in table.head(MOST_ROWS).iter_rows(named=True)
    ]
    notes = rest(table, text)
    return made(released, text, finding, listing(columns, lines), height(lines), notes)


def rest(table: pl.DataFrame, text: Text) -> tuple[str, ...]:
    """That a listing leaves some rows to the table."""
    if table.height <= MOST_ROWS:
        return ()
    return (text("data_health.rest", shown=MOST_ROWS, all=table.height),)


def refusals(result: DataHealth, text: Text) -> Exhibit:
    released = result.refusals
    table, language = released.table, text.language
    if table.is_empty():
        return made(released, text, title(released, text), empty(released, text))
    last = table.filter(pl.col("refused_at") == table["refused_at"][0])
    key = "finding_since" if table["is_since"][0] else "finding"
    day = numbers.date(table["refused_at"][0], language)
    finding = text(f"data_health.refusals.{key}", day=day, count=last.height)
    columns = [
        Column(text("columns.refused_at"), 0, 0.12, is_word=True),
        Column(text("columns.export"), 0.13, 0.13, 0, is_word=True),
        Column(text("columns.rule"), 0.27, 0.2, 0.36, is_word=True),
        Column(text("columns.file"), 0.48, 0.16, is_word=True),
        Column(text("columns.column_name"), 0.65, 0.15, is_word=True),
        Column(text("columns.rows"), 0.9, 0.1, 1),
        Column(text("columns.exit_code"), 1, 0.09),
    ]
    lines = [
        [
            Cell(numbers.date(row["refused_at"], language)),
            Cell(word("export", row["export"], text)),
            Cell(word("rule", row["rule"], text), is_alarm=row["severity"] == "refuse"),
            Cell(row["file"]),
            Cell(row["column_name"]),
            Cell(numbers.integer(row["rows_found"])),
            Cell(numbers.integer(row["exit_code"])),
        ]
        for row in table.head(MOST_ROWS).iter_rows(named=True)
    ]
    chart = listing(columns, lines)
    return made(released, text, finding, chart, height(lines), rest(table, text))


def redone(result: DataHealth, text: Text) -> Exhibit:
    released = result.redone
    table, language = released.table, text.language
    if table.is_empty():
        return made(released, text, title(released, text), empty(released, text))
    months = table["month"].n_unique()
    is_whole = (table["cause"] == "rebuilt").all()
    finding = text(f"data_health.redone.{'finding' if is_whole else 'finding_some'}", count=months)
    rows = [word("cause", code, text) for code in table["cause"].unique().sort()]
    squares = [
        grid.Square(
            f"{row['month']:%Y-%m}",
            word("cause", row["cause"], text),
            "good",
            f"{numbers.month(row['month'], language)}",
            _reached(row, released, text),
        )
        for row in table.iter_rows(named=True)
    ]
    axis, month = theme.month_axis(language), partial(numbers.month, lang=language)
    chart = grid.grid(squares, rows, {"good": title(released, text)}, axis, month)
    return made(released, text, finding, chart, grid.height(rows))


def _reached(row: Row, released: Released, text: Text) -> str:
    """How many files or people reached a month, and by which cause."""
    cause = word("cause", row["cause"], text)
    if row["hidden"]:
        return f"{cause} ({numbers.hidden(released.k)})"
    count = row["people_reached"] or row["files_reached"]
    return f"{cause} ({numbers.integer(count)})" if count else cause
