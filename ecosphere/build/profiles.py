"""Profiles: the list of a person's filterable attributes, today, by history, and as carried on.

The only SQL that is put together here, since the attributes are each bank's own.
"""

from dataclasses import dataclass
from datetime import date

from ecosphere import contract
from ecosphere.build.tables import Tables
from ecosphere.contract.quote import identifier
from ecosphere.engines.duckdb import literal
from ecosphere.model import NOT_STATED, Month

ALWAYS_KNOWN = 0  # a month before any data: history covers everything


@dataclass(frozen=True)
class Previous:
    """What an earlier generation knows that no export tells any more."""

    attributes: tuple[str, ...]
    known_since: dict[str, int]
    finished: int  # its last finished month: up to here its profiles stay
    carried: tuple[str, ...]  # the attributes that its facts carry

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
            carried=tuple(known.filter(known["is_carried"])["name"]),
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


def create_profiles(tables: Tables, report: contract.Report, previous: Previous | None) -> None:
    """Views work.profile_now, profile_history, profile_carried: customer_id, when, profile."""
    names = [attribute.name for attribute in contract.attributes(report)]
    tables.engine.execute(f"create view work.profile_now as {_now(names, report)}")
    tables.engine.execute(f"create view work.profile_history as {_history(names, report)}")
    tables.engine.execute(f"create view work.profile_carried as {_carried(names, previous)}")


def describe_attributes(
    tables: Tables, report: contract.Report, previous: Previous | None, carried: int
) -> None:
    """Tables stored.attribute (which there are, which facts carry, since when they are known) and
    stored.attribute_value (labels)."""
    as_of = tables.value("select as_of from stage.stored.as_of")
    assert isinstance(as_of, date)  # noqa: S101  # the column's type, for the type checker
    attributes = contract.attributes(report)
    labels = [(attribute.name, label) for attribute in attributes for label in attribute.labels]
    tables.fill(
        "stored.attribute",
        {
            "position": ("integer", list(range(1, len(attributes) + 1))),
            "name": ("varchar", [attribute.name for attribute in attributes]),
            "en": ("varchar", [attribute.en for attribute in attributes]),
            "zh": ("varchar", [attribute.zh for attribute in attributes]),
            "is_carried": ("boolean", [place < carried for place in range(len(attributes))]),
            "known_since": (
                "integer",
                [_known_since(attribute.name, report, previous, as_of) for attribute in attributes],
            ),
        },
    )
    tables.fill(
        "stored.attribute_value",
        {
            "name": ("varchar", [name for name, _ in labels]),
            "value": ("varchar", [label.code for _, label in labels]),
            "en": ("varchar", [label.en for _, label in labels]),
            "zh": ("varchar", [label.zh for _, label in labels]),
        },
    )


def _known_since(name: str, report: contract.Report, previous: Previous | None, as_of: date) -> int:
    """The first month whose value of an attribute is not a later one's."""
    history = report.sources.get("customer_history")
    if history and name in history.present:
        return ALWAYS_KNOWN
    first = Month.of(as_of).code
    return previous.known_since.get(name, first) if previous else first


def _now(names: list[str], report: contract.Report) -> str:
    if "customers" not in report.sources:
        return "select customer_id, cast([] as varchar[]) as profile from stage.people.person"
    return f"select customer_id, {_profile([_text(name) for name in names])} from checked.customers"


def _history(names: list[str], report: contract.Report) -> str:
    """What history tells; null where it does not tell an attribute."""
    source = report.sources.get("customer_history")
    if source is None:
        return (
            "select customer_id, date '0001-01-01' as valid_from, profile "
            "from work.profile_now where false"
        )
    texts = [
        _text(name) if told else "null"
        for name, told in zip(names, told_by_history(report), strict=True)
    ]
    return (
        f"select customer_id, cast(valid_from as date) as valid_from, {_profile(texts)} "
        f"from checked.customer_history"
    )


def told_by_history(report: contract.Report) -> list[bool]:
    """For each attribute, in order, whether the customer_history export tells it."""
    source = report.sources.get("customer_history")
    present = source.present if source else ()
    return [attribute.name in present for attribute in contract.attributes(report)]


def _carried(names: list[str], previous: Previous | None) -> str:
    """Runs of months as an earlier generation froze them; an attribute it lacked is today's."""
    if previous is None:
        return "select customer_id, 0 as since, profile from work.profile_now where false"
    texts = [
        f"before.profile[{previous.attributes.index(name) + 1}]"
        if name in previous.attributes
        else f"today.profile[{place}]"
        for place, name in enumerate(names, start=1)
    ]
    return (
        f"select today.customer_id, before.since, {_profile(texts)} "
        f"from previous.people.person_profile as before "
        f"inner join previous.people.person as person on person.person = before.person "
        f"inner join work.profile_now as today on today.customer_id = person.customer_id"
    )


def _profile(texts: list[str]) -> str:
    return f"cast([{', '.join(texts)}] as varchar[]) as profile"


def _text(name: str) -> str:
    return f"coalesce(cast({identifier(name)} as varchar), {literal(NOT_STATED)})"


def _last_finished(as_of: date) -> Month:
    month = Month.of(as_of)
    return month if month.last_day <= as_of else Month(month.code - 1)
