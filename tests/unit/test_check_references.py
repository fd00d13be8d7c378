"""What one export names another one must hold: for every reference of every contract."""

import polars as pl
import pytest

from ecosphere.contract import contracts
from tests.unit.faults import codes, events, look, the
from tests.unit.test_check_exports import rows

REFERENCES = [
    pytest.param(contract.name, column.name, *column.references,
                 id=f"{contract.name}.{column.name}")
    for contract in contracts().values()
    for column in contract.columns
    if column.references and column.references[0] != contract.name
    and not (contract.attributes_of and column.name in contracts()["customers"].names
             and column.name != "customer_id")
]  # fmt: skip
EACH = pytest.mark.parametrize(("export", "column", "other", "target"), REFERENCES)


def ids(export: str, column: str, *values: object) -> pl.DataFrame:
    """Rows of an export that differ in their keys, and name these ids."""
    kind = pl.Int64 if isinstance(values[0], int) else pl.String
    return rows(export, len(values)).with_columns(pl.Series(column, values, kind))


def pair(export: str, other: str, mine: pl.DataFrame, theirs: pl.DataFrame) -> dict:
    given = {export: mine, other: theirs}
    return given if "events" in given else {"events": events(customer_id="0001"), **given}


def test_every_id_of_another_export_is_a_reference():
    """A column named like the key of another export refers to it, unless it is that key."""
    keys = {c.key[0]: c.name for c in contracts().values() if len(c.key) == 1}
    missing = [
        f"{contract.name}.{column.name}"
        for contract in contracts().values()
        for column in contract.columns
        if column.name in keys and keys[column.name] != contract.name
        and column.references != (keys[column.name], column.name)
    ]  # fmt: skip
    assert missing == []
    assert len(REFERENCES) == 20


@EACH
def test_padded_ids_are_told_apart_from_orphans(tmp_path, export, column, other, target):
    mine = ids(export, column, "0001", "0002　", "3", "0009")
    theirs = ids(other, target, "0001", "0002", "0003")
    report = look(tmp_path, **pair(export, other, mine, theirs))
    for code in ("orphan", "id_trim", "id_zero"):
        found = the(report, code, column)
        assert (found.count, found.severity, found.values["other"]) == (1, "refuse", other)
    assert the(report, "id_trim", column).values["table"] == f"[{export}.columns]"


@EACH
def test_numbers_on_one_side_and_texts_on_the_other(tmp_path, export, column, other, target):
    mine, theirs = ids(export, column, 1, 2), ids(other, target, "0001", "0002")
    found = the(look(tmp_path, **pair(export, other, mine, theirs)), "mixed_id_types", column)
    assert found.values["line"] == f'{column} = {{ from = "{column}", pad = 4 }}'


def test_a_few_orphans_are_set_aside_and_each_counted_once(tmp_path):
    steps = rows("journey_steps", 2001)
    customers = rows("customers", 2000)
    report = look(tmp_path, events=events(customer_id="0001"), journey_steps=steps,
                  customers=customers)  # fmt: skip
    assert the(report, "orphan").severity == "quarantine"
    source = report.sources["journey_steps"]
    assert (source.rows_in, source.rows_kept) == (2001, 2000)
    assert source.quarantined == {"orphan.customer_id": 1}


# branches: a tree


def branches(*units: tuple[str, str, str | None]) -> pl.DataFrame:
    ids_, levels, parents = zip(*units, strict=True)
    return pl.DataFrame({
        "branch_id": ids_, "name": ids_, "level": levels,
        "parent_id": pl.Series(parents, dtype=pl.String),
    })  # fmt: skip


TREE = [("bank", "1", None), ("north", "2", "bank"), ("south", "2", "bank"), ("n1", "4", "north")]


def test_a_whole_tree_and_a_part_of_one_are_no_fault(tmp_path):
    assert look(tmp_path, events=events(), branches=branches(*TREE)).findings == ()
    part = branches(("north", "2", None), ("n1", "4", "north"))
    assert look(tmp_path, events=events(), branches=part).findings == ()


def test_a_tree_without_parents_is_only_a_list(tmp_path):
    frame = branches(*TREE).drop("parent_id")
    assert look(tmp_path, events=events(), branches=frame).findings == ()


@pytest.mark.parametrize(
    ("units", "code", "count", "example"),
    [
        ([*TREE, ("n2", "4", "nowhere")], "orphan", 1, "nowhere"),
        ([*TREE, ("n2", "4", None)], "no_parent", 1, "n2"),
        ([*TREE, ("n2", "2", "n1")], "wrong_level", 1, "n2"),
        ([*TREE, ("n2", "2", "north")], "wrong_level", 1, "n2"),
        ([*TREE, ("a", "3", "b"), ("b", "2", "a")], "cycle", 2, "a"),
        ([*TREE, ("own", "2", "own")], "cycle", 1, "own"),
    ],
)
def test_a_broken_tree(tmp_path, units, code, count, example):
    report = look(tmp_path, events=events(), branches=branches(*units))
    found = the(report, code)
    assert (found.column, found.count, found.example) == ("parent_id", count, example)
    assert codes(report) == {code}
    assert report.refused
