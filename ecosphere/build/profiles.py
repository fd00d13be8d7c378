"""Profiles: the list of a person's filterable attributes, today, by history, and as carried on.

The only SQL that is put together here, since the attributes are each bank's own.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from ecosphere import contract
from ecosphere.build.tables import Tables
from ecosphere.contract.quote import identifier
from ecosphere.engines.duckdb import literal
from ecosphere.model import NOT_STATED, Month

Attributes = tuple[contract.Attribute, ...]

ALWAYS_KNOWN = 0  # a month before any data: history covers everything


@dataclass(frozen=True)
class Previous:
    """What an earlier generation knows that no export tells any more."""

    attributes: tuple[str, ...]
    known_since: dict[str, int]
    finished: int  # its last finished month: up to here its profiles stay
    carried: tuple[str, ...]  # the attributes that its longest facts carry

    @classmethod
    def of(cls, tables: Tables) -> "Previous":
        """What the generation that is attached as `previous` knows."""
        known = tables.engine.run("select * from previous.stored.attribute order by position")
        as_of = tables.value("select as_of from previous.stored.generation")
        assert isinstance(as_of, date)  # noqa: S101  # the column's type, for the type checker
        return cls(
            attributes=tuple(known["name"]),
            known_since=dict(zip(known["name"], known["known_since"], strict=True)),
            finished=_last_finished(as_of).code,
            carried=tuple(known["name"][: _longest(tables)]),
        )

    def carries(self, report: contract.Report, carried: int) -> bool:
        """Whether its facts carry the same attributes in the same places."""
        names = tuple(attribute.name for attribute in contract.attributes(report))
        return self.carried == names[:carried]


def withdrawn(tables: Tables) -> int:
    """People whom the earlier generation still holds and who have not consented any more."""
    sql = (
        "select count(*) as n from previous.people.person as held "
        "inner join checked.customers as now on now.customer_id = held.customer_id "
        "where not coalesce(now.consent_analytics, false)"
    )
    return int(tables.engine.run(sql).item())


def create_profiles(
    tables: Tables, report: contract.Report, previous: Previous | None, params: dict[str, Any]
) -> None:
    """Table people.person_profile, from what the exports tell and what an earlier generation knew.

    On the way work.profile_now, profile_history, profile_carried: customer_id, when, profile.
    """
    known = contract.attributes(report)
    tables.engine.execute(f"create table work.profile_now as {_now(known, report)}")
    tables.engine.execute(f"create view work.profile_history as {_history(known, report)}")
    tables.create("profile_anew", **params)
    tables.engine.execute(f"create view work.profile_carried as {_carried(known, previous)}")
    tables.create("profile_change", **params)
    tables.create("person_profile")


def may_be_carried(report: contract.Report) -> int:
    """How many attributes facts could carry: by lower units they would be as long as people."""
    return sum(attribute.depth < 2 for attribute in contract.attributes(report))


def describe_attributes(
    tables: Tables, report: contract.Report, previous: Previous | None, carried: int
) -> None:
    """Tables stored.attribute (which there are, which facts carry, since when they are known),
    stored.attribute_label (words) and stored.attribute_value (what somebody has, and units)."""
    as_of = tables.value("select as_of from stage.stored.as_of")
    assert isinstance(as_of, date)  # noqa: S101  # the column's type, for the type checker
    attributes = contract.attributes(report)
    tables.fill(
        "stored.attribute",
        {
            "position": ("integer", list(range(1, len(attributes) + 1))),
            "name": ("varchar", [attribute.name for attribute in attributes]),
            "en": ("varchar", [attribute.en for attribute in attributes]),
            "zh": ("varchar", [attribute.zh for attribute in attributes]),
            "depth": ("integer", [attribute.depth for attribute in attributes]),
            "is_carried": ("boolean", [place < carried for place in range(len(attributes))]),
            "known_since": (
                "integer",
                [_known_since(attribute, report, previous, as_of) for attribute in attributes],
            ),
        },
    )
    labels = [(a.name, place, label) for a in attributes for place, label in enumerate(a.labels)]
    tables.fill(
        "stored.attribute_label",
        {
            "name": ("varchar", [name for name, _, _ in labels]),
            "value": ("varchar", [label.code for _, _, label in labels]),
            "place": ("integer", [place for _, place, _ in labels]),
            "en": ("varchar", [label.en for _, _, label in labels]),
            "zh": ("varchar", [label.zh for _, _, label in labels]),
        },
    )
    tables.engine.execute(f"create or replace table stage.stored.attribute_value as {VALUES}")


# Values that somebody has or had, and units also while nobody is theirs. Today's people are those
# of the last run of months, which has no end.
VALUES = """
with held as (
    select
        attribute.name,
        person_profile.profile[attribute.position] as value,
        count(*) filter (where person_profile.until = 99999) as people,
    from stage.people.person_profile
    cross join stage.stored.attribute
    group by all
),

unit as (
    select attribute.name, unit.unit as value, unit.parent, unit.name_en as en, unit.name as zh
    from stage.stored.unit
    inner join stage.stored.attribute on attribute.depth = unit.depth
)

select
    name,
    value,
    label.place,
    unit.parent as above,
    coalesce(label.en, unit.en) as en,
    coalesce(label.zh, unit.zh) as zh,
    coalesce(held.people, 0) as people,
from held
full join unit using (name, value)
left join stage.stored.attribute_label as label using (name, value)
"""


def _known_since(
    attribute: contract.Attribute, report: contract.Report, previous: Previous | None, as_of: date
) -> int:
    """The first month whose value of an attribute is not a later one's."""
    history = report.sources.get("customer_history")
    if history and attribute.column in history.present:
        return ALWAYS_KNOWN
    first = Month.of(as_of).code
    return previous.known_since.get(attribute.name, first) if previous else first


def _now(known: Attributes, report: contract.Report) -> str:
    if "customers" not in report.sources:
        return "select customer_id, cast([] as varchar[]) as profile from stage.people.person"
    profile = _profile(map(_text, known))
    return f"select told.customer_id, {profile} from {_told('customers', known)}"


def _history(known: Attributes, report: contract.Report) -> str:
    """What history tells; null where it does not tell an attribute."""
    if "customer_history" not in report.sources:
        return (
            "select customer_id, date '0001-01-01' as valid_from, profile "
            "from work.profile_now where false"
        )
    texts = [
        _text(attribute) if told else "null"
        for attribute, told in zip(known, told_by_history(report), strict=True)
    ]
    return (
        f"select told.customer_id, cast(told.valid_from as date) as valid_from, {_profile(texts)} "
        f"from {_told('customer_history', known)}"
    )


def told_by_history(report: contract.Report) -> list[bool]:
    """For each attribute, in order, whether the customer_history export tells it."""
    source = report.sources.get("customer_history")
    present = source.present if source else ()
    return [attribute.column in present for attribute in contract.attributes(report)]


def _carried(known: Attributes, previous: Previous | None) -> str:
    """Runs of months as an earlier generation froze them; an attribute it lacked is today's."""
    if previous is None:
        return "select customer_id, 0 as since, profile from work.profile_now where false"
    texts = [
        f"before.profile[{previous.attributes.index(attribute.name) + 1}]"
        if attribute.name in previous.attributes
        else f"today.profile[{place}]"
        for place, attribute in enumerate(known, start=1)
    ]
    return (
        f"select today.customer_id, before.since, {_profile(texts)} "
        f"from previous.people.person_profile as before "
        f"inner join previous.people.person as person on person.person = before.person "
        f"semi join work.profile_anew as anew on anew.customer_id = person.customer_id "
        f"inner join work.profile_now as today on today.customer_id = person.customer_id"
    )


def _told(export: str, known: Attributes) -> str:
    """An export, and beside each customer the units above its own."""
    column = next((attribute.column for attribute in known if attribute.depth), None)
    units = f" left join stage.stored.unit as unit on unit.unit = told.{column}" if column else ""
    return f"checked.{export} as told{units}"


def _profile(texts: Iterable[str]) -> str:
    return f"cast([{', '.join(texts)}] as varchar[]) as profile"


def _text(attribute: contract.Attribute) -> str:
    found = (
        f"unit.path[{attribute.depth}]"
        if attribute.depth
        else f"cast(told.{identifier(attribute.column)} as varchar)"
    )
    return f"coalesce({found}, {literal(NOT_STATED)})"


def _longest(tables: Tables) -> int:
    """How many attributes the cells of people hold."""
    longest = tables.value("select max(array_length(profile)) from previous.stored.cell")
    return int(str(longest or 0))


def _last_finished(as_of: date) -> Month:
    month = Month.of(as_of)
    return month if month.last_day <= as_of else Month(month.code - 1)
