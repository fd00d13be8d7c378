"""Small deliveries for `data_health`: files of a bank, built in turn into one home."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from shutil import copyfile
from typing import Any

import polars as pl

from ecosphere import contract
from ecosphere.build import Built, build
from ecosphere.config import Config
from ecosphere.engines import duckdb
from ecosphere.engines.duckdb import DuckDB
from ecosphere.generations import Home
from ecosphere.model import Filters, Released, Role
from ecosphere.source import Source, open_source
from tests.spec.exports import EVERYTHING, TODAY

Row = dict[str, Any]


@dataclass
class Bank:
    """A folder of exports, each given as rows, and a home."""

    root: Path
    today: date = TODAY

    @property
    def home(self) -> Home:
        return Home(self.root / "home")

    def deliver(self, **exports: Iterable[Row]) -> None:
        """Write exports; those that are not named stay as they are."""
        for name, rows in exports.items():
            path = self.root / "exports" / f"{name}.parquet"
            path.parent.mkdir(exist_ok=True)
            pl.DataFrame(list(rows), infer_schema_length=None).write_parquet(path)

    def build(self) -> Built:
        folder, mapping = self.root / "exports", contract.read_mapping(None)
        return build(self.home, folder, mapping, Config(), today=self.today)

    def serve(self, **exports: Iterable[Row]) -> Source:
        """Deliver, build, and open what was built."""
        self.deliver(**exports)
        self.build()
        return self.open()

    def open(self) -> Source:
        return open_source(self.home)


def ask(
    source: Source,
    exhibit: str,
    role: Role = EVERYTHING,
    options: dict[str, str] | None = None,
    **chosen: Any,
) -> Released:
    return source.ask(f"data_health/{exhibit}", Filters(**chosen), options or {}, role)


def rows(source: Source, exhibit: str, **asked: Any) -> list[Row]:
    """The released rows of a question."""
    return ask(source, exhibit, **asked).table.to_dicts()


@contextmanager
def changed(home: Home) -> Iterator[DuckDB]:
    """A copy of the served generation, attached as `stage` to be made wrong by hand; then it is
    the one that is served."""
    with home.building() as path:
        copyfile(home.generation(home.served()), path)
        engine = duckdb.scratch()
        duckdb.attach(engine, path, "stage")
        yield engine
        engine.close()
        home.publish(path)


def events(people: Iterable[str], *days: date, **more: object) -> list[Row]:
    """An event at noon for each of these people on each of these days."""
    return [
        {"customer_id": person, "occurred_at": datetime(day.year, day.month, day.day, 12), **more}
        for day in days
        for person in people
    ]


def people(count: int, prefix: str = "c") -> list[str]:
    return [f"{prefix}{number:03d}" for number in range(count)]


def every_day(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
