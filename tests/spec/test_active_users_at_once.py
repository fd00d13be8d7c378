"""Readers who ask at once: the same question is counted once, and a fault is nobody else's."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from time import sleep

import polars as pl
import pytest

from ecosphere.engines import duckdb
from ecosphere.generations import Home
from ecosphere.model import Problem, Released, Role
from ecosphere.source import Source
from tests.spec.asking import filters
from tests.spec.conftest import Sample

READERS = 8


class Slow:
    """A serving engine that takes its time, counts what it is asked, and can run into a limit."""

    def __init__(self, sample: Sample) -> None:
        self.engine = duckdb.serving(Home(sample.home).generation(1))
        self.execute = self.engine.execute
        self.asked, self.fails = 0, 0

    def run(self, sql: str, params: Mapping[str, object] | None = None) -> pl.DataFrame:
        if "moves as (" in sql:  # the question itself, not what it is compared with
            self.asked += 1
            sleep(0.2)
            if self.fails:
                self.fails -= 1
                raise Problem("time_out", seconds=30)
        return self.engine.run(sql, params)


def at_once(source: Source, roles: list[Role]) -> list[Released | Problem]:
    ready = Barrier(len(roles))

    def ask(role: Role) -> Released | Problem:
        ready.wait()
        try:
            return source.ask("active_users/growth", filters(), {}, role)
        except Problem as problem:
            return problem

    with ThreadPoolExecutor(len(roles)) as threads:
        return list(threads.map(ask, roles))


def test_the_same_question_is_counted_once_for_all(sample: Sample):
    engine = Slow(sample)
    source = Source(engine, 1)
    answers = at_once(source, [Role("analyst")] * READERS)
    assert engine.asked == 1
    assert all(answer is answers[0] for answer in answers)
    assert source.ask("active_users/growth", filters(), {}, Role("analyst")) is answers[0]


def test_each_scope_has_an_answer_of_its_own(sample: Sample):
    engine = Slow(sample)
    answers = at_once(Source(engine, 1), [Role("analyst", k=10 + n) for n in range(READERS)])
    assert engine.asked == READERS
    assert sorted(answer.k for answer in answers) == list(range(10, 10 + READERS))


def test_a_time_out_is_told_and_not_kept(sample: Sample):
    engine = Slow(sample)
    engine.fails = 1
    source = Source(engine, 1)
    with pytest.raises(Problem, match="time_out"):
        source.ask("active_users/growth", filters(), {}, Role("analyst"))
    assert source.ask("active_users/growth", filters(), {}, Role("analyst")).table.height > 0


def test_of_many_who_wait_one_counts_again_after_a_fault(sample: Sample):
    engine = Slow(sample)
    engine.fails = 1
    answers = at_once(Source(engine, 1), [Role("analyst")] * READERS)
    assert sum(isinstance(answer, Problem) for answer in answers) == 1
    assert engine.asked == 2
