"""Exports that may only be read, that change while they are read, that are many or huge."""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import partial
from itertools import cycle
from pathlib import Path
from random import Random
from threading import Event, Thread

import polars as pl
import pytest

from ecosphere.build import build as build_here
from ecosphere.config import Config
from ecosphere.contract import Report, read_mapping
from ecosphere.generations import Home
from ecosphere.model import ExportRefused
from tests.full.conftest import Bank
from tests.full.running import begun, build, end, is_one_of, left, start

BUILDS = 8
CODES = {"renamed": (0, 3, 5), "overwritten": (0, 3, 5)}


def test_exports_that_may_only_be_read_are_read_and_stay_as_they_are(
    bank: Bank, tmp_path: Path
) -> None:
    exports, home = Path(shutil.copytree(bank.old, tmp_path / "exports")), tmp_path / "home"
    folders = [exports, *(path for path in exports.rglob("*") if path.is_dir())]
    for path in (*folders, *exports.rglob("*.parquet")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        before = _tree(exports)
        assert build(exports, home, bound=True).code == 0
        assert _tree(exports) == before
        (exports / "customers.parquet").chmod(0)
        refused = build(exports, home, bound=True)
        assert refused.code == 3
        assert "unreadable" in {found["code"] for found in refused.told["findings"]}
        assert is_one_of(home, bank.answers) == 0
    finally:
        for path in folders:
            path.chmod(0o755)  # so that the folder of the test can be deleted


@pytest.mark.parametrize("how", ["renamed", "overwritten"])
def test_exports_that_change_meanwhile_are_refused_or_of_one_delivery(
    bank: Bank, tmp_path: Path, how: str
) -> None:
    random, seen = Random(12), Counter[int]()
    exports = Path(shutil.copytree(bank.old, tmp_path / "exports"))
    for number in range(BUILDS):
        home = Path(shutil.copytree(bank.home, tmp_path / f"home-{number}"))
        with _writer(bank, exports, how, random.uniform(0.05, 1.5)):
            process = start("build", exports, "--home", home, "--format", "json")
            begun(process, home)
            ended = end(process)
        seen[ended.code] += 1
        assert ended.code in CODES[how], ended.err
        is_one_of(home, bank.answers)
        assert left(home) == []
    assert seen[3] > 0, seen


@pytest.mark.parametrize("step", ["read", "people", "months"])
def test_a_delivery_that_replaces_another_in_a_build_refuses_it(
    bank: Bank, home: Path, tmp_path: Path, step: str
) -> None:
    exports = Path(shutil.copytree(bank.new, tmp_path / "exports"))

    def replaced() -> None:
        for file in bank.old.rglob("*.parquet"):
            _write(file, exports / file.relative_to(bank.old), "renamed")

    with pytest.raises(ExportRefused) as refused:
        _build(home, exports, step, replaced)
    report = refused.value.values["report"]
    assert isinstance(report, Report)
    assert {found.code for found in report.findings if found.severity == "refuse"} == {"growing"}
    assert (is_one_of(home, bank.answers), left(home)) == (0, [])


def test_a_file_that_is_cut_off_in_a_build_refuses_it(
    bank: Bank, home: Path, tmp_path: Path
) -> None:
    exports = Path(shutil.copytree(bank.new, tmp_path / "exports"))
    for file in (exports / "events").iterdir():
        pl.read_parquet(file).reverse().write_parquet(file)  # read again, every month
    cut = [partial(file.write_bytes, b"PAR1") for file in (exports / "events").iterdir()]
    with pytest.raises(ExportRefused):
        _build(home, exports, "months", lambda: [write() for write in cut])


def _build(home: Path, exports: Path, at: str, happens: Callable[[], object]) -> None:
    """A build, in whose midst something happens once."""
    once = [happens]

    def progress(step: str, *_: int) -> None:
        if step == at and once:
            once.pop()()

    today = date.today()
    build_here(Home(home), exports, read_mapping(None), Config(), today, progress)


@contextmanager
def _writer(bank: Bank, exports: Path, how: str, pause: float) -> Iterator[None]:
    """Somebody who replaces all files of a delivery by those of another, again and again."""
    done = Event()

    def write() -> None:
        for delivery in cycle((bank.new, bank.old)):
            if done.wait(pause):
                return
            for file in sorted(delivery.rglob("*.parquet")):
                _write(file, exports / file.relative_to(delivery), how)

    writer = Thread(target=write)
    writer.start()
    try:
        yield
    finally:
        done.set()
        writer.join()


def _write(file: Path, there: Path, how: str) -> None:
    if how == "overwritten":
        shutil.copyfile(file, there)
        return
    beside = there.with_suffix(".next")
    shutil.copyfile(file, beside)
    beside.replace(there)


def test_ten_thousand_files_are_one_export(tmp_path: Path) -> None:
    files, home = 10_000, tmp_path / "home"
    (tmp_path / "in" / "events").mkdir(parents=True)
    moment = datetime(2026, 5, 1, 12)
    for number in range(files):
        pl.DataFrame({"event_id": [number], "customer_id": [f"c{number % 7}"],
                      "occurred_at": [moment]}).write_parquet(
            tmp_path / "in" / "events" / f"{number:05d}.parquet")  # fmt: skip
    ended = build(tmp_path / "in", home)
    assert ended.code == 0, ended.err
    (events,) = ended.told["exports"]
    assert (events["rows_in"], events["kept"], ended.told["people"]) == (files, files, 7)


def _tree(folder: Path) -> list[tuple[str, int, int, int]]:
    found = ((path, path.lstat()) for path in (folder, *sorted(folder.rglob("*"))))
    return [(str(path), s.st_mode, s.st_size, s.st_mtime_ns) for path, s in found]
