"""Kill -9 at any moment of a build: the old generation or the new one, whole."""

from collections import Counter
from pathlib import Path
from random import Random
from shutil import copytree, rmtree
from time import monotonic, sleep

from tests.full.conftest import Bank
from tests.full.running import begun, build, end, is_one_of, kill, left, start

KILLS = 50


def test_a_build_killed_at_50_moments_leaves_the_old_or_the_new(bank: Bank, tmp_path: Path) -> None:
    duration = _duration(bank.new, Path(copytree(bank.home, tmp_path / "timed")))
    random, home = Random(50), tmp_path / "home"
    seen: Counter[str] = Counter()
    while seen["killed"] < KILLS:
        rmtree(home, ignore_errors=True)
        copytree(bank.home, home)
        took = _killed(bank.new, home, random.uniform(0, duration))
        duration = min(duration, took or duration)
        seen["killed"] += took is None
        seen["left"] += bool(left(home))
        seen[("old", "new")[is_one_of(home, bank.answers)]] += 1
        assert seen.total() < 5 * KILLS, seen  # else the moments are not in the build
        if took is None and seen["killed"] % 5 == 0:
            assert build(bank.new, home).code == 0
            assert (is_one_of(home, bank.answers), left(home)) == (1, [])
    assert seen["left"] > KILLS * 0.5, seen


def _duration(exports: Path, home: Path) -> float:
    """Seconds from the stage of a build to its end."""
    process = start("build", exports, "--home", home)
    since = begun(process, home)
    assert end(process).code == 0
    return monotonic() - since


def _killed(exports: Path, home: Path, after: float) -> float | None:
    """Kill a build so many seconds after it took its stage; how long it took if it had ended."""
    process = start("build", exports, "--home", home)
    since = begun(process, home)
    while process.poll() is None and monotonic() - since < after:
        sleep(0.001)
    took = None if process.poll() is None else monotonic() - since
    kill(process)
    return took
