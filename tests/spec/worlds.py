"""Random small worlds: a few people, partners and months, with everything that can go wrong."""

from datetime import date, datetime, time, timedelta

from hypothesis import strategies as st

from ecosphere.source import Catalog
from tests.spec.exports import Change, Event, World

FIRST_DAY = date(2025, 11, 1)
DAYS = 150  # to the end of March: over a year's end and a short February
NIGHT = (time(0, 0, 0), time(12, 0, 0), time(23, 59, 59, 999_999))
PEOPLE = ("ann", "bob", "cat", "dan", "eve")
PARTNERS = {"vid": "video", "foo": "food", "own": "own_apps", "odd": None}  # odd: scene unknown
TYPES = ("open", "login", "transact", "view", "interest", "push", None)
VALUES = {
    "official_tier": ("mass", "affluent", None),
    "segment": ("young", "family", None),
    "is_payroll": (True, False, None),
}
TOLD = tuple(VALUES)

days = st.integers(0, DAYS).map(lambda count: FIRST_DAY + timedelta(days=count))


@st.composite
def events(draw: st.DrawFn) -> Event:
    """Somebody does something somewhere. A scene user is mostly one person's, not always."""
    person = draw(st.sampled_from(PEOPLE))
    scene_user = draw(st.sampled_from((None, f"u-{person}", f"u-{person}", "u-any")))
    is_known = draw(st.booleans())
    return Event(
        customer_id=person if is_known or not scene_user else None,
        occurred_at=datetime.combine(draw(days), draw(st.sampled_from(NIGHT))),
        partner_id=draw(st.sampled_from((*PARTNERS, None))),
        scene_user_id=scene_user,
        event_type=draw(st.sampled_from(TYPES)),
        is_initiated=draw(st.sampled_from((True, True, True, None, False))),
    )


@st.composite
def histories(draw: st.DrawFn) -> tuple[Change, ...]:
    """Attributes that change, for some people; the export may tell fewer of them than customers."""
    names = draw(st.sampled_from((TOLD, TOLD[:1], TOLD[:2])))
    rows = st.fixed_dictionaries({name: st.sampled_from(VALUES[name]) for name in names})
    keys = st.tuples(st.sampled_from(PEOPLE), days)
    found = draw(st.dictionaries(keys, rows, max_size=8))
    return tuple(Change(person, day, told) for (person, day), told in found.items())


@st.composite
def worlds(draw: st.DrawFn) -> World:
    customers = {
        person: {
            **{name: draw(st.sampled_from(values)) for name, values in VALUES.items()},
            "consent_analytics": draw(st.sampled_from((True, True, True, False, None))),
        }
        for person in PEOPLE
    }
    customers["ann"]["consent_analytics"] = True  # where nobody is counted, there is no filter
    return World(
        events=tuple(draw(st.lists(events(), min_size=4, max_size=40))),
        customers=customers,
        history=draw(histories()),
        partners=draw(st.sampled_from((PARTNERS, None))),
    )


@st.composite
def choices(draw: st.DrawFn, catalog: Catalog) -> dict[str, list[str]]:
    """Some values of some attributes, of those that the generation knows."""
    chosen = draw(st.lists(st.sampled_from(sorted(catalog.attributes)), unique=True, min_size=1))
    return {
        name: draw(
            st.lists(
                st.sampled_from(list(catalog.attributes[name].values)), unique=True, min_size=1
            )
        )
        for name in chosen
    }
