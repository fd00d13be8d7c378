"""What a generation can tell of its people, so that a cohort that it cannot tell is refused."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from ecosphere.cohorts.terms import EXAMPLES, Cohort, Condition, Joined, Not, Term
from ecosphere.model import NOT_STATED, Engine, Month, Problem

NAMED = 12  # so many values a message lists

# What a condition needs of the exports: under a key, or by itself. One of each group is enough.
NEEDED: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "partner": (("events.partner_id",),),
    "scene": (("partners.scene",),),
    "channel": (("events.channel",),),
    "definition": (("events.event_type",),),
    "holds": (("holdings.category",),),
    "tier": (
        ("customers.official_tier", "holdings.balance_average", "holdings.balance_end"),
    ),
    "sourced": (
        (
            "customers.acquisition_partner_id",
            "customers.became_customer_on",
            "accounts.opened_at",
        ),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Known:
    """Days and months of the data, what is delivered ('export.column'), and the bank's own codes.

    `held` are the months of holdings, each with its product categories; `tier_since` is the first
    month whose official tier is not a later one's, None where no tier is delivered.
    """

    first_day: date
    as_of: date
    columns: frozenset[str]
    codes: Mapping[str, frozenset[str]]  # partner, scene, channel, category
    held: tuple[int, ...]
    tier_since: int | None

    def check(self, condition: Condition) -> None:
        """A Problem names the export that is not there, or a code that is nobody's."""
        for need in (condition.name, *(key for key, _ in condition.told)):
            for group in NEEDED.get(need, ()):
                if self.columns.isdisjoint(group):
                    raise Problem("cohort_needs_export", condition=str(condition),
                                  needed=" / ".join(group))  # fmt: skip
        for key, values in condition.told:
            for value in values:
                if key in self.codes and stored(value) not in self.codes[key]:
                    raise Problem("cohort_value", name=condition.name, key=key, value=value,
                                  known=_some(self.codes[key]),
                                  example=EXAMPLES[condition.name])  # fmt: skip


def exports(cohort: Cohort) -> frozenset[str]:
    """The exports, beside events, that decide who is in a cohort, where they are delivered."""
    return frozenset(_exports(cohort.term)) - {"events"}


def read_known(engine: Engine) -> Known:
    """What the generation attached as `generation` tells."""
    row = engine.run(DAYS).row(0, named=True)
    columns = engine.run("select export, name from generation.stored.export_column").rows()
    codes = {key: frozenset(engine.run(sql)["code"]) for key, sql in CODES.items()}
    held = engine.run("select distinct month from generation.stored.holding_category order by 1")
    return Known(
        first_day=row["first_day"],
        as_of=row["as_of"],
        columns=frozenset(f"{export}.{name}" for export, name in columns),
        codes=codes,
        held=tuple(held["month"]),
        tier_since=row["tier_since"],
    )


DAYS = """
select
    (select min(day) from generation.stored.export_day where export = 'events') as first_day,
    (select as_of from generation.stored.generation) as as_of,
    (select known_since from generation.stored.attribute where name = 'official_tier')
        as tier_since
"""
CODES = {
    "partner": "select partner_id as code from generation.stored.partner",
    "scene": "select distinct coalesce(scene, '') as code from generation.stored.partner",
    "channel": "select channel_id as code from generation.stored.channel",
    "category": "select distinct category as code from generation.stored.holding_category",
}


def stored(value: str) -> str:
    """A code as tables hold it: what is not stated is the empty one there."""
    return "" if value == NOT_STATED else value


def shown(code: str) -> str:
    return code or NOT_STATED


def span(first: int, last: int) -> str:
    """Months from one to another, as a message says them."""
    return f"{Month(first)} – {Month(last)}"


def _some(codes: Collection[str]) -> str:
    listed = sorted(map(shown, codes))
    return ", ".join([*listed[:NAMED], "…"] if len(listed) > NAMED else listed) or "-"


def _exports(term: Term) -> Iterator[str]:
    match term:
        case Condition():
            for need in (term.name, *(key for key, _ in term.told)):
                for group in NEEDED.get(need, ()):
                    yield from (column.partition(".")[0] for column in group)
        case Not():
            yield from _exports(term.part)
        case Joined():
            for part in term.parts:
                yield from _exports(part)
