"""How often people come: by day, on how many days of a month, and where."""

from collections.abc import Mapping
from typing import Any

import altair as alt
import polars as pl

from ecosphere.charts import monthly, overlap, theme
from ecosphere.charts.activity.days import Days
from ecosphere.charts.theme import EndLabel, Palette
from ecosphere.exhibit import Chart, Exhibit, State, chips, footer, hidden, period, value_label
from ecosphere.metrics.active_users import ActiveUsers
from ecosphere.model import Released
from ecosphere.native import Plot, Series
from ecosphere.text import Text, numbers

HEIGHT = 280
ROOM = 1.08  # of the highest value: air above
WINDOWS = {"people_28": 1.5, "people_7": 1.5, "people": 1}  # column -> width of its line
PLACES = {"by_scene": "scene", "by_partner": "partner"}  # option -> kind of place
OFTEN = 10  # days of a month that are often

Row = Mapping[str, Any]


def exhibits(result: ActiveUsers, text: Text, attributes: Mapping[str, Any]) -> list[Exhibit]:
    """The four exhibits, in order."""
    made = (_places, _daily, _stickiness, _days_active)
    return [draw(result, text, attributes) for draw in made]


def _framed(
    released: Released,
    result: ActiveUsers,
    text: Text,
    attributes: Mapping[str, Any],
    finding: str | None,
    drawn: Chart | State | None,
    choices: tuple[str, ...] = (),
    notes: tuple[str, ...] = (),
) -> Exhibit:
    key = released.name.replace("/", ".")
    subtitle = text(f"{key}.subtitle", period=period(released, text))
    finding = finding or text(f"{key}.title")
    definition = text(f"options.definition.{result.definition}")
    return Exhibit(
        name=released.name,
        title=finding,
        subtitle=subtitle,
        chart=drawn or _nothing(released, text),
        table=released,
        alt=text("active_users.alt", subtitle=subtitle, finding=finding),
        chips=(*chips(released, text, attributes),
               text("frame.definition_chip", definition=definition)),
        footer=footer(released, text),
        notes=notes,
        choices=choices,
        height=HEIGHT,
    )  # fmt: skip


def _nothing(released: Released, text: Text) -> State:
    """No finished month, nobody, and too few are three different sentences."""
    table = released.table
    if table.is_empty() and "is_complete" not in table.columns:
        return State("empty", text("moved.young_title"), text("moved.young_fix"))
    if table["people"].null_count():
        return hidden(released, text)
    return State("empty", text("states.nobody_title"), text("states.nobody_fix"))


def _is_anybody(released: Released, column: str = "people") -> bool:
    return bool(released.table[column].drop_nulls().sum())


def _daily(result: ActiveUsers, text: Text, attributes: Mapping[str, Any]) -> Exhibit:
    released = result.daily
    finding = None
    if (row := _last(result.stickiness)) and row["mean_daily"]:
        finding = text(
            "active_users.daily.finding",
            month=numbers.month(row["month"], text.language),
            people=numbers.level(round(row["mean_daily"]), None, text.language),
        )
    chart = _day_lines(released, text) if _is_anybody(released) else None
    return _framed(released, result, text, attributes, finding, chart)


def _day_lines(released: Released, text: Text) -> Chart:
    table = released.table.with_columns(month=pl.col("day").dt.strftime("%Y-%m-%d"))
    names = [name for name in WINDOWS if table[name].drop_nulls().len()]
    domain = (0.0, max(1.0, *(monthly.peak(table, name) for name in names)) * ROOM)
    axes = Days(table["month"].to_list(), domain, text, is_banded=False)

    def draw(palette: Palette) -> alt.LayerChart:
        colors = _window_colors(palette)
        layers: list[alt.Chart | alt.LayerChart] = [axes.frame()]
        layers += [axes.line(table, name, colors[name], WINDOWS[name]) for name in names]
        ends = [EndLabel(_end(table, name, text), float(table[name].drop_nulls()[-1]), colors[name])
                for name in names]  # fmt: skip
        layers.append(theme.end_labels(ends, domain, HEIGHT))
        return alt.LayerChart(layer=layers)

    def native(palette: Palette) -> Plot:
        colors = _window_colors(palette)
        return axes.plot([axes.series(table, name, colors[name], told=_window(name, text))
                          for name in names])  # fmt: skip

    return Chart(draw, native)


def _window_colors(palette: Palette) -> dict[str, str]:
    return dict(zip(WINDOWS, (palette.muted, palette.ink, palette.accent), strict=True))


def _window(name: str, text: Text) -> str:
    return text(f"windows.{name}")


def _end(table: pl.DataFrame, name: str, text: Text) -> str:
    value = numbers.compact(table[name].drop_nulls()[-1], text.language)
    return f"{_window(name, text)} {value}"


def _last(released: Released) -> Row | None:
    rows = released.table
    return rows.row(rows.height - 1, named=True) if rows.height else None


def _stickiness(result: ActiveUsers, text: Text, attributes: Mapping[str, Any]) -> Exhibit:
    released = result.stickiness
    finding, row = None, _last(released)
    if row and row["stickiness_share"]:
        finding = text(
            "active_users.stickiness.finding",
            month=numbers.month(row["month"], text.language),
            share=numbers.percent(row["stickiness_share"], text.language),
        )
    lines = overlap.shares(released, ("stickiness_share",), text)
    chart = lines.chart(text) if _is_anybody(released) else None
    return _framed(released, result, text, attributes, finding, chart)


def _days_active(result: ActiveUsers, text: Text, attributes: Mapping[str, Any]) -> Exhibit:
    released = result.days_active
    days = released.table.filter(~pl.col("is_total"))
    total = released.table.filter("is_total")["people"]
    whole = total[0] if total.len() else None
    finding = _often(days, whole, text) if whole else None
    chart = _histogram(days, text) if _is_anybody(released) and days["people"].sum() else None
    return _framed(released, result, text, attributes, finding, chart)


def _often(days: pl.DataFrame, whole: int, text: Text) -> str | None:
    """How many were there on one day only, and how many often: who is hidden counts with the
    latter where the rest is known."""
    once = days.filter(pl.col("days") == 1)["people"][0]
    seldom = days.filter(pl.col("days") < OFTEN)["people"]
    if once is None or seldom.null_count():
        return None
    return text(
        "active_users.days_active.finding",
        once=numbers.percent(once / whole, text.language),
        often=numbers.percent(1 - seldom.sum() / whole, text.language),
        days=OFTEN,
    )


def _histogram(days: pl.DataFrame, text: Text) -> Chart:
    """A bar for each number of days; none where it is hidden."""
    rows = [
        {
            "days": str(row["days"]),
            "people": row["people"],
            "name": text("active_users.days_active.bar", days=row["days"]),
            "shown": numbers.integer(row["people"]),
        }
        for row in days.iter_rows(named=True)
    ]
    names = [row["days"] for row in rows]
    scale = theme.value_scale(0.0, max(1.0, monthly.peak(days, "people")) * ROOM)
    title = text("active_users.days_active.axis")
    axis = alt.Axis(title=title, labelAngle=0, labelOverlap="parity")
    bands = alt.Scale(type="band", domain=names, paddingInner=0.2)
    tooltip = [alt.Tooltip("name:N", title="title"),
               alt.Tooltip("shown:N", title=text("units.people"))]  # fmt: skip

    def draw(palette: Palette) -> alt.Chart:
        made: alt.Chart = (
            alt.Chart({"values": rows})
            .mark_bar(color=palette.accent)
            .encode(
                x=alt.X("days:N", scale=bands, axis=axis),
                y=alt.Y("people:Q", scale=scale, axis=theme.num_axis(text.language)),
                tooltip=tooltip,
            )
        )
        return made

    def native(palette: Palette) -> Plot:
        values = tuple(None if row["people"] is None else float(row["people"]) for row in rows)
        bars = Series(text("columns.people"), values, palette.accent, "bar")
        return Plot(tuple(names), (bars,))

    return Chart(draw, native)


def _places(result: ActiveUsers, text: Text, attributes: Mapping[str, Any]) -> Exhibit:
    released, kind = result.places, PLACES[result.by_place]
    codes = released.table["place_code"].unique(maintain_order=True)
    words = {code: value_label(attributes, kind, code, text) for code in codes}
    lines = overlap.by_code(released, "place_code", words)
    finding = None
    if first := overlap.largest(released, "place_code")[:1]:
        rows = released.table.filter("is_complete", pl.col("place_code") == first[0])
        if rows.height and rows["people_share"][-1] is not None:
            finding = text(
                "active_users.places.finding",
                place=words[first[0]],
                share=numbers.percent(rows["people_share"][-1], text.language),
                month=numbers.month(rows["month"][-1], text.language),
            )
    chart = lines.chart(text) if lines.names else None
    note = text("active_users.places.note", count=max(0, len(words) - len(lines.names)))
    return _framed(released, result, text, attributes, finding, chart, ("by_place",), (note,))
