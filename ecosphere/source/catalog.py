"""What a generation says of itself, and what of that a role is offered."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from ecosphere.model import NOT_STATED, Engine, Month, Problem, Role

# A unit below the tier-1 branches is offered when its people are this many times k. Of a smaller
# one most counts would be hidden, and that it is offered at all would say too much of its size.
TIMES_K = 10


@dataclass(frozen=True)
class Value:
    """A value of an attribute: its words, where profiles hold it, the unit above, today's people.

    `people` decides what is offered and is never shown.
    """

    label: Mapping[str, str]  # language -> label; empty where the value stands for itself
    positions: tuple[int, ...]  # several where a unit has stood on another level
    above: str | None
    people: int


@dataclass(frozen=True)
class Attribute:
    """A property of people that a reader may filter by, with its values in the order to show.

    In a tree a value is a unit of the bank, and stands for all units below it too.
    """

    name: str
    label: Mapping[str, str]
    values: Mapping[str, Value]
    known_since: int
    is_tree: bool = False

    def highest(self) -> list[str]:
        """The values below which the others stand: all of them where there is no tree."""
        return [code for code, value in self.values.items() if value.above not in self.values]

    def children(self, unit: str) -> list[str]:
        """The units directly below one."""
        return [code for code, value in self.values.items() if value.above == unit]

    def path(self, value: str) -> list[str]:
        """The units above a value, the highest first, and the value itself."""
        above = self.values[value].above
        higher = self.path(above) if above is not None and above in self.values else []
        return [*higher, value]

    def offered(self, rows: tuple[str, ...], least: int) -> "Attribute":
        """What may be chosen by a role that sees these rows, all where there are none: nothing
        outside, and no lower unit of fewer people."""
        within = {
            code: value
            for code, value in self.values.items()
            if not rows or not set(rows).isdisjoint(self.path(code))
        }
        large = {
            code: value
            for code, value in within.items()
            if value.above is None or code in rows or value.people >= least
        }
        return replace(self, values=large)


@dataclass(frozen=True)
class Catalog:
    """What a generation says of itself."""

    number: int
    as_of: date
    months: tuple[Month, ...]
    exports: Mapping[str, date | None]
    columns: frozenset[str]  # 'export.column'
    attributes: Mapping[str, Attribute]
    carried: int  # facts know so many positions of a profile
    withheld_people: int
    timezone: str

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
        """The values of an attribute by their codes. A Problem says what is known instead, and
        never why a unit is not: unknown, too small or out of sight."""
        attribute = self.attributes.get(name)
        if attribute is None:
            known = ", ".join(self.attributes) or "-"
            raise Problem("unknown_attribute", value=name, known=known)
        for value in values:
            if value not in attribute.values:
                key = "unknown_unit" if attribute.is_tree else "unknown_value"
                known = ", ".join(attribute.highest()) or "-"
                raise Problem(key, attribute=name, value=value, known=known)
        return {value: attribute.values[value] for value in values}


Rows = list[dict[str, Any]]


def read_catalog(engine: Engine, number: int) -> Catalog:
    """The tables in which a generation describes itself."""
    generation = _rows(engine, "generation", "as_of")[0]
    accounts = _rows(engine, "export_account", "export")
    columns = _rows(engine, "export_column", "export, name")
    told = _rows(engine, "attribute", "position")
    attributes = _attributes(told, _rows(engine, "attribute_value", "place, value"))
    return Catalog(
        number=number,
        as_of=generation["as_of"],
        months=tuple(Month(row["month"]) for row in _rows(engine, "month", "month")),
        exports={row["export"]: row["as_of"] for row in accounts},
        columns=frozenset(f"{row['export']}.{row['name']}" for row in columns),
        attributes={attribute.name: attribute for attribute in attributes},
        carried=sum(row["is_carried"] for row in told),
        withheld_people=generation["withheld_people"],
        timezone=generation["timezone"],
    )


def _rows(engine: Engine, table: str, order: str) -> Rows:
    return engine.run(f"select * from generation.stored.{table} order by {order}").to_dicts()


def _attributes(told: Rows, held: Rows) -> Iterator[Attribute]:
    """In order. Lower units stand in attributes of their own: `branch.2` is below `branch`."""
    for row in told:
        levels = {
            other["name"]: other["position"]
            for other in told
            if other["name"].partition(".")[0] == row["name"]
        }
        if levels:
            yield Attribute(
                name=row["name"],
                label={"en": row["en"], "zh": row["zh"]},
                values=_values([one for one in held if one["name"] in levels], levels),
                known_since=row["known_since"],
                is_tree=len(levels) > 1,
            )


def _values(held: Rows, levels: Mapping[str, int]) -> dict[str, Value]:
    """Labelled values in the contract's order, then the bank's own, then what is not stated.

    A lower unit that the tree does not hold any more is not among them: nothing says where it was.
    """
    top = min(levels.values())
    rows_of: dict[str, Rows] = {}
    for row in sorted(held, key=lambda row: row["value"] == NOT_STATED):
        if row["value"] != NOT_STATED or levels[row["name"]] == top:
            rows_of.setdefault(row["value"], []).append(row)
    named = {language: Counter(row[language] for row in held) for language in ("en", "zh")}
    found = {}
    for code, rows in rows_of.items():
        now = next((row for row in rows if row["en"] is not None), rows[0])
        if levels[now["name"]] == top or now["above"] is not None:
            found[code] = Value(
                label=_label(now, named),
                positions=tuple(levels[row["name"]] for row in rows),
                above=now["above"],
                people=sum(row["people"] for row in rows),
            )
    return found


def _label(row: Mapping[str, Any], named: Mapping[str, Counter[str]]) -> dict[str, str]:
    """The words of a value; with its code, where another unit has the same name."""
    words = {language: row[language] for language in named if row[language] is not None}
    return {
        language: f"{word} ({row['value']})" if named[language][word] > 1 else word
        for language, word in words.items()
    }
