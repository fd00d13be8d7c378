"""Random small worlds: a few people, partners and months, with everything that can go wrong."""

from datetime import date, datetime, time
from random import Random

from ecosphere.model import Role
from ecosphere.source import Source
from tests.spec.exports import EVERYTHING, Change, Event, Unit, World
from tests.spec.oracle import Who

# Days that lie beside each other and on both ends of a month, over a year's end and a short
# February: few enough that people meet, come back, and change on the same ones.
DAYS = tuple(
    date(year, month, day)
    for year, month, last in ((2025, 11, 30), (2025, 12, 31), (2026, 1, 31), (2026, 2, 28))
    for day in (1, 14, 15, 16, last)
)
TIMES = (time(0, 0, 0), time(12, 0, 0), time(23, 59, 59, 999_999))
PEOPLE = ("ann", "bob", "cat", "dan", "eve", "fay", "gus", "hal", "ida", "jon")
PARTNERS = {"vid": "video", "foo": "food", "own": "own_apps", "odd": None}  # odd: scene unknown
CHANNELS = ("app", "web", "branch", None)
AMOUNTS = (0.01, 9.995, 120.0, -20.5, None)
TYPES = ("open", "login", "transact", "view", "interest", "push", None)
VALUES = {
    "official_tier": ("mass", "affluent", None),
    "segment": ("young", "family", None),
    "is_payroll": (True, False, None),
    "branch_id": ("e11", "e12", "e1", "e2", "east", "west", "odd", "bank", None),
}
BRANCHES = {
    "bank": Unit("1", None),
    "east": Unit("2", "bank"),
    "west": Unit("2", "bank"),
    "e1": Unit("3", "east"),
    "e11": Unit("4", "e1"),
    "e12": Unit("4", "e1"),
    "e2": Unit("4", "east"),  # no tier-2 branch between
    "odd": Unit("4", "bank"),  # nothing between
}


def world(seed: int) -> World:
    """The world of a seed: the same at every run."""
    draw = Random(seed)  # a red test must be red again
    customers = {
        person: {
            **_attributes(draw, VALUES),
            "consent_analytics": draw.choice((True, True, True, True, True, False, None)),
        }
        for person in PEOPLE
    }
    customers["ann"]["consent_analytics"] = True  # where nobody is counted, there is no filter
    return World(
        events=_placed([_event(draw) for _ in range(draw.randint(10, 150))], seed),
        customers=customers,
        history=_history(draw),
        partners=draw.choice((PARTNERS, PARTNERS, None)),
        branches=draw.choice((BRANCHES, BRANCHES, None)),
        own=frozenset({"own"}),
    )


def random_who(source: Source, draw: Random, role: Role = EVERYTHING) -> Who:
    """One to four attributes, of each one value or more, not stated included."""
    attributes = source.offered(role).attributes
    most = draw.choice((1, 1, 2, 2, 3, 4))
    chosen = {}
    for name in draw.sample(sorted(attributes), min(most, len(attributes))):
        values = list(attributes[name].values)
        chosen[name] = draw.sample(values, draw.randint(1, max(1, len(values) - 1)))
    return chosen


def random_where(source: Source, draw: Random) -> Who:
    """One kind of place or more, of each one or more."""
    chosen = draw.sample(sorted(source.catalog.places), draw.choice((1, 1, 2, 3)))
    places = {name: list(source.catalog.places[name].values) for name in chosen}
    return {name: draw.sample(codes, draw.randint(1, len(codes))) for name, codes in places.items()}


def _event(draw: Random) -> Event:
    """Somebody does something somewhere. A scene user is mostly one person's, not always."""
    person = draw.choice(PEOPLE)
    scene_user = draw.choice((None, f"u-{person}", f"u-{person}", f"u-{person}", "u-any"))
    return Event(
        customer_id=person if draw.random() < 0.6 or not scene_user else None,
        occurred_at=datetime.combine(draw.choice(DAYS), draw.choice(TIMES)),
        partner_id=draw.choice((*PARTNERS, None)),
        scene_user_id=scene_user,
        event_type=draw.choice(TYPES),
        is_initiated=draw.choice((True, True, True, None, False)),
    )


def _placed(events: list[Event], seed: int) -> tuple[Event, ...]:
    """The same events, each through a channel and with an amount or none."""
    draw = Random(seed)  # of its own: what happens does not depend on where it does
    return tuple(
        event._replace(channel=draw.choice(CHANNELS), amount=draw.choice(AMOUNTS))
        for event in events
    )


def _history(draw: Random) -> tuple[Change, ...]:
    """Attributes that change, for most; the export may tell fewer of them than customers."""
    names = draw.choice((tuple(VALUES), ("official_tier",), ("official_tier", "segment")))
    return tuple(
        Change(person, day, _attributes(draw, names))
        for person in draw.sample(PEOPLE, draw.randint(1, 9))
        for day in draw.sample(DAYS, draw.randint(1, 4))
    )


def _attributes(draw: Random, names: object) -> dict[str, object]:
    return {name: draw.choice(VALUES[name]) for name in names}
