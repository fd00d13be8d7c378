"""HOME: the generations in it, the one being served, and the lock of whoever builds the next."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree

from ecosphere.model import BuildRunning, Problem, StorageFailed

PRIVATE_FILE = 0o600  # a generation is personal data, pseudonymous or not
PRIVATE_FOLDER = 0o700
KEPT = 3  # the one being served and two to go back to


@dataclass(frozen=True)
class Home:
    """A folder that holds `generation-N.duckdb`, `CURRENT`, `ecosphere.toml` and the lock."""

    path: Path

    def generation(self, number: int) -> Path:
        return self.path / f"generation-{number}.duckdb"

    def numbers(self) -> list[int]:
        """Generations present, oldest first."""
        names = (path.stem.partition("-")[2] for path in self.path.glob("generation-*.duckdb"))
        return sorted(int(name) for name in names if name.isdigit())

    def sizes(self) -> dict[int, int]:
        """Generations present with their bytes, oldest first."""
        return {number: self.generation(number).stat().st_size for number in self.numbers()}

    def current(self) -> int | None:
        """The number of the generation being served; None before the first build."""
        name = self._pointer()
        if name is None:
            return None
        number = name.removeprefix("generation-").removesuffix(".duckdb")
        if number.isdigit() and self.generation(int(number)).exists():
            return int(number)
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
        (self.path / "LAST").write_text(f"{number}\n", encoding="utf-8")
        stage.replace(self.generation(number))
        self.serve(number)
        self.prune()
        return number

    def serve(self, number: int) -> None:
        """Serve a generation that is there; readers take it up with their next run."""
        if number not in self.numbers():
            known = ", ".join(map(str, self.numbers())) or "-"
            raise Problem("unknown_generation", value=number, known=known)
        pointer = self.path / "CURRENT.next"
        pointer.write_text(self.generation(number).name + "\n", encoding="utf-8")
        _sync(pointer)
        pointer.replace(self.path / "CURRENT")
        _sync(self.path)

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
        last = self.path / "LAST"
        used = [int(last.read_text(encoding="utf-8"))] if last.exists() else []
        return max([0, *used, *self.numbers()]) + 1


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
