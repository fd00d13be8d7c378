"""What leaves the privacy door may be seen: on tables small enough to check by hand."""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import date
from importlib import import_module
from inspect import getmembers, isfunction
from typing import Any, get_type_hints

import polars as pl
import pytest

from ecosphere.config import ROOT
from ecosphere.exhibit import Exhibit
from ecosphere.export import content, rows, write
from ecosphere.library import Question, questions
from ecosphere.model import Filters, Origin, Problem, Released, Role
from ecosphere.privacy import may, release

ORIGIN = Origin("", {}, Filters(), 1, date(2026, 11, 21), (), 0)


def question_of(columns: Mapping[str, str], **header: Any) -> Question:
    base = {"name": "test/table", "description": "", "sql": "", "grain": ("key",), "unit": "people",
            "kind": "full count", "direction": "none", "people": "people", "where": "none",
            "reads": (), "owner": ""}  # fmt: skip
    return Question(**{**base, "columns": {"key": "text", **columns}, **header})


def released_of(
    rows: Mapping[str, list[Any]],
    columns: Mapping[str, str],
    role: Role | None = None,
    **header: Any,
) -> Released:
    """The rows as released; keys are numbered, or months where rows repeat others."""
    numbers = range(1, len(next(iter(rows.values()))) + 1)
    frame = pl.DataFrame({"key": [f"r{n}" for n in numbers], **rows})
    if "previous" in header:
        frame = frame.with_columns(month=pl.Series([date(2026, n, 1) for n in numbers]))
        columns, header = {"month": "month", **columns}, {"grain": ("month",), **header}
    return release(frame, question_of(columns, **header), role or Role("", k=10), ORIGIN)


def shown_in(released: Released, *names: str) -> list[list[Any]]:
    return [released.table[name].to_list() for name in names]


ONE = {"people": "count"}
PARTS = {"people": "count", "new": "count", "kept": "count", "back": "count"}
SUM = (("people", "new", "kept", "back"),)


def test_fewer_than_k_are_hidden_and_exactly_k_areshown_in() -> None:
    released = released_of({"people": [9, 10, 1, 11]}, ONE)
    assert shown_in(released, "people") == [[None, 10, None, 11]]
    assert released.hidden_cells == 2


def test_zero_isshown_in() -> None:
    assert shown_in(released_of({"people": [0]}, ONE), "people") == [[0]]


@pytest.mark.parametrize(("k", "shown"), [(1, [1, 4, 5]), (5, [None, None, 5]), (20, [None] * 3)])
def test_k_is_that_of_the_role(k: int, shown: list[int | None]) -> None:
    released = released_of({"people": [1, 4, 5]}, ONE, Role("", k=k))
    assert shown_in(released, "people") == [shown]
    assert released.k == k


def test_a_row_of_too_few_people_hides_all_its_counts() -> None:
    rows = {"people": [9, 90], "before": [500, 400], "idle": [0, 0]}
    released = released_of(rows, {"people": "count", "before": "count", "idle": "count"})
    assert shown_in(released, "people", "before", "idle") == [[None, 90], [None, 400], [None, 0]]


def test_absent_counts_stay_absent_and_are_not_called_hidden() -> None:
    rows = {"people": [9, None, 50], "idle": [None, 7, None]}
    released = released_of(rows, {"people": "count", "idle": "count"})
    assert released.hidden_cells == 2  # 9 and 7
    assert released.covered["idle"].to_list() == [False, True, False]


def test_the_larger_part_is_hidden_beside_a_small_one_and_the_zero_is_not() -> None:
    rows = {"people": [100], "new": [5], "kept": [95], "back": [0]}
    released = released_of(rows, PARTS, sums=SUM)
    assert shown_in(released, "people", "new", "kept", "back") == [[100], [None], [None], [0]]


def test_parts_hidden_together_of_fewer_than_twice_k_hide_the_next_smallest_that_is_enough() -> (
    None
):
    rows = {"people": [152], "new": [5], "kept": [7], "back": [40], "more": [100]}
    released = released_of(
        rows, {**PARTS, "more": "count"}, sums=(("people", "new", "kept", "back", "more"),)
    )
    assert shown_in(released, "people", "back", "more") == [[152], [None], [100]]


def test_parts_hidden_together_of_twice_k_need_no_other() -> None:
    rows = {"people": [120], "new": [9], "kept": [9], "back": [2], "more": [100]}
    released = released_of(
        rows, {**PARTS, "more": "count"}, sums=(("people", "new", "kept", "back", "more"),)
    )
    assert shown_in(released, "people", "more") == [[120], [100]]  # 9 + 9 + 2 = 20


def test_a_part_whose_complement_is_small_is_hidden() -> None:
    rows = {"people": [100], "new": [4], "kept": [92], "back": [4]}
    released = released_of(rows, PARTS, sums=SUM)
    assert shown_in(released, "people", "kept") == [[100], [None]]


def test_a_total_stays_when_all_its_parts_are_hidden() -> None:
    rows = {"people": [12], "new": [5], "kept": [7], "back": [0]}
    released = released_of(rows, PARTS, sums=SUM)
    assert shown_in(released, "people", "new", "kept") == [[12], [None], [None]]


def test_absent_parts_take_no_part_in_a_sum() -> None:
    rows = {"people": [100], "new": [5], "kept": [95], "back": [None]}
    released = released_of(rows, PARTS, sums=SUM)
    assert shown_in(released, "kept") == [[None]]
    assert not released.covered["back"].item()


def test_two_sums_that_share_a_part_are_not_added_up_to_a_small_group() -> None:
    # kept = same + moved. With `same` shown, new + moved = 100 - 95 would be seen to be five.
    rows = {"people": [100], "new": [3], "kept": [97], "same": [95], "moved": [2]}
    columns = {
        "people": "count",
        "new": "count",
        "kept": "count",
        "same": "count",
        "moved": "count",
    }
    released = released_of(
        rows, columns, sums=(("people", "new", "kept"), ("kept", "same", "moved"))
    )
    assert shown_in(released, *columns) == [[100], [None], [None], [None], [None]]


PARTNERS = {"month": "month", "partner": "text", "is_total": "flag", "people": "count",
            "used": "count"}  # fmt: skip


def _by_partner(people: list[int], used: list[int], months: list[int] | None = None) -> Released:
    """The last row of each month is its total."""
    months = months or [1] * len(people)
    is_total = [place + 1 == len(months) or month != months[place + 1]
                for place, month in enumerate(months)]  # fmt: skip
    rows = {"month": months, "partner": [f"P{n}" for n in range(len(people))],
            "is_total": is_total, "people": people, "used": used}  # fmt: skip
    return released_of(rows, PARTNERS, grain=("month", "partner"), additive="partner")


def test_a_small_part_of_a_dimension_hides_another_and_never_the_total() -> None:
    released = _by_partner([5, 30, 60, 95], [0, 0, 0, 0])
    assert shown_in(released, "people") == [[None, None, 60, 95]]


def test_a_part_hidden_for_another_hides_its_whole_row() -> None:
    # 28 of the thirty used it: shown, they would say that the other hidden part is seven at most.
    released = _by_partner([5, 30, 60, 95], [0, 28, 60, 88])
    assert shown_in(released, "used")[0][1] is None


def test_months_of_a_dimension_are_protected_one_by_one() -> None:
    released = _by_partner([5, 30, 35, 40, 30, 70], [0] * 6, months=[1, 1, 1, 2, 2, 2])
    assert shown_in(released, "people") == [[None, None, 35, 40, 30, 70]]


def test_parts_without_their_total_hide_only_the_small() -> None:
    rows = {"partner": ["a", "b"], "is_total": [False, False], "people": [5, 30]}
    columns = {"partner": "text", "is_total": "flag", "people": "count"}
    released = released_of(rows, columns, grain=("partner",), additive="partner")
    assert shown_in(released, "people") == [[None, 30]]


BEFORE = {"people": "count", "before": "count", "stayed": "count", "lapsed": "count"}


def test_a_count_that_the_next_row_repeats_is_hidden_in_both() -> None:
    rows = {"people": [5, 50], "before": [40, 5]}
    released = released_of(
        rows, {"people": "count", "before": "count"}, previous={"before": "people"}
    )
    assert shown_in(released, "people", "before") == [[None, 50], [None, None]]


def test_what_two_months_are_compared_with_is_hidden_in_both() -> None:
    """December is not shown: February and March repeat its people, by group and in all."""
    december = [date(2025, 12, 1)] * 8
    rows = {
        "month": [date(2026, 2, 1)] * 4 + [date(2026, 3, 1)] * 4,
        "group": ["a", "b", "c", "all"] * 2,
        "is_total": [False, False, False, True] * 2,
        "people": [50, 45, 20, 115, 60, 5, 30, 95],  # few in b in March: its whole row is hidden
        "base_month": december,
        "before": [5, 40, 30, 75] * 2,
    }
    columns = {"month": "month", "group": "text", "is_total": "flag", "people": "count",
               "base_month": "month", "before": "count"}  # fmt: skip
    question = replace(
        question_of(columns, grain=("month", "group"), additive="group", base="base_month",
                    previous={"before": "people"}),
        columns=columns,
    )  # fmt: skip
    table = release(pl.DataFrame(rows), question, Role("", k=10), ORIGIN).table
    seen = table.filter(pl.col("before").is_not_null())["group"].unique()
    assert sorted(seen) in (["all", "b"], ["all", "c"])  # with both, a would be the rest


def test_a_hidden_difference_does_not_show_in_the_row_that_repeats_it() -> None:
    rows = {"people": [100, 200], "gross": [105, 300], "gross_before": [None, 105]}
    released = released_of(
        rows,
        {"people": "count", "gross": "count", "gross_before": "count"},
        differences=(("gross", "people"),),
        previous={"gross_before": "gross"},
    )
    assert shown_in(released, *rows) == [[100, 200], [None, 300], [None, None]]
    assert released.hidden_cells == 2


def test_a_total_known_from_the_row_before_protects_nothing() -> None:
    # `before` of the second row is hidden with its row, but it is the people of the first: 100.
    rows = {"people": [100, 60], "before": [None, 100], "stayed": [None, 95], "lapsed": [None, 5]}
    released = released_of(
        rows, BEFORE, previous={"before": "people"}, sums=(("before", "stayed", "lapsed"),)
    )
    assert shown_in(released, *BEFORE) == [[100, 60], [None, 100], [None, None], [None, None]]
    assert released.hidden_cells == 2


@pytest.mark.parametrize(("gap", "is_hidden"), [(0, False), (1, True), (9, True), (10, False)])
def test_a_difference_of_fewer_than_k_hides_the_larger(gap: int, is_hidden: bool) -> None:
    released = released_of(
        {"people": [100], "gross": [100 + gap]},
        {"people": "count", "gross": "count"},
        differences=(("gross", "people"),),
    )
    assert released.covered["gross"].to_list() == [is_hidden]
    assert shown_in(released, "people") == [[100]]


def test_only_the_door_makes_a_released_table() -> None:
    makers = set()
    for path in (ROOT / "ecosphere").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "Released":
                makers.add(path.relative_to(ROOT).as_posix())
    assert makers == {"ecosphere/privacy/__init__.py"}


def test_charts_and_files_take_released_tables_only() -> None:
    assert get_type_hints(Exhibit)["table"] is Released
    for name, function in getmembers(rows, isfunction):
        if name.endswith("_bytes"):
            assert next(iter(get_type_hints(function).values())) is Released, name
    for function in (write, content):
        assert get_type_hints(function)["exhibits"] == Sequence[Exhibit]
    for stem in {found.stem for found in questions().values()}:
        exhibits = import_module(f"ecosphere.charts.{stem}").exhibits
        bundle = get_type_hints(exhibits)["result"]
        held = {get_type_hints(bundle)[field.name] for field in fields(bundle)}
        assert held <= {Released, Released | None, str}


def test_a_role_asks_and_takes_only_what_it_may() -> None:
    secret = question_of(ONE, roles=("privacy_officer",))
    may(Role("privacy_officer"), secret, take=True)
    with pytest.raises(Problem, match="not_for_role"):
        may(Role("analyst"), secret)
    with pytest.raises(Problem, match="may_not_export"):
        may(Role("data_engineer", export=False), question_of(ONE), take=True)
    may(Role("data_engineer", export=False), question_of(ONE))
