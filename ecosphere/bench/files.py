"""Files for meetings, drawn in processes of their own as the server has them drawn."""

from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from ecosphere import answers
from ecosphere.bench.measure import MS, Figure
from ecosphere.exhibit import Exhibit
from ecosphere.export import WRITERS, Taker, content, pool
from ecosphere.library import questions
from ecosphere.model import Filters, Released, Role
from ecosphere.source import Source
from ecosphere.text import Text

ROLE, TEXT = Role("analyst"), Text("zh")  # Chinese has more letters to draw
DECK = 20  # exhibits: a monthly review


def taken(source: Source, repeat: int) -> Iterator[Figure]:
    """One exhibit in each format, and a deck of twenty; the first file waits for the processes."""
    shown = list(islice(cycle(_exhibits(source)), DECK))
    with TemporaryDirectory(prefix="ecosphere-files-") as home:
        taker = Taker("bench", ROLE, TEXT, Path(home))
        yield _figure("file_first", _seconds(".png", shown[:1], taker) * MS, "ms", ".png")
        for suffix, writer in WRITERS.items():
            one = median(_seconds(suffix, shown[:1], taker) for _ in range(repeat))
            yield _figure("file_one", one * MS, "ms", suffix, repeat)
            if writer.is_many:
                yield _figure("file_deck", _seconds(suffix, shown, taker), "s", suffix)


def _exhibits(source: Source) -> list[Exhibit]:
    def ask(name: str, **options: str) -> Released:
        return source.ask(name, Filters(), options, ROLE)

    stems = dict.fromkeys(asked.stem for asked in questions().values())
    return [one for stem in stems for one in answers.exhibits(stem, ask, {}, TEXT, source)]


def _seconds(suffix: str, shown: list[Exhibit], taker: Taker) -> float:
    began = perf_counter()
    content(suffix, shown, taker, pool.each)
    return perf_counter() - began


def _figure(name: str, value: float, unit: str, suffix: str, runs: int = 1) -> Figure:
    kind = suffix.removeprefix(".").upper()
    return Figure("files", name, value, unit, of={"format": kind}, runs=runs)
