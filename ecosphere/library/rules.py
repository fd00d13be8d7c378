"""What a header must keep to, so that the privacy door can rely on it."""

from collections.abc import Callable, Iterator, Mapping

import sqlglot
from sqlglot import exp

from ecosphere.library.shapes import COLUMN_KINDS, DIRECTIONS, KINDS, Question, columns_of
from ecosphere.model import PLACES, Problem


def check_question(found: Question) -> None:
    """Raise Problem for the first rule that a question breaks."""
    for is_broken, detail in RULES.items():
        if is_broken(found):
            raise Problem("query_header", file=found.name, detail=detail)
    for name, formula in found.derived.items():
        _check_formula(found, name, formula)


def check_tables(name: str, sql: str, reads: tuple[str, ...]) -> None:
    """One select that reads exactly what its header names, each table by its bare name."""
    statements = sqlglot.parse(sql, read="duckdb")
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise Problem("query_header", file=name, detail="one select and nothing else")
    own = {cte.alias for cte in statements[0].find_all(exp.CTE)}
    tables = list(statements[0].find_all(exp.Table))
    used = {table.name for table in tables} - own
    faults = {
        "a table function reads files": any(not isinstance(t.this, exp.Identifier) for t in tables),
        "a table is named with its schema": any(table.db or table.catalog for table in tables),
        f"a part is named like a table it reads: {own & set(reads)}": bool(own & set(reads)),
        f"reads {sorted(used)}, the header says {sorted(reads)}": used != set(reads),
    }
    for detail, is_fault in faults.items():
        if is_fault:
            raise Problem("query_header", file=name, detail=detail)


def _names(found: Question) -> set[str]:
    pairs = {name for line in (*found.sums, *found.differences) for name in line}
    return pairs | set(found.previous) | set(found.previous.values()) | set(found.money)


def _nested(found: Question) -> set[str]:
    return {*found.nested, *filter(None, found.nested.values())}


def _money(found: Question) -> set[str]:
    return {name for name, kind in found.columns.items() if kind == "money"}


def _contributors(found: Question) -> Iterator[str]:
    for pair in found.money.values():
        yield from pair


def _check_formula(found: Question, name: str, formula: str) -> None:
    """A derived column is arithmetic over columns of the same row that will be shown."""
    try:
        unknown = columns_of(formula) - set(found.columns)
    except sqlglot.ParseError as broken:
        detail = f"the formula of {name} cannot be read"
        raise Problem("query_header", file=found.name, detail=detail) from broken
    if unknown:
        detail = f"the formula of {name} names {sorted(unknown)}, which are not columns"
        raise Problem("query_header", file=found.name, detail=detail)


RULES: Mapping[Callable[[Question], bool], str] = {
    lambda q: q.kind not in KINDS: f"kind is one of {', '.join(sorted(KINDS))}",
    lambda q: q.direction not in DIRECTIONS: f"direction is one of {', '.join(sorted(DIRECTIONS))}",
    lambda q: not set(q.where) <= set(PLACES): f"where is none, or some of {', '.join(PLACES)}",
    lambda q: bool(set(q.columns.values()) - COLUMN_KINDS): "a column has an unknown kind",
    lambda q: not set(q.grain) <= set(q.columns): "grain names a column that is not there",
    lambda q: not _names(q) <= set(q.columns): "sums, differences, previous or money name a "
    "column that is not there",
    lambda q: not _nested(q) <= set(q.columns): "nested names a column that is not there",
    lambda q: q.people != "none" and q.columns.get(q.people) != "count":
        "people names the column that counts them",
    lambda q: q.people == "none" and not q.public: "without people it must be public = true",
    lambda q: q.public and "count" in q.columns.values(): "what counts people is not public",
    lambda q: bool(set(q.columns) & set(q.derived)): "a derived column is also a column of the SQL",
    lambda q: q.public and "money" in q.columns.values(): "money of people is not public",
    lambda q: not set(_contributors(q)) <= set(q.columns): "money names contributors that are "
    "not columns",
    lambda q: not _money(q) <= {*q.money, *_contributors(q)}: "money names the two largest "
    "contributors of every sum",
    lambda q: q.sums != () and q.additive != "": "sums over columns and an additive dimension "
    "at once",
    lambda q: q.columns.get(q.base or "month") != "month" and bool(q.previous or q.base):
        "previous compares months: base, or without it month, is a column of months",
    lambda q: any(q.columns.get(name) != "count" for name in q.split): "split names columns that "
    "count people",
    lambda q: bool(q.split) and (q.people not in q.split or bool(q.additive or q.statistic)):
        "what can be split counts people, with no additive dimension and no statistic",
    lambda q: bool(q.by or q.every) and not q.split: "by and every are of what can be split",
    lambda q: q.additive != "" and q.additive not in q.grain: "the additive dimension is a key",
    lambda q: q.additive != "" and "is_total" not in q.columns: "is_total marks the rows that sum "
    "the additive dimension",
}  # fmt: skip
