"""One question by groups of people: the values of an attribute, all others together, not stated.

Each group is the same question with one more condition, so that it says what a filter would say;
the others are what the groups leave of the total.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import reduce
from operator import sub

import polars as pl

from ecosphere.library import PER_GROUP, Question
from ecosphere.model import GROUP, NOT_STATED, REST, TOTAL
from ecosphere.source.attributes import Attribute
from ecosphere.source.catalog import Catalog
from ecosphere.source.people import Condition
from ecosphere.source.view import View

AT_ONCE = 4  # groups asked for side by side: each is short and waits for the database
GROUPS_SHOWN = 5  # more lines than these and two grey ones cannot be told apart

Rows = Callable[[str, View], pl.DataFrame]  # of a group, by its code
Told = tuple[str, Mapping[str, object]]  # SQL and its parameters


@dataclass(frozen=True)
class Split:
    """A view and its groups, which are disjoint, by the codes of their values."""

    attribute: str
    view: View
    groups: Mapping[str, View]

    @classmethod
    def of(cls, view: View, offered: Catalog, name: str, *, every: bool = False) -> "Split":
        """Of the values a role is offered those with the most people today, in their own order;
        with `every`, all."""
        if not name:
            return cls(name, view, {})
        offered.find(name, ())
        attribute = offered.attributes[name]
        values = _values(attribute, dict(view.filters.who).get(name, ()))
        named = [code for code in values if code != NOT_STATED]
        if (
            not every and len(named) > GROUPS_SHOWN + 1
        ):  # one more has its own name: the others are several
            named.sort(key=lambda code: -attribute.values[code].people)
            named = sorted(named[:GROUPS_SHOWN], key=values.index)
        shown = [*named, *(code for code in values if code == NOT_STATED)]
        return cls(name, view, dict(_groups(view, attribute, shown)))

    @property
    def widest(self) -> View:
        """A view that needs to know whatever any of the groups does."""
        return next(iter(self.groups.values()), self.view)

    def answer(self, asked: Question, rows: Rows) -> pl.DataFrame:
        """The rows of `asked.by_group()`: by month every group that is anybody, and the total."""
        columns = list(asked.by_group().columns)
        total = _of(TOTAL, rows(TOTAL, self.view), columns)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            told = list(pool.map(rows, self.groups, self.groups.values()))
        groups = {
            code: _of(code, one, columns) for code, one in zip(self.groups, told, strict=True)
        }
        parts = {**groups, REST: _rest(total, list(groups.values()), asked)}
        if NOT_STATED in parts:
            parts[NOT_STATED] = parts.pop(NOT_STATED)  # last
        some = [part for part in parts.values() if _is_anybody(part, asked)]
        return pl.concat([*some, total]).sort(asked.grain, maintain_order=True)

    def told(self, sql: Callable[[View], Told]) -> Told:
        """The total and every group as one select, in which each has parameters of its own."""
        common = sum(len(condition.places) for condition in self.view.people.conditions)
        parts, params = [], dict[str, object]()
        for number, (code, view) in enumerate({TOTAL: self.view, **self.groups}.items()):
            body, given = sql(view)
            own = {key: f"group_{number}_{key}" for key in given
                   if key.startswith("who_") and int(key[4:]) >= common}  # fmt: skip
            own[PER_GROUP] = f"group_{number}"
            body = _renamed(body, own)
            parts.append(f'select $group_{number} as "{GROUP}", * from (\n{body}\n) as answer')
            params |= {own.get(key, key): value for key, value in given.items() if key != PER_GROUP}
            params[f"group_{number}"] = code
        return "\nunion all\n".join(parts), params


def _renamed(sql: str, own: Mapping[str, str]) -> str:
    """The SQL with other names for these parameters."""
    return re.sub(r"[$](who_\d+|group)\b", lambda found: f"${own.get(found[1], found[1])}", sql)


def _values(attribute: Attribute, chosen: tuple[str, ...]) -> list[str]:
    """The values to split by: the highest; those that are chosen, or the units below the only one.

    No value stands below another of them.
    """
    if not chosen:
        return attribute.highest()
    if len(chosen) == 1 and (below := attribute.children(chosen[0])):
        return below
    apart = [code for code in chosen if set(attribute.path(code)[:-1]).isdisjoint(chosen)]
    return sorted(apart, key=list(attribute.values).index)


def _groups(view: View, attribute: Attribute, codes: list[str]) -> Iterator[tuple[str, View]]:
    """A view for each value. A unit that has moved within the tree was once below another: its
    people of then belong to the first of both."""
    values = {code: attribute.values[code] for code in codes}
    for place, code in enumerate(codes):
        taken = {other: values[other] for other in codes[:place]
                 if len(values[other].positions) + len(values[code].positions) > 2}  # fmt: skip
        without = [replace(Condition.of(attribute.name, taken), is_out=True)] if taken else []
        own = Condition.of(attribute.name, {code: values[code]})
        conditions = (*view.people.conditions, *without, own)
        yield code, replace(view, people=replace(view.people, conditions=conditions))


def _of(code: str, frame: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    """The rows of one group, with the columns that can be told of groups."""
    told = frame.with_columns(pl.lit(code).alias(GROUP), is_total=pl.lit(code == TOTAL))
    return told.select(columns)


def _rest(total: pl.DataFrame, groups: list[pl.DataFrame], asked: Question) -> pl.DataFrame:
    """What the groups leave of the total."""
    keys = list(asked.grain)
    if any(not group.select(keys).equals(total.select(keys)) for group in groups):
        raise RuntimeError(f"{asked.name}: groups have rows that the total has not")
    left = {name: reduce(sub, (group[name] for group in groups), total[name])
            for name in asked.split}  # fmt: skip
    plans = [n for n, kind in asked.columns.items() if kind == "plan" and n in total.columns]
    return total.with_columns(
        pl.lit(REST).alias(GROUP),
        *(pl.lit(None, pl.Float64).alias(n) for n in plans),
        is_total=pl.lit(value=False),
        **left,
    )


def _is_anybody(part: pl.DataFrame, asked: Question) -> bool:
    return part.select(pl.any_horizontal(pl.col(asked.split) > 0).any()).item() is True
