"""Random holdings, and what tiers these people have, month by month, as a bank's clerk would say.

Shares nothing with the product but the words: a clerk keeps each customer's tier in a book, looks
at the month that has ended, and changes the tier or waits.
"""

from collections import defaultdict
from datetime import date, datetime
from itertools import pairwise
from random import Random

from ecosphere.model import Month
from tests.spec.exports import Account, Event, Holding, World, at

PEOPLE = [f"p{number}" for number in range(30)]
ASSETS = ("deposit", "wealth", "fund", "insurance", "trust", "metals")
CATEGORIES = (*ASSETS, "credit", "payment", "securities_custody", "ours")
BOUNDS = (0, 10_000, 50_000, 200_000, 500_000, 6_000_000)
YUAN = (0.0, 9_999.99, 10_000.0, 30_000.0, 60_000.0, 250_000.0, 700_000.0, 6_000_000.0, None)
TOP, GRACE, TOP_GRACE = 5, 3, 6
FIRST = Month(2025 * 12 + 6)


def a_world(random: Random, *, has_tiers: bool = False) -> World:
    """People whose balances stay for some months and then change; some months nobody delivers."""
    months = [FIRST.code + n for n in range(14) if n not in (5,) or random.random() < 0.5]
    holdings = [
        Holding(person, Month(code).first_day, category, balance, balance, None, product)
        for person in PEOPLE
        for category, product in random.sample(_products(), random.randint(0, 3))
        for code, balance in _course(random, months)
    ]
    tier = {"official_tier": random.choice(("mass", "wealth"))} if has_tiers else {}
    customers = {
        person: {"consent_analytics": random.random() < 0.9 or person in ("p1", "p2"), **tier}
        for person in PEOPLE
    }
    days = (at("2026-05-14"), at("2026-05-15"))
    return World(
        events=tuple(Event(person, day) for person in PEOPLE for day in days),
        customers=customers,
        holdings=tuple(holdings),
        accounts=(Account("a1", "p1", datetime(2025, 1, 1)),),
    )


def answer(world: World) -> dict[tuple[str, str], tuple[int, str]]:
    """(person, month) -> AUM in fen, tier; without tiers of the bank's own."""
    counted = {person for person, told in world.customers.items() if told["consent_analytics"]}
    months = sorted({held.month for held in world.holdings})
    aum: dict[tuple[str, date], int] = defaultdict(int)
    since: dict[str, date] = {}
    for held in world.holdings:
        since[held.customer_id] = min(held.month, since.get(held.customer_id, held.month))
        if held.category in ASSETS:
            aum[held.customer_id, held.month] += round((held.balance_average or 0) * 100)
    return {
        (person, str(Month.of(month))): (aum[person, month], str(BOUNDS[place]))
        for person in counted & set(since)
        for month, place in _book(
            [(m, aum[person, m]) for m in months if m >= since[person]], months[0]
        )
    }


def moves(world: World) -> list[tuple[str, str, bool]]:
    """(person, month, is_up), in order."""
    told = answer(world).items()
    book = sorted((person, month, int(tier)) for (person, month), (_, tier) in told)
    return [
        (person, month, tier > tier_before)
        for (before, _, tier_before), (person, month, tier) in pairwise(book)
        if before == person and tier != tier_before
    ]


def _book(course: list[tuple[date, int]], first: date) -> list[tuple[date, int]]:
    """The tier of each month: of the first month of data its own, else by the months before."""
    bands = [sum(fen >= bound * 100 for bound in BOUNDS) - 1 for _, fen in course]
    tier = bands[0] if course[0][0] == first else 0
    told = []
    below = 0  # for how many months in a row
    for place, (month, _) in enumerate(course):
        told.append((month, tier))
        if bands[place] >= tier:
            tier, below = bands[place], 0
        else:
            below += 1
            if below >= (TOP_GRACE if tier == TOP else GRACE):
                tier = max(bands[max(0, place - GRACE + 1) : place + 1])
                below = _months_below(bands[: place + 1], tier)
    return told


def _months_below(bands: list[int], tier: int) -> int:
    """For how many months in a row, up to the last, somebody has been below a tier."""
    count = 0
    for band in reversed(bands):
        if band >= tier:
            break
        count += 1
    return count


def _products() -> list[tuple[str, str | None]]:
    return [(category, product) for category in CATEGORIES for product in (None, "x", "y")]


def _course(random: Random, months: list[int]) -> list[tuple[int, float | None]]:
    """A balance by month: it begins and ends somewhere, and mostly stays what it was."""
    first = random.randrange(len(months))
    balance = random.choice(YUAN)
    found = []
    for code in months[first : random.randint(first, len(months)) + 1]:
        if random.random() < 0.4:
            balance = random.choice(YUAN)
        if random.random() < 0.9:
            found.append((code, balance))
    return found
