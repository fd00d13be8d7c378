"""The same counts straight from the checked exports, by plain SQL that knows no table of ours.

It holds for exports in which a link is never undone, as those of the demo: then a scene user is
whoever alone was ever declared to be behind them, or seen with them.
"""

from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import median

import polars as pl

from ecosphere import contract
from ecosphere.bench import draws
from ecosphere.bench.measure import Figure, timed
from ecosphere.config import Config
from ecosphere.contract.quote import identifier
from ecosphere.engines import duckdb
from ecosphere.library import placed
from ecosphere.model import NOT_STATED, Engine, Filters, Problem, Role
from ecosphere.source import Source

TIMES = 3  # that facts are asked the same
READS = ("events", "customers", "identity_links")
# Question -> what raw events tell of it.
COLUMNS = {
    "active_users/mau": ("people",),
    "active_users/growth": ("people", "new", "retained", "resurrected", "lapsed"),
}


def from_events(source: Source, report: contract.Report) -> Iterator[Figure]:
    """Seconds from raw events, how many times that is what facts take, and how many counts differ.

    Raises Problem where a count differs: a fast wrong answer is no answer.
    """
    seconds: list[float] = []
    ratios: dict[str, list[float]] = {name: [] for name in COLUMNS}
    with closing(duckdb.scratch()) as engine:
        contract.attach(engine, report)
        for filters in _filters(source):
            found: list[pl.DataFrame] = []
            took = timed(lambda: found.append(_raw(engine, source, report, filters)))  # noqa: B023  # called at once
            seconds.append(took)
            for name in COLUMNS:
                ratios[name].append(took / _compared(source, name, filters, found[-1]))
    yield Figure("raw", "raw", median(seconds), "s", runs=len(seconds))
    for name, told in ratios.items():
        of = {"question": name}
        yield Figure("raw", "raw_ratio", median(told), "times", of=of, runs=len(told))
    yield Figure("raw", "raw_different", 0, "count", runs=len(seconds))


def _filters(source: Source) -> list[Filters]:
    """Everybody, and random choices of attributes that stand in an export as they are."""
    random, catalog = draws.chance(), draws.offered(source)
    flat = {name: one for name, one in catalog.attributes.items() if not one.is_tree}
    plain = replace(catalog, attributes=flat)
    kinds = [kind for kind in draws.KINDS.values() if draws.has(kind, plain)]
    return [Filters(), *(kind(plain, random) for kind in kinds)]


def _compared(source: Source, name: str, filters: Filters, truth: pl.DataFrame) -> float:
    """The seconds of the same question from facts, once its counts are found to be the same."""
    everything = Role(Config().default_role, k=1)
    facts = source.ask(name, filters, {}, everything).table.select("month", *COLUMNS[name])
    for column in COLUMNS[name]:
        pairs = facts.join(truth, on="month", how="left", suffix="_raw")
        wrong = pairs.filter(pl.col(column) != pl.col(f"{column}_raw").fill_null(0))
        if wrong.height:
            where = ", ".join(f"{a}={'|'.join(v)}" for a, v in filters.who)
            raise Problem("bench_differs", question=name, column=column, where=where or "–",
                          count=wrong.height)  # fmt: skip
    asked = [partial(source.ask, name, filters, {}, role)
             for role in islice(draws.roles(), TIMES)]  # fmt: skip
    return median(map(timed, asked))


def _raw(engine: Engine, source: Source, report: contract.Report, filters: Filters) -> pl.DataFrame:
    tables = {name: f"select * from checked.{name}" for name in READS}
    chosen, params = _chosen(report, filters)
    sql = placed(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"),
                 {**tables, "chosen": chosen})  # fmt: skip
    return engine.run(sql, {"as_of": source.catalog.as_of, **params})


# Customers by runs of months, as of the end of each: the first run of a history reaches backwards.
_RUNS = """
with last_of_month as (
    select *, year(valid_from) * 12 + month(valid_from) - 1 as month
    from checked.customer_history
    where valid_from <= $as_of
    qualify row_number() over (partition by customer_id, month order by valid_from desc) = 1
),

run as (
    select
        *,
        case
            when lag(month) over (partition by customer_id order by month) is null then 0
            else month
        end as since,
        coalesce(lead(month) over (partition by customer_id order by month) - 1, 99999) as until,
    from last_of_month
)

select
    today.customer_id,
    coalesce(run.since, 0) as since,
    coalesce(run.until, 99999) as until,
from checked.customers as today
left join run on run.customer_id = today.customer_id
"""


def _chosen(report: contract.Report, filters: Filters) -> tuple[str, dict[str, object]]:
    """Who is chosen in which months, as a select, and its parameters."""
    history = report.sources.get("customer_history")
    told = history.present if history else ()
    tests = [
        f"coalesce(cast({_value(name, told)} as varchar), '{NOT_STATED}') = any($chosen_{place})"
        for place, (name, _) in enumerate(filters.who)
    ]
    params: dict[str, object] = {
        f"chosen_{place}": list(values) for place, (_, values) in enumerate(filters.who)
    }
    return f"{_RUNS}where {' and '.join(['true', *tests])}", params


def _value(name: str, told: Collection[str]) -> str:
    """Of an attribute that history tells too, for those who have one, it is history that counts."""
    column = identifier(name)
    if name not in told:
        return f"today.{column}"
    return f"case when run.customer_id is null then today.{column} else run.{column} end"
