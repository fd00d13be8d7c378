"""Who was chosen: by attributes as of each month, and by a cohort as of one day."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count

from ecosphere.source.attributes import Value

PROFILES = "generation.people.person_profile"
EVERYBODY = "generation.people.person"
ALWAYS = "since = 0 and until = 99999"  # whose run has neither beginning nor end

Params = Mapping[str, object]


@dataclass(frozen=True)
class Condition:
    """An attribute and what was chosen of it, by the place of a profile that holds it."""

    attribute: str
    places: tuple[tuple[int, tuple[str, ...]], ...]
    is_out: bool = False  # whoever has one of them is left out

    @classmethod
    def of(cls, attribute: str, chosen: Mapping[str, Value]) -> "Condition":
        places: dict[int, list[str]] = {}
        for code, value in chosen.items():
            for position in value.positions:
                places.setdefault(position, []).append(code)
        return cls(attribute, tuple((place, tuple(places[place])) for place in sorted(places)))


@dataclass(frozen=True)
class Members:
    """A select of `person`, and its parameters: people who are chosen in every month."""

    sql: str
    given: tuple[tuple[str, object], ...] = ()  # lists as tuples, so that equal ones are found

    @classmethod
    def of(cls, sql: str, params: Params) -> "Members":
        given = (tuple(v) if isinstance(v, list) else v for v in params.values())
        return cls(sql, tuple(zip(params, given, strict=True)))

    def params(self) -> dict[str, object]:
        return {name: list(v) if isinstance(v, tuple) else v for name, v in self.given}


@dataclass(frozen=True)
class People:
    """The people whom the reader and the role have chosen; without any choice, everybody."""

    conditions: tuple[Condition, ...] = ()  # of the reader and of the role
    members: tuple[Members, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.conditions or self.members)

    def is_filtered_beside(self, attribute: str) -> bool:
        """Whether anything else than values of this attribute was chosen."""
        others = any(condition.attribute != attribute for condition in self.conditions)
        return others or bool(self.members)

    def is_told_by(self, carried: int) -> bool:
        """Whether cells of so many attributes tell who was chosen."""
        places = (place for condition in self.conditions for place, _ in condition.places)
        return not self.members and all(place <= carried for place in places)

    def params(self) -> dict[str, object]:
        """The chosen values, as parameters: they never enter the text of a query."""
        places = [values for condition in self.conditions for _, values in condition.places]
        chosen = {f"who_{number}": list(values) for number, values in enumerate(places)}
        return chosen | {name: value for m in self.members for name, value in m.params().items()}

    def tests(self) -> str:
        """Whether a profile satisfies every condition: one of the values in one of the places."""
        numbers = count()
        return " and ".join(
            f"{'not ' if one.is_out else ''}coalesce("
            + " or ".join(
                f"profile[{place}] = any($who_{next(numbers)})" for place, _ in one.places
            )
            + ", false)"
            for one in self.conditions
        )

    def who(self) -> str:
        """Everybody who was ever chosen, by runs of months: cell 1 while chosen, else 0."""
        among = [f"person in ({one.sql})" for one in self.members]
        if not self.conditions:
            where = f" where {' and '.join(among)}" if among else ""
            runs = "0 as since, 99999 as until, 1 as cell"
            return f"select person, {runs} from {EVERYBODY}{where}"
        # Lists are looked at once: that is what this costs.
        inside = " and ".join([self.tests(), *among])
        return (
            f"with inside as (select person, since, until from {PROFILES} where {inside}) "
            "select person, since, until, 1 as cell from inside union all "
            f"select person, since, until, 0 as cell from {PROFILES} "
            "semi join inside using (person) anti join inside using (person, since)"
        )
