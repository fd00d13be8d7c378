"""What one export names another one must hold: for every reference of every contract."""

import polars as pl
import pytest

from ecosphere.contract import contracts
from tests.unit.faults import codes, events, look, the
from tests.unit.test_check_exports import own, places, rows, told

REFERENCES = places(
    lambda contract, column: column.references and column.references[0] != contract.name
    and (own(contract, column) or column.name == "customer_id")
)  # fmt: skip


def naming(*ids: object) -> dict[str, pl.DataFrame]:
    """All exports, as many rows each as there are ids; every reference holds just these."""
    kind = pl.Int64 if isinstance(ids[0], int) else pl.String
    frames = {name: rows(name, len(ids)) for name in contracts()}
    for export, column in REFERENCES:
        frames[export] = frames[export].with_columns(pl.Series(column, ids, kind))
    return frames


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


def test_padded_ids_are_told_apart_from_orphans(tmp_path):
    report = look(tmp_path, **naming("0001", "0002　", "3", "0009"))
    for code in ("orphan", "id_trim", "id_zero"):
        found = told(report, code)
        assert set(found) == REFERENCES
        for (export, column), finding in found.items():
            target = contracts()[export].column(column).references
            assert (finding.values["other"], finding.values["other_column"]) == target
            assert (finding.count, finding.severity) == (1, "refuse")
            if code != "orphan":
                assert finding.values["table"] == f"[{export}.columns]"


def test_numbers_on_one_side_and_texts_on_the_other(tmp_path):
    report = look(tmp_path, **naming(1, 2))
    found = told(report, "mixed_id_types")
    assert set(found) == REFERENCES
    for (_, column), finding in found.items():
        assert finding.values["line"] == f'{column} = {{ from = "{column}", pad = 4 }}'


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
