"""Everything that is fixed before the first event, and who is active in which month."""

from dataclasses import dataclass

import numpy as np

from ecosphere.demo.arrays import Flags, Ints, day_number
from ecosphere.demo.homes import Homes, acquired_by, build_homes
from ecosphere.demo.partners import PARTNERS, Partners, build_partners
from ecosphere.demo.people import ACQUISITION_CHANNELS, People, build_people
from ecosphere.demo.plan import Plan, build_plan
from ecosphere.demo.rhythm import Campaign, build_campaigns
from ecosphere.demo.window import Window, generator

_ACTIVE_AT_START = 0.56
_LAPSES = 0.085  # a month, of people with an ordinary rate
_RETURNS = 0.085
_BUSY = 12.0  # events a month: half the risk from here on
_YOUNG = 92  # days since joining: twice the risk before


@dataclass(frozen=True)
class World:
    """The people, what they know, and what is planned for them."""

    seed: int
    window: Window
    people: People
    partners: Partners
    homes: Homes
    plan: Plan
    campaigns: tuple[Campaign, ...]
    acquired_by: Ints


def build_world(window: Window, count: int, seed: int, partner_count: int = PARTNERS) -> World:
    """The world of one seed."""
    people = build_people(window, count, seed)
    plan = build_plan(window, people, seed)
    partners = build_partners(window, plan.left_on, partner_count)
    homes = build_homes(window, people, partners, plan, seed)
    through = people.acquired == ACQUISITION_CHANNELS.index("partner")
    return World(
        seed=seed,
        window=window,
        people=people,
        partners=partners,
        homes=homes,
        plan=plan,
        campaigns=build_campaigns(window, plan.back),
        acquired_by=acquired_by(people, homes, partners, through),
    )


def next_state(world: World, month: int, before: Flags | None) -> Flags:
    """Who may have events in the month: a Markov chain per person, the plan kept to."""
    rng = generator(world.seed, "state", month)
    uniform = rng.random(len(world.people), dtype=np.float32)
    if before is None:
        state = uniform < _ACTIVE_AT_START
    else:
        state = np.where(before, uniform >= _risk(world, month), uniform < _RETURNS)
    state |= _joining(world, month)
    state[world.plan.leavers] = True
    return _silenced(world.plan, month, state)


def _risk(world: World, month: int) -> Ints:
    """Probability of a lapse: lower for the busy, higher for those who have just joined."""
    age = day_number(world.window.firsts[month]) - world.people.joined
    habit = np.where(world.people.rate >= _BUSY, 0.5, 1.15)
    risk: Ints = (_LAPSES * habit * np.where(age < _YOUNG, 2.0, 1.0)).astype(np.float32)
    return risk


def _joining(world: World, month: int) -> Flags:
    first = day_number(world.window.firsts[month])
    joined = world.people.joined
    result: Flags = (joined >= first) & (joined < first + world.window.days(month))
    return result


def _silenced(plan: Plan, month: int, state: Flags) -> Flags:
    """Returners are silent until the month they come back, and there in it and before."""
    if plan.back is None:
        return state
    begins = plan.back - plan.silent
    state[plan.returners[(begins <= month) & (month < plan.back)]] = False
    state[plan.returners[(begins - 1 == month) | (month == plan.back)]] = True
    return state
