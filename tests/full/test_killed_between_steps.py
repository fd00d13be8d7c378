"""Kill -9 before each change that a command makes to HOME: no window between two is open.

Between two of them nothing changes there but what the database writes into its stage.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree, rmtree

import pytest

from ecosphere.generations import Home
from tests.full.running import DYING, answer, build, is_one_of, left, run
from tests.spec.exports import Event, World, at, write_by_month

# Three people in two months. One of them, of these names, withdraws.
CANARY, CANARY_USER = b"canary-7f3a", b"canary-user"
NAMES = {"ann": "u-ann", "bob": "u-bob", CANARY.decode(): CANARY_USER.decode()}
EVENTS = tuple(
    Event(person, at(f"2026-{month}-0{day}"), "vid", user)
    for person, user in NAMES.items()
    for month, day in (("05", 3), ("06", 4))
)


@dataclass(frozen=True, repr=False)
class Two:
    """The delivery before a withdrawal and the one after it; a home with two generations."""

    given: Path
    withdrawn: Path
    home: Path
    answers: tuple[Mapping[str, bytes], Mapping[str, bytes]]


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Two:
    folder = tmp_path_factory.mktemp("two")
    for name, consents in (("given", True), ("withdrawn", False)):
        customers = {person: {"consent_analytics": person != CANARY.decode() or consents}
                     for person in NAMES}  # fmt: skip
        (folder / name).mkdir()
        write_by_month(World(EVENTS, customers, partners={"vid": "media"}), folder / name)
    given, withdrawn, home = folder / "given", folder / "withdrawn", folder / "home"
    for _ in range(2):
        assert build(given, home).code == 0
    assert build(withdrawn, copytree(home, folder / "after")).code == 0
    assert CANARY in _bytes(home)  # else that it is in no byte later would prove nothing
    return Two(given, withdrawn, home, (answer(home), answer(folder / "after")))


def test_who_withdrew_is_in_no_byte_after_a_killed_build_and_the_next(
    two: Two, tmp_path: Path
) -> None:
    for home, last in _killed(two.home, tmp_path, "build", two.withdrawn):
        is_one_of(home, two.answers)
        before = Home(home).numbers()
        assert build(two.withdrawn, home).code == 0, last
        assert (is_one_of(home, two.answers), left(home)) == (1, []), last
        assert Home(home).served() > max(before)  # no number is used twice
        held = _bytes(home)
        assert CANARY not in held, last
        assert CANARY_USER not in held, last


@pytest.mark.parametrize("words", [("rollback", 1), ("prune", "--keep", 1)], ids=lambda w: w[0])
def test_a_killed_rollback_or_prune_leaves_a_whole_generation(
    two: Two, tmp_path: Path, words: tuple[object, ...]
) -> None:
    for home, last in _killed(two.home, tmp_path, *words):
        assert is_one_of(home, two.answers) == 0
        assert run(*words, "--home", home).code in (0, 2)  # 2: prune has taken generation 1
        assert (is_one_of(home, two.answers), left(home)) == (0, []), last


def test_a_killed_first_build_is_made_up_for_by_the_next(two: Two, tmp_path: Path) -> None:
    for home, last in _killed(None, tmp_path, "build", two.given):
        assert build(two.given, home).code == 0, last
        assert (is_one_of(home, two.answers), left(home)) == (0, []), last


def _killed(before: Path | None, folder: Path, *words: object) -> Iterator[tuple[Path, int]]:
    """Copies of a home in which a command was killed before its first, second, ... step."""
    for last in range(1, _steps(before, folder / "counted", *words) + 1):
        home = folder / f"home-{last}"
        if before is not None:
            copytree(before, home)
        assert run(home, last, *words, "--home", home, script=DYING).code == -9
        yield home, last
        rmtree(home)


def _steps(before: Path | None, home: Path, *words: object) -> int:
    """How often Python changes something in a HOME during one command."""
    if before is not None:
        copytree(before, home)
    ended = run(home, 0, *words, "--home", home, script=DYING)
    assert ended.code == 0, ended.err
    steps = int(ended.out.splitlines()[-1].split()[1])
    assert steps > 3
    return steps


def _bytes(home: Path) -> bytes:
    return b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
