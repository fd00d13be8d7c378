"""What a generation says of itself, and what of that a role is offered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from ecosphere.model import PLACES, Engine, Month, Problem, Role
from ecosphere.source.attributes import (
    Attribute,
    Value,
    read_attributes,
    read_categories,
    read_places,
)

# A unit below the tier-1 branches is offered when its people are this many times k. Of a smaller
# one most counts would be hidden, and that it is offered at all would say too much of its size.
TIMES_K = 10


@dataclass(frozen=True)
class Catalog:
    """What a generation says of itself."""

    number: int
    as_of: date
    months: tuple[Month, ...]
    exports: Mapping[str, date | None]
    columns: frozenset[str]  # 'export.column'
    attributes: Mapping[str, Attribute]
    places: Mapping[str, Attribute]  # scenes, partners and channels
    categories: Attribute  # of what people hold
    carried: Mapping[str, int]  # fact -> how many positions of a profile its cells know
    withheld_people: int
    timezone: str

    @property
    def filterable(self) -> dict[str, Attribute]:
        """Everything that a reader may filter by, of people and of places."""
        return {**self.attributes, **self.places}

    @property
    def named(self) -> dict[str, Attribute]:
        """Everything that has words of its own."""
        return {**self.filterable, "category": self.categories}

    def offered(self, role: Role) -> "Catalog":
        """The same with no values but those that a role may choose."""
        rows, least = dict(role.rows), TIMES_K * role.k
        return replace(
            self,
            attributes={
                name: attribute.offered(rows.get(name, ()), least)
                for name, attribute in self.attributes.items()
            },
        )

    def find(self, name: str, values: Iterable[str]) -> dict[str, Value]:
        """The values of an attribute, or places, by their codes. A Problem says what is known
        instead, and never why a unit is not: unknown, too small or out of sight."""
        attribute = (self.places if name in PLACES else self.attributes).get(name)
        if attribute is None:
            known = ", ".join((*self.attributes, *self.places)) or "-"
            raise Problem("unknown_attribute", value=name, known=known)
        for value in values:
            if value not in attribute.values:
                key = "unknown_unit" if attribute.is_tree else "unknown_value"
                known = ", ".join(attribute.highest()) or "-"
                raise Problem(key, attribute=name, value=value, known=known)
        return {value: attribute.values[value] for value in values}


def read_catalog(engine: Engine, number: int) -> Catalog:
    """The tables in which a generation describes itself."""
    generation = _rows(engine, "generation", "as_of")[0]
    accounts = _rows(engine, "export_account", "export")
    columns = _rows(engine, "export_column", "export, name")
    told = _rows(engine, "attribute", "position")
    attributes = read_attributes(told, _rows(engine, "attribute_value", "place, value"))
    return Catalog(
        number=number,
        as_of=generation["as_of"],
        months=tuple(Month(row["month"]) for row in _rows(engine, "month", "month")),
        exports={row["export"]: row["as_of"] for row in accounts},
        columns=frozenset(f"{row['export']}.{row['name']}" for row in columns),
        attributes={attribute.name: attribute for attribute in attributes},
        places=read_places(
            _rows(engine, "partner", "partner_id"), _rows(engine, "channel", "channel_id")
        ),
        categories=read_categories(_rows(engine, "holding_category", "category")),
        carried={r["fact"]: r["attributes"] for r in _rows(engine, "fact", "fact")},
        withheld_people=generation["withheld_people"],
        timezone=generation["timezone"],
    )


def _rows(engine: Engine, table: str, order: str) -> list[dict[str, Any]]:
    return engine.run(f"select * from generation.stored.{table} order by {order}").to_dicts()
