"""Tables and exhibits for whoever has no screen: one question of one generation, then done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from pathlib import Path

from ecosphere import config
from ecosphere.cohorts import read_ids
from ecosphere.exhibit import Exhibit, group_words
from ecosphere.export import Step, Taker, write
from ecosphere.export.rows import csv_bytes, json_bytes, parquet_bytes
from ecosphere.generations import Home
from ecosphere.library import of_stem
from ecosphere.model import Ask, Filters, Problem, Released, Role
from ecosphere.source import Source, open_source
from ecosphere.text import Text

PRINTED = {"json": json_bytes, "csv": csv_bytes, "parquet": parquet_bytes}


@dataclass(frozen=True)
class Taking:
    """Who takes a file away, in which language; `is_page`: every exhibit of each stem."""

    who: str
    text: Text
    is_page: bool = False


@dataclass(frozen=True)
class Asked:
    """Who asks where, and with what choices."""

    home: Path
    role: str | None
    filters: Filters
    options: Mapping[str, str]
    ids: Path | None = None  # a file of customer ids

    def open(self) -> tuple[Source, Role, Filters]:
        """The served generation, the role, and the filters with the list of people, if any."""
        source, role = open_source(Home(self.home)), config.load(self.home).role(self.role)
        if self.ids is None:
            return source, role, self.filters
        listed = source.take(read_ids(_content(self.ids)), role)
        return source, role, replace(self.filters, listed=listed)


def table(asked: Asked, stem: str, exhibit: str | None) -> Released:
    """The released table of an exhibit; of the default one when none is named."""
    return _answer(asked, stem, exhibit)[1]


def printed(asked: Asked, stem: str, exhibit: str | None, format_: str, text: Text) -> bytes:
    """The same as a file that can be printed; groups have the words of the language."""
    source, released = _answer(asked, stem, exhibit)
    words = group_words(released, source.catalog.attributes, text)
    return PRINTED[format_](released, words)


def export(asked: Asked, names: Sequence[str], out: Path, taking: Taking, step: Step) -> None:
    """Write exhibits to one file, in the order named; `stem` is its default exhibit."""
    source, role, filters = asked.open()
    ask: Ask = partial(_ask, source, filters, role)
    text, made = taking.text, list[Exhibit]()
    for name in names:
        stem, _, exhibit = name.partition("/")
        wanted = of_stem(stem, exhibit or None).name
        found = exhibits(stem, ask, asked.options, text, source)
        chosen = [one for one in found if taking.is_page or one.name == wanted]
        if not chosen:
            raise Problem("nothing_to_draw", query=wanted)
        made += chosen
    write(out, made, Taker(taking.who, role, text, asked.home), step)


def exhibits(
    stem: str, ask: Ask, options: Mapping[str, str], text: Text, source: Source
) -> list[Exhibit]:
    """Every exhibit of a stem, by the stem rule: metrics/<stem>.py and charts/<stem>.py."""
    result = import_module(f"ecosphere.metrics.{stem}").measure(ask, options)
    drawn: list[Exhibit] = import_module(f"ecosphere.charts.{stem}").exhibits(
        result, text, source.catalog.named
    )
    return drawn


def _answer(asked: Asked, stem: str, exhibit: str | None) -> tuple[Source, Released]:
    question = of_stem(stem, exhibit)
    source, role, filters = asked.open()
    released = source.ask(question.name, filters, asked.options, role)
    if released.origin.unplaced:
        places = ", ".join(released.origin.unplaced)
        raise Problem("not_placed", query=question.name, places=places)
    return source, released


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as unread:
        raise Problem("ids_unread", file=path, detail=unread.strerror) from unread


def _ask(source: Source, filters: Filters, role: Role, name: str, **options: str) -> Released:
    return source.ask(name, filters, options, role)
