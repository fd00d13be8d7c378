"""What readers choose at random, the same in every run.

A kind of filter is one line in KINDS: each bench of questions goes through all of them.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import count
from random import Random

from ecosphere.config import Config
from ecosphere.library import GIVEN, Question, query, questions
from ecosphere.model import NOT_STATED, Filters, Role
from ecosphere.source import Catalog, Source, Value

SEED = 20261121
SMALL_GROUP = 100_000  # people: up to here a group is counted anew in a fifth of a second
SMALLEST_K, ROLES = 10, 60  # a source remembers what 64 roles may choose

Values = Mapping[str, Mapping[str, Value]]  # attribute -> code -> value


def chance(number: int = 0) -> Random:
    """The choices of one reader, by number."""
    return Random(SEED + number)  # noqa: S311  # no secret hangs on it


def covered(catalog: Catalog) -> Values:
    """What facts carry."""
    return _values(catalog, lambda value: max(value.positions) <= _carried(catalog))


def uncovered(catalog: Catalog) -> Values:
    """What has to be counted anew from people."""
    return _values(catalog, lambda value: max(value.positions) > _carried(catalog))


def _carried(catalog: Catalog) -> int:
    """The attributes that every fact carries of which somebody asks."""
    facts = {name for asked in charts() for name in asked.reads} & set(catalog.carried)
    return min(catalog.carried[name] for name in facts)


def _values(catalog: Catalog, is_meant: Callable[[Value], bool]) -> Values:
    found = {
        name: {code: value for code, value in attribute.values.items() if is_meant(value)}
        for name, attribute in catalog.attributes.items()
    }
    return {name: values for name, values in found.items() if values}


def _one(catalog: Catalog, random: Random) -> Filters:
    """One value of one attribute."""
    name, values = _some(covered(catalog), random)
    return Filters.of({name: [random.choice(list(values))]})


def _several(catalog: Catalog, random: Random) -> Filters:
    """Up to three values each of two attributes."""
    values = covered(catalog)
    names = random.sample(list(values), min(2, len(values)))
    return Filters.of(
        {name: random.sample(list(values[name]), min(3, len(values[name]))) for name in names}
    )


def _unit(catalog: Catalog, random: Random) -> Filters:
    """A unit below the branches that facts carry."""
    trees = {n: v for n, v in uncovered(catalog).items() if catalog.attributes[n].is_tree}
    name, values = _some(trees, random)
    return Filters.of({name: [random.choice(list(values))]})


def _value(catalog: Catalog, random: Random) -> Filters:
    """One value, that at most SMALL_GROUP people have, of an attribute that facts do not carry."""
    flat = {n: v for n, v in uncovered(catalog).items() if not catalog.attributes[n].is_tree}
    few = {
        name: {code: value for code, value in values.items() if 0 < value.people <= SMALL_GROUP}
        for name, values in flat.items()
    }
    name, values = _some({name: values for name, values in few.items() if values}, random)
    return Filters.of({name: [random.choice(list(values))]})


def _everybody(catalog: Catalog, random: Random) -> Filters:
    """Every value of an attribute that facts do not carry."""
    flat = {n: v for n, v in uncovered(catalog).items() if not catalog.attributes[n].is_tree}
    name, values = _some(flat, random)
    return Filters.of({name: list(values)})


def _place(catalog: Catalog, random: Random) -> Filters:
    """One scene, with all the people who were there."""
    return Filters.of({"scene": [random.choice(list(catalog.places["scene"].values))]})


def _cohort(catalog: Catalog, random: Random) -> Filters:
    """Whoever was at one partner in the last three months."""
    partners = [code for code in catalog.places["partner"].values if code != NOT_STATED]
    return Filters(cohort=f"active(partner={random.choice(partners)}, from=-2)")


def _some(values: Values, random: Random) -> tuple[str, Mapping[str, Value]]:
    """An attribute; IndexError where there is none."""
    return random.choice(list(values.items()))


Kind = Callable[[Catalog, Random], Filters]
# Answered from facts, and counted anew from people.
KINDS: Mapping[str, Kind] = {"one": _one, "several": _several}
ANEW: Mapping[str, Kind] = {
    "unit": _unit,
    "value": _value,
    "cohort": _cohort,
    "place": _place,
    "everybody": _everybody,
}


def has(kind: Kind, catalog: Catalog) -> bool:
    """Whether a generation holds anything of this kind."""
    try:
        kind(catalog, chance())
    except IndexError:
        return False
    return True


def charts() -> list[Question]:
    """Questions that every reader may ask, of people whom a filter can choose; the first answers
    the page's question."""
    found = [asked for asked in questions().values() if not asked.roles and is_filtered(asked)]
    return sorted(found, key=lambda asked: not asked.default)


def is_filtered(asked: Question) -> bool:
    return any(query(name).cells for name in asked.reads if name not in GIVEN)


def roles(asked: Question | None = None, first: int = 0) -> Iterator[Role]:
    """Readers of one kind whose answers are kept apart, so that none comes from the cache."""
    name = asked.roles[0] if asked and asked.roles else Config().default_role
    return (Role(name, k=SMALLEST_K + number % ROLES) for number in count(first))


def offered(source: Source) -> Catalog:
    """What each of these readers may choose."""
    return source.offered(Role(Config().default_role, k=SMALLEST_K + ROLES))


def draws(catalog: Catalog, random: Random) -> Iterator[Filters]:
    """Everybody and each kind of filter that facts carry, in turn and without end."""
    kinds = [kind for kind in KINDS.values() if has(kind, catalog)]
    while True:
        yield Filters()
        for kind in kinds:
            yield kind(catalog, random)
