"""Two hundred readers take files of equal length over 1 MiB at once: everybody gets their own."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from ecosphere import answers
from ecosphere.exhibit import Exhibit
from ecosphere.export import Taker, content
from ecosphere.generations import Home
from ecosphere.model import Filters, Role
from ecosphere.source import open_source
from ecosphere.text import Text
from ecosphere.ui.files import file_name

READERS = 200
ROWS = 16_000  # over 1 MiB of CSV
MEBIBYTE = 1 << 20
ANALYST = Role("analyst")


@pytest.fixture(scope="module")
def mau(sample_home: Path) -> Exhibit:
    source = open_source(Home(sample_home))

    def ask(name, **options):
        return source.ask(name, Filters(), options, ANALYST)

    return answers.exhibits("active_users", ask, {}, Text("en"), source)[0]


def of_reader(mau: Exhibit, number: int) -> Exhibit:
    """The same long table for everybody but for one row, where nothing but the file tells it."""
    times = ROWS // mau.table.table.height
    table = pl.concat([mau.table.table] * times).with_row_index("row")
    own = pl.when(pl.col("row") == ROWS // 3).then(100_000 + number).otherwise(100_000)
    table = table.with_columns(people=own.cast(pl.Int64)).drop("row")
    covered = pl.concat([mau.table.covered] * times)
    return replace(mau, table=replace(mau.table, table=table, covered=covered))


def taken(manager: MediaFileManager, mau: Exhibit, home: Path, number: int, name: str) -> bytes:
    """What a reader is given under the address that the server made for the file."""
    made = content(".csv", [of_reader(mau, number)], Taker(str(number), ANALYST, Text("en"), home))
    assert len(made) > MEBIBYTE
    address = manager.add(made, "text/csv", f"reader {number}", name, is_for_static_download=True)
    return address.encode() + b"\n" + made


def test_everybody_gets_their_own_bytes(mau: Exhibit, tmp_path: Path) -> None:
    storage = MemoryMediaFileStorage("/media")
    manager = MediaFileManager(storage)

    def take(number: int) -> tuple[int, str, int]:
        made = taken(manager, mau, tmp_path, number, file_name(mau.file_stem, ".csv"))
        address, _, own = made.partition(b"\n")
        return number, address.decode(), hash(own)

    with ThreadPoolExecutor(16) as readers:
        given = list(readers.map(take, range(READERS)))
    for _, address, own in given:
        assert hash(storage.get_file(address.rpartition("/")[2]).content) == own
    assert len({address for _, address, _ in given}) == READERS
    assert len((tmp_path / "log" / "taken.jsonl").read_text("utf-8").splitlines()) == READERS


def test_with_a_name_that_can_be_guessed_they_would_not(mau: Exhibit, tmp_path: Path) -> None:
    """Why names have a part that nobody can guess."""
    manager = MediaFileManager(MemoryMediaFileStorage("/media"))
    one, other = (taken(manager, mau, tmp_path, n, "mau.csv").partition(b"\n") for n in (1, 2))
    assert one[0] == other[0]
    assert one[2] != other[2]
