"""How many attributes each fact carries: as many as charts and disk can bear.

One month is counted in cells of the most attributes that any fact may carry; its rows, summed over
cells of fewer and fewer, tell how long a fact would be with each number of them.
"""

from dataclasses import dataclass

from ecosphere.build.tables import FACTS, Rows, Tables
from ecosphere.library import Query, query

# A fact carries the longest prefix of the filterable attributes whose heaviest chart touches at
# most this many rows. With a million it took 50 ms and both processors, so that 50 readers waited
# for each other; what a fact does not carry is counted from people in less than a second.
MOST_ROWS_PER_CHART = 200_000
# All facts together: a generation is copied every night, and three of them are kept.
MOST_BYTES = 500_000_000
BYTES_PER_VALUE = 2  # as the engine packs whole numbers that lie close together


@dataclass(frozen=True)
class Size:
    """A fact with so many attributes: rows that its heaviest chart touches, bytes of all of it."""

    attributes: int
    rows: int
    bytes: int


def longest(tables: Tables, most: int) -> int:
    """The attributes that the shortest fact of all may carry: one row for each month and cell."""
    sizes = tables.run(query("prefix"), attributes=most)
    months = tables.rows("stage.stored.month")
    fitting = sizes.filter(sizes["cells"] * months <= MOST_ROWS_PER_CHART)["attributes"].to_list()
    return max(fitting, default=0)


def decide(tables: Tables, month: int) -> None:
    """Table stored.fact: fact, attributes, rows of its heaviest chart, bytes; the latter two as
    estimated from one month."""
    sizes = {name: _sizes(tables, query(name), month) for name in FACTS}
    chosen = {name: _longest_fitting(of_fact) for name, of_fact in sizes.items()}
    while sum(size.bytes for size in chosen.values()) > MOST_BYTES:
        largest = max(
            (name for name in chosen if chosen[name].attributes), default=None,
            key=lambda name: chosen[name].bytes,
        )  # fmt: skip
        if largest is None:
            break
        chosen[largest] = sizes[largest][chosen[largest].attributes - 1]
    tables.fill(
        "stored.fact",
        {
            "fact": ("varchar", list(chosen)),
            "attributes": ("integer", [size.attributes for size in chosen.values()]),
            "rows": ("bigint", [size.rows for size in chosen.values()]),
            "bytes": ("bigint", [size.bytes for size in chosen.values()]),
        },
    )


def mark(tables: Tables) -> None:
    """Which attributes all facts carry, in stored.attribute."""
    tables.engine.execute(
        "update stage.stored.attribute set is_carried = "
        "position <= (select min(attributes) from stage.stored.fact)"
    )


def _longest_fitting(sizes: list[Size]) -> Size:
    fitting = [size for size in sizes if size.rows <= MOST_ROWS_PER_CHART]
    return fitting[-1] if fitting else sizes[0]


def _sizes(tables: Tables, found: Query, month: int) -> list[Size]:
    """A fact with no attribute, with one, and so on, if all months were like this one."""
    tables.engine.execute(
        f"create or replace table work.sample as {tables.select(found, Rows(month))}"
    )
    most, sizes = tables.most_attributes(), []
    for attributes in range(most, -1, -1):
        if attributes < most:
            _widen(tables, found, attributes)
        sizes.append(_size(tables, found, attributes))
    return sizes[::-1]


def _widen(tables: Tables, found: Query, attributes: int) -> None:
    """The keys of the sample in cells of one attribute less."""
    tables.engine.execute(
        "create or replace table work.wider as "
        "select distinct finer.within as cell, wider.within "
        "from stage.stored.cell_within as finer "
        "inner join stage.stored.cell_within as wider using (cell) "
        "where finer.attributes = $attributes + 1 and wider.attributes = $attributes",
        {"attributes": attributes},
    )
    cells = "".join(f", {cell}_of.within as {cell}" for cell in found.cells)
    joins = " ".join(
        f"inner join work.wider as {cell}_of on {cell}_of.cell = sample.{cell}"
        for cell in found.cells
    )
    nothing = "".join(f", 0 as {count}" for count in found.counts)
    others = ", ".join((*found.cells, *found.counts))
    tables.engine.execute(
        "create or replace table work.sample as "
        f"select distinct sample.* exclude ({others}){cells}{nothing} from work.sample {joins}"
    )


def _size(tables: Tables, found: Query, attributes: int) -> Size:
    columns = tables.engine.run("from work.sample limit 0").columns
    lines = f"select {', '.join(found.chart)}, count(*) as rows from work.sample group by all"
    chart, rows = tables.engine.run(
        "select coalesce(max(rows), 0), cast(coalesce(sum(rows), 0) as bigint) "
        f"from ({lines}) as line"
    ).row(0)
    months = tables.rows("stage.stored.month")
    return Size(
        attributes,
        rows=chart if found.month in found.chart else chart * months,
        bytes=rows * months * len(columns) * BYTES_PER_VALUE,
    )
