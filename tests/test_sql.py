"""SQL that means the same on two engines: a lint over the parsed tree of every file of queries/.

DuckDB answers today. An engine over several machines will build from the same text, and of the
ways in which two engines differ, these are the ones that no error tells.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

ROOT = Path(__file__).resolve().parents[1]
QUERIES = sorted((ROOT / "queries").rglob("*.sql"))


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_sql_means_the_same_on_two_engines(path: Path) -> None:
    assert list(differences(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "sql",
    [
        "date_diff('month', a, b)",
        "d - date '2026-01-01'",
        "isodow(d)",
        "extract(dow from d)",
        "cast(2.5 as integer)",
        "cast(a / nullif(cast(b as double), 0) as integer)",
        "100.0 * 1 / 3",
        "cast(a as double) / b",
        "quantile_cont(a, 0.5)",
        "quantile_disc(a, 0.5)",
        "list(a order by a)",
        "len(a)",
        "list_sum(a)",
        "bit_or(cast(1 as integer) << a)",
        "regexp_replace(a, 'x', 'y')",
        "a at time zone 'UTC'",
        "hash(a)",
        "* replace (1 as a)",
        "a from t using sample 10%",
        "a from t asof join u on t.b >= u.b",
        "a from range(3)",
        "a from t qualify row_number() over (order by a) = 1 order by a",
    ],
)
def test_sql_that_two_engines_read_differently_is_found(sql: str) -> None:
    assert list(differences(f"select {sql}"))


def differences(sql: str) -> Iterator[str]:
    """What of a query two engines take differently without a word, as far as its tree tells."""
    for node in sqlglot.parse_one(sql, read="duckdb").walk():
        for kinds, is_wrong, instead in BANNED:
            if isinstance(node, kinds) and is_wrong(node):
                yield f"{node.sql(dialect='duckdb')}: {instead}"


def _never_zero(node: exp.Div) -> bool:
    divisor = node.expression.unnest()
    return isinstance(divisor, exp.Nullif) or (divisor.is_number and divisor.to_py() != 0)


def _is_double(node: exp.Expression) -> bool:
    """Whether a side of a division is made a double: a decimal keeps other digits elsewhere."""
    inner = node.unnest()
    inner = inner.this.unnest() if isinstance(inner, exp.Nullif) else inner
    return isinstance(inner, exp.Cast) and inner.is_type("double")


def _drops_digits(node: exp.Cast) -> bool:
    inner = node.this.unnest()
    fractional = isinstance(inner, exp.Div) or (inner.is_number and not inner.is_int)
    return node.is_type(*exp.DataType.INTEGER_TYPES) and fractional


LISTS = {"list_sum", "list_avg", "list_min", "list_max", "list_aggregate", "list_aggr", "hash"}
PARTS_OF_WEEK = {"dow", "isodow", "dayofweek", "weekday"}
BANNED = (
    (exp.DateDiff, lambda n: n.text("unit").lower() != "day", "truncate first, or count months"),
    (exp.Sub, lambda n: any(s.is_type("date") for s in (n.this, n.expression)), "date_diff('day')"),
    (
        (exp.DayOfWeek, exp.DayOfWeekIso),
        lambda n: True,
        "date_diff('day', DATE '1970-01-05', d) % 7",
    ),
    (exp.Extract, lambda n: n.name.lower() in PARTS_OF_WEEK, "date_diff('day', ...) % 7"),
    (exp.Cast, _drops_digits, "floor() or round() first"),
    (exp.Div, lambda n: not (_is_double(n.this) or _is_double(n.expression)), "cast to double"),
    (exp.Div, lambda n: not _never_zero(n), "nullif(..., 0): 1 / 0 is infinite in one engine"),
    ((exp.PercentileCont, exp.PercentileDisc, exp.Quantile), lambda n: True, "median()"),
    (exp.ArrayAgg, lambda n: isinstance(n.this, exp.Order), "list_sort(list(x))"),
    (exp.Length, lambda n: True, "array_length for lists; texts have no length in facts"),
    (exp.Anonymous, lambda n: n.name.lower() in LISTS, "an aggregate over unnested rows"),
    (exp.BitwiseLeftShift, lambda n: not n.this.unnest().is_type("bigint"), "cast to bigint first"),
    (exp.RegexpReplace, lambda n: "g" not in n.text("modifiers"), "the option 'g'"),
    (exp.AtTimeZone, lambda n: True, "zones are converted once, when exports are read"),
    (exp.Star, lambda n: bool(n.args.get("replace")), "name the columns"),
    (exp.TableSample, lambda n: True, "arithmetic on the id"),
    (exp.Join, lambda n: n.method == "ASOF", "a join on ranges"),
    (exp.Table, lambda n: isinstance(n.this, exp.GenerateSeries), "unnest(generate_series(...))"),
    (exp.Select, lambda n: n.args.get("qualify") and n.args.get("order"), "QUALIFY inside a CTE"),
)
