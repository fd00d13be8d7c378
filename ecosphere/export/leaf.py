"""An exhibit as it leaves: plain values that another process can draw, and the mark upon them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ecosphere.exhibit import Exhibit, State
from ecosphere.library import question
from ecosphere.model import Released
from ecosphere.native import Native
from ecosphere.text import Text, numbers


@dataclass(frozen=True)
class Stamp:
    """The level of the data, and who takes it when: in the bank's time, to the minute."""

    label: str  # "Internal"
    level: int  # by JR/T 0197-2020
    who: str
    at: datetime


@dataclass(frozen=True)
class Leaf:
    """One exhibit with all its words. `spec` is Vega-Lite with rows inline, None where there is no
    chart but a state; `native` is None where only a picture shows the chart."""

    name: str
    title: str
    subtitle: str
    chips: str
    notes: tuple[str, ...]
    footer: str
    alt: str
    state: State | None
    spec: Mapping[str, Any] | None
    native: Native | None
    table: Released
    words: Mapping[str, str]
    stamp: Stamp
    text: Text

    @property
    def mark(self) -> str:
        """Level of the data, name and time, in one quiet line."""
        text, stamp = self.text, self.stamp
        return text(
            "files.mark",
            label=stamp.label or text("files.internal"),
            level=stamp.level,
            who=stamp.who,
            day=numbers.date(stamp.at.date(), text.language),
            time=f"{stamp.at:%H:%M}",
        )

    @property
    def instead(self) -> tuple[str, ...]:
        """What stands in the place of a chart that cannot be shown."""
        return (self.state.title, self.state.fix) if self.state else ()


def leaf(exhibit: Exhibit, stamp: Stamp, text: Text) -> Leaf:
    """The exhibit as files show it: on light ground, since they are put on slides and paper."""
    # Charts take a second to load, which a table on the command line need not wait for.
    from ecosphere.charts.theme import PALETTES, spec

    palette = PALETTES["light"]
    chart = None if isinstance(exhibit.chart, State) else exhibit.chart
    return Leaf(
        name=exhibit.name,
        title=exhibit.title,
        subtitle=exhibit.subtitle,
        chips=" · ".join(exhibit.chips),
        notes=exhibit.notes if chart else (),
        footer=exhibit.footer,
        alt=exhibit.alt,
        state=exhibit.chart if isinstance(exhibit.chart, State) else None,
        spec=spec(chart.draw(palette), palette, exhibit.height) if chart else None,
        native=chart.native(palette) if chart else None,
        table=exhibit.table,
        words=exhibit.words,
        stamp=stamp,
        text=text,
    )


def facts(leaf: Leaf) -> dict[str, str]:
    """What stands behind the numbers, by its label: definition, kind, how many, SQL."""
    text, released, asked = leaf.text, leaf.table, question(leaf.name)
    origin = released.origin
    rows = text(
        "files.rows",
        rows=numbers.integer(released.table.height),
        hidden=numbers.integer(released.hidden_cells),
        k=released.k,
    )
    shown = {key: str(value) for key, value in origin.params.items()}
    return {
        text("app.definition"): text(f"{leaf.name.replace('/', '.')}.definition"),
        text("app.unit"): text(f"units.{asked.unit}"),
        text("app.kind"): text(f"kinds.{asked.kind}"),
        text("files.caveat"): text(f"files.caveats.{asked.kind}"),
        text("files.filters"): leaf.chips,
        text("files.behind"): leaf.footer,
        text("files.counted"): rows,
        text("files.generation"): str(origin.generation),
        text("files.taken"): leaf.mark,
        text("app.parameters"): json.dumps(shown, ensure_ascii=False, sort_keys=True),
        text("app.sql"): origin.sql,
    }
