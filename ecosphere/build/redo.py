"""What a build makes again, and why; everything else is carried on as it is.

Events are read again by month, people are counted again one by one: a fact is a sum over people, so
it is enough to take off what those who were touched counted, and to add what they count now.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from ecosphere import contract
from ecosphere.build.memory import added_days, changed_months
from ecosphere.build.tables import ADD_UP, FACTS, FROM_EVENTS, Rows, Span, Tables, place
from ecosphere.contract.memory import Memory
from ecosphere.library import query
from ecosphere.model import Month

PEOPLE_AT_ONCE = 250_000
ONE_DAY = timedelta(days=1)

Reasons = dict[tuple[int, str], int]  # (month, reason) -> how many files, people or scene users


@dataclass
class Redo:
    """Months whose events are read again, days that only add to what is known of their month,
    whether everybody is counted again, and the reasons.

    Reasons: `rebuilt` (nothing to carry on from; counts nothing), `delivered` (files), `consent`
    (events of people who came or went), `linked` (scene users), `attributes` (people), `partners`
    (partners), `carried` (people whose activity before the month has changed).
    """

    read: set[int] = field(default_factory=set)
    days: dict[int, Span] = field(default_factory=dict)
    everybody: bool = False
    reasons: Reasons = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Whether nothing is carried on."""
        return any(reason == "rebuilt" for _, reason in self.reasons)

    @property
    def only(self) -> list[Span] | None:
        """The days of which events are needed, None for all."""
        months = [(Month(code).first_day, Month(code + 1).first_day) for code in self.read]
        return None if self.is_whole else [*months, *self.days.values()]

    def add(self, reason: str, months: Mapping[int, int], *, read: bool = False) -> None:
        """Months that one reason reaches, and whether their events are read again for it."""
        if read:
            self.read.update(months)
            self.days = {month: span for month, span in self.days.items() if month not in months}
        self.reasons |= {(month, reason): count for month, count in months.items()}


def rebuilt(months: Iterable[int]) -> Redo:
    """Everything, since there is nothing to carry on from."""
    redo = Redo(everybody=True)
    redo.add("rebuilt", dict.fromkeys(months, 0), read=True)
    return redo


def delivered(memory: Memory, report: contract.Report) -> Redo:
    """What new, gone and changed files reach."""
    months, added = changed_months(memory, report), added_days(memory, report)
    redo = Redo(days={month: (first, last + ONE_DAY) for month, (first, last) in added.items()})
    redo.add("delivered", {month: months[month] for month in added})
    redo.add("delivered", {m: n for m, n in months.items() if m not in added}, read=True)
    return redo


def links(tables: Tables, redo: Redo, told_until: date | None) -> None:
    """Tables of links; what only the events can tell of changed ones is read again.

    Those that the bank declares are known up to a day, or None: they may not be what they were.
    """
    months = sorted(redo.read)
    tables.create("pair_seen", only=redo.only)
    tables.create("pair_lost", months=months)
    if tables.rows("work.pair_lost"):
        # Whether a pair that is not seen any more was also seen in another month, only all tell.
        tables.create("pair_seen")
        months = tables.engine.run("select distinct seen_month from work.link_seen_known")[
            "seen_month"
        ].to_list()
    again = f"list_contains({months}::bigint[], seen_month)"
    pairs = "(scene_user, customer) in (select (scene_user, customer) from work.more)"
    _replace(tables, "link_seen", f"{again} or {pairs}", months=months)
    is_told_anew, until = told_until is None, told_until or date.min
    as_of = tables.value("select as_of from stage.stored.as_of")
    _replace(tables, "link_told", str(is_told_anew), told_until=until, as_of=as_of)
    tables.create("link_anew", is_told_anew=is_told_anew, told_until=until)
    _replace(tables, "link", "scene_user in (select scene_user from work.link_anew)")
    tables.create("link_changed")
    relinked = "(from work.link_changed where is_somebody and not is_first)"
    if not redo.is_whole and tables.rows(relinked):
        redo.add("linked", tables.counts("relinked_month"), read=True)


def _replace(tables: Tables, name: str, gone: str, **params: object) -> None:
    """Take rows out of a table and put in those that its query tells, which stand in work.more;
    make the table with the first."""
    found = query(name)
    if not tables.exists(found):
        tables.create(name, None, **params)
        return
    tables.engine.execute(f"create or replace table work.more as {tables.select(found)}", params)
    tables.engine.execute(f"delete from {place(found)} where {gone}")
    tables.engine.execute(f"insert into {place(found)} from work.more")


def people(tables: Tables, redo: Redo) -> None:
    """What people reach who came to be counted, or no longer are."""
    tables.create("consent_changed")
    if not redo.is_whole and tables.rows("work.consent_changed"):
        redo.add("consent", tables.counts("consent_month"), read=True)


def cells(tables: Tables, redo: Redo, months: Collection[int], *, is_same: bool) -> None:
    """What changed attributes reach: everybody, where facts carry others than before."""
    if redo.is_whole:
        return
    redo.everybody |= not is_same
    moved = tables.counts("moved_month") if is_same else dict.fromkeys(months, 0)
    redo.add("attributes", moved)


def partners(tables: Tables, redo: Redo, months: Collection[int]) -> None:
    """Everybody, where partners have changed their scene, or who runs them."""
    changed = tables.rows(
        "(select partner from stage.stored.partner inner join work.partner_known as known "
        "using (partner) where (known.scene, known.is_own) "
        "is distinct from (partner.scene, partner.is_own))"
    )
    if changed and not redo.is_whole:
        redo.everybody = True
        redo.add("partners", dict.fromkeys(months, changed))


def make_room(tables: Tables, redo: Redo, months: Collection[int]) -> set[int]:
    """Take out the months that are read again, and those that have left: they are returned."""
    known = set(tables.engine.run("select month from work.month_known")["month"])
    left = known.difference(months)
    for name in FROM_EVENTS:
        tables.delete(name, redo.read | left)
    return left


def move(tables: Tables, redo: Redo) -> None:
    """Give what scene users did, who were nobody, to whom a link now tells, without its events."""
    tables.engine.execute("create table work.added_place (month smallint, person integer)")
    if redo.is_whole:
        return
    tables.create("scene_user_moved")
    moved = tables.counts("linked_month")
    if not moved:
        return
    redo.add("linked", moved)
    _add(tables, "person_place", tables.select(query("moved_place")))
    _add(tables, "match_month", tables.select(query("match_moved")))
    tables.engine.execute(
        "delete from stage.people.scene_user_month as held using work.scene_user_moved as moved "
        "where (held.month, held.scene_user) = (moved.month, moved.scene_user)"
    )
    _count_unmatched(tables, moved)


def read(tables: Tables, redo: Redo, code: int) -> None:
    """The tables of a month that come from its events; or, of added days, what these add."""
    month, following = Month(code), Month(code + 1)
    first, last = redo.days.get(code, (month.first_day, following.first_day))
    span: dict[str, Any] = {"from": first, "to": last}
    tables.create("event_month", **span)
    if code in redo.read:
        for name in FROM_EVENTS:
            tables.append(name, Rows(code))
        return
    for name in ADD_UP:
        _add(tables, name, tables.select(query(name)), month=code)
    _count_unmatched(tables, [code])


def _add(tables: Tables, name: str, more: str, **params: object) -> None:
    """Add to a table of months, and remember to whom."""
    tables.add(query(name), more, **params)
    if name == "person_place":
        tables.engine.execute("insert into work.added_place select month, person from work.more")


def _count_unmatched(tables: Tables, months: Collection[int]) -> None:
    tables.delete("unmatched_month", months)
    for month in sorted(months):
        tables.append("unmatched_month", Rows(month))


def touch(tables: Tables, redo: Redo, left: Collection[int]) -> None:
    """Find out who is counted again, from which month on, and make room for it."""
    if redo.everybody:
        tables.engine.execute(
            "create table work.touched as select person, 0 as since from stage.people.person"
        )
        tables.drop("person_month", *FACTS)
    else:
        tables.create("touched", months=sorted(redo.read.union(left)))
        tables.engine.execute(
            "delete from stage.people.person_month as held using work.touched as touched "
            "where held.person = touched.person and held.month >= touched.since"
        )
    tables.create("state_before")


def groups(tables: Tables) -> list[tuple[int, int]]:
    """Those who are counted again in groups, by the first and the last number of each: memory then
    does not grow with people."""
    found = tables.engine.run(
        "select min(person) as first, max(person) as last from "
        "(select person, row_number() over (order by person) // $size as place from work.touched) "
        "group by place order by place",
        {"size": PEOPLE_AT_ONCE},
    )
    return list(found.iter_rows())


def count(tables: Tables, redo: Redo, people: tuple[int, int]) -> None:
    """All months of a group of people."""
    if redo.everybody:
        tables.append("person_month", Rows(people=people))
        return
    rows = Rows(people=people, touched=True)
    held = replace(rows, held=True)
    tables.hold("person_place", rows)
    tables.append("person_month", held)
    tables.hold("person_month", rows)
    for name in FACTS:
        tables.amend(name, held)


def carried(tables: Tables, redo: Redo, months: Iterable[int]) -> None:
    """The months that no other reason reaches, but what people did before them."""
    others = set(months).difference(month for month, _ in redo.reasons)
    if others:
        redo.add("carried", tables.counts("carried_month", months=sorted(others)))


def record(tables: Tables, redo: Redo) -> None:
    """Table stored.redone: month, reason, count."""
    rows = sorted(redo.reasons.items())
    tables.fill(
        "stored.redone",
        {
            "month": ("smallint", [month for (month, _), _ in rows]),
            "reason": ("varchar", [reason for (_, reason), _ in rows]),
            "count": ("bigint", [count for _, count in rows]),
        },
    )
