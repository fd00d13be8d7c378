"""Charts of `active_users`: monthly active users, and growth accounting."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import altair as alt
import polars as pl

from ecosphere.charts import monthly, theme
from ecosphere.charts.activity import habits, outlook, sentences
from ecosphere.charts.activity.sentences import headline
from ecosphere.charts.groups import Groups
from ecosphere.charts.theme import Annotation, EndLabel, Palette
from ecosphere.exhibit import Chart, Exhibit, State, chips, footer, hidden, marked, period
from ecosphere.metrics.active_users import BY_MONTH, ActiveUsers, Row
from ecosphere.model import Released
from ecosphere.native import Look, Plot
from ecosphere.text import Text, numbers

__all__ = ["exhibits", "headline"]

HEIGHT = 280
CIRCLED_ONE = 0x2460  # the numbers under the chart are those in its rings
LINES = ("people", "gross", "unmatched", "target")
LOOKS: Mapping[str, Look] = {"target": "dashed"}
STYLES: Mapping[str, Mapping[str, Any]] = {
    "people": {"width": 2.5, "has_points": True},
    "gross": {"width": 1.5},
    "unmatched": {"width": 1.5},
    "target": {"width": 1, "is_dashed": True},
}
GAINS = ("new", "resurrected", "moved_in")
LOSSES = ("lapsed", "moved_out")
ROOM = 1.08  # of the highest value: air for the rings above the line


def exhibits(result: ActiveUsers, text: Text, attributes: Mapping[str, Any]) -> list[Exhibit]:
    """All exhibits of the page, in order."""
    first = [_mau(result, text, attributes), _growth(result, text, attributes)]
    if result.mau_by and result.growth_by:
        mau, growth = (Groups(one, attributes, text) for one in (result.mau_by, result.growth_by))
        first = [_mau_by(mau, result), _growth_by(growth, result)]
    outlook_ = outlook.exhibits(result, text, attributes)
    return [*first, *outlook_, *habits.exhibits(result, text, attributes)]


def _mau(result: ActiveUsers, text: Text, attributes: Mapping[str, Any]) -> Exhibit:
    released = result.mau
    finding = marked(sentences.mau(result, text), released, result.latest)
    shown = period(released, text)
    subtitle = text("active_users.mau.subtitle", period=shown)
    if (partial := _unfinished(released)) is not None:
        month = numbers.month(partial["month"], text.language)
        subtitle = text("active_users.mau.subtitle_partial", subtitle=subtitle, month=month)
    notes = monthly.annotations(result.notes, text)
    return Exhibit(
        name=released.name,
        title=finding,
        subtitle=subtitle,
        chart=_state(released, text) or _mau_chart(released, notes, text),
        table=released,
        alt=text("active_users.mau.alt", period=shown, finding=finding),
        chips=(*chips(released, text, attributes), _definition(result, text)),
        footer=footer(released, text),
        notes=tuple(f"{chr(CIRCLED_ONE + note.number - 1)} {note.text}" for note in notes),
        choices=("definition", "split", "outlook"),
        height=HEIGHT,
    )


def _growth(result: ActiveUsers, text: Text, attributes: Mapping[str, Any]) -> Exhibit:
    released = result.growth
    finding = sentences.growth(result.latest_growth, text)
    finding = marked(finding, released, result.latest_growth)
    shown = period(released, text)
    subtitle = text("active_users.growth.subtitle", period=shown)
    if result.compare != BY_MONTH:
        subtitle = text("active_users.growth.subtitle_apart", subtitle=subtitle)
    if not released.table.filter(_is_hatched()).is_empty():
        subtitle = text("active_users.growth.subtitle_hatched", subtitle=subtitle)
    return Exhibit(
        name=released.name,
        title=finding,
        subtitle=subtitle,
        chart=_state(released, text)
        or _growth_state(released, text)
        or _growth_chart(released, text),
        table=released,
        alt=text("active_users.growth.alt", period=shown, finding=finding),
        chips=(*chips(released, text, attributes), _definition(result, text)),
        footer=footer(released, text),
        choices=("split",),
        height=HEIGHT,
    )


def _mau_by(groups: Groups, result: ActiveUsers) -> Exhibit:
    text, shown = groups.text, period(groups.released, groups.text)
    finding = sentences.mau_by(groups, result.compare)
    subtitle = text("active_users.mau.subtitle_by", attribute=groups.attribute, period=shown)
    if (partial := _unfinished(groups.released)) is not None:
        month = numbers.month(partial["month"], text.language)
        subtitle = text("active_users.mau.subtitle_partial_by", subtitle=subtitle, month=month)
    return _by_group(
        groups,
        result,
        title=finding,
        subtitle=subtitle,
        chart=_state(groups.released, text) or groups.lines(),
        notes=groups.gaps("people"),
        alt=text("groups.alt_lines", subtitle=subtitle, finding=finding),
        choices=("definition", "split"),
    )


def _growth_by(groups: Groups, result: ActiveUsers) -> Exhibit:
    text, shown = groups.text, period(groups.released, groups.text)
    finding = sentences.growth_by(groups)
    subtitle = text("active_users.growth.subtitle_by", attribute=groups.attribute, period=shown)
    if result.compare != BY_MONTH:
        subtitle = text("active_users.growth.subtitle_apart", subtitle=subtitle)
    if _unfinished(groups.released) is not None:
        subtitle = text("active_users.growth.subtitle_hatched_by", subtitle=subtitle)
    return _by_group(
        groups,
        result,
        title=finding,
        subtitle=subtitle,
        chart=_state(groups.released, text)
        or _growth_by_state(groups.released, text)
        or groups.changes(),
        notes=groups.gaps("net_change"),
        alt=text("groups.alt_changes", subtitle=subtitle, finding=finding),
        choices=("split",),
    )


def _by_group(groups: Groups, result: ActiveUsers, **shown: Any) -> Exhibit:
    """The frame that both exhibits by groups share."""
    released, text = groups.released, groups.text
    return Exhibit(
        name=released.name,
        table=released,
        chips=(*chips(released, text, groups.attributes), _definition(result, text)),
        footer=footer(released, text),
        words=groups.words,
        height=HEIGHT,
        **shown,
    )


def _definition(result: ActiveUsers, text: Text) -> str:
    name = text(f"options.definition.{result.definition}")
    return text("frame.definition_chip", definition=name)


def _unfinished(released: Released) -> Row | None:
    rows = released.table.filter(~pl.col("is_complete"))
    return rows.row(0, named=True) if rows.height else None


def _state(released: Released, text: Text) -> State | None:
    """Nobody, and too few, are two different sentences."""
    people = released.table["people"]
    if people.drop_nulls().sum():
        return None
    return hidden(released, text) if people.null_count() else _nobody(text)


def _nobody(text: Text) -> State:
    return State("empty", text("states.nobody_title"), text("states.nobody_fix"))


def _alone(text: Text) -> State:
    title = text("active_users.growth.alone_title")
    return State("empty", title, text("active_users.growth.alone_fix"))


def _growth_state(released: Released, text: Text) -> State | None:
    """Parts that are all hidden leave nothing to draw: a net change alone explains nothing."""
    table = released.table.filter(pl.col("people_before").is_not_null() | pl.col("hidden"))
    if table.is_empty():
        return _alone(text)
    parts = (table[name].drop_nulls().len() for name in (*GAINS, *LOSSES))
    return None if any(parts) else hidden(released, text)


def _growth_by_state(released: Released, text: Text) -> State | None:
    changes = released.table.filter(~pl.col("is_total"))
    if changes["net_change"].drop_nulls().len():
        return None
    return hidden(released, text) if changes["hidden"].any() else _alone(text)


# Charts


def _mau_chart(released: Released, notes: list[Annotation], text: Text) -> Chart:
    """Lines for finished months; a partial count is a ring: a line to it would look like a fall."""
    table = released.table.with_columns(month=pl.col("month").dt.strftime("%Y-%m"))
    finished, unfinished = table.filter("is_complete"), table.filter(~pl.col("is_complete"))
    names = [name for name in LINES if finished[name].drop_nulls().sum()]
    highest = max([1.0, *(monthly.peak(table, name) for name in {*names, "people"})])
    axes = monthly.Axes(table["month"].to_list(), (0.0, highest * ROOM), text, is_banded=False)

    def draw(palette: Palette) -> alt.LayerChart:
        colors = _line_colors(palette)
        layers: list[alt.Chart | alt.LayerChart] = [axes.frame()]
        layers += [theme.annotations(notes, palette)] if notes else []
        # A line of one point would not be seen.
        alone = {"has_points": True} if finished.height == 1 else {}
        layers += [
            axes.line(finished, name, colors[name], **{**STYLES[name], **alone}) for name in names
        ]
        layers += [axes.rings(unfinished, "people", palette.accent), *axes.signs(released, palette)]
        ends = [
            EndLabel(
                _end_name(finished, name, text),
                float(finished[name].drop_nulls()[-1]),
                palette.muted if name == "unmatched" else colors[name],
            )
            for name in names
        ]
        if ends:
            layers.append(theme.end_labels(ends, axes.domain, HEIGHT))
        return alt.LayerChart(layer=layers)

    def native(palette: Palette) -> Plot:
        colors, told = _line_colors(palette), partial(_line_name, text)
        lines = [axes.series(finished, name, colors[name], LOOKS.get(name, "line"), told=told(name))
                 for name in names]  # fmt: skip
        ring = axes.series(unfinished, "people", palette.accent, "rings", told=told("people"))
        return axes.plot([*lines, ring] if unfinished.height else lines)

    return Chart(draw, native)


def _line_colors(palette: Palette) -> dict[str, str]:
    colors = (palette.accent, palette.muted, palette.rest, palette.ink)
    return dict(zip(LINES, colors, strict=True))


def _line_name(text: Text, name: str) -> str:
    return text(f"active_users.mau.line_{name}")


def _end_name(finished: pl.DataFrame, name: str, text: Text) -> str:
    value = numbers.compact(finished[name].drop_nulls()[-1], text.language)
    return f"{_line_name(text, name)} {value}"


def _growth_chart(released: Released, text: Text) -> Chart:
    """Gains above the line, losses below it, the net change across; striped where it may change."""
    table = released.table.filter(pl.col("people_before").is_not_null()).with_columns(
        month=pl.col("month").dt.strftime("%Y-%m"), hatched=_is_hatched()
    )
    parts = [name for name in (*GAINS, *LOSSES) if table[name].fill_null(0).sum()]
    bars = monthly.stacked(table, parts, LOSSES)
    low, high = monthly.reach(bars, table["net_change"])
    axes = monthly.Axes(table["month"].to_list(), (low * ROOM, high * ROOM), text, is_banded=True)

    def draw(palette: Palette) -> alt.LayerChart:
        colors = dict(zip((*GAINS, *LOSSES), _part_colors(palette), strict=True))
        layers: list[alt.Chart | alt.LayerChart] = [axes.frame()]
        for name in parts:
            rows = [bar for bar in bars if bar["part"] == name]
            layers += axes.bars(rows, colors[name], palette)
        settled = table.filter(~pl.col("hatched"))
        layers.append(axes.line(settled, "net_change", palette.ink, width=1.5, has_points=True))
        layers.append(axes.legend({text(f"columns.{name}"): colors[name] for name in parts}))
        return alt.LayerChart(layer=layers)

    def native(palette: Palette) -> Plot:
        colors = dict(zip((*GAINS, *LOSSES), _part_colors(palette), strict=True))
        signs = dict.fromkeys(LOSSES, -1)
        some = [axes.series(table, name, colors[name], "bar", sign=signs.get(name, 1))
                for name in parts]  # fmt: skip
        settled = table.filter(~pl.col("hatched"))
        return axes.plot([*some, axes.series(settled, "net_change", palette.ink)])

    return Chart(draw, native)


def _is_hatched() -> pl.Expr:
    return ~pl.col("is_complete") | pl.col("is_first_months")


def _part_colors(palette: Palette) -> tuple[str, ...]:
    """Better in blues, worse in oranges; moved in and out are the paler ones."""
    return (
        palette.accent,
        palette.categories[6],
        theme.mix(palette.accent, palette.page, 0.6),
        palette.worse,
        theme.mix(palette.worse, palette.page, 0.5),
    )
