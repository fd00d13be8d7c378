"""Cohorts and lists of people that a reader has chosen: who is in, and whether they are enough."""

import secrets
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache, lru_cache, partial
from threading import Lock

from ecosphere.cohorts import members, parse, read_known
from ecosphere.model import Engine, Filters, Problem, Role
from ecosphere.source.catalog import Catalog
from ecosphere.source.people import Condition, Members, People

LISTS_KEPT = 32
LEAST_KNOWN = 100  # people of a list whom the generation knows
JUDGED_KEPT = 256


class Cohorts:
    """The people of a generation who belong to what was chosen by behaviour or by a list.

    A group, or what is left without it, of fewer than k people is refused: subtracting it from
    everybody would tell of a few.
    """

    def __init__(self, engine: Engine, catalog: Catalog) -> None:
        self._engine = engine
        self._catalog = catalog
        self._lists: OrderedDict[str, str] = OrderedDict()
        self._lock = Lock()
        self._judge = lru_cache(JUDGED_KEPT)(self._judge_now)
        self._known = cache(partial(read_known, engine))

    def members(self, filters: Filters, role: Role) -> tuple[Members, ...]:
        """Who belongs to all that was chosen. A Problem when it is too few, or all but too few."""
        found = tuple(self._chosen(filters, role))
        if found:
            self._judge(found, role)
        return found

    def take(self, ids: Iterable[str], role: Role) -> str:
        """Keep a list of customer ids in memory, for this generation; its key, which says nothing.

        Only the people whom the generation knows are kept, and of no list the ids themselves.
        """
        if not role.upload:
            raise Problem("may_not_upload", role=role.name)
        key = f"list_{secrets.token_hex(8)}"
        table = f"anew.{key}"
        self._engine.execute("create schema if not exists anew")
        self._engine.execute(
            f"create table {table} as select person from generation.people.person "
            "where customer_id in (select unnest(cast($ids as varchar[])))",
            {"ids": list(ids)},
        )
        if self._count(People(members=(Members(f"select person from {table}"),))) < LEAST_KNOWN:
            self._engine.execute(f"drop table {table}")
            raise Problem("list_too_short", least=LEAST_KNOWN)
        with self._lock:
            self._lists[key] = table
            gone = [self._lists.popitem(last=False)[1]] if len(self._lists) > LISTS_KEPT else []
        for old in gone:
            self._engine.execute(f"drop table {old}")
        return key

    def _chosen(self, filters: Filters, role: Role) -> Iterator[Members]:
        if filters.cohort:
            sql, params = members(parse(filters.cohort), self._known(), filters.as_of)
            yield Members.of(sql, params)
        if filters.listed:
            if not role.upload:
                raise Problem("may_not_upload", role=role.name)
            if filters.listed not in self._lists:
                raise Problem("unknown_list")
            yield Members(f"select person from {self._lists[filters.listed]}")

    def _judge_now(self, found: tuple[Members, ...], role: Role) -> None:
        rows = (Condition.of(n, self._catalog.find(n, values)) for n, values in role.rows)
        scope = People(tuple(rows))
        inside = self._count(replace(scope, members=found))
        if min(inside, self._count(scope) - inside) < role.k:
            raise Problem("cohort_too_small", k=role.k)

    def _count(self, people: People) -> int:
        """How many were ever chosen."""
        each = "distinct person" if people.conditions else "*"  # without conditions: one row each
        sql = f"select count({each}) as n from ({people.who()}) as who"
        return int(self._engine.run(sql, people.params()).item())
