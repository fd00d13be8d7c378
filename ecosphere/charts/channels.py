"""Charts of `channels`: where people are met, how they go on, and how service answers them."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from ecosphere.charts import bars, heat, overlap
from ecosphere.charts.bars import Bar
from ecosphere.charts.heat import Cell
from ecosphere.exhibit import (
    Chart,
    Exhibit,
    State,
    chips,
    footer,
    hidden,
    period,
    value_label,
    word,
)
from ecosphere.metrics.channels import Channels
from ecosphere.model import TOTAL, Released
from ecosphere.text import Text, numbers

HEIGHT = 280
SIDES = ("several_share", "offline_share", "to_offline_share", "to_online_share")
SERVICE = ("contained_share", "handed_over_share", "repeated_share")

Row = Mapping[str, Any]


def headline(result: Channels, text: Text) -> str:
    """How many people use several channels, in the last finished month."""
    row = _last(result.sides)
    if row is None or row["several_share"] is None:
        return text("channels.headline_none")
    return text(
        "channels.headline",
        month=numbers.month(row["month"], text.language),
        share=numbers.percent(row["several_share"], text.language),
        offline=numbers.percent(row["offline_share"], text.language),
    )


def exhibits(result: Channels, text: Text, attributes: Mapping[str, Any]) -> list[Exhibit]:
    """The five exhibits of the page, in order."""
    return [
        _mix(result, text, attributes),
        _sides(result, text, attributes),
        _flows(result, text, attributes),
        _service(result, text, attributes),
        _complaints(result, text, attributes),
    ]


def _last(released: Released) -> Row | None:
    """The last finished month."""
    table = released.table
    rows = table.filter("is_complete") if "is_complete" in table.columns else table
    return rows.row(rows.height - 1, named=True) if rows.height else None


def _framed(
    released: Released,
    finding: str,
    chart: Chart | State,
    text: Text,
    attributes: Mapping[str, Any],
    *,
    height: int = HEIGHT,
    choices: tuple[str, ...] = (),
    notes: Sequence[str] = (),
) -> Exhibit:
    key = released.name.replace("/", ".")
    subtitle = text(f"{key}.subtitle", period=period(released, text))
    return Exhibit(
        name=released.name,
        title=finding,
        subtitle=subtitle,
        chart=chart,
        table=released,
        alt=text("channels.alt", subtitle=subtitle, finding=finding),
        chips=chips(released, text, attributes),
        footer=footer(released, text),
        notes=tuple(notes),
        choices=choices,
        height=height,
    )


def _nothing(released: Released, text: Text) -> State:
    """Nobody, no export or too few are different sentences."""
    if released.table.height and released.table["people"].null_count():
        return hidden(released, text)
    key = released.name.replace("/", ".")
    return State("empty", text(f"{key}.empty_title"), text(f"{key}.empty_fix"))


def _mix(result: Channels, text: Text, attributes: Mapping[str, Any]) -> Exhibit:
    released = result.mix
    words = {code: value_label(attributes, "channel", code, text)
             for code in released.table["channel"].unique()}  # fmt: skip
    lines = overlap.by_code(released, "channel", words)
    finding = text("channels.mix.title")
    if first := overlap.largest(released, "channel")[:1]:
        row = released.table.filter(pl.col("channel") == first[0]).filter("is_complete")
        if row.height and row["people_share"][-1] is not None:
            finding = text(
                "channels.mix.finding",
                channel=words[first[0]],
                share=numbers.percent(row["people_share"][-1], text.language),
                month=numbers.month(row["month"][-1], text.language),
            )
    chart = lines.chart(text) or _nothing(released, text)
    return _framed(released, finding, chart, text, attributes, choices=("definition",),
                   notes=(text("channels.mix.note"),))  # fmt: skip


def _sides(result: Channels, text: Text, attributes: Mapping[str, Any]) -> Exhibit:
    released, row = result.sides, _last(result.sides)
    finding = text("channels.sides.title")
    if row is not None and row["to_offline_share"] is not None:
        finding = text(
            "channels.sides.finding",
            share=numbers.percent(row["to_offline_share"], text.language),
            back=numbers.percent(row["to_online_share"], text.language),
        )
    chart = overlap.shares(released, SIDES, text).chart(text) or _nothing(released, text)
    return _framed(released, finding, chart, text, attributes)


def _flows(result: Channels, text: Text, attributes: Mapping[str, Any]) -> Exhibit:
    released = result.flows
    table = released.table
    names = {code: value_label(attributes, "channel", code, text)
             for code in table["channel_from"].unique(maintain_order=True)}  # fmt: skip
    cells = [_flow(row, names, text) for row in table.iter_rows(named=True)]
    finding = text("channels.flows.title")
    known = table.drop_nulls("flow_share").sort("flow_share", descending=True)
    if known.height:
        most = known.row(0, named=True)
        finding = text(
            "channels.flows.finding",
            source=names[most["channel_from"]],
            target=names[most["channel_to"]],
            share=numbers.percent(most["flow_share"], text.language),
        )
    rows = list(names.values())
    chart: Chart | State = _nothing(released, text)
    if known.height:
        columns = {name: name for name in rows}
        chart = heat.heat(cells, columns, rows, text("channels.flows.axis"))
    return _framed(released, finding, chart, text, attributes, height=heat.height((*rows, "")))


def _flow(row: Row, names: Mapping[str, str], text: Text) -> Cell:
    share = row["flow_share"]
    shown = text("frame.hidden_cell")
    if share is not None:
        percent = numbers.percent(share, text.language)
        shown = f"{percent} · {numbers.integer(row['people'])}"
    source, target = names[row["channel_from"]], names[row["channel_to"]]
    return Cell(
        x=target,
        y=source,
        share=share,
        figure="" if share is None else numbers.decimal(share * 100, 0),
        name=f"{source} → {target}",
        shown=shown,
    )


def _service(result: Channels, text: Text, attributes: Mapping[str, Any]) -> Exhibit:
    released, row = result.service, _last(result.service)
    finding = text("channels.service.title")
    if row is not None and row["contained_share"] is not None:
        finding = text(
            "channels.service.finding",
            month=numbers.month(row["month"], text.language),
            share=numbers.percent(row["contained_share"], text.language),
            again=numbers.percent(row["repeated_share"], text.language),
        )
    chart = overlap.shares(released, SERVICE, text).chart(text) or _nothing(released, text)
    return _framed(released, finding, chart, text, attributes)


def _complaints(result: Channels, text: Text, attributes: Mapping[str, Any]) -> Exhibit:
    released = result.complaints
    table = released.table
    reasons, total = table.filter(~pl.col("is_total")), table.filter("is_total")
    rows = [_complaint(row, released, text) for row in reasons.iter_rows(named=True)]
    finding = text("channels.complaints.title")
    if total.height and total["per_10000"][0] is not None:
        per = numbers.decimal(total["per_10000"][0], 0)
        finding = text("channels.complaints.finding", count=per)
    unit = text("columns.per_10000")
    drawn = bars.bars(rows, text, unit) if _is_told(reasons) else _nothing(released, text)
    return _framed(released, finding, drawn, text, attributes, height=bars.height(rows))


def _is_told(reasons: pl.DataFrame) -> bool:
    return bool(reasons["per_10000"].drop_nulls().len())


def _complaint(row: Row, released: Released, text: Text) -> Bar:
    name = text("app.not_stated") if row["reason"] == "not_stated" else _reason(row, text)
    if row["per_10000"] is None:
        shown = numbers.hidden(released.k) if row["hidden"] else numbers.MISSING
        return Bar(name, None, shown)
    return Bar(name, row["per_10000"], numbers.decimal(row["per_10000"], 1))


def _reason(row: Row, text: Text) -> str:
    return text("app.total") if row["reason"] == TOTAL else word("reason", row["reason"], text)
