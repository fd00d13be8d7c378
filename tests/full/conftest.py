"""Deliveries of a small bank that follow each other, and the home that each of them makes."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from shutil import copytree

import pytest

from tests.full.running import answer, build
from tests.spec import nights
from tests.spec.exports import write_by_month


@dataclass(frozen=True, repr=False)
class Bank:
    """Two deliveries, a home after the first and one after both, and what each answers."""

    old: Path
    new: Path
    home: Path
    answers: tuple[Mapping[str, bytes], Mapping[str, bytes]]


@pytest.fixture(scope="session")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    folder, random = tmp_path_factory.mktemp("bank"), Random(1)
    world = nights.a_bank(random)
    later = world
    for change in (nights.an_old_day_again, nights.a_new_day, nights.a_late_link):
        later = change(later, random)
    for name, told in (("old", world), ("new", later)):
        (folder / name).mkdir()
        write_by_month(told, folder / name)
    assert build(folder / "old", folder / "home").code == 0
    copytree(folder / "home", folder / "after")
    assert build(folder / "new", folder / "after").code == 0
    answers = answer(folder / "home"), answer(folder / "after")
    assert answers[0] != answers[1]  # else nothing here could tell old from new
    return Bank(folder / "old", folder / "new", folder / "home", answers)


@pytest.fixture
def home(bank: Bank, tmp_path: Path) -> Path:
    """The first delivery is served."""
    return Path(copytree(bank.home, tmp_path / "home"))
