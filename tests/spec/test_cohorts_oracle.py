"""Who is in random cohorts of random worlds, by a plain oracle."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

import pytest

from ecosphere.model import Problem
from ecosphere.source import Source
from tests.effort import some
from tests.spec import cohorts, oracle, worlds
from tests.spec.cohort_trees import CATEGORIES, a_cohort, written
from tests.spec.exports import Account, Holding, World
from tests.spec.test_cohorts import chosen

Served = Callable[[World], Source]


def a_world(seed: int) -> World:
    """A random world, with what a cohort may ask for, or without."""
    random = Random(f"cohorts {seed}")  # a red test must be red again
    world = worlds.world(seed)
    customers = {name: dict(told) for name, told in (world.customers or {}).items()}
    has_tier = random.random() < 0.6
    told = random.choice((("acquisition_partner_id", "became_customer_on"),
                          ("acquisition_partner_id",), ("became_customer_on",), ()))  # fmt: skip
    for row in customers.values():
        if not has_tier:
            del row["official_tier"]
        if "acquisition_partner_id" in told:
            row["acquisition_partner_id"] = random.choice((*(world.partners or ()), None, None))
        if "became_customer_on" in told:
            row["became_customer_on"] = random.choice((*worlds.DAYS, None, None, None))
    months = [date(2025, 9, 1), *sorted({oracle.month_of(day) for day in worlds.DAYS})]
    holdings = tuple(
        Holding(person, month, category, random.choice((0.0, 9_000.0, 60_000.0, 7e6)))
        for person in customers
        for month in months
        for category in CATEGORIES
        if random.random() < 0.3
    )
    opened = [datetime(2026, 2, random.randint(1, 28)) for _ in range(random.choice((0, 5)))]
    accounts = tuple(
        Account(f"a{number}", random.choice(worlds.PEOPLE), day)
        for number, day in enumerate(opened)
    )
    return replace(
        world,
        customers=customers,
        history=world.history if has_tier and random.random() < 0.8 else (),
        holdings=holdings if random.random() < 0.8 else (),
        accounts=accounts,
    )


@pytest.mark.parametrize("seed", some(range(12), share=3))
def test_random_cohorts_of_random_worlds_are_those_of_the_oracle(served: Served, seed: int) -> None:
    random = Random(seed)
    world = a_world(seed)
    source = served(world)
    begin = min(event.occurred_at.date() for event in world.events)
    told = 0
    for _ in range(80):
        days = (source.catalog.as_of - begin).days
        as_of = random.choice((source.catalog.as_of, begin + timedelta(random.randint(0, days))))
        tree = a_cohort(random, depth=random.choice((0, 0, 1, 2)))
        try:
            expected = cohorts.Oracle(world, as_of).answer(tree)
        except cohorts.Refused:
            with pytest.raises(Problem):
                chosen(source, written(tree), as_of)
            continue
        assert chosen(source, written(tree), as_of) == expected, written(tree)
        told += 1
    assert told > 10
