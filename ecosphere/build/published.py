"""What was first said of each finished month, kept as it was said.

A later build may count such a month again and find another number: the deck of then still holds
the old one. The table goes on from generation to generation, also when all else is made anew.
"""

from datetime import date

from ecosphere.build.tables import Tables
from ecosphere.engines import duckdb
from ecosphere.generations import Home
from ecosphere.library import query
from ecosphere.model import StorageFailed

COLUMNS = "metric varchar, month smallint, people bigint, generation integer, published_on date"


def keep(tables: Tables, home: Home, number: int, today: date) -> None:
    """Table stored.published: metric, month, people, generation, published_on.

    Of months that were published before, what was said first; of the others that are finished
    now, what generation `number` says. `previous` is attached when one is served.
    """
    tables.engine.execute(f"create table work.said ({COLUMNS})")
    if home.current() is not None:
        _take(tables, "previous")
    _take_newest(tables, home)
    now = tables.select(query("headline_month"))
    tables.engine.execute(
        f"insert into work.said select metric, month, people, $number, $today from ({now}) as now",
        {"number": number, "today": today},
    )
    tables.engine.execute(
        "create or replace table stage.stored.published as select metric, month, "
        "arg_min(people, generation) as people, min(generation) as generation, "
        "arg_min(published_on, generation) as published_on "
        "from work.said group by metric, month"
    )


def _take_newest(tables: Tables, home: Home) -> None:
    """After a rollback the newest generation has said more than the served one.

    It may be broken, and that be why an earlier one is served: what it alone has said is lost
    then, since no build may fail for it.
    """
    numbers = home.numbers()
    if not numbers or numbers[-1] == home.current():
        return
    try:
        duckdb.attach(tables.engine, home.generation(numbers[-1]), "newest", read_only=True)
        _take(tables, "newest")
    except StorageFailed:
        return
    tables.engine.execute("detach newest")


def _take(tables: Tables, name: str) -> None:
    if _has_said(tables, name):
        tables.engine.execute(f"insert into work.said from {name}.stored.published")


def _has_said(tables: Tables, name: str) -> bool:
    """Whether a generation has the table: one of an older version has not."""
    sql = (
        "select count(*) as n from duckdb_tables() where database_name = $name "
        "and schema_name = 'stored' and table_name = 'published'"
    )
    return bool(tables.value(sql, name=name))
