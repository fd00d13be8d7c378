"""What leaves the privacy door besides counts of people: what is computed from them, and money."""

import polars as pl
import pytest

from ecosphere.model import Role
from ecosphere.privacy import release
from tests.unit.test_privacy import ORIGIN, PARTS, SUM, question_of, released_of, shown_in

RATE = {"rate": "cast(people as double) / nullif(idle, 0)"}
TWO = {"people": "count", "idle": "count"}


def test_a_derived_column_follows_its_formula_where_nothing_is_hidden() -> None:
    released = released_of({"people": [30, 40], "idle": [20, 0]}, TWO, derived=RATE)
    assert shown_in(released, "rate") == [[1.5, None]]
    assert released.covered["rate"].to_list() == [False, False]  # 40 / 0 is absent, not hidden


def test_a_derived_column_is_hidden_where_one_of_its_inputs_is() -> None:
    derived = {**RATE, "known": "coalesce(idle, 0) + 1"}  # would pass for 1
    released = released_of({"people": [30], "idle": [5]}, TWO, derived=derived)
    assert shown_in(released, "rate", "known") == [[None], [None]]
    assert released.covered.row(0) == (False, False, True, True, True)


def test_a_derived_column_stays_where_only_others_are_hidden() -> None:
    derived = {"more": "people + 1"}
    assert shown_in(released_of({"people": [30], "idle": [5]}, TWO, derived=derived), "more") == [
        [31]
    ]


def test_a_hidden_zero_does_not_show_through_a_division_by_it() -> None:
    # Both rows hide `idle`; only one of them is zero, and the rate must not say which.
    released = released_of({"people": [5, 5], "idle": [0, 3]}, TWO, derived=RATE)
    assert released.covered["rate"].to_list() == [True, True]


def test_a_column_of_a_statistic_is_hidden_with_its_row() -> None:
    columns = {**TWO, "lift": "derived"}
    released = released_of({"people": [30, 40], "idle": [5, 20], "lift": [1.1, 1.2]}, columns)
    assert shown_in(released, "lift") == [[None, 1.2]]
    assert released.covered["lift"].to_list() == [True, False]


def test_the_row_mark_and_the_number_of_hidden_cells_agree_with_what_is_covered() -> None:
    columns = {"people": "count", "idle": "count", "plan": "plan", "is_done": "flag"}
    rows = {"people": [3, 30, 40], "idle": [0, 4, 0], "plan": [1.0] * 3, "is_done": [True] * 3}
    released = released_of(rows, columns, derived=RATE)
    assert released.table.columns == ["key", *columns, "rate", "hidden"]
    assert released.covered.columns == released.table.columns[:-1]
    assert released.table["hidden"].to_list() == [True, True, False]
    assert released.hidden_cells == 3  # 3 and its 0, and 4
    assert shown_in(released, "plan", "is_done") == [[1.0] * 3, [True] * 3]


def test_an_answer_without_rows_isreleased_of() -> None:
    empty: dict[str, list[int]] = {"people": [], "idle": []}
    frame = pl.DataFrame(
        {"key": [], **empty}, schema={"key": pl.String, **dict.fromkeys(empty, pl.Int64)}
    )
    released = release(frame, question_of(TWO, derived=RATE), Role(""), ORIGIN)
    assert (released.table.height, released.hidden_cells) == (0, 0)


MONEY = {"people": "count", "paid": "money", "largest": "money", "second": "money"}
SHARES = {"paid": ("largest", "second")}


@pytest.mark.parametrize(
    ("largest", "second", "is_hidden"),
    [
        (500, 100, False),  # exactly half
        (501, 100, True),
        (-501, 100, True),  # paid back
        (400, 350, False),  # exactly three quarters
        (400, 351, True),
        (600, None, True),
        (None, None, True),  # nobody knows who paid it
    ],
)
def test_a_sum_that_one_or_two_people_make_up_is_hidden(
    largest: int | None, second: int | None, is_hidden: bool
) -> None:
    paid = {"people": [30], "paid": [1000], "largest": [largest], "second": [second]}
    released = released_of(paid, MONEY, money=SHARES)
    assert released.covered["paid"].to_list() == [is_hidden]


def test_the_largest_contributors_never_leave() -> None:
    paid = {"people": [30], "paid": [1000], "largest": [100], "second": [99]}
    released = released_of(paid, MONEY, money=SHARES)
    assert released.table.columns == ["key", "people", "paid", "hidden"]
    assert released.hidden_cells == 0


def test_money_of_too_few_people_is_hidden_and_does_not_follow_from_the_total() -> None:
    paid = {"is_total": [False, False, False, True], "people": [9, 30, 40, 79],
            "paid": [900, 1000, 2000, 3900], "largest": [100] * 4, "second": [100] * 4}  # fmt: skip
    columns = {"is_total": "flag", **MONEY}
    released = released_of(paid, columns, money=SHARES, additive="key")
    assert shown_in(released, "people", "paid") == [[None, None, 40, 79], [None, None, 2000, 3900]]


def test_dominated_money_beside_its_total_hides_another_sum() -> None:
    paid = {
        "is_total": [False, False, False, True],
        "people": [30, 30, 40, 100],
        "paid": [900, 500, 2000, 3400],
        "largest": [800, 100, 100, 800],
        "second": [10] * 4,
    }
    released = released_of(paid, {"is_total": "flag", **MONEY}, money=SHARES, additive="key")
    assert shown_in(released, "paid") == [[None, 500, None, 3400]]  # 900 must look able to be 1,600


def test_k_of_one_hides_no_count() -> None:
    rows = {"people": [1, 3], "new": [1, 1], "kept": [0, 1], "back": [0, 1]}
    assert released_of(rows, PARTS, Role("", k=1), sums=SUM).hidden_cells == 0


@pytest.mark.parametrize(("step", "people", "rate"), [(5, [15, 20], 1.5), (10, [10, 20], 1.0)])
def test_rounded_counts_are_all_that_derived_columns_are_made_from(
    step: int, people: list[int], rate: float
) -> None:
    rows = {"people": [13, 18] if step == 5 else [14, 15], "idle": [12, 40]}
    released = released_of(rows, TWO, Role("", k=10, round_to=step), derived=RATE)
    assert shown_in(released, "people") == [people]
    assert released.table["rate"][0] == rate  # 15 / 10; 10 / 10
