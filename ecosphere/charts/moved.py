"""What moved: the change of all as the sum of the changes of its parts, the largest first."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from ecosphere.charts.bars import Bar, bars, height, tone
from ecosphere.exhibit import Exhibit, State, chips, footer, group_words, hidden, value_label
from ecosphere.model import GROUP, NOT_STATED, REST, TOTAL, Released
from ecosphere.text import Text, numbers

MOST_BARS = 12  # the others are one bar

Row = Mapping[str, Any]


def by_group(
    released: Released, text: Text, attributes: Mapping[str, Any], compare: str, **frame: Any
) -> Exhibit:
    """By the values of an attribute."""
    words = group_words(released, attributes, text)
    found = _parts(released, GROUP, words)
    by = attributes[released.origin.split].label[text.language] if words else text("app.total")
    return _exhibit(released, found, text, attributes, compare, by, words=words, **frame)


def by_place(
    released: Released, text: Text, attributes: Mapping[str, Any], compare: str, kind: str
) -> Exhibit:
    """By scenes or partners: `kind` is one of the places."""
    names = {TOTAL: text("app.total")} | {
        code: value_label(attributes, kind, code, text)
        for code in released.table["place_code"]
        if code != TOTAL
    }
    found = _parts(released, "place_code", names)
    by = text(f"places.{kind}")
    return _exhibit(released, found, text, attributes, compare, by, choices=("by_place",))


def _parts(released: Released, key: str, words: Mapping[str, str]) -> pl.DataFrame:
    """Rows of the parts with their names, the largest change first; others and not stated last."""
    table = released.table.with_columns(
        name=pl.col(key).replace_strict(words, default=pl.col(key), return_dtype=pl.String),
        is_grey=pl.col(key).is_in([REST, NOT_STATED]),
    )
    return table.sort(
        pl.col("is_total"), pl.col("change").abs(), descending=[False, True],
        nulls_last=True, maintain_order=True,
    )  # fmt: skip


def _exhibit(
    released: Released,
    table: pl.DataFrame,
    text: Text,
    attributes: Mapping[str, Any],
    compare: str,
    by: str,
    *,
    words: Mapping[str, str] | None = None,
    **frame: Any,
) -> Exhibit:
    key = released.name.replace("/", ".")
    rows = _bars(released, table, text)
    finding = _finding(table, text, compare) or text(f"{key}.title")
    subtitle = _subtitle(released, text, key, by)
    return Exhibit(
        name=released.name,
        title=finding,
        subtitle=subtitle,
        chart=_state(released, table, text) or bars(rows, text, text("units.people")),
        table=released,
        alt=text("moved.alt", subtitle=subtitle, finding=finding),
        chips=chips(released, text, attributes),
        footer=footer(released, text),
        words=words or {},
        height=height(rows),
        **frame,
    )


def _subtitle(released: Released, text: Text, key: str, by: str) -> str:
    """Which measure, by what, of which month against which."""
    table = released.table
    month = table["month"].max() if table.height else None
    base = table["base_month"].max() if table.height else None
    return text(
        f"{key}.subtitle",
        by=by,
        month=numbers.month(month, text.language),  # type: ignore[arg-type]
        base=numbers.month(base, text.language),  # type: ignore[arg-type]
    )


def _state(released: Released, table: pl.DataFrame, text: Text) -> State | None:
    if table.is_empty():
        return State("empty", text("moved.young_title"), text("moved.young_fix"))
    if GROUP in table.columns and not released.origin.split:
        return State("empty", text("moved.none_title"), text("moved.none_fix"))
    if not released.table["change"].drop_nulls().len():
        if released.table["hidden"].any():
            return hidden(released, text)
        return State("empty", text("moved.alone_title"), text("moved.alone_fix"))
    return None


def _bars(released: Released, table: pl.DataFrame, text: Text) -> list[Bar]:
    """The largest changes, all others in one bar, and the whole change: they add up."""
    parts, total = table.filter(~pl.col("is_total")), table.filter("is_total")
    known = parts.drop_nulls("change")
    shown = known.head(MOST_BARS)
    made = [_bar(row, released, text) for row in shown.iter_rows(named=True)]
    whole = total["change"][0] if total.height else None
    if whole is not None and shown.height < parts.height:
        rest = whole - float(shown["change"].sum())
        count = parts.height - shown.height
        name = text("moved.others", count=count)
        made.append(Bar(name, rest, numbers.signed(round(rest), text.language), "rest"))
    if whole is not None:
        word = numbers.signed(round(whole), text.language)
        made.append(Bar(text("moved.net"), whole, word, "plain"))
    return made


def _bar(row: Row, released: Released, text: Text) -> Bar:
    shown = numbers.signed(round(row["change"]), text.language)
    meaning = "rest" if row["is_grey"] else tone(row["change"], released.direction)
    return Bar(row["name"], row["change"], shown, meaning)


def _finding(table: pl.DataFrame, text: Text, compare: str) -> str | None:
    """The part that moved the most, beside the whole change."""
    if table.is_empty():
        return None
    parts = table.filter(~pl.col("is_total") & ~pl.col("is_grey")).drop_nulls("change")
    whole = table.filter("is_total")["change"]
    if parts.is_empty() or not whole.len() or whole[0] is None:
        return None
    row = parts.row(0, named=True)
    values = {
        "month": numbers.month(row["month"], text.language),
        "comparison": text(f"options.compare.{compare}"),
        "net": numbers.signed(round(whole[0]), text.language),
        "part": row["name"],
        "change": numbers.signed(round(row["change"]), text.language),
    }
    if not round(row["change"]):
        return text("moved.finding_same", **values)
    return text("moved.finding", **values)


def sentence(exhibits: Sequence[Exhibit]) -> str:
    """What is said of the first of them that says something."""
    return next((one.title for one in exhibits if not isinstance(one.chart, State)), "")
