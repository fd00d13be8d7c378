"""Many readers at once: threads that ask one open generation, and one more published meanwhile."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from random import Random
from threading import Event
from time import perf_counter

from ecosphere.bench import draws
from ecosphere.bench.builds import build
from ecosphere.bench.measure import MS, Effort, Figure, quantile, timed
from ecosphere.config import Config
from ecosphere.generations import Home
from ecosphere.library import Question
from ecosphere.model import Filters, Problem, Role
from ecosphere.source import Source, open_source

POOL = 100  # answers that are there already
SWAP_READERS = 4
SHARES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
COMPARED = ("active_users/mau", "active_users/growth")

Asked = tuple[Question, Filters, Role]
Draw = Callable[[Random], Asked]


def at_once(source: Source, effort: Effort) -> Iterator[Figure]:
    """Answers in a second, and how long one takes."""
    pool = list(islice(_asked(source, draws.chance()), POOL))
    for asked in pool:
        _ask(source, asked)
    kinds: dict[str, Callable[[int], Iterator[Asked]]] = {
        "uncached": lambda seed: _asked(source, draws.chance(seed)),
        "cached": lambda seed: _again(pool, draws.chance(seed)),
    }
    for name, drawn in kinds.items():
        for count in effort.readers:
            took, seconds = _answers(source, count, drawn, effort.reader_seconds)
            yield Figure("readers", f"{name}_rate", len(took) / seconds, "per_s", count)
            for short, share in SHARES.items():
                value = quantile(took, share) * MS
                yield Figure("readers", f"{name}_{short}", value, "ms", count, runs=len(took))


def _asked(source: Source, random: Random) -> Iterator[Asked]:
    """Random questions under random filters, each of another kind of reader than the last."""
    charts, roles = draws.charts(), draws.roles()
    for filters, role in zip(draws.draws(draws.offered(source), random), roles, strict=True):
        yield random.choice(charts), _of_months(source, filters, random), role


def _of_months(source: Source, filters: Filters, random: Random) -> Filters:
    """From one of the months on: with it hardly any answer has been there before."""
    return Filters(first=random.choice(source.catalog.months), who=filters.who)


def _again(pool: list[Asked], random: Random) -> Iterator[Asked]:
    while True:
        yield random.choice(pool)


def _answers(
    source: Source, count: int, drawn: Callable[[int], Iterator[Asked]], seconds: float
) -> tuple[list[float], float]:
    """The seconds of each answer that so many readers got, and how long all of it went on."""
    began = perf_counter()

    def read(seed: int) -> list[float]:
        took: list[float] = []
        for asked in drawn(seed):
            took.append(timed(lambda: _ask(source, asked)))  # noqa: B023  # called at once
            if perf_counter() - began > seconds:
                break
        return took

    with ThreadPoolExecutor(count) as threads:
        found = list(threads.map(read, range(count)))
    return [one for took in found for one in took], perf_counter() - began


def _ask(source: Source, asked: Asked) -> None:
    question, filters, role = asked
    source.ask(question.name, filters, {}, role)


@dataclass
class _Seen:
    """What readers saw while a generation was published."""

    answers: int = 0
    inconsistent: int = 0
    generations: set[int] = field(default_factory=set)


def swap(home: Home, folder: Path) -> Iterator[Figure]:
    """A night under readers, from the first generation on: each answer is to be of one generation,
    and all answers of one generation say the same."""
    home.serve(home.numbers()[0])
    done, truths = Event(), dict[tuple[int, Filters], list[object]]()
    with ThreadPoolExecutor(SWAP_READERS) as threads:
        reading = [threads.submit(_read, home, done, truths, n) for n in range(SWAP_READERS)]
        try:
            ran = build(home, folder)
        finally:
            done.set()
    seen = list(map(Future.result, reading))
    generations = set[int]().union(*(one.generations for one in seen))
    yield Figure("swap", "swap_build", ran.seconds, "s")
    yield Figure("swap", "swap_answers", sum(one.answers for one in seen), "count")
    yield Figure("swap", "swap_generations", len(generations), "count")
    yield Figure("swap", "swap_inconsistent", sum(one.inconsistent for one in seen), "count")


def _read(
    home: Home, done: Event, truths: dict[tuple[int, Filters], list[object]], reader: int
) -> _Seen:
    """Read as a session does: which generation is served, then all from that one."""
    seen, opened, random = _Seen(), dict[int, Source](), draws.chance(reader)
    role = Role(Config().default_role, k=1)  # nothing is hidden, so sums can be compared
    is_last = False
    while not is_last:
        is_last = done.is_set()  # once more after the new one is served
        number = home.served()
        seen.answers += len(COMPARED)
        seen.generations.add(number)
        try:
            source = opened.get(number) or open_source(home, number)
            opened[number] = source
            filters = _of_months(source, Filters(), random)
            released = [source.ask(name, filters, {}, role) for name in COMPARED]
        except Problem:
            seen.inconsistent += 1
            continue
        told: list[object] = [one.table["people"].to_list() for one in released]
        is_whole = {one.origin.generation for one in released} == {number}
        is_same = told == truths.setdefault((number, filters), told) and told[0] == told[1]
        seen.inconsistent += not (is_whole and is_same)
    return seen
