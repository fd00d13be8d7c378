"""Demo exports of more partners than the table of names holds."""

from pathlib import Path

import polars as pl
import pytest

from ecosphere.demo import make


def test_partners_beyond_those_of_the_table_are_met_too(tmp_path: Path) -> None:
    make(tmp_path, people=2_000, months=1, only=("events", "partners"), partners=140)
    partners = pl.read_parquet(tmp_path / "partners.parquet")
    assert [partners[name].n_unique() for name in ("partner_id", "name", "name_en")] == [140] * 3
    met = set(pl.read_parquet(tmp_path / "events")["partner_id"].drop_nulls())
    assert met <= set(partners["partner_id"])
    assert {f"P{number}" for number in range(128, 141)} & met  # an INT8 ends at 127
    with pytest.raises(ValueError, match="partners=59"):
        make(tmp_path, people=1, months=1, partners=59)
