"""Do they come back?"""

from collections.abc import Mapping
from dataclasses import dataclass

from ecosphere.library import SPLIT
from ecosphere.model import Ask, Released

RETURN = "return"  # the option that says what counts as coming back


@dataclass(frozen=True)
class Retention:
    """The released tables of `retention`: cohorts by age, all of them by age, one month on."""

    triangle: Released
    curve: Released
    next_month: Released
    definition: str
    returning: str
    curve_by: Released | None = None  # by groups of people, where a split is chosen
    next_month_by: Released | None = None

    @classmethod
    def measure(cls, ask: Ask, options: Mapping[str, str]) -> "Retention":
        """Ask every question of the page.

        Options: `definition`, the qualifying event; `return`, what counts as coming back; `split`,
        the attribute that makes groups.
        """
        of_cohorts = {n: value for n, value in options.items() if n in ("definition", RETURN)}
        of_next = {n: value for n, value in of_cohorts.items() if n != RETURN}
        groups = {SPLIT: options[SPLIT]} if options.get(SPLIT) else {}
        return cls(
            triangle=ask("retention/triangle", **of_cohorts),
            curve=ask("retention/curve", **of_cohorts),
            next_month=ask("retention/next_month", **of_next),
            curve_by=ask("retention/curve", **of_cohorts, **groups) if groups else None,
            next_month_by=ask("retention/next_month", **of_next, **groups) if groups else None,
            definition=options.get("definition", "any_scene"),
            returning=options.get(RETURN, "on"),
        )


measure = Retention.measure
