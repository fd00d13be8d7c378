"""Groups that hold each other: whoever sees two of them sees the people between them, too."""

from random import Random

import pytest

from ecosphere.library.rules import check_question
from ecosphere.model import Problem
from tests.unit.test_privacy import ONE, question_of, released_of, shown_in


def test_a_group_a_few_people_short_of_the_one_that_holds_it_is_hidden():
    released = released_of({"people": [100, 97, 90, 81, 80]}, ONE, nested={"people": ""})
    assert shown_in(released, "people") == [[100, None, 90, None, 80]]


def test_the_same_people_again_are_shown():
    released = released_of({"people": [50, 50, 50]}, ONE, nested={"people": ""})
    assert shown_in(released, "people") == [[50, 50, 50]]


def test_only_the_rows_that_say_so_are_nested():
    columns = {"people": "count", "is_nested": "flag"}
    rows = {"people": [100, 97, 96], "is_nested": [False, True, True]}
    released = released_of(rows, columns, nested={"people": "is_nested"})
    assert shown_in(released, "people") == [[100, 97, None]]


@pytest.mark.parametrize("seed", range(20))
def test_what_is_shown_is_equal_or_far_apart(seed: int):
    draw = Random(seed)
    people = sorted((draw.randint(0, 80) for _ in range(9)), reverse=True)
    released = released_of({"people": people}, ONE, nested={"people": ""})
    shown = [count for count in shown_in(released, "people")[0] if count is not None]
    assert all(a == b or abs(a - b) >= 10 for a in shown for b in shown if a and b)
    assert len(set(shown)) > 1


def test_a_header_that_nests_a_column_that_is_not_there_is_refused():
    for nested in ({"nobody": ""}, {"people": "nothing"}):
        with pytest.raises(Problem, match="nested names a column"):
            check_question(question_of(ONE, nested=nested, where=()))
