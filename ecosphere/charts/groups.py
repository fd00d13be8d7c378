"""A measure by groups of people: a line for each, or what each adds to the change of all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import polars as pl

from ecosphere.charts import monthly, theme
from ecosphere.charts.theme import EndLabel, Palette
from ecosphere.exhibit import Chart, group_words
from ecosphere.model import GROUP, NOT_STATED, REST, TOTAL, Released
from ecosphere.native import Look, Plot
from ecosphere.text import Text, numbers

HEIGHT = 280
ROOM = 1.08  # of the highest value: air for the rings above the line
LEGEND_COLUMNS = 3  # as many names as fit side by side on a phone
GREY = (REST, NOT_STATED)  # no group by itself

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Groups:
    """A released answer by groups, and what is needed to draw and tell it."""

    released: Released
    attributes: Mapping[str, Any]
    text: Text

    @property
    def words(self) -> dict[str, str]:
        """The groups in order, the total too: code -> words."""
        return group_words(self.released, self.attributes, self.text)

    @property
    def attribute(self) -> str:
        label: str = self.attributes[self.released.origin.split].label[self.text.language]
        return label

    @property
    def shown(self) -> dict[str, str]:
        """The columns of `wide` that hold a group, and its code."""
        codes = [code for code in self.words if code != TOTAL]
        return {f"group_{place}": code for place, code in enumerate(codes)}

    def lines(self) -> Chart:
        """A line for each group, with its name at the end; a gap where it is hidden."""
        table = self.wide("people")
        finished, partial = table.filter("is_complete"), table.filter(~pl.col("is_complete"))
        names = [name for name in self.shown if finished[name].drop_nulls().len()]
        highest = max([1.0, *(monthly.peak(table, name) for name in self.shown)])
        axes = self._axes(table, (0.0, highest * ROOM), is_banded=False)
        return self._joined(axes, names, finished, partial, numbers.compact)

    def shares(self, axes: Callable[..., monthly.Axes], column: str, key: str) -> Chart | None:
        """The same of shares, over whatever the key of the rows is: ages, or months that are all
        finished. None where no group is known twice: there is no line then."""
        table = self.wide(column, key)
        names = [name for name in self.shown if table[name].drop_nulls().len() > 1]
        if not names:
            return None
        highest = max([0.01, *(monthly.peak(table, name) for name in names)])
        told = {name: self.words[code] for name, code in self.shown.items()}
        domain = (0.0, highest * ROOM)
        made = axes(table["month"].to_list(), domain, self.text, False, "", True, told)
        return self._joined(made, names, table, table.clear(), numbers.percent)

    def _joined(
        self,
        axes: monthly.Axes,
        names: Sequence[str],
        known: pl.DataFrame,
        unfinished: pl.DataFrame,
        written: Callable[[float, str], str],
    ) -> Chart:
        """Lines of the groups over what is known, and rings of all of them for the rest."""
        rings = list(self.shown) if unfinished.height else []

        def draw(palette: Palette) -> alt.LayerChart:
            lines, words = self._colors(palette), self._colors(palette, is_text=True)
            layers: list[alt.Chart | alt.LayerChart] = [axes.frame()]
            for name in names:
                is_dashed = self._look(name) == "dashed"
                # Points too: between two gaps a line of one point would not be seen.
                layers.append(axes.line(known, name, lines[name], 2, True, is_dashed))
            layers += [axes.rings(unfinished, name, lines[name]) for name in rings]
            ends = [self._end(known, name, written, words[name]) for name in names]
            if ends:
                layers.append(theme.end_labels(ends, axes.domain, HEIGHT))
            return alt.LayerChart(layer=layers)

        def native(palette: Palette) -> Plot:
            colors = self._colors(palette)
            lines = [axes.series(known, name, colors[name], self._look(name)) for name in names]
            open_ = [axes.series(unfinished, name, colors[name], "rings") for name in rings]
            return axes.plot([*lines, *open_])

        return Chart(draw, native)

    def changes(self) -> Chart:
        """The change of each group stacked, up or down, and that of all as a line across."""
        table = self.wide("net_change").with_columns(hatched=~pl.col("is_complete"))
        table = table.filter(pl.any_horizontal(pl.col("net_change", *self.shown).is_not_null()))
        bars = monthly.stacked(table, list(self.shown))
        low, high = monthly.reach(bars, table["net_change"])
        axes = self._axes(table, (low * ROOM, high * ROOM), is_banded=True)

        def draw(palette: Palette) -> alt.LayerChart:
            colors = self._colors(palette)
            layers: list[alt.Chart | alt.LayerChart] = [axes.frame()]
            for name in self.shown:
                rows = [bar for bar in bars if bar["part"] == name]
                layers += axes.bars(rows, colors[name], palette)
            settled = table.filter(~pl.col("hatched"))
            layers.append(axes.line(settled, "net_change", palette.ink, 1.5, has_points=True))
            legend = {self.words[code]: colors[name] for name, code in self.shown.items()}
            layers.append(axes.legend(legend, columns=LEGEND_COLUMNS))
            return alt.LayerChart(layer=layers)

        def native(palette: Palette) -> Plot:
            colors = self._colors(palette)
            bars = [axes.series(table, name, colors[name], "bar") for name in self.shown]
            settled = table.filter(~pl.col("hatched"))
            return axes.plot([*bars, axes.series(settled, "net_change", palette.ink)])

        return Chart(draw, native)

    def moved_most(self) -> Row | None:
        """The group whose people changed the most in the last finished month; others and not
        stated are none. `is_known`: of all groups. None where nothing is known."""
        rows = self.last().filter(~pl.col(GROUP).is_in([*GREY, TOTAL]))
        changed = rows.with_columns(change=pl.col("people") - pl.col("people_before"))
        is_known = not changed["change"].null_count()
        known = changed.drop_nulls("change").with_columns(is_known=pl.lit(is_known))
        known = known.sort(pl.col("change").abs(), descending=True, maintain_order=True)
        return known.row(0, named=True) if known.height else None

    def last(self) -> pl.DataFrame:
        """The rows of the last finished month."""
        finished = self.released.table.filter("is_complete")
        return finished.filter(pl.col("month") == finished["month"].max())

    def gaps(self, column: str) -> tuple[str, ...]:
        """A note on the groups whose column is hidden somewhere."""
        hidden = self.released.table.filter(self.released.covered[column])[GROUP].to_list()
        names = [word for code, word in self.words.items() if code in hidden]
        if not names:
            return ()
        groups = self.text("app.list").join(names)
        return (self.text("groups.gaps", groups=groups, k=self.released.k),)

    def wide(self, column: str, key: str = "month") -> pl.DataFrame:
        """A row for each month, or other key: the column of every group, and under its own name
        that of all. The key is the string `month`."""
        is_month = self.released.table.schema[key] == pl.Date
        place = pl.col(key).dt.strftime("%Y-%m") if is_month else pl.col(key).cast(pl.String)
        table = self.released.table.with_columns(month=place)
        kept = [name for name in ("month", "is_complete", column) if name in table.columns]
        found = table.filter("is_total").select(kept)
        for name, code in self.shown.items():
            one = table.filter(pl.col(GROUP) == code).select("month", pl.col(column).alias(name))
            found = found.join(one, on="month", how="left", maintain_order="left")
        return found

    def _axes(
        self, table: pl.DataFrame, domain: tuple[float, float], *, is_banded: bool
    ) -> monthly.Axes:
        names = {name: self.words[code] for name, code in self.shown.items()}
        return monthly.Axes(table["month"].to_list(), domain, self.text, is_banded, names=names)

    def _colors(self, palette: Palette, *, is_text: bool = False) -> dict[str, str]:
        """A colour for each column of a group. A value keeps its own while the others change, as
        far as there is one for each."""
        colors = palette.category_text if is_text else palette.categories
        values = self.attributes[self.released.origin.split].values
        named = [code for code in values if code != NOT_STATED]
        if len(named) > len(colors):
            named = [code for code in self.shown.values() if code not in GREY]
        own = dict(zip(named, colors, strict=False))
        own |= {} if is_text else {REST: palette.rest}
        return {name: own.get(code, palette.muted) for name, code in self.shown.items()}

    def _look(self, name: str) -> Look:
        return "dashed" if self.shown[name] == NOT_STATED else "line"

    def _end(
        self, known: pl.DataFrame, name: str, written: Callable[[float, str], str], color: str
    ) -> EndLabel:
        last = float(known[name].drop_nulls()[-1])
        word = self.words[self.shown[name]]
        return EndLabel(f"{word} {written(last, self.text.language)}", last, color)
