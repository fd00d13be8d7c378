"""What people hold, their tier, and who brought them: tables of people that no event changes."""

from typing import Any

from ecosphere import contract
from ecosphere.build import memory
from ecosphere.build.tables import Tables
from ecosphere.config import Config, Definitions
from ecosphere.contract.memory import Memory

OFFICIAL = "official_tier"
FEN = 100  # in a yuan


def create(
    tables: Tables, report: contract.Report, known: Memory | None, config: Config, *, told: bool
) -> None:
    """Tables people.person_holding, person_tier, tier_move, person_origin and
    stored.holding_category; those that nothing has changed are carried on.

    `told` says whether it was told anew who is who, and so possibly who is of which tier.
    """
    is_held_anew = known is None or memory.changed(known, report, "holdings") or _moved(tables)
    if is_held_anew:
        tables.create("person_holding")
        tables.create("holding_category")
    if told or is_held_anew:
        params = _tiers(report, config.definitions)
        tables.create("person_tier", **params)
        tables.create("tier_move", **params)
    if known is None or told or memory.changed(known, report, "accounts"):
        tables.create("person_origin")


def _tiers(report: contract.Report, definitions: Definitions) -> dict[str, Any]:
    """The bank's own tiers in the contract's order where they are delivered, else bands of AUM,
    each named by the yuan at which it begins."""
    names = [attribute.name for attribute in contract.attributes(report)]
    official = names.index(OFFICIAL) + 1 if OFFICIAL in names else 0
    labels = contract.contracts()["customers"].column(OFFICIAL).codes
    bands = tuple(str(bound) for bound in (0, *definitions.tiers))
    return {
        "aum": list(contract.contracts()["holdings"].column("category").aum),
        "official": official,
        "tiers": list(labels if official else bands),
        "bounds": [bound * FEN for bound in definitions.tiers],
        "top": len(definitions.tiers),
        "months_below": definitions.tier_months_below,
        "top_months_below": definitions.top_tier_months_below,
    }


def _moved(tables: Tables) -> bool:
    """Whether other people are counted than before."""
    both = "stage.people.person as now full join work.person_known as before using (customer_id)"
    return bool(tables.rows(f"(from {both} where now.person is distinct from before.person)"))
