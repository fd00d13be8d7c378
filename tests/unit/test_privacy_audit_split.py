"""Tables by groups of people, seen beside each other and their total, tell no group below k."""

from collections.abc import Iterator
from datetime import date

import numpy as np
import polars as pl
import pytest
from numpy.random import Generator

from ecosphere.library import question
from tests.unit.attacker import Attacker, Side, Sum, earlier, seen

BATCHES = range(5)
TABLES = 12
MAU = question("active_users/mau").by_group()
GROWTH = question("active_users/growth").by_group()


@pytest.mark.parametrize("batch", BATCHES)
def test_both_charts_by_groups_give_no_small_group_away(batch: int) -> None:
    random = np.random.default_rng([20261126, batch])
    for _ in range(TABLES):
        k, back = int(random.choice((2, 5, 10, 20))), int(random.choice((1, 0, 2, 12)))
        world = World(random)
        sides = [
            seen("mau", MAU, world.table(back).select(*MAU.columns), k),
            seen("growth", GROWTH, world.table(1).select(*GROWTH.columns), k),
        ]
        attacker = Attacker(sides, ("people", "people_before") if back == 1 else ("people",),
                            also=list(same(*sides, back)))  # fmt: skip
        assert attacker.given_away(k) == [], (sides[0].frame, sides[0].released.table)


def test_a_total_of_k_or_more_is_shown_beside_its_groups() -> None:
    random = np.random.default_rng(20261127)
    for _ in range(TABLES):
        frame = World(random).table(12).select(*MAU.columns)
        shown = seen("mau", MAU, frame, 10).released.table.filter("is_total", frame["people"] >= 10)
        assert not shown["people"].null_count(), frame


def same(mau: Side, growth: Side, back: int) -> Iterator[Sum]:
    """What one table tells of a month, and the other of one compared with it."""
    months = growth.frame.select("month", "group").rows()
    for row, (base, group) in enumerate(mau.frame.select("base_month", "group").iter_rows()):
        for other, (month, name) in enumerate(months):
            if name == group and earlier(month, 1) == base:
                yield {("mau", row, "people_before"): 1, ("growth", other, "people_before"): -1}


class World:
    """People of groups over months, and of the months before that are not shown."""

    def __init__(self, random: Generator) -> None:
        self.months = int(random.integers(1, 6))
        self.groups = int(random.integers(1, 8))
        self.people = {
            (earlier(date(2026, 6, 1), ago), group): self.size(random)
            for ago in range(30)
            for group in range(self.groups)
        }

    def size(self, random: Generator) -> int:
        """Zero, small, just above k, or large."""
        low, high = ((0, 1), (1, 10), (10, 25), (25, 3000))[
            random.choice(4, p=(0.2, 0.3, 0.2, 0.3))
        ]
        return int(random.integers(low, high))

    def table(self, back: int) -> pl.DataFrame:
        """The rows of both questions, each month beside that so many before; 0: last December."""
        rows = []
        for month in [earlier(date(2026, 6, 1), ago) for ago in reversed(range(self.months))]:
            base = earlier(month, back or month.month)
            counts = [(self.people[month, g], self.people[base, g]) for g in range(self.groups)]
            told = [(f"g{place}", False, *pair) for place, pair in enumerate(counts)]
            told.append(("_total", True, *map(sum, zip(*counts, strict=True))))
            rows += [
                {"month": month, "group": group, "is_total": is_total, "people": now,
                 "is_complete": True, "base_month": base, "people_before": before,
                 "crosses_spring_festival": False, "is_first_months": False}
                for group, is_total, now, before in told
            ]  # fmt: skip
        return pl.DataFrame(rows)
