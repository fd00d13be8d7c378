"""Where do we stand, what moved, why?"""

from collections.abc import Mapping
from dataclasses import dataclass

from ecosphere.library import COMPARE, SPLIT
from ecosphere.model import Ask, Released

BY_PLACE = "by_place"  # the option that says whether places are scenes or partners


@dataclass(frozen=True)
class Summary:
    """The released tables of `summary`: cards, how the ecosystem stands, and what moved."""

    cards: Released
    bands: Released
    moved: Released
    places: Released
    compare: str
    by_place: str

    @classmethod
    def measure(cls, ask: Ask, options: Mapping[str, str]) -> "Summary":
        """Ask every question of the page.

        Options: `compare`, the month a month is compared with; `by_place`, scenes or partners;
        `split`, the attribute whose values are told of. Active is who did anything that counts.
        """
        against = {name: value for name, value in options.items() if name == COMPARE}
        by = {name: value for name, value in options.items() if name in (COMPARE, SPLIT)}
        where = {name: value for name, value in options.items() if name in (COMPARE, BY_PLACE)}
        return cls(
            cards=ask("summary/cards"),
            bands=ask("summary/bands", **against),
            moved=ask("summary/moved", **by),
            places=ask("summary/places", **where),
            compare=options.get(COMPARE, "month"),
            by_place=options.get(BY_PLACE, "by_scene"),
        )


measure = Summary.measure
