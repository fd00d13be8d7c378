"""Which months a build makes again, and why; the others are carried on as they are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ecosphere import contract
from ecosphere.build.memory import changed_months
from ecosphere.build.tables import FROM_EVENTS, FROM_PEOPLE, Tables
from ecosphere.contract.memory import Memory
from ecosphere.library import query
from ecosphere.model import Month

Reasons = dict[tuple[int, str], int]  # (month, reason) -> how many files, people or scene users


@dataclass
class Redo:
    """Months read again from events, months counted again from people, and the reasons for both.

    Reasons: `rebuilt` (nothing to carry on from; counts nothing), `delivered` (files), `consent`
    (events of people who came or went), `linked` (scene users), `attributes` (people), `partners`
    (partners), `carried` (people whose activity before the month has changed).
    """

    read: set[int] = field(default_factory=set)
    counted: set[int] = field(default_factory=set)
    reasons: Reasons = field(default_factory=dict)

    def add(self, reason: str, months: Mapping[int, int], *, read: bool) -> None:
        """Months to make again for one reason."""
        (self.read if read else self.counted).update(months)
        self.reasons |= {(month, reason): count for month, count in months.items()}

    @property
    def first(self) -> int | None:
        return min(self.read | self.counted, default=None)


def rebuilt(months: Iterable[int]) -> Redo:
    """Everything, since there is nothing to carry on from."""
    redo = Redo()
    redo.add("rebuilt", dict.fromkeys(months, 0), read=True)
    return redo


def delivered(memory: Memory, report: contract.Report) -> Redo:
    """What new, gone and changed files reach."""
    redo = Redo()
    redo.add("delivered", changed_months(memory, report), read=True)
    return redo


def links(tables: Tables, redo: Redo, as_of: object) -> None:
    """Tables of links; what a link that has changed reaches is read again."""
    months = {"months": sorted(redo.read)}
    if _everything(redo):
        tables.create("pair_seen")
    else:
        tables.create_within("pair_seen", redo.read)
    if tables.run(query("pair_lost"), **months).height:
        # Whether a pair that is not seen any more was also seen in another month, only all tell.
        tables.forget("link_seen_known")
        tables.create("pair_seen")
    tables.create("link_seen", **months)
    tables.create("link_told", as_of=as_of)
    tables.create("link")
    if _everything(redo):
        return
    tables.create("link_changed")
    redo.add("linked", tables.counts("linked_month"), read=True)
    if tables.rows("(from work.link_changed where was_linked)"):
        redo.add("linked", tables.counts("relinked_month"), read=True)


def people(tables: Tables, redo: Redo) -> None:
    """What people reach who came to be counted, or no longer are."""
    tables.create("consent_changed")
    if not _everything(redo) and tables.rows("work.consent_changed"):
        redo.add("consent", tables.counts("consent_month"), read=True)


def cells(tables: Tables, redo: Redo, months: Iterable[int], *, is_same: bool) -> None:
    """What changed attributes reach: all months, where facts carry others than before."""
    if _everything(redo):
        return
    if not is_same:
        redo.add("attributes", dict.fromkeys(months, 0), read=False)
        return
    redo.add("attributes", tables.counts("moved_month"), read=False)
    changed = tables.rows(
        "(select partner from stage.stored.partner inner join work.partner_known as known "
        "using (partner) where known.scene is distinct from partner.scene)"
    )
    if changed:
        redo.add("partners", dict.fromkeys(months, changed), read=False)


def carry(tables: Tables, redo: Redo, months: list[int]) -> None:
    """Take out what is made again, and go back to where the first such month began."""
    known = "(select distinct month from work.person_month_known)"
    left = set(tables.engine.run(f"from {known}")["month"]) - set(months)
    for name in FROM_EVENTS:
        tables.delete(name, redo.read | left)
    for name in FROM_PEOPLE:
        tables.delete(name, redo.read | redo.counted | left)
    if redo.first is not None:
        tables.create("state_before", first=redo.first)
        tables.engine.execute(
            "create or replace table stage.people.state as from work.state_before"
        )


def make(tables: Tables, redo: Redo, month: Month) -> None:
    """One month, from events or from people, or as it is when nothing has reached it."""
    if month.code in redo.read:
        following = Month(month.code + 1)
        span: dict[str, object] = {"from": month.first_day, "to": following.first_day}
        tables.create("event_month", **span)
        for name in FROM_EVENTS:
            tables.append(name, month)
    elif month.code not in redo.counted:
        reached = int(tables.engine.run(tables.select(query("carried_on"), month)).item())
        if reached:
            redo.add("carried", {month.code: reached}, read=False)
            for name in FROM_PEOPLE:
                tables.delete(name, [month.code])
    if month.code in redo.read | redo.counted:
        for name in FROM_PEOPLE:
            tables.append(name, month)
    tables.replace_state(month)


def record(tables: Tables, redo: Redo) -> None:
    """Table stored.touched: month, reason, count."""
    rows = sorted(redo.reasons.items())
    tables.fill(
        "stored.touched",
        {
            "month": ("smallint", [month for (month, _), _ in rows]),
            "reason": ("varchar", [reason for (_, reason), _ in rows]),
            "count": ("bigint", [count for _, count in rows]),
        },
    )


def _everything(redo: Redo) -> bool:
    return any(reason == "rebuilt" for _, reason in redo.reasons)
