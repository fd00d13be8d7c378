"""The privacy door: what leaves here may be seen. The only maker of `Released`.

Hidden are: groups of fewer than k people; whatever would give them away within the table, to
somebody who adds and subtracts all that is shown; sums of money that one or two people make up;
everything computed from what is hidden. See docs/security.md for what this does not prevent.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ecosphere.library import Question
from ecosphere.model import Origin, Problem, Released, Role
from ecosphere.privacy.suppression import hidden_cells


def may(role: Role, question: Question, *, take: bool = False) -> None:
    """Pass when the role may ask the question (and take the answer away), else a Problem."""
    if question.roles and role.name not in question.roles:
        raise Problem("not_for_role", role=role.name, query=question.name,
                      known=", ".join(question.roles))  # fmt: skip
    if take and not role.export:
        raise Problem("may_not_export", role=role.name)


def release(frame: pl.DataFrame, question: Question, role: Role, origin: Origin) -> Released:
    """Hide what must not be seen; compute the derived columns from what is left.

    `frame` has the columns of the question's header, one row per grain. A hidden cell becomes null.
    """
    shares = {name for pair in question.money.values() for name in pair}
    seen = frame.select(name for name in question.columns if name not in shares)
    guarded = [name for name in seen.columns if question.columns[name] in ("count", "money")]
    values = _values(frame, guarded)
    hidden = hidden_cells(frame, values, guarded, question, role.k)
    covered = _covered(seen, hidden, guarded, question)
    table = _masked(seen, covered, question, role.round_to)
    return Released(
        name=question.name,
        table=table,
        counts=tuple(name for name, kind in question.columns.items() if kind == "count"),
        covered=covered,
        hidden_cells=int(hidden.sum()),
        k=role.k,
        unit=question.unit,
        kind=question.kind,
        direction=question.direction,
        role=role.name,
        origin=origin,
    )


def _values(frame: pl.DataFrame, guarded: list[str]) -> NDArray[np.float64]:
    """Counts and sums of money as numbers, rows by columns; absent is nan."""
    if not guarded:
        return np.empty((frame.height, 0))
    return frame.select(pl.col(guarded).cast(pl.Float64)).to_numpy()


def _covered(
    seen: pl.DataFrame, hidden: NDArray[np.bool_], guarded: list[str], question: Question
) -> pl.DataFrame:
    """Which cells are hidden: those themselves, and what is computed from them."""
    anywhere = pl.Series(hidden.any(axis=1), dtype=pl.Boolean)
    nowhere = pl.repeat(False, seen.height, eager=True)
    covered = {
        name: pl.Series(hidden[:, guarded.index(name)], dtype=pl.Boolean)
        if name in guarded
        else anywhere if question.columns[name] == "derived" else nowhere
        for name in seen.columns
    }  # fmt: skip
    inputs = {name: pl.sql_expr(formula).meta.root_names()
              for name, formula in question.derived.items()}  # fmt: skip
    return pl.DataFrame(covered).with_columns(
        pl.any_horizontal(names).alias(name) for name, names in inputs.items()
    )


def _masked(
    seen: pl.DataFrame, covered: pl.DataFrame, question: Question, round_to: int
) -> pl.DataFrame:
    """The table as it may be seen: header's columns, derived ones, and `hidden` by row."""
    counts = [name for name in seen.columns if question.columns[name] == "count"]
    formulas = [pl.sql_expr(formula).alias(name) for name, formula in question.derived.items()]
    rounded = seen.with_columns(_rounded(seen[name], round_to) for name in counts)
    table = _without(_without(rounded, covered).with_columns(formulas), covered)
    return table.with_columns(covered.select(hidden=pl.any_horizontal(pl.all())))


def _without(table: pl.DataFrame, covered: pl.DataFrame) -> pl.DataFrame:
    return table.select(
        pl.when(~covered[name]).then(pl.col(name)).alias(name) for name in table.columns
    )


def _rounded(column: pl.Series, step: int) -> pl.Series:
    if step == 1:
        return column
    return ((column + step // 2) // step * step).alias(column.name)
