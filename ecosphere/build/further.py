"""What comes from exports beside the events: first e-accounts, and kinds of relationship.

These facts are made of whole months, since they are short; of relationships, which are long, only
the months that something has reached.
"""

from datetime import timedelta
from typing import Any

from ecosphere import contract
from ecosphere.build.memory import changed
from ecosphere.build.redo import Redo
from ecosphere.build.tables import Rows, Tables, place
from ecosphere.config import Definitions
from ecosphere.contract.memory import Memory
from ecosphere.library import query
from ecosphere.model import Month

FACTS = ("account_month", "relationship_month", "service_month", "customer_month")
# What somebody did reaches the windows of days that end with one of the months after it.
REACH = 3


BY_PERSON = {"accounts": "person_account", "service_contacts": "person_contact"}


def people(tables: Tables, report: contract.Report, known: Memory | None, *, told: bool) -> None:
    """What people did by exports beside the events, anew where people or an export are."""
    for export, name in BY_PERSON.items():
        if known is None or told or changed(known, report, export):
            tables.create(name)


def create(tables: Tables, redo: Redo, definitions: Definitions, *, anew: bool) -> None:
    """Table people.person_relationship and the facts; `anew`: who is counted, or what is held, may
    not be what it was."""
    codes = tables.engine.run("select month from stage.stored.month order by month")["month"]
    touched = {month + later for month, _ in redo.reasons for later in range(REACH + 1)}
    months = [code for code in codes if anew or redo.is_whole or code in touched]
    for name in ("person_relationship", "relationship_month"):
        if anew or redo.is_whole:
            tables.drop(name)
        tables.delete(name, months)
    found = query("person_relationship")
    for code in months:
        verb = f"insert into {place(found)}" if tables.exists(found) else (
            f"create table {place(found)} as")  # fmt: skip
        rows = tables.select(found)
        tables.engine.execute(f"{verb} {rows}", _params(code, definitions))
        tables.append("relationship_month", Rows(code))
    for name in FACTS:
        if name != "relationship_month":
            tables.create(name)
    _carry(tables)


def _params(code: int, definitions: Definitions) -> dict[str, Any]:
    """The window of days that ends with a month, and what makes a relationship."""
    last = Month(code).last_day
    first = last - timedelta(days=definitions.full_relationship_days - 1)
    kinds = contract.contracts()["holdings"].column("category").relationships
    return {
        "month": code,
        "month_from": Month.of(first).code,
        "day_from": first.day,
        "categories": list(kinds),
        "kinds": list(kinds.values()),
        "least": definitions.full_relationship_kinds,
    }


def _carry(tables: Tables) -> None:
    """These facts stand in the finest cells: they carry as many attributes as any may."""
    most = tables.most_attributes()
    for name in FACTS:
        target = place(query(name))
        tables.engine.execute("delete from stage.stored.fact where fact = $fact", {"fact": name})
        tables.engine.execute(
            "insert into stage.stored.fact by name "
            "select $fact as fact, $most as attributes, count(*) as rows, "
            f"count(*) * 8 as bytes from {target}",
            {"fact": name, "most": most},
        )
