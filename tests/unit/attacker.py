"""An attacker with every visible cell, every equation and a solver cannot tell a small group.

To this attacker a hidden cell is any value of zero or more: hidden cells are not told apart. For
each group of 1 to k - 1 people the largest value that fits must be k or more; then it is not known
exactly either. There are no exceptions: the total of a line is shown only when it is k or more, and
with all its parts hidden each of them may be the whole. Solved here, never while serving.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import coo_array

from ecosphere.library import Question
from ecosphere.model import Filters, Month, Origin, Released, Role
from ecosphere.privacy import release

ORIGIN = Origin("", {}, Filters(), 1, date(2026, 11, 21), (), 0)

Cell = tuple[str, int, str]  # table, row, column
Sum = dict[Cell, float]  # cells with their signs


@dataclass(frozen=True)
class Side:
    """One of the tables that are seen side by side: what it is in truth, and what is released."""

    name: str
    asked: Question
    frame: pl.DataFrame
    released: Released

    @property
    def truth(self) -> dict[Cell, int]:
        """The counts that are there; absent ones take no part."""
        cells = ((row, column) for row in range(self.frame.height) for column in self._counts())
        return {(self.name, row, column): self.frame[column][row] for row, column in cells
                if self.frame[column][row] is not None}  # fmt: skip

    def zero(self) -> Iterator[Sum]:
        """What adds up to zero, by the header: totals less their parts, repeats less the first."""
        for row in range(self.frame.height):
            for total, *parts in self.asked.sums:
                yield {self._at(row, total): 1, **{self._at(row, part): -1 for part in parts}}
        yield from self._repeats()
        if self.asked.additive:
            for month in self.frame["month"].unique():
                rows = [row for row, at in enumerate(self.frame["month"]) if at == month]
                for column in self._counts():
                    yield {self._at(row, column): 1 if self.frame["is_total"][row] else -1
                           for row in rows}  # fmt: skip

    def not_negative(self) -> Iterator[Sum]:
        """What anybody knows besides: some of the people are not more than all of them."""
        pairs = (
            *self.asked.differences,
            *((("people", "exclusive"),) if "exclusive" in self.asked.columns else ()),
        )
        for row in range(self.frame.height):
            for larger, smaller in pairs:
                yield {self._at(row, larger): 1, self._at(row, smaller): -1}

    def _repeats(self) -> Iterator[Sum]:
        """What a month was, and what is told of it where it is compared with; the latter twice."""
        for column, earlier in self.asked.previous.items():
            for row, other in product(range(self.frame.height), repeat=2):
                if self._base(row) == self._key(other, "month"):
                    yield {self._at(row, column): 1, self._at(other, earlier): -1}
                if row != other and self._base(row) == self._base(other):
                    yield {self._at(row, column): 1, self._at(other, column): -1}

    def _base(self, row: int) -> tuple[object, ...]:
        """The month that a row is compared with, and what else is its key."""
        if self.asked.base:
            return self._key(row, self.asked.base)
        month, *others = self._key(row, "month")
        return earlier(month, 1), *others

    def _key(self, row: int, month: str) -> tuple[Any, ...]:
        others = (name for name in self.asked.grain if name != "month")
        return self.frame[month][row], *(self.frame[name][row] for name in others)

    def _counts(self) -> list[str]:
        return [column for column, kind in self.asked.columns.items() if kind == "count"]

    def _at(self, row: int, column: str) -> Cell:
        return self.name, row, column


class Attacker:
    """Knows the released tables, what adds up in them and what is part of what; nothing else."""

    def __init__(self, sides: list[Side], shared: tuple[str, ...], also: Iterable[Sum] = ()):
        self._sides = {side.name: side for side in sides}
        self._truth = {cell: value for side in sides for cell, value in side.truth.items()}
        hidden = [cell for cell in self._truth if self._shown(cell) is None]
        self._place = {cell: place for place, cell in enumerate(hidden)}
        first = sides[0].name
        same = [{cell: 1.0, (first, *cell[1:]): -1.0} for cell in self._truth
                if cell[0] != first and cell[2] in shared]  # fmt: skip
        self._zero = self._matrix([*same, *also, *(line for side in sides for line in side.zero())])
        self._positive = self._matrix([line for side in sides for line in side.not_negative()])

    def given_away(self, k: int) -> list[str]:
        """The groups under k that are told to be under k, each with the most it can be."""
        small = {cell: value for cell, value in self._truth.items() if 0 < value < k}
        highest = {cell: self.highest(cell) for cell in small}
        return [f"{cell} is {small[cell]}, at most {most:.0f}" for cell, most in highest.items()
                if most < k - 1e-6]  # fmt: skip

    def highest(self, cell: Cell) -> float:
        if cell not in self._place:
            return float(self._truth[cell])
        wanted = np.zeros(len(self._place))
        wanted[self._place[cell]] = -1
        (left, right), (more, least) = self._zero, self._positive
        found = linprog(wanted, A_eq=left, b_eq=right, A_ub=-more, b_ub=-least, method="highs")
        assert found.status in (0, 3), found.message  # solved, or without limit
        return np.inf if found.status == 3 else float(-found.fun)

    def _shown(self, cell: Cell) -> int | None:
        released = self._sides[cell[0]].released
        value: int | None = released.table[cell[2]][cell[1]]
        assert (value is None) == released.covered[cell[2]][cell[1]]
        return value

    def _matrix(self, lines: list[Sum]) -> tuple[coo_array, NDArray[np.float64]]:
        """Coefficients of the hidden cells, and what the shown ones leave for them."""
        entries, right = [], []
        for line in lines:
            # A line is a total and its parts: without the total, or all parts, it says nothing.
            there = {cell: sign for cell, sign in line.items() if cell in self._truth}
            if len(set(there.values())) < 2:
                continue
            shown = {cell: value for cell in there if (value := self._shown(cell)) is not None}
            entries += [(len(right), self._place[cell], sign) for cell, sign in there.items()
                        if cell not in shown]  # fmt: skip
            right.append(-sum(there[cell] * value for cell, value in shown.items()))
        rows, columns, signs = np.array(entries).reshape(-1, 3).T
        shape = (len(right), len(self._place))
        return coo_array((signs, (rows.astype(int), columns.astype(int))), shape), np.array(right)


def seen(name: str, asked: Question, frame: pl.DataFrame, k: int) -> Side:
    return Side(name, asked, frame, release(frame, asked, Role("", k=k), ORIGIN))


def earlier(month: date, months: int) -> date:
    return Month(Month.of(month).code - months).first_day
