"""How fast questions are answered: from facts, and counted anew from people."""

from collections.abc import Iterator
from statistics import median

from ecosphere.bench import draws
from ecosphere.bench.measure import MS, Figure, timed
from ecosphere.library import Question, questions
from ecosphere.model import Filters, Problem, Role
from ecosphere.source import Catalog, Source

FILTERS = 15  # of each kind
GROUPS = 5  # of each kind that is counted anew


def from_facts(source: Source, sizes: dict[str, int], repeat: int) -> Iterator[Figure]:
    """Every question of everybody, and under random filters. `sizes`: bytes of each table."""
    chosen = _chosen(draws.offered(source))
    for place, asked in enumerate(questions().values()):
        first, touched = place * repeat, sum(sizes.get(name, 0) for name in asked.reads)
        took = _times(source, asked, [Filters()] * repeat, first)
        yield _figure("ask_everybody", asked, took, touched)
        if chosen and draws.is_filtered(asked):
            took = _times(source, asked, chosen, first)
            yield _figure("ask_filtered", asked, took, touched)


def anew(source: Source) -> Iterator[Figure]:
    """Groups that no fact tells: the first chart of each, and the later ones."""
    catalog, charts = draws.offered(source), draws.charts()
    for name, kind in draws.ANEW.items():
        if not draws.has(kind, catalog):
            continue
        random, first, later = draws.chance(), [], []
        for _ in range(GROUPS):
            chosen = kind(catalog, random)
            try:
                took = [_time(source, asked, chosen, next(draws.roles())) for asked in charts]
            except Problem as problem:
                if problem.key == "cohort_too_small":  # of a partner whom nobody visits any more
                    continue
                raise
            first.append(took[0])
            later += took[1:]
        yield Figure("anew", f"anew_first_{name}", median(first) * MS, "ms", runs=len(first))
        if later:
            yield Figure("anew", f"anew_later_{name}", median(later) * MS, "ms", runs=len(later))


def _chosen(catalog: Catalog) -> list[Filters]:
    random = draws.chance()
    kinds = [kind for kind in draws.KINDS.values() if draws.has(kind, catalog)]
    return [kind(catalog, random) for _ in range(FILTERS) for kind in kinds]


def _times(source: Source, asked: Question, chosen: list[Filters], first: int) -> list[float]:
    """Each reader has looked around before, and each answer is another's."""
    took = []
    for filters, role in zip(chosen, draws.roles(asked, first), strict=False):
        source.offered(role)
        took.append(_time(source, asked, filters, role))
    return took


def _figure(name: str, asked: Question, took: list[float], touched: int) -> Figure:
    return Figure("questions", name, median(took) * MS, "ms", of={"question": asked.name},
                  runs=len(took), touched=touched)  # fmt: skip


def _time(source: Source, asked: Question, filters: Filters, role: Role) -> float:
    return timed(lambda: source.ask(asked.name, filters, {}, role))
