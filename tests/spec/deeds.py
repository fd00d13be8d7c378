"""What the facts must hold of a small world, counted in plain Python from single deeds.

Deliberately simple and slow, like the oracle of active users, whose people and links it takes.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations
from typing import Any, NamedTuple

from tests.spec import oracle
from tests.spec.exports import Event, World

SHARES = 80_313_433_200  # the least number that 1 to 28 divide
DEFINITIONS = tuple(oracle.WANTED)

Chosen = Callable[[str, date], bool]  # whether a person is in the chosen group in a month
Facts = dict[tuple[Any, ...], tuple[int | None, ...]]  # key -> counts


class Deed(NamedTuple):
    """Somebody did something on a day."""

    person: str
    day: date
    partner: str
    channel: str
    meets: frozenset[str]  # the definitions
    fen: int


@dataclass(frozen=True)
class Deeds:
    """All that is seen up to a day, by definition of activity where one is asked."""

    all: list[Deed]
    months: list[date]
    scenes: Mapping[str, str]
    own: frozenset[str]

    def by(self, definition: str, key: Callable[[Deed], Any]) -> dict[Any, list[Deed]]:
        """Deeds of a key, of all that met a definition there at least once."""
        found = defaultdict(list)
        for deed in self.all:
            found[key(deed)].append(deed)
        return {
            one: deeds
            for one, deeds in found.items()
            if any(definition in deed.meets for deed in deeds)
        }


def deeds(world: World, until: date | None = None) -> Deeds:
    known = oracle.links(world, oracle.data_end(world.events))
    seen = [event.occurred_at.date() for event in world.events]
    return Deeds(
        all=[
            Deed(person, event.occurred_at.date(), event.partner_id or "", event.channel or "",
                 _meets(event), _fen(event))
            for event in world.events
            if (person := _whose(world, event, known)) and _meets(event)
            and not (until and event.occurred_at.date() > until)
        ],
        months=oracle._span(min(seen), until or max(seen)),
        scenes={name: scene or "unknown" for name, scene in (world.partners or {}).items()},
        own=world.own if world.partners else frozenset(),
    )  # fmt: skip


def active_day(told: Deeds, chosen: Chosen) -> Facts:
    """(definition, month, day) -> people of the day, of 7 days, of 28."""
    found = {}
    for definition in DEFINITIONS:
        days = _people_of_days(told.all, definition)
        for month in told.months:
            for day in _days(month):
                counts = tuple(_within(days, day, n, chosen) for n in (1, 7, 28))
                if any(counts):
                    found[definition, month, day.day] = counts
    return found


def days_active(told: Deeds, chosen: Chosen) -> Facts:
    """(definition, month, days) -> people."""
    found: Counter[tuple[Any, ...]] = Counter()
    for definition in DEFINITIONS:
        for (person, month), done in told.by(definition, _person_month).items():
            if chosen(person, month):
                found[definition, month, len(_own_days(done, definition))] += 1
    return {key: (people,) for key, people in found.items()}


def retention(told: Deeds, chosen: Chosen) -> Facts:
    """(definition, cohort, month, previous) -> people, in the cell of the cohort's month."""
    found: Counter[tuple[Any, ...]] = Counter()
    for definition in DEFINITIONS:
        months = defaultdict(set)
        for person, month in told.by(definition, _person_month):
            months[person].add(month)
        for person, active in months.items():
            in_turn = sorted(active)
            if chosen(person, in_turn[0]):
                for previous, month in zip([None, *in_turn], in_turn, strict=False):
                    found[definition, in_turn[0], month, previous] += 1
    return {key: (people,) for key, people in found.items()}


def scene_month(told: Deeds, chosen: Chosen) -> Facts:
    return _places(told, chosen, lambda deed: told.scenes.get(deed.partner, "unknown"))


def channel_month(told: Deeds, chosen: Chosen) -> Facts:
    return _places(told, chosen, lambda deed: deed.channel)


def partner_month(told: Deeds, chosen: Chosen) -> Facts:
    """The same of partners; then exclusive people, those who were nowhere else, and reach."""
    found = _places(told, chosen, lambda deed: deed.partner)
    more: dict[tuple[Any, ...], list[int]] = {key: [0, 0, 0] for key in found}
    for definition in DEFINITIONS:
        places = defaultdict(set)
        for person, month, partner in told.by(definition, lambda d: (*_person_month(d), d.partner)):
            places[person, month].add(partner)
        for (person, month), partners in places.items():
            for partner in partners if chosen(person, month) else ():
                group = {p for p in partners if (p in told.own) == (partner in told.own)}
                counts = more[definition, month, partner]
                counts[0] += group == {partner}
                counts[1] += partners == {partner}
                counts[2] += SHARES // len(partners)
    return {key: (*counts, *more[key]) for key, counts in found.items()}


def partner_pair(told: Deeds, chosen: Chosen) -> Facts:
    """(month, the two partners) -> people."""
    places = defaultdict(set)
    for deed in told.all:
        places[_person_month(deed)].add(deed.partner)
    found = Counter(
        (month, frozenset(pair))
        for (person, month), partners in places.items()
        if chosen(person, month)
        for pair in combinations(partners, 2)
    )
    return {key: (people,) for key, people in found.items()}


FACTS = {
    fact.__name__: fact
    for fact in (active_day, days_active, retention, scene_month, channel_month, partner_month,
                 partner_pair)
}  # fmt: skip


def _places(told: Deeds, chosen: Chosen, where: Callable[[Deed], str]) -> Facts:
    """(definition, month, place) -> people, days, events, fen."""
    found: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for definition in DEFINITIONS:
        at_place = told.by(definition, lambda deed: (*_person_month(deed), where(deed)))
        for (person, month, place), done in at_place.items():
            if chosen(person, month):
                counts = found[definition, month, place]
                counts[0] += 1
                counts[1] += len(_own_days(done, definition))
                counts[2] += len(done)
                counts[3] += sum(deed.fen for deed in done)
    return {key: tuple(counts) for key, counts in found.items()}


def _person_month(deed: Deed) -> tuple[str, date]:
    return deed.person, oracle.month_of(deed.day)


def _own_days(done: Iterable[Deed], definition: str) -> set[date]:
    return {deed.day for deed in done if definition in deed.meets}


def _people_of_days(all_deeds: Iterable[Deed], definition: str) -> dict[date, set[str]]:
    found = defaultdict(set)
    for deed in all_deeds:
        if definition in deed.meets:
            found[deed.day].add(deed.person)
    return found


def _within(days: Mapping[date, set[str]], last: date, length: int, chosen: Chosen) -> int:
    """Chosen people of the days that end on one, in the month of that day."""
    spans = (days.get(last - timedelta(days=ago), set()) for ago in range(length))
    return sum(chosen(person, oracle.month_of(last)) for person in set().union(*spans))


def _days(month: date) -> Iterator[date]:
    for number in range(oracle.last_day(month).day):
        yield month + timedelta(days=number)


def _whose(world: World, event: Event, known: Mapping[Any, Any]) -> str | None:
    told = known.get((event.partner_id, event.scene_user_id), ())
    person = event.customer_id or oracle.linked(told, event.occurred_at.date())
    return person if person and oracle.consents(world, person) else None


def _meets(event: Event) -> frozenset[str]:
    return frozenset(name for name in DEFINITIONS if oracle.counts(event, name))


def _fen(event: Event) -> int:
    if "transacted" not in _meets(event) or event.amount is None:
        return 0
    return int(Decimal(event.amount * 100).quantize(Decimal(1), ROUND_HALF_UP))
