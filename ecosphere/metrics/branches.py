"""Which branches carry, which drag?"""

from collections.abc import Mapping
from dataclasses import dataclass

from ecosphere.library import COMPARE, SPLIT
from ecosphere.model import Ask, Released

UNIT = "branch"  # the attribute whose values are units of the bank


@dataclass(frozen=True)
class Branches:
    """The released tables of `branches`, one row a branch: against its target, and what it adds to
    the bank's change."""

    ranking: Released
    moved: Released | None  # without units nothing moved by them
    compare: str
    definition: str

    @classmethod
    def measure(cls, ask: Ask, options: Mapping[str, str]) -> "Branches":
        """Ask both questions of the page.

        Options: `definition`, the qualifying event; `compare`, the month a month is compared with.
        With one branch chosen these are the units below it.
        """
        chosen = {n: value for n, value in options.items() if n in ("definition", COMPARE)}
        ranking = ask("branches/ranking", **chosen)
        by = ranking.origin.split
        return cls(
            ranking=ranking,
            moved=ask("summary/moved", **chosen, **{SPLIT: by}) if by else None,
            compare=options.get(COMPARE, "month"),
            definition=options.get("definition", "any_scene"),
        )


measure = Branches.measure
