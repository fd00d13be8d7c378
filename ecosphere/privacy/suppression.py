"""Which cells are hidden: small groups, and whatever would give them away.

Each hidden cell is bounded from all that is shown, and parts are hidden until it might be large.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate
from math import inf

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ecosphere.library import Question

ONE_MAKES_MOST = 0.50  # a sum is hidden when its largest contributor has more than this share
TWO_MAKE_MOST = 0.75  # ... or when the two largest together have more than this

Cell = tuple[int, int]  # row, column


@dataclass(frozen=True)
class Line:
    """A total and the parts that add up to it: whoever knows all but one of them knows that one."""

    total: Cell
    parts: tuple[Cell, ...]

    @property
    def cells(self) -> tuple[Cell, ...]:
        return (self.total, *self.parts)


def hidden_cells(
    frame: pl.DataFrame,
    values: NDArray[np.float64],
    guarded: list[str],
    question: Question,
    k: int,
) -> NDArray[np.bool_]:
    """Which guarded cells are hidden: the small ones, and what would give them away."""
    at = {name: index for index, name in enumerate(guarded)}
    again = _again(frame, question, at, values)
    needed = _needed(frame, values, question, at, k)
    for repeat, cell in again.items():
        needed[cell] = max(needed[cell], needed[repeat])
    hidden = _hidden_again(needed > values, again)
    lines = _lines(frame, question, at, values, again)
    parts = {part for line in lines for part in line.parts}
    while True:
        if question.people in at:
            hidden[hidden[:, at[question.people]]] = True
        hidden &= ~np.isnan(values)
        unknown = _unknown(hidden, again)
        # Where there is least to choose first: what it hides often protects the others too.
        groups = sorted(_groups(lines, unknown), key=lambda group: _shown(group, unknown))
        if not sum(_protect(group, parts, values, needed, unknown, k) for group in groups):
            return hidden
        hidden |= _hidden_again(unknown, again)


def _hidden_again(hidden: NDArray[np.bool_], again: Mapping[Cell, Cell]) -> NDArray[np.bool_]:
    """What is hidden by itself is hidden wherever it is told."""
    for repeat, cell in again.items():
        hidden[repeat] |= hidden[cell]
    return hidden


def _unknown(hidden: NDArray[np.bool_], again: Mapping[Cell, Cell]) -> NDArray[np.bool_]:
    """What is hidden wherever it is told."""
    unknown = hidden.copy()
    for repeat, cell in again.items():
        unknown[cell] &= hidden[repeat]
    return unknown


def _shown(group: list[Line], hidden: NDArray[np.bool_]) -> int:
    return sum(not hidden[cell] for line in group for cell in line.cells)


def _needed(
    frame: pl.DataFrame,
    values: NDArray[np.float64],
    question: Question,
    at: dict[str, int],
    k: int,
) -> NDArray[np.float64]:
    """What a cell would have to be to be shown. Hidden, it must still look able to be that much."""
    is_count = np.array([question.columns[name] == "count" for name in at], dtype=bool)
    needed = np.where((values > 0) & (values < k) & is_count, float(k), -np.inf)
    for larger, smaller in question.differences:
        gap = values[:, at[larger]] - values[:, at[smaller]]
        apart = np.where((gap > 0) & (gap < k), values[:, at[smaller]] + k, -np.inf)
        needed[:, at[larger]] = np.maximum(needed[:, at[larger]], apart)
    for name, flag in question.nested.items():
        rows = frame[flag] if flag else pl.repeat(True, frame.height, eager=True)
        apart = _needed_nested(frame, question, name, rows, k)
        needed[:, at[name]] = np.maximum(needed[:, at[name]], apart)
    for name, (largest, second) in question.money.items():
        needed[:, at[name]] = _needed_money(frame, name, largest, second)
    return needed


def _needed_nested(
    frame: pl.DataFrame, question: Question, name: str, nested: pl.Series, k: int
) -> NDArray[np.float64]:
    """What a cell must be to be shown beside those that hold it: as much as the last one, where it
    is fewer than k people short of it. The key that rows are nested along comes last in the grain,
    or before the group."""
    along = [key for key in question.grain if key != question.additive]
    others = [key for key in question.grain if key != along[-1]]
    needed = np.full(frame.height, -np.inf)
    last: dict[tuple[object, ...], float] = {}
    rows = frame.with_row_index("row_number").filter(nested).sort(along[-1], maintain_order=True)
    for row in rows.iter_rows(named=True):
        key, value = tuple(row[other] for other in others), row[name]
        if value is None or 0 < value < k:
            continue
        if 0 < last.get(key, value) - value < k:
            needed[row["row_number"]] = last[key]
        else:
            last[key] = value
    return needed


def _needed_money(frame: pl.DataFrame, name: str, largest: str, second: str) -> NDArray[np.float64]:
    """The least sum in which these contributors would not stand out, where in this one they do."""
    total = frame[name].cast(pl.Float64).abs()
    first = frame[largest].cast(pl.Float64).abs().fill_null(total)  # who is unknown may be one
    both = first + frame[second].cast(pl.Float64).abs().fill_null(0)
    needed = np.maximum((first / ONE_MAKES_MOST).to_numpy(), (both / TWO_MAKE_MOST).to_numpy())
    return np.where(needed > total.to_numpy(), needed, -np.inf)


def _lines(
    frame: pl.DataFrame,
    question: Question,
    at: dict[str, int],
    values: NDArray[np.float64],
    again: Mapping[Cell, Cell],
) -> list[Line]:
    """Every equation among the cells of this table. Absent cells take no part.

    What is told again is the cell that it repeats.
    """
    found: dict[Line, None] = {}
    for total, parts in (*_within_rows(frame, question, at), *_additive(frame, question, at)):
        there = tuple(again.get(part, part) for part in parts if not np.isnan(values[part]))
        if there and not np.isnan(values[total]):
            found[Line(again.get(total, total), there)] = None
    return list(found)


def _within_rows(
    frame: pl.DataFrame, question: Question, at: dict[str, int]
) -> Iterator[tuple[Cell, list[Cell]]]:
    """Columns that add up to another."""
    for row in range(frame.height):
        for total, *parts in question.sums:
            yield (row, at[total]), [(row, at[part]) for part in parts]


def _again(
    frame: pl.DataFrame, question: Question, at: dict[str, int], values: NDArray[np.float64]
) -> dict[Cell, Cell]:
    """Cells that tell again what another does: of each month those compared with it.

    Where that month is not shown, the first row compared with it stands for it.
    """
    found: dict[Cell, Cell] = {}
    if not question.previous:
        return found
    keys = [frame[name] for name in question.grain if name != "month"]
    rows = {key: row for row, key in enumerate(zip(frame["month"], *keys, strict=True))}
    bases = frame[question.base] if question.base else frame["month"].dt.offset_by("-1mo")
    first: dict[tuple[object, ...], int] = {}
    for row, key in enumerate(zip(bases, *keys, strict=True)):
        for column, earlier in question.previous.items():
            if np.isnan(values[row, at[column]]):
                continue
            if key in rows:
                found[row, at[column]] = (rows[key], at[earlier])
            elif first.setdefault(key, row) != row:
                found[row, at[column]] = (first[key], at[column])
    return found


def _additive(
    frame: pl.DataFrame, question: Question, at: dict[str, int]
) -> Iterator[tuple[Cell, list[Cell]]]:
    """Rows that share all keys but the additive one, where a row marked `is_total` sums them."""
    if not question.additive:
        return
    keys = [key for key in question.grain if key != question.additive]
    numbered = frame.with_row_index("row_number")
    groups = numbered.partition_by(keys, maintain_order=True) if keys else [numbered]
    for group in groups:
        totals = group.filter("is_total")["row_number"].to_list()
        parts = group.filter(~pl.col("is_total"))["row_number"].to_list()
        for total in totals:
            for column in at.values():
                yield (total, column), [(row, column) for row in parts]


def _groups(lines: list[Line], hidden: NDArray[np.bool_]) -> list[list[Line]]:
    """Lines that hide something, those together that share a hidden cell."""
    groups: list[tuple[set[Cell], list[Line]]] = []
    for line in lines:
        covered = {cell for cell in line.cells if hidden[cell]}
        if covered:
            joined = [group for group in groups if group[0] & covered]
            groups = [group for group in groups if not group[0] & covered]
            groups.append((covered.union(*(cells for cells, _ in joined)),
                           [*(one for _, others in joined for one in others), line]))  # fmt: skip
    return [together for _, together in groups]


def _protect(
    group: list[Line],
    parts: set[Cell],
    values: NDArray[np.float64],
    needed: NDArray[np.float64],
    hidden: NDArray[np.bool_],
    k: int,
) -> bool:
    """Hide one more cell of lines that give a hidden one away; False when they are safe.

    A group must look able to be 2k people, as far as there are parts to hide; and k in any case.
    """
    missing = _missing(group, values, needed, hidden, k)
    if missing <= 0:
        return False
    shown = {cell for line in group for cell in line.cells if not hidden[cell]}
    # A total goes only when all its parts are hidden and that is not enough.
    choices = sorted(
        shown & parts or (shown if missing > k else set()), key=lambda cell: (values[cell], cell)
    )
    for cell in choices:
        hidden[cell] = True
        if cell == choices[-1] or _missing(group, values, needed, hidden, k) <= 0:
            return True
        hidden[cell] = False
    return False


def _missing(
    group: list[Line],
    values: NDArray[np.float64],
    needed: NDArray[np.float64],
    hidden: NDArray[np.bool_],
    k: int,
) -> float:
    """By how many people the hidden cells fail to look large enough; 0 or less when they do."""
    highest = _highest(group, values, hidden)
    return max(float(needed[cell]) + k - most for cell, most in highest.items())


def _highest(
    group: list[Line], values: NDArray[np.float64], hidden: NDArray[np.bool_]
) -> dict[Cell, float]:
    """The most that each cell may be for somebody who adds and subtracts all that is shown.

    Exact where lines connect no two cells in two ways, as in every table so far; linear programmes
    confirm it in tests/unit/test_privacy_audit.py.
    """
    cells = {cell for line in group for cell in line.cells}
    low = {cell: 0.0 if hidden[cell] else float(values[cell]) for cell in cells}
    high = {cell: inf if hidden[cell] else float(values[cell]) for cell in cells}
    for _ in group:  # news crosses one line or more each time
        before = (dict(low), dict(high))
        for line in (*group, *reversed(group)):
            _narrow(line, low, high)
        if before == (low, high):
            break
    return high


def _narrow(line: Line, low: dict[Cell, float], high: dict[Cell, float]) -> None:
    """Bring the bounds of one line's cells in step with each other."""
    total, parts = line.total, line.parts
    low[total] = max(low[total], sum(low[part] for part in parts))
    high[total] = min(high[total], sum(high[part] for part in parts))
    least = _others([low[part] for part in parts])
    most = _others([high[part] for part in parts])
    for part, others_least, others_most in zip(parts, least, most, strict=True):
        high[part] = min(high[part], high[total] - others_least)
        low[part] = max(low[part], low[total] - others_most)


def _others(numbers: list[float]) -> list[float]:
    """For each number the sum of all the others; not by subtraction, because some are infinite."""
    before = accumulate(numbers[:-1], initial=0.0)
    after = accumulate(reversed(numbers[1:]), initial=0.0)
    return [left + right for left, right in zip(before, reversed(list(after)), strict=True)]
