"""What the doctor looks at, and what a look has shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from ecosphere import config
from ecosphere.config import Config
from ecosphere.engines import duckdb
from ecosphere.engines.duckdb import DuckDB
from ecosphere.generations import Home
from ecosphere.model import Problem
from ecosphere.source import Source
from ecosphere.text import LANGUAGES, Text

State = Literal["ok", "warn", "fail"]


@dataclass(frozen=True)
class Sign:
    """One look at one thing: `code` is a key of the texts under `doctor`.

    Where a Problem was met, its words take the place of `{detail}`.
    """

    check: str
    state: State
    code: str
    values: Mapping[str, object] = field(default_factory=dict, hash=False)
    problem: Problem | None = None

    def message(self, text: Text) -> str:
        """What was found and, unless all is well, what to do next."""
        detail = {"detail": text.problem(self.problem)} if self.problem else {}
        return text(f"doctor.{self.code}", **self.values, **detail)

    def as_dict(self) -> dict[str, Any]:
        """All of it as plain values, for JSON."""
        return {
            "check": self.check,
            "state": self.state,
            "code": self.code,
            "values": {key: str(value) for key, value in self.values.items()},
            "message": {language: self.message(Text(language)) for language in LANGUAGES},
        }


class Unopened(Exception):
    """The served generation cannot be opened: one check says so, those that need it say nothing."""


@dataclass(frozen=True)
class Opened:
    """The served generation."""

    engine: DuckDB
    source: Source
    built_at: datetime


@dataclass(frozen=True)
class Case:
    """One HOME on one machine at one time (UTC). Nothing here writes to it."""

    home: Home
    now: datetime
    proc: Path = Path("/proc")

    @cached_property
    def settings(self) -> Config:
        """Those of ecosphere.toml; the defaults where it is broken, which a check tells."""
        try:
            return config.load(self.home.path)
        except Problem:
            return Config()

    @cached_property
    def opened(self) -> Opened:
        """The served generation as pages open it; raises Unopened whatever is wrong with it."""
        try:
            number = self.home.served()
            engine = duckdb.serving(self.home.generation(number))
            found = engine.run("select built_at from generation.stored.generation").item()
            return Opened(engine, Source(engine, number), found.replace(tzinfo=UTC))
        except Exception as broken:
            raise Unopened from broken

    def close(self) -> None:
        """Let go of the generation, so that it can be deleted."""
        if "opened" in self.__dict__:
            self.opened.engine.close()
