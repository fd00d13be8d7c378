"""What is shown is what is exported: one chart with everything that must stand around it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

import polars as pl

from ecosphere.cohorts import parse, sentence
from ecosphere.model import GROUP, REST, TOTAL, Mark, Released
from ecosphere.native import DrawNative
from ecosphere.text import Text, numbers

# From a palette to an Altair chart: drawn per theme. Not imported here, since loading Altair takes
# half a second, which a table on the command line need not wait for.
Draw = Callable[[Any], Any]

MONTHS = ("month", "base_month", "known_since")  # columns whose days stand for months
SIGN = "†"  # stands by a number that misses an official figure
MARKS_TOLD = 2
# Columns whose texts are codes of ours, and the table of their words.
WORDS = {
    "export": "exports",
    "rule": "rules",
    "cause": "causes",
    "severity": "severities",
    "metric": "figures",
    "basis": "bases",
    "unit": "units",
    "number_kind": "kinds",
    "owner": "owners",
    "page": "pages",
    "card": "cards",
    "reason": "reasons",
    "band": "bands",
    "item": "items",
}


@dataclass(frozen=True)
class State:
    """Why there is no chart: `hidden` or `empty`, in words, and what to do."""

    kind: str
    title: str
    fix: str


@dataclass(frozen=True)
class Card:
    """A number that a meeting begins with: its change in words, for better or worse, and notes.
    `page` is the stem of the page that tells more."""

    label: str
    value: str
    change: str
    tone: str  # better, worse or plain
    is_up: bool
    notes: tuple[str, ...]
    help: str
    page: str = ""


@dataclass(frozen=True)
class Chart:
    """One chart drawn twice from the same values: for the screen, and as PowerPoint draws it."""

    draw: Draw
    native: DrawNative


@dataclass(frozen=True)
class Exhibit:
    """Title (the finding), subtitle (measure, unit, period, kind), chart, notes and footer."""

    name: str
    title: str
    subtitle: str
    chart: Chart | State
    table: Released
    alt: str
    chips: tuple[str, ...]
    footer: str
    notes: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()  # options that stand on this chart
    words: Mapping[str, str] = field(default_factory=dict)  # codes of groups, as a reader sees them
    height: int = 280

    @property
    def file_stem(self) -> str:
        return self.name.replace("/", "_")


def chips(released: Released, text: Text, attributes: Mapping[str, Any]) -> tuple[str, ...]:
    """The day of the data, what the role is restricted to and every active filter, in words."""
    origin = released.origin
    shown = [text("frame.data_to", day=numbers.date(origin.as_of, text.language))]
    shown += [
        f"{_label(attributes, name, text)}{text('app.colon')}"
        + text("app.list").join(value_label(attributes, name, value, text) for value in values)
        for name, values in dict.fromkeys(
            (*origin.rows, *origin.filters.who, *origin.filters.where)
        )
        if name not in origin.unplaced
    ]
    if origin.filters.cohort:
        cohort = parse(origin.filters.cohort)
        shown.append(sentence(cohort, text, origin.as_of, partial(_word, attributes, text)))
    if origin.filters.listed:
        shown.append(text("frame.listed"))
    if origin.split:
        shown.append(text("frame.split_chip", attribute=_label(attributes, origin.split, text)))
    shown += [
        text("frame.present_value", attribute=_label(attributes, name, text))
        for name in origin.present_value
    ]
    shown += [
        text("frame.unplaced", place=_label(attributes, name, text)) for name in origin.unplaced
    ]
    return tuple(shown)


def _word(attributes: Mapping[str, Any], text: Text, name: str, value: str) -> str:
    return value_label(attributes, name, value, text)


def value_label(attributes: Mapping[str, Any], name: str, value: str, text: Text) -> str:
    """A value of an attribute in the reader's language: its label, or itself."""
    common = {"not_stated": "app.not_stated", "true": "app.yes", "false": "app.no"}
    known = attributes[name].values.get(value)
    found: str | None = known and known.label.get(text.language)
    return found or (text(common[value]) if value in common else value)


def group_words(released: Released, attributes: Mapping[str, Any], text: Text) -> dict[str, str]:
    """The groups of an answer in the order of its rows: code -> words. None without groups."""
    if not released.origin.split:
        return {}
    common = {REST: text("app.rest"), TOTAL: text("app.total")}
    # A group that is nobody has no rows, so the first month has every group.
    return {
        code: common.get(code) or value_label(attributes, released.origin.split, code, text)
        for code in dict.fromkeys(released.table[GROUP])
    }


def footer(released: Released, text: Text) -> str:
    """As-of of every export used, what is hidden, who is left out, generation."""
    origin = released.origin
    parts = [_sources(released, text)]
    if released.hidden_cells:
        key = "frame.hidden_one" if released.hidden_cells == 1 else "frame.hidden"
        parts.append(text(key, count=released.hidden_cells, k=released.k))
    if origin.withheld >= released.k:
        parts.append(text("frame.withheld", count=numbers.integer(origin.withheld)))
    elif origin.withheld:
        parts.append(text("frame.withheld_few", k=released.k))
    parts.append(text("frame.generation", number=origin.generation))
    return " · ".join((*parts, *_marks(released, text)))


def marked(sentence: str, released: Released, row: Mapping[str, Any] | None) -> str:
    """A sentence on the month of a row, with the sign where its number misses an official figure:
    the footer says by how much."""
    is_marked = row and any(mark.month == row["month"] for mark in released.origin.marks)
    return f"{sentence} {SIGN}" if is_marked else sentence


def hidden(released: Released, text: Text) -> State:
    """Why there is no chart where all are too few."""
    title = text("states.hidden_title", k=released.k)
    return State("hidden", title, text("states.hidden_fix"))


def period(released: Released, text: Text) -> str:
    """The months shown, as one range."""
    months = released.table["month"]
    if not released.table.height:
        return numbers.MISSING
    return numbers.months(str(months.min()), str(months.max()), text.language)


def shown_table(
    released: Released, text: Text, words: Mapping[str, str] | None = None
) -> pl.DataFrame:
    """The table as a reader sees it: labels, numbers of the language, <k hidden, — missing.

    `words` are those of groups.
    """
    columns = {}
    for name, covered in zip(released.covered.columns, released.covered, strict=True):
        columns[text(f"columns.{name}")] = [
            hidden_word(released, name, text) if is_hidden else _shown(name, value, text)
            for value, is_hidden in zip(released.table[name], covered, strict=True)
        ]
    if words:
        groups = text(f"columns.{GROUP}")
        columns[groups] = [words[code] for code in released.table[GROUP]]
    return pl.DataFrame(columns)


def hidden_word(released: Released, name: str, text: Text) -> str:
    """Hidden counts are not told apart; what would have been computed from one is no count."""
    is_count = name in released.counts
    return numbers.hidden(released.k) if is_count else text("frame.hidden_cell")


def _shown(name: str, value: Any, text: Text) -> str:
    if value is None:
        return numbers.MISSING
    if isinstance(value, bool):
        return text("app.yes") if value else text("app.no")
    if isinstance(value, date):
        return (numbers.month if name in MONTHS else numbers.date)(value, text.language)
    if isinstance(value, float):
        return _fraction(name, value, text)
    return numbers.integer(value) if isinstance(value, int) else word(name, str(value), text)


def is_share(name: str) -> bool:
    """Whether the values of a column are shares of one, or changes as such."""
    ends = ("_completion", "_share", "_rate")
    return name.endswith(ends) or name.startswith(("share_", "tolerance"))


def _fraction(name: str, value: float, text: Text) -> str:
    if name.endswith("_rate"):
        return numbers.percent_change(value, text.language)
    if is_share(name):
        return numbers.percent(value, text.language)
    is_whole = abs(value) >= 100 or name == "difference"
    return numbers.integer(value) if is_whole else numbers.decimal(value)


def word(name: str, code: str, text: Text) -> str:
    """A code of a column in the reader's language; what is no code of ours stands as it is."""
    if name not in WORDS or "." in code or not text.has(f"{WORDS[name]}.{code}"):
        return code
    return text(f"{WORDS[name]}.{code}")


def _marks(released: Released, text: Text) -> list[str]:
    """The last official figures that are not met, in words."""
    shown = set(released.table["month"]) if "month" in released.table.columns else set()
    marks = [mark for mark in released.origin.marks if mark.month in shown]
    words = [_mark(mark, text) for mark in marks[-MARKS_TOLD:]]
    if len(marks) > MARKS_TOLD:
        words.append(text("frame.marks_more", count=len(marks) - MARKS_TOLD))
    return words


def _mark(mark: Mark, text: Text) -> str:
    words = text(
        "frame.mark",
        month=numbers.month(mark.month, text.language),
        difference=numbers.percent_change(mark.difference, text.language),
        source=mark.source,
        tolerance=numbers.percent(mark.tolerance, text.language),
    )
    reason = dict(mark.reason).get(text.language)
    return text("frame.mark_reason", words=words, reason=reason) if reason else words


def _sources(released: Released, text: Text) -> str:
    """Exports with the day each speaks of; the day once where it is the same for all."""
    language = text.language
    parts = []
    for source in released.origin.sources:
        name = text(f"exports.{source.name}")
        if source.as_of is None or source.as_of == released.origin.as_of:
            parts.append(name)
        else:
            day = numbers.date(source.as_of, language)
            parts.append(text("frame.export_day", export=name, day=day))
    as_of = text("frame.as_of", day=numbers.date(released.origin.as_of, language))
    if not parts:  # what a build tells of itself
        return as_of
    return f"{as_of} · {text('frame.source', exports=text('app.list').join(parts))}"


def _label(attributes: Mapping[str, Any], name: str, text: Text) -> str:
    found: str = attributes[name].label[text.language]
    return found
