"""An attacker with every visible cell, every equation and a solver cannot tell a small group.

To this attacker a hidden cell is any value of zero or more: hidden cells are not told apart. For
each group of 1 to k - 1 people the largest value that fits must be k or more; then it is not known
exactly either. There are no exceptions: the total of a line is shown only when it is k or more, and
with all its parts hidden each of them may be the whole. Solved here, never while serving.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
import pytest
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import coo_array

from ecosphere.library import Question, question
from ecosphere.model import Filters, Origin, Released, Role
from ecosphere.privacy import release, suppression

BATCHES = range(10)
TABLES = 30  # of each kind in a batch
ORIGIN = Origin("", {}, Filters(), 1, date(2026, 11, 21), (), 0)
GROWTH, MAU = question("active_users/growth"), question("active_users/mau")
BY_PARTNER = Question(
    name="test/by_partner", description="", sql="", unit="people", kind="full count",
    direction="none", where=(), reads=(), owner="",
    grain=("month", "partner"), people="people", additive="partner",
    columns={"month": "month", "partner": "text", "is_total": "flag", "people": "count",
             "exclusive": "count"},
)  # fmt: skip

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
        counts = [column for column, kind in self.asked.columns.items() if kind == "count"]
        cells = ((row, column) for row in range(self.frame.height) for column in counts)
        return {(self.name, row, column): self.frame[column][row] for row, column in cells
                if self.frame[column][row] is not None}  # fmt: skip

    def zero(self) -> Iterator[Sum]:
        """What adds up to zero, by the header: totals less their parts, repeats less the first."""
        for row in range(self.frame.height):
            for total, *parts in self.asked.sums:
                yield {self._at(row, total): 1, **{self._at(row, part): -1 for part in parts}}
            for column, earlier in self.asked.previous.items():
                if row:
                    yield {self._at(row, column): 1, self._at(row - 1, earlier): -1}
        if self.asked.additive:
            for month in self.frame["month"].unique():
                rows = [row for row, at in enumerate(self.frame["month"]) if at == month]
                for column in ("people", "exclusive"):
                    yield {self._at(row, column): 1 if self.frame["is_total"][row] else -1
                           for row in rows}  # fmt: skip

    def not_negative(self) -> Iterator[Sum]:
        """What anybody knows besides: some of the people are not more than all of them."""
        pairs = (
            *self.asked.differences,
            *((("people", "exclusive"),) if self.asked.additive else ()),
        )
        for row in range(self.frame.height):
            for larger, smaller in pairs:
                yield {self._at(row, larger): 1, self._at(row, smaller): -1}

    def _at(self, row: int, column: str) -> Cell:
        return self.name, row, column


class Attacker:
    """Knows the released tables, what adds up in them and what is part of what; nothing else."""

    def __init__(self, sides: list[Side], shared: tuple[str, ...]):
        self._sides = {side.name: side for side in sides}
        self._truth = {cell: value for side in sides for cell, value in side.truth.items()}
        hidden = [cell for cell in self._truth if self._shown(cell) is None]
        self._place = {cell: place for place, cell in enumerate(hidden)}
        first = sides[0].name
        same = [{cell: 1.0, (first, *cell[1:]): -1.0} for cell in self._truth
                if cell[0] != first and cell[2] in shared]  # fmt: skip
        self._zero = self._matrix([*same, *(line for side in sides for line in side.zero())])
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


@pytest.mark.parametrize("batch", BATCHES)
def test_both_tables_of_active_users_give_no_small_group_away(batch: int) -> None:
    random = np.random.default_rng([20261121, batch])
    for _ in range(TABLES):
        growth = _growth(random)
        mau = _mau(random, growth)
        k = _k(random)
        sides = [_side("growth", GROWTH, growth, k), _side("mau", MAU, mau, k)]
        assert Attacker(sides, ("people", "people_before")).given_away(k) == [], growth


@pytest.mark.parametrize("batch", BATCHES)
def test_parts_beside_their_total_give_no_small_group_away(batch: int) -> None:
    random = np.random.default_rng([20261122, batch])
    for _ in range(TABLES):
        k, frame = _k(random), _partners(random)
        side = _side("partners", BY_PARTNER, frame, k)
        assert Attacker([side], ()).given_away(k) == [], frame


def test_the_attacker_finds_what_a_careless_door_gives_away() -> None:
    frame = pl.DataFrame({
        "month": [date(2026, 1, 1)] * 4, "partner": ["a", "b", "c", "total"],
        "is_total": [False, False, False, True], "people": [5, 0, 95, 100],
        "exclusive": [0, 0, 0, 0],
    })  # fmt: skip
    hidden = np.array([[True, False], [True, False], [False, False], [False, False]])
    side = _careless("partners", BY_PARTNER, frame, ["people", "exclusive"], hidden)
    assert Attacker([side], ()).given_away(10) == ["('partners', 0, 'people') is 5, at most 5"]


def test_the_door_knows_without_a_solver_what_the_attacker_finds_with_one() -> None:
    random = np.random.default_rng(20261125)
    columns = [name for name, kind in GROWTH.columns.items() if kind == "count"]
    at = {name: place for place, name in enumerate(columns)}
    for _ in range(TABLES):
        frame = _growth(random)
        values = frame.select(columns).cast(pl.Float64).to_numpy()
        hidden = (random.random(values.shape) < 0.6) & ~np.isnan(values)
        lines = list(suppression._lines(frame, GROWTH, at, values))
        attacker = Attacker([_careless("growth", GROWTH, frame, columns, hidden)], ())
        for group in suppression._groups(lines, hidden):
            for (row, column), most in suppression._highest(group, values, hidden).items():
                found = attacker.highest(("growth", row, columns[column]))
                assert most == pytest.approx(found), (frame, hidden)


def _careless(
    name: str, asked: Question, frame: pl.DataFrame, counts: list[str], hidden: NDArray[np.bool_]
) -> Side:
    """The table with these counts hidden, whether that is enough or not."""
    covered = {column: pl.Series(hidden[:, place]) for place, column in enumerate(counts)}
    table = frame.with_columns(
        pl.when(~covered[column]).then(pl.col(column)).alias(column) for column in counts
    )
    released = vars(_side(name, asked, frame, 10).released)
    made = Released(**{**released, "table": table, "covered": pl.DataFrame(covered)})
    return Side(name, asked, frame, made)


def test_a_published_total_of_k_or_more_is_always_shown() -> None:
    random = np.random.default_rng(20261123)
    for _ in range(TABLES):
        growth, partners = _growth(random), _partners(random)
        of_k = pl.col("people") >= 10
        shown = _side("growth", GROWTH, growth, 10).released.table
        assert not shown.filter(growth.select(of_k).to_series())["people"].null_count(), growth
        before = growth.select(of_k & (pl.col("people_before") >= 10)).to_series()
        assert not shown.filter(before)["people_before"].null_count(), growth
        shown = _side("partners", BY_PARTNER, partners, 10).released.table
        totals = partners.select(of_k & pl.col("is_total")).to_series()
        assert not shown.filter(totals)["people"].null_count(), partners


def test_about_one_cell_is_hidden_beside_each_small_one() -> None:
    random = np.random.default_rng(20261124)
    sides = [_side("growth", GROWTH, _growth(random), 10) for _ in range(TABLES)]
    sides += [_side("partners", BY_PARTNER, _partners(random), 10) for _ in range(TABLES)]
    small = sum(0 < value < 10 for side in sides for value in side.truth.values())
    hidden = sum(side.released.hidden_cells for side in sides)
    assert small <= hidden <= 2.2 * small


def _side(name: str, asked: Question, frame: pl.DataFrame, k: int) -> Side:
    return Side(name, asked, frame, release(frame, asked, Role("", k=k), ORIGIN))


def _k(random: Generator) -> int:
    return int(random.choice((2, 5, 10, 20)))


def _size(random: Generator, most: int = 3000) -> int:
    """Zero, small, just above k, or large: each often enough to meet the others in a line."""
    kind = random.choice(4, p=(0.3, 0.3, 0.2, 0.2))
    low, high = ((0, 1), (1, 10), (10, 25), (25, 3000))[kind]
    return min(int(random.integers(low, high)), most)


def _cut(random: Generator, total: int, number: int) -> list[int]:
    """A total cut at random into so many parts, small ones among them."""
    parts: list[int] = []
    for _ in range(number - 1):
        parts.append(_size(random, total - sum(parts)))
    return [int(part) for part in random.permutation([*parts, total - sum(parts)])]


def _growth(random: Generator) -> pl.DataFrame:
    """Consecutive months that satisfy the identities of growth accounting."""
    is_filtered, is_first = random.random() < 0.7, random.random() < 0.5  # first: of the data
    people, rows = _size(random), []
    for month in range(int(random.integers(1, 6))):
        has_before = month > 0 or not is_first
        before = people if has_before else 0
        stayed, lapsed, moved_out = (
            _cut(random, before, 3) if is_filtered else (*_cut(random, before, 2), 0)
        )
        moved_in = _size(random) if is_filtered and has_before else 0
        new, resurrected = _size(random), _size(random) if has_before else 0
        people = new + resurrected + stayed + moved_in
        rows.append({
            "month": date(2026, month + 1, 1), "people": people, "is_complete": True,
            "is_first_months": False, "people_before": before if has_before else None, "new": new,
            "retained": stayed + moved_in, "resurrected": resurrected,
            "lapsed": lapsed if has_before else None, "stayed": stayed,
            "moved_in": moved_in if is_filtered else None,
            "moved_out": moved_out if is_filtered else None,
        })  # fmt: skip
    counts = {name: pl.Int64 for name, kind in GROWTH.columns.items() if kind == "count"}
    return pl.DataFrame(rows, schema_overrides=counts).select(*GROWTH.columns)


def _mau(random: Generator, growth: pl.DataFrame) -> pl.DataFrame:
    """The other table of the page, of the same months."""
    gaps, unmatched = ([_size(random) for _ in range(growth.height)] for _ in range(2))
    return growth.select("month", "people", "is_complete", "people_before").with_columns(
        gross=growth["people"] + pl.Series(gaps), unmatched=pl.Series(unmatched),
        target_level=pl.lit(None, pl.Float64), target_increase=pl.lit(100.0),
        target_base=pl.lit(_size(random)), crosses_spring_festival=False,
    ).select(*MAU.columns)  # fmt: skip


def _partners(random: Generator) -> pl.DataFrame:
    """Months by partner, with the row that sums them."""
    rows: list[tuple[object, ...]] = []
    for month in range(1, int(random.integers(2, 4))):
        people = [_size(random) for _ in range(int(random.integers(1, 9)))]
        exclusive = [_size(random, most) for most in people]
        rows += [(date(2026, month, 1), f"P{place}", False, *counts)
                 for place, counts in enumerate(zip(people, exclusive, strict=True))]  # fmt: skip
        rows.append((date(2026, month, 1), "total", True, sum(people), sum(exclusive)))
    return pl.DataFrame(rows, schema=list(BY_PARTNER.columns), orient="row")
