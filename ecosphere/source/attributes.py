"""What a reader may filter by: attributes of people, and the places where something is done."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ecosphere import contract
from ecosphere.model import NOT_STATED
from ecosphere.text import LANGUAGES, Text

Rows = list[dict[str, Any]]
Words = Mapping[str, Mapping[str, str]]  # code -> language -> words


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

    @property
    def is_told(self) -> bool:
        """Whether there is a value to choose, beside that none is stated."""
        return not set(self.values) <= {NOT_STATED}

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


def read_attributes(told: Rows, held: Rows) -> Iterator[Attribute]:
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


def read_places(partners: Rows, channels: Rows) -> dict[str, Attribute]:
    """Scenes, partners and channels, as attributes of what is done."""
    names = {row["partner_id"]: {"en": row["name_en"], "zh": row["name"]} for row in partners}
    return {
        "scene": _of_codes("scene", {r["scene"] for r in partners}, _told("partners", "scene")),
        "partner": _of_codes("partner", set(names), names),
        "channel": _of_codes(
            "channel", {row["channel_id"] for row in channels}, _told("events", "channel")
        ),
    }


def read_categories(held: Rows) -> Attribute:
    """The categories of products that somebody holds."""
    return _of_codes("category", {r["category"] for r in held}, _told("holdings", "category"))


def _of_codes(name: str, codes: Iterable[str | None], words: Words) -> Attribute:
    """What words name comes first, in their order, and what is not stated last."""
    places = {code: place for place, code in enumerate(words)}

    def order(code: str) -> tuple[bool, int, str]:
        return code == NOT_STATED, places.get(code, len(places)), code

    return Attribute(
        name=name,
        label={language: Text(language)(f"places.{name}") for language in LANGUAGES},
        values={
            code: Value(label=words.get(code, {}), positions=(), above=None, people=0)
            for code in sorted({code or NOT_STATED for code in codes}, key=order)
        },
        known_since=0,
    )


def _told(export: str, name: str) -> Words:
    """The contract's words for the values of a column."""
    columns = {column.name: column for column in contract.contracts()[export].columns}
    return {value.code: {"en": value.en, "zh": value.zh} for value in columns[name].values}
