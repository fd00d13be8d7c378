"""Make tables from the files of queries/: the names a file reads lead to the tables made so far."""

from dataclasses import dataclass

import polars as pl

from ecosphere import contract
from ecosphere.library import PROFILES, Query, placed, query
from ecosphere.model import Engine, Month

# Tables on the way, kept apart from the generation: dropping them there would leave ids of people
# who have not consented in the free pages of its file.
PASSING = ("link_seen", "link", "profile_change", "event_month")
# Written month by month; a file that reads one of them in a monthly step sees that month only.
MONTHLY_PEOPLE = ("person_partner", "scene_user_month", "person_month")
MONTHLY_FACTS = ("active_month", "moves", "scene_month", "unmatched_month", "match_month")


@dataclass(frozen=True)
class Tables:
    """The tables of one stage."""

    engine: Engine

    def run(self, found: Query, **params: object) -> pl.DataFrame:
        return self.engine.run(self.select(found), params)

    def create(self, name: str, **params: object) -> None:
        """Make a whole table; of the parameters it takes those its header names."""
        found = query(name)
        kind = "view" if found.schema == "export" else "table"
        sql = f"create or replace {kind} {place(found)} as {self.select(found)}"
        self.engine.execute(sql, {key: params[key] for key in found.params})

    def append(self, name: str, month: Month) -> None:
        """Add one month to a table, and make the table with the first."""
        found = query(name)
        target = place(found)
        verb = f"insert into {target}" if self._exists(found) else f"create table {target} as"
        params = dict.fromkeys(found.params, month.code)
        self.engine.execute(f"{verb} {self.select(found, month)}", params)

    def replace_state(self, month: Month) -> None:
        """Carry first and last months of activity on to the next month."""
        sql = self.select(query("state"), month)
        self.engine.execute(f"create table people.next_state as {sql}")
        self.engine.execute("drop table people.state")
        self.engine.execute("alter table people.next_state rename to state")

    def value(self, sql: str, **params: object) -> object:
        """The one value of a select with one row."""
        return self.engine.run(sql, params).item()

    def rows(self, table: str) -> int:
        return int(self.engine.run(f"select count(*) as n from {table}").item())

    def select(self, found: Query, month: Month | None = None) -> str:
        return placed(found.sql, {name: _relation(found, name, month) for name in found.reads})

    def _exists(self, found: Query) -> bool:
        sql = (
            "select count(*) as n from information_schema.tables "
            "where table_catalog = current_database() "
            "and table_schema = $schema and table_name = $name"
        )
        return bool(self.value(sql, schema=found.schema, name=found.name))


def _relation(reader: Query, name: str, month: Month | None) -> str:
    """Where a bare name leads: the export itself, the view on it, or a table made before."""
    if name in PROFILES:
        return f"select * from work.{name}"
    if name in contract.contracts() and (reader.schema == "export" or name != "events"):
        return f"select * from checked.{name}"
    where = f" where month = {month.code}" if month and name in MONTHLY_PEOPLE else ""
    return f"select * from {place(query(name))}{where}"


def place(found: Query) -> str:
    """Where a table stands."""
    return f"{'passing.main' if found.name in PASSING else found.schema}.{found.name}"
