"""Where the doctor draws the line between well, tight and too little."""

import sys
from pathlib import Path

import pytest

from ecosphere.doctor.machine import disk_sign, memory_sign, packages_sign


@pytest.mark.parametrize(
    ("free", "code"), [(300, "disk_enough"), (299, "disk_tight"), (99, "disk_full")]
)
def test_a_build_needs_three_times_the_last_generation(free: int, code: str) -> None:
    assert disk_sign(free, 100).code == code
    assert disk_sign(free, 0).code == "disk_enough"  # nothing has been built yet


@pytest.mark.parametrize(
    ("available", "code"), [(800, "memory_enough"), (799, "memory_tight"), (39, "memory_short")]
)
def test_memory_is_held_against_what_the_database_may_take(available: int, code: str) -> None:
    assert memory_sign(available, building=800, serving=40).code == code


def test_another_version_than_tested_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("duckdb==0.1\nno-such-thing==1.0\n")
    sign = packages_sign(tmp_path / "requirements.txt")
    assert (sign.state, sign.code) == ("warn", "packages_differ")
    assert "duckdb" in str(sign.values["others"])
    assert "no-such-thing –" in str(sign.values["others"])
    assert sign.values["python"] == ".".join(map(str, sys.version_info[:3]))
