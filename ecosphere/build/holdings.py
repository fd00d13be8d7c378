"""What people hold, their tier, and who brought them: tables of people that no event changes."""

from typing import Any

from ecosphere import contract
from ecosphere.build import memory
from ecosphere.build.tables import Tables
from ecosphere.config import Config, Definitions
from ecosphere.contract.memory import Memory
from ecosphere.library import placed, query
from ecosphere.model import Month

OFFICIAL = "official_tier"
FEN = 100  # in a yuan


# What the queries read where only people who are new are told of.
NEW = "select * from stage.people.person anti join work.person_known using (customer_id)"
OF_NEW = {
    "holdings": "select * from checked.holdings",
    "person": NEW,
    "person_holding": (
        f"select * from stage.people.person_holding semi join ({NEW}) as new using (person)"
    ),
    "person_profile": "select * from stage.people.person_profile",
    "delivered": "select * from work.delivered",
}
BY_PERSON = ("person_holding", "person_tier")


def create(
    tables: Tables, report: contract.Report, known: Memory | None, config: Config, *, told: bool
) -> None:
    """Tables people.person_holding, person_tier, tier_move, person_origin and
    stored.holding_category; those that nothing has changed are carried on.

    `told` says whether it was told anew who is who, and so possibly who is of which tier.
    """
    params = _tiers(report, config.definitions)
    is_held_anew = held_anew(known, report)
    if is_held_anew:
        for name in BY_PERSON:
            tables.create(name, **params)
    elif told:
        _come_and_go(tables, params)
        _tell_tiers(tables, params["official"])
    if told or is_held_anew:
        tables.create("holding_category")
        tables.create("tier_move", **params)
    if known is None or told or memory.changed(known, report, "accounts"):
        tables.create("person_origin")


def held_anew(known: Memory | None, report: contract.Report) -> bool:
    """Whether what people hold may not be what it was."""
    return known is None or memory.changed(known, report, "holdings")


def _come_and_go(tables: Tables, params: dict[str, Any]) -> None:
    """Take out who is not counted any more, and add who now is: most people stay."""
    for name in BY_PERSON:
        target = f"stage.people.{name}"
        tables.engine.execute(
            f"delete from {target} where person not in (select person from stage.people.person)"
        )
        found = query(name)
        of_new = placed(found.sql, {read: OF_NEW[read] for read in found.reads})
        given = {key: params[key] for key in found.params}
        tables.engine.execute(f"insert into {target} {of_new}", given)


def _tell_tiers(tables: Tables, official: int) -> None:
    """The bank's own tier of people whose profile may not be what it was."""
    if official:
        tables.engine.execute(
            "update stage.people.person_tier as held set tier = told.profile[$official] "
            "from stage.people.person_profile as told "
            "where told.person = held.person and held.month between told.since and told.until "
            "and held.person in (select person from work.profile_anew)",
            {"official": official},
        )


def _tiers(report: contract.Report, definitions: Definitions) -> dict[str, Any]:
    """The bank's own tiers in the contract's order where they are delivered, else bands of AUM,
    each named by the yuan at which it begins."""
    names = [attribute.name for attribute in contract.attributes(report)]
    official = names.index(OFFICIAL) + 1 if OFFICIAL in names else 0
    labels = contract.contracts()["customers"].column(OFFICIAL).codes
    bands = tuple(str(bound) for bound in (0, *definitions.tiers))
    held = report.sources.get("holdings")
    days = {day for part in held.parts for day in part.days} if held else set()
    return {
        "months": sorted({Month.of(day).code for day in days}),
        "aum": list(contract.contracts()["holdings"].column("category").aum),
        "official": official,
        "tiers": list(labels if official else bands),
        "bounds": [bound * FEN for bound in definitions.tiers],
        "top": len(definitions.tiers),
        "months_below": definitions.tier_months_below,
        "top_months_below": definitions.top_tier_months_below,
    }
