"""HOME: the generations in it, the one being served, and the lock of whoever builds the next."""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree

from ecosphere.model import BuildRunning, Problem, StorageFailed

PRIVATE_FILE = 0o600  # a generation is personal data, pseudonymous or not
PRIVATE_FOLDER = 0o700
KEPT = 3  # the one being served and two to go back to
NUMBER = "[1-9][0-9]{0,17}"  # as `generation` writes it: one number has one name


@dataclass(frozen=True)
class Home:
    """A folder that holds `generation-N.duckdb`, `CURRENT`, `ecosphere.toml` and the lock."""

    path: Path

    def generation(self, number: int) -> Path:
        return self.path / f"generation-{number}.duckdb"

    def numbers(self) -> list[int]:
        """Generations present, oldest first."""
        numbers = (_number(path.name) for path in self.path.glob("generation-*.duckdb"))
        return sorted(number for number in numbers if number is not None)

    def sizes(self) -> dict[int, int]:
        """Generations present with their bytes, oldest first."""
        return {number: self.generation(number).stat().st_size for number in self.numbers()}

    def current(self) -> int | None:
        """The number of the generation being served; None before the first build.

        Without CURRENT it is the newest: a generation has its name only when it is whole.
        """
        name = self._pointer()
        if name is None:
            return max(self.numbers(), default=None)
        number = _number(name)
        if number is not None and self.generation(number).exists():
            return number
        if self._pointer() != name:  # another build has published meanwhile
            return self.current()
        raise Problem("current_broken", home=self.path, name=name)

    def _pointer(self) -> str | None:
        try:
            return (self.path / "CURRENT").read_bytes().decode("utf-8", "replace").strip()
        except FileNotFoundError:
            return None
        except OSError as broken:
            raise StorageFailed("storage", detail=str(broken)) from broken

    def served(self) -> int:
        """As `current`, and a Problem that says how to build one when there is none."""
        number = self.current()
        if number is None:
            raise Problem("no_generation", home=self.path)
        return number

    @contextmanager
    def building(self) -> Iterator[Path]:
        """Hold the lock and lend a stage for the next generation; leftovers of killed builds go."""
        try:
            self.path.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
            self.path.chmod(PRIVATE_FOLDER)  # also a folder that somebody else made
            with (self.path / "lock").open("a") as lock:
                _hold(lock.fileno(), self.path)
                _remove_stages(self.path)
                try:
                    yield self.path / f"stage-{self.following()}.duckdb"
                finally:
                    _remove_stages(self.path)
        except OSError as broken:
            raise StorageFailed("storage", detail=str(broken)) from broken

    def publish(self, stage: Path) -> int:
        """Make a finished stage the served generation, in one step that survives a power cut."""
        number = self.following()
        stage.chmod(PRIVATE_FILE)
        _sync(stage)
        self._replace("LAST", str(number))
        stage.replace(self.generation(number))
        self.serve(number)
        self.prune()
        return number

    def serve(self, number: int) -> None:
        """Serve a generation that is there; readers take it up with their next run."""
        if number not in self.numbers():
            known = ", ".join(map(str, self.numbers())) or "-"
            raise Problem("unknown_generation", value=number, known=known)
        self._replace("CURRENT", self.generation(number).name)

    def prune(self, keep: int = KEPT) -> list[int]:
        """Delete all but the last `keep` generations; never the one being served."""
        served = self.current()
        old = [number for number in self.numbers()[:-keep] if number != served]
        for number in old:
            self.generation(number).unlink()
        return old

    def following(self) -> int:
        """The number of the next generation.

        Never one that was used before: open readers hold files by name.
        """
        return max([self._last(), *self.numbers()]) + 1

    def _last(self) -> int:
        """The highest number used; 0 where LAST does not hold one, and the generations tell it."""
        last = self.path / "LAST"
        said = last.read_bytes().strip() if last.exists() else b""
        return int(said) if re.fullmatch(NUMBER.encode(), said) else 0

    def _replace(self, name: str, line: str) -> None:
        """Write a file of one line, whole or not at all, also when the power is cut."""
        following = self.path / f"{name}.next"
        following.write_text(line + "\n", encoding="utf-8")
        _sync(following)
        following.replace(self.path / name)
        _sync(self.path)


def _number(name: str) -> int | None:
    """The number of a generation by its file's name."""
    found = re.fullmatch(rf"generation-({NUMBER})\.duckdb", name)
    return int(found[1]) if found else None


def _hold(descriptor: int, home: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as held:
        raise BuildRunning("build_running", home=home) from held


def _remove_stages(home: Path) -> None:
    """What a build has left; the database may be taking its own files away at the same time."""
    for stage in home.glob("stage-*"):
        if stage.is_dir():
            rmtree(stage, ignore_errors=True)
        else:
            stage.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
