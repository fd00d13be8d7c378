"""Over random tables, also seen side by side, tests/unit/attacker.py tells no group below k."""

from datetime import date

import numpy as np
import polars as pl
import pytest
from numpy.random import Generator
from numpy.typing import NDArray

from ecosphere.library import Question, question
from ecosphere.model import Released
from ecosphere.privacy import suppression
from tests.unit.attacker import Attacker, Side, earlier, seen

BATCHES = range(10)
TABLES = 30  # of each kind in a batch
GROWTH, MAU = question("active_users/growth"), question("active_users/mau")
BY_PARTNER = Question(
    name="test/by_partner", description="", sql="", unit="people", kind="full count",
    direction="none", where=(), reads=(), owner="",
    grain=("month", "partner"), people="people", additive="partner",
    columns={"month": "month", "partner": "text", "is_total": "flag", "people": "count",
             "exclusive": "count"},
)  # fmt: skip


@pytest.mark.parametrize("batch", BATCHES)
def test_both_tables_of_active_users_give_no_small_group_away(batch: int) -> None:
    random = np.random.default_rng([20261121, batch])
    for _ in range(TABLES):
        growth = _growth(random)
        k, back = _k(random), int(random.choice((1, 1, 0, 12)))
        mau = _mau(random, growth, back)
        sides = [seen("growth", GROWTH, growth, k), seen("mau", MAU, mau, k)]
        shared = ("people", "people_before") if back == 1 else ("people",)
        assert Attacker(sides, shared).given_away(k) == [], growth


@pytest.mark.parametrize("batch", BATCHES)
def test_parts_beside_their_total_give_no_small_group_away(batch: int) -> None:
    random = np.random.default_rng([20261122, batch])
    for _ in range(TABLES):
        k, frame = _k(random), _partners(random)
        side = seen("partners", BY_PARTNER, frame, k)
        assert Attacker([side], ()).given_away(k) == [], frame


def test_the_attacker_finds_what_a_careless_door_gives_away() -> None:
    frame = pl.DataFrame({
        "month": [date(2026, 1, 1)] * 4, "partner": ["a", "b", "c", "total"],
        "is_total": [False, False, False, True], "people": [5, 0, 95, 100],
        "exclusive": [0, 0, 0, 0],
    })  # fmt: skip
    hidden = np.array([[True, False], [True, False], [False, False], [False, False]])
    side = _careless("partners", BY_PARTNER, frame, ["people", "exclusive"], hidden)
    assert Attacker([side], ()).given_away(10) == ["('partners', 0, 'people') is 5, at most 5"]


def test_the_door_knows_without_a_solver_what_the_attacker_finds_with_one() -> None:
    random = np.random.default_rng(20261125)
    columns = [name for name, kind in GROWTH.columns.items() if kind == "count"]
    at = {name: place for place, name in enumerate(columns)}
    for _ in range(TABLES):
        frame = _growth(random)
        values = frame.select(columns).cast(pl.Float64).to_numpy()
        hidden = (random.random(values.shape) < 0.6) & ~np.isnan(values)
        again = suppression._again(frame, GROWTH, at, values)
        lines = suppression._lines(frame, GROWTH, at, values, again)
        unknown = suppression._unknown(hidden, again)
        attacker = Attacker([_careless("growth", GROWTH, frame, columns, hidden)], ())
        for group in suppression._groups(lines, unknown):
            for (row, column), most in suppression._highest(group, values, unknown).items():
                found = attacker.highest(("growth", row, columns[column]))
                assert most == pytest.approx(found), (frame, hidden)


def _careless(
    name: str, asked: Question, frame: pl.DataFrame, counts: list[str], hidden: NDArray[np.bool_]
) -> Side:
    """The table with these counts hidden, whether that is enough or not."""
    covered = {column: pl.Series(hidden[:, place]) for place, column in enumerate(counts)}
    table = frame.with_columns(
        pl.when(~covered[column]).then(pl.col(column)).alias(column) for column in counts
    )
    released = vars(seen(name, asked, frame, 10).released)
    made = Released(**{**released, "table": table, "covered": pl.DataFrame(covered)})
    return Side(name, asked, frame, made)


def test_a_published_total_of_k_or_more_is_always_shown() -> None:
    random = np.random.default_rng(20261123)
    for _ in range(TABLES):
        growth, partners = _growth(random), _partners(random)
        of_k = pl.col("people") >= 10
        shown = seen("growth", GROWTH, growth, 10).released.table
        assert not shown.filter(growth.select(of_k).to_series())["people"].null_count(), growth
        before = growth.select(of_k & (pl.col("people_before") >= 10)).to_series()
        assert not shown.filter(before)["people_before"].null_count(), growth
        shown = seen("partners", BY_PARTNER, partners, 10).released.table
        totals = partners.select(of_k & pl.col("is_total")).to_series()
        assert not shown.filter(totals)["people"].null_count(), partners


def test_about_one_cell_is_hidden_beside_each_small_one() -> None:
    random = np.random.default_rng(20261124)
    sides = [seen("growth", GROWTH, _growth(random), 10) for _ in range(TABLES)]
    sides += [seen("partners", BY_PARTNER, _partners(random), 10) for _ in range(TABLES)]
    small = sum(0 < value < 10 for side in sides for value in side.truth.values())
    hidden = sum(side.released.hidden_cells for side in sides)
    assert small <= hidden <= 2.2 * small


def _k(random: Generator) -> int:
    return int(random.choice((2, 5, 10, 20)))


def _size(random: Generator, most: int = 3000) -> int:
    """Zero, small, just above k, or large: each often enough to meet the others in a line."""
    kind = random.choice(4, p=(0.3, 0.3, 0.2, 0.2))
    low, high = ((0, 1), (1, 10), (10, 25), (25, 3000))[kind]
    return min(int(random.integers(low, high)), most)


def _cut(random: Generator, total: int, number: int) -> list[int]:
    """A total cut at random into so many parts, small ones among them."""
    parts: list[int] = []
    for _ in range(number - 1):
        parts.append(_size(random, total - sum(parts)))
    return [int(part) for part in random.permutation([*parts, total - sum(parts)])]


def _growth(random: Generator) -> pl.DataFrame:
    """Consecutive months that satisfy the identities of growth accounting."""
    is_filtered, is_first = random.random() < 0.7, random.random() < 0.5  # first: of the data
    people, rows = _size(random), []
    for month in range(int(random.integers(1, 6))):
        has_before = month > 0 or not is_first
        before = people if has_before else 0
        stayed, lapsed, moved_out = (
            _cut(random, before, 3) if is_filtered else (*_cut(random, before, 2), 0)
        )
        moved_in = _size(random) if is_filtered and has_before else 0
        new, resurrected = _size(random), _size(random) if has_before else 0
        people = new + resurrected + stayed + moved_in
        rows.append({
            "month": date(2026, month + 1, 1), "people": people, "is_complete": True,
            "is_first_months": False, "people_before": before if has_before else None, "new": new,
            "retained": stayed + moved_in, "resurrected": resurrected,
            "lapsed": lapsed if has_before else None, "stayed": stayed,
            "moved_in": moved_in if is_filtered else None,
            "moved_out": moved_out if is_filtered else None,
        })  # fmt: skip
    counts = {name: pl.Int64 for name, kind in GROWTH.columns.items() if kind == "count"}
    return pl.DataFrame(rows, schema_overrides=counts).select(*GROWTH.columns)


def _mau(random: Generator, growth: pl.DataFrame, back: int) -> pl.DataFrame:
    """The other table of the page, of the same months, compared with so many months before."""
    gaps, unmatched = ([_size(random) for _ in range(growth.height)] for _ in range(2))
    return _compared(random, growth, back).with_columns(
        gross=growth["people"] + pl.Series(gaps), unmatched=pl.Series(unmatched),
        target_level=pl.lit(None, pl.Float64), target_increase=pl.lit(100.0),
        target_base=pl.lit(_size(random)), crosses_spring_festival=False,
    ).select(*MAU.columns)  # fmt: skip


def _compared(random: Generator, months: pl.DataFrame, back: int) -> pl.DataFrame:
    """Months beside those compared with: so many before, or the last December where it is 0."""
    people: dict[date, int | None] = dict(months.select("month", "people").iter_rows())
    people[earlier(months["month"][0], 1)] = months["people_before"][0]
    bases = [earlier(month, back or month.month) for month in months["month"]]
    return months.select("month", "people", "is_complete").with_columns(
        base_month=pl.Series(bases),
        people_before=pl.Series([people.setdefault(base, _size(random)) for base in bases]),
    )


def _partners(random: Generator) -> pl.DataFrame:
    """Months by partner, with the row that sums them."""
    rows: list[tuple[object, ...]] = []
    for month in range(1, int(random.integers(2, 4))):
        people = [_size(random) for _ in range(int(random.integers(1, 9)))]
        exclusive = [_size(random, most) for most in people]
        rows += [(date(2026, month, 1), f"P{place}", False, *counts)
                 for place, counts in enumerate(zip(people, exclusive, strict=True))]  # fmt: skip
        rows.append((date(2026, month, 1), "total", True, sum(people), sum(exclusive)))
    return pl.DataFrame(rows, schema=list(BY_PARTNER.columns), orient="row")
