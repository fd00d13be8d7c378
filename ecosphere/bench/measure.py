"""What a bench tells: figures, each with its unit and, where there is one, its target."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from time import perf_counter
from typing import Any

Advance = Callable[[str, float, int], None]  # what, steps done, of how many
MS = 1000.0


@dataclass(frozen=True)
class Target:
    """The largest value that will do, or the smallest."""

    limit: float
    is_least: bool = False

    def is_met(self, value: float) -> bool:
        return value >= self.limit if self.is_least else value <= self.limit


@dataclass(frozen=True)
class Effort:
    """How often and how long."""

    checks: int = 3  # runs of scan and checks
    repeat: int = 5  # of each question
    readers: tuple[int, ...] = (1, 8, 32, 64)
    reader_seconds: float = 5.0  # of each number of readers, with and without cache
    sessions: tuple[int, ...] = (10, 25, 50)
    session_seconds: float = 30.0  # of each number of sessions


# Only to see that everything works: nothing that it tells means much.
QUICK = Effort(2, 2, (1, 4), 0.3, (2,), 1.0)

# By the name of a figure, and how many readers or sessions it is of; for two processors and a
# million people. A picture in a second and twenty slides in fifteen hold for every format.
TARGETS: Mapping[tuple[str, int | None], Target] = {
    ("build", None): Target(240),
    ("nightly", None): Target(15),
    ("ask_everybody", None): Target(25),
    ("ask_filtered", None): Target(10),
    ("raw_ratio", None): Target(100, is_least=True),
    ("raw_different", None): Target(0),
    ("anew_first_unit", None): Target(200),
    ("anew_first_value", None): Target(200),
    ("anew_first_cohort", None): Target(200),
    ("anew_first_place", None): Target(1000),
    ("anew_first_everybody", None): Target(1000),
    ("anew_later_unit", None): Target(25),
    ("anew_later_value", None): Target(25),
    ("anew_later_cohort", None): Target(25),
    ("anew_later_place", None): Target(25),
    ("anew_later_everybody", None): Target(25),
    ("file_one", None): Target(1000),
    ("file_deck", None): Target(15),
    ("uncached_p95", 32): Target(200),
    ("cached_rate", 64): Target(2000, is_least=True),
    ("cached_p99", 64): Target(100),
    ("swap_inconsistent", None): Target(0),
    ("rerun_cpu", None): Target(100),
    ("session_p95", 50): Target(700),
    ("session_errors", 50): Target(0),
    ("serving_memory", None): Target(900),
}


@dataclass(frozen=True)
class Figure:
    """One number: what it is of, its unit, and what stands beside it.

    `unit` is a key of `bench.unit_*`. `touched` are bytes that have to be gone through for it: with
    the rate at which memory is copied they tell the least time that it can take.
    """

    subject: str
    name: str
    value: float
    unit: str
    size: int | None = None  # readers or sessions
    of: Mapping[str, str] | None = None  # words of its name
    runs: int = 1
    rows: int | None = None  # of events, where it reads them
    touched: int | None = None

    @property
    def target(self) -> Target | None:
        return TARGETS.get((self.name, self.size))

    @property
    def is_met(self) -> bool | None:
        return None if self.target is None else self.target.is_met(self.value)

    @property
    def seconds(self) -> float | None:
        """None for what is no time."""
        return {"s": self.value, "ms": self.value / MS}.get(self.unit)

    def as_dict(self) -> dict[str, Any]:
        """All of it for programs, without what is not there."""
        told = {**vars(self), "is_met": self.is_met}
        if self.target:
            told["target"] = self.target.limit
        return {name: value for name, value in told.items() if value is not None}


def timed(action: Callable[[], object]) -> float:
    """The seconds that it takes."""
    began = perf_counter()
    action()
    return perf_counter() - began


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that so many of all do not exceed."""
    return sorted(values)[max(ceil(share * len(values)) - 1, 0)]
