"""A disk that is full, wherever in a build it fills up: told, and the last good one serves."""

import os
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copytree

import pytest

from tests.full.conftest import Bank
from tests.full.running import build, is_one_of, left

MEGABYTE = 1_000_000
ROOM = 400 * MEGABYTE
SPARE = (0, 0.3, 1, 3, 6, 9, 13, 60)  # megabytes left: from none to more than a build needs


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[tuple[Path, Callable[[int], None]]]:
    """A disk of its own, and how to set its size in bytes."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", place], capture_output=True
    )
    if mounted.returncode:
        pytest.skip(f"no disk of a set size: mount says {mounted.stderr.decode().strip()}")

    def resize(size: int) -> None:
        subprocess.run(["mount", "-o", f"remount,size={size}", place], check=True)

    try:
        yield place, resize
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


def test_wherever_the_disk_fills_up_the_last_good_generation_serves(
    bank: Bank, disk: tuple[Path, Callable[[int], None]]
) -> None:
    place, resize = disk
    seen: Counter[int] = Counter()
    for spare in SPARE:
        resize(ROOM)
        home = Path(copytree(bank.home, place / f"home-{spare}"))
        resize(_used(place) + int(spare * MEGABYTE))
        ended = build(bank.new, home)
        seen[ended.code] += 1
        assert ended.code in (0, 5), ended.err
        assert "Traceback" not in ended.err
        assert (is_one_of(home, bank.answers), left(home)) == (int(ended.code == 0), [])
        if ended.code == 5:
            assert ended.told["problem"] in ("storage", "memory_or_disk")
            assert "the last good generation is still served" in ended.err
            resize(ROOM)
            assert build(bank.new, home).code == 0
            assert (is_one_of(home, bank.answers), left(home)) == (1, [])
        else:
            break
        subprocess.run(["rm", "-r", home], check=True)
    assert seen[5] > 3, seen  # else it did not fill up at several steps
    assert seen[0] == 1, seen


def _used(place: Path) -> int:
    found = os.statvfs(place)
    return (found.f_blocks - found.f_bfree) * found.f_frsize
