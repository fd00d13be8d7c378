"""Exports -> people -> facts -> a new generation, checked and then served in one step."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from shutil import copyfile
from typing import Any

from ecosphere import contract
from ecosphere.build import further, holdings, memory, prefixes, published, redo
from ecosphere.build import known as before
from ecosphere.build.account import describe, has_consent, list_delivered, verify
from ecosphere.build.profiles import (
    Previous,
    create_profiles,
    describe_attributes,
    may_be_carried,
    told_by_history,
    withdrawn,
)
from ecosphere.build.redo import Reasons, Redo
from ecosphere.build.tables import FACTS, Rows, Tables
from ecosphere.config import Config
from ecosphere.contract.memory import Memory
from ecosphere.engines import duckdb
from ecosphere.generations import Home
from ecosphere.model import ExportRefused

CALENDAR = (
    "partner",
    "channel",
    "calendar_note",
    "target",
    "group_target",
    "reference_figure",
    "unit",
)

Progress = Callable[[str, int, int], None]  # step, done, of how many


def _silent(*_: object) -> None:
    """Nobody is watching."""


@dataclass(frozen=True)
class Built:
    """A finished build."""

    number: int
    as_of: date
    people: int
    withheld_people: int
    linked_events: int  # events that belong to a person only through a link
    ambiguous_links: int  # scene users with two customers: their link is not applied
    withdrawn: int  # people whom the generation before still held: so it was deleted
    accounts: tuple[dict[str, object], ...]
    redone: Reasons  # which months were made again, and why
    report: contract.Report


def build(
    home: Home,
    folder: Path,
    mapping: contract.Mapping,
    config: Config,
    today: date,
    progress: Progress = _silent,
) -> Built:
    """Make the next generation from a folder of exports; on any failure the last one stays served.

    Raises ExportRefused, GenerationFailed, BuildRunning or StorageFailed.
    """
    with home.building() as stage:
        passing, spill = stage.with_suffix(".passing"), stage.with_suffix(".spill")
        engine = duckdb.building(passing, spill, config.build_memory)
        try:
            told = _Build(Tables(engine), home, stage, mapping, config, today, progress).make(
                folder
            )
        finally:
            engine.close()
        number = home.publish(stage)
        if told["withdrawn"]:
            home.prune(keep=1)
        return Built(number=number, **told)


@dataclass(frozen=True)
class _Build:
    """The steps from exports to a finished stage."""

    tables: Tables
    home: Home
    stage: Path
    mapping: contract.Mapping
    config: Config
    today: date
    progress: Progress

    def make(self, folder: Path) -> dict[str, Any]:
        """Fill the stage; what the finished stage says of itself."""
        has_previous = memory.attach_previous(self.home, self.tables)
        if has_previous and memory.withdrew(self.tables):
            self.home.prune(keep=1)
        mark = memory.fingerprint(self.mapping, self.config)
        known = memory.recall(self.tables, mark, self.today) if has_previous else None
        report = self._check(folder, known)
        try:
            return self._count(report, known, mark, has_previous=has_previous)
        except Exception:
            contract.at_rest(report)  # why it broke matters less than that a file has changed
            raise

    def _count(
        self, report: contract.Report, known: Memory | None, mark: str, *, has_previous: bool
    ) -> dict[str, Any]:
        """All that follows the check."""
        for schema in ("export", "work"):
            self.tables.engine.execute(f"create schema {schema}")
        contract.attach(self.tables.engine, report)
        list_delivered(self.tables, report)
        if known and not memory.fits(self.tables, report):
            known = None
        self._open_stage(is_carried=known is not None)
        again = self._calendar(report, known)
        previous = Previous.of(self.tables) if has_previous else None
        self.progress("people", 0, 3)
        redo.links(self.tables, again, memory.links_told_until(self.tables, known, report))
        self.progress("people", 1, 3)
        told_anew = known is None or memory.people_told_anew(self.tables, known, report)
        if told_anew:
            self._people(report, previous, again)
        holdings.create(self.tables, report, known, self.config, told=told_anew)
        further.people(self.tables, report, known, told=told_anew)
        redo.partners(self.tables, again, self._codes())
        self._months(again)
        is_anew = told_anew or holdings.held_anew(known, report)
        further.create(self.tables, again, self.config.definitions, anew=is_anew)
        redo.record(self.tables, again)
        published.keep(self.tables, self.home, self.home.following(), self.today)
        gone = withdrawn(self.tables) if previous and has_consent(report) else 0
        describe(self.tables, report, self.config, mark, self.today, gone)
        self.progress("verify", 0, 1)
        verify(self.tables)
        told = _told(self.tables) | {"report": report, "redone": again.reasons}
        self._close_stage(compact=known is not None and self._leaves_ids())
        return told

    def _check(self, folder: Path, known: Memory | None) -> contract.Report:
        self.progress("check", 0, 1)
        report = contract.check(
            self.tables.engine, folder, self.mapping, self.config.timezone, self.today,
            known or Memory(),
        )  # fmt: skip
        if report.refused:
            refused = sum(finding.severity == "refuse" for finding in report.findings)
            raise ExportRefused("export_refused", refused=refused, report=report)
        return report

    def _open_stage(self, *, is_carried: bool) -> None:
        """An empty database, or a copy of the generation whose months are carried on."""
        if is_carried:
            copyfile(self.home.generation(self.home.served()), self.stage)
        duckdb.attach(self.tables.engine, self.stage, "stage")
        for schema in ("people", "stored"):
            self.tables.engine.execute(f"create schema if not exists stage.{schema}")
        before.know(self.tables) if is_carried else before.forget(self.tables)

    def _calendar(self, report: contract.Report, known: Memory | None) -> Redo:
        """Days, months and partners of the data; the months that the delivery reaches."""
        memory.remember(self.tables, report)
        self.tables.engine.execute(
            "create view work.event_day as select day, rows as events "
            "from stage.stored.export_day where export = 'events'"
        )
        self.tables.create("events")
        for name in ("as_of", "month"):
            self.tables.create(name)
        again = redo.delivered(known, report) if known else redo.rebuilt(self._codes())
        for done, name in enumerate(CALENDAR):
            self.progress("read", done, len(CALENDAR))
            self.tables.create(
                name,
                only=again.only,
                months=sorted(again.read),
                offline=list(contract.contracts()["events"].column("channel").offline),
            )
        return again

    def _people(self, report: contract.Report, previous: Previous | None, again: Redo) -> None:
        """Everybody who is counted, their attributes and their cells, and whom these reach."""
        tables = self.tables
        params: dict[str, Any] = {
            "as_of": tables.value("select as_of from stage.stored.as_of"),
            "carried_until": previous.finished if previous else -1,
            "has_customers": "customers" in report.sources,
            "has_consent": has_consent(report),
            "told": told_by_history(report),
        }
        for name in ("person", "withheld"):
            tables.create(name, **params)
        redo.people(tables, again)
        self.progress("people", 2, 3)
        create_profiles(tables, report, previous, params)
        carried = prefixes.longest(tables, may_be_carried(report))
        is_same = previous is not None and previous.carries(report, carried)
        if not is_same:
            before.forget(tables, "cell_known", "person_cell_known")
        for name in ("cell", "cell_within", "person_cell"):
            tables.create(name, attributes=carried)
        redo.cells(tables, again, self._codes(), is_same=is_same)
        describe_attributes(tables, report, previous, carried)

    def _months(self, again: Redo) -> None:
        """Events month by month, then people group by group, then what all of them add up to."""
        tables, codes = self.tables, self._codes()
        left = redo.make_room(tables, again, codes)
        redo.move(tables, again)
        read = sorted(again.read.union(again.days).intersection(codes))
        for done, code in enumerate(read):
            self.progress("months", done, len(read))
            redo.read(tables, again, code)
        redo.touch(tables, again, left)
        groups = redo.groups(tables)
        for done, people in enumerate(groups):
            self.progress("count", done, len(groups))
            redo.count(tables, again, people)
        if again.everybody:
            prefixes.decide(tables, self._last_finished(codes))
            for done, code in enumerate(codes):
                self.progress("facts", done, len(codes))
                for name in FACTS:
                    tables.append(name, Rows(code))
        prefixes.mark(tables)
        redo.carried(tables, again, codes)

    def _last_finished(self, codes: list[int]) -> int:
        """The last month that is over; the first one where none is."""
        sql = "select count(*) from stage.stored.month, stage.stored.as_of where last_day <= as_of"
        return codes[max(int(str(self.tables.value(sql))) - 1, 0)]

    def _codes(self) -> list[int]:
        sql = "select month from stage.stored.month order by month"
        return self.tables.engine.run(sql)["month"].to_list()

    def _leaves_ids(self) -> bool:
        """Whether an id that was held is not any more: then it must not stay in a free page."""
        gone = "(from work.person_known anti join stage.people.person using (customer_id))"
        return bool(self.tables.rows(gone))

    def _close_stage(self, *, compact: bool) -> None:
        """Leave one file, and in it only what it holds."""
        engine = self.tables.engine
        if compact:
            whole = self.stage.with_suffix(".whole")
            duckdb.attach(engine, whole, "whole")
            engine.execute("copy from database stage to whole")
            engine.execute("detach whole")
            engine.execute("detach stage")
            whole.replace(self.stage)
        else:
            engine.execute("checkpoint stage")
            engine.execute("detach stage")


def _told(tables: Tables) -> dict[str, Any]:
    """What the finished stage says of itself."""
    generation = tables.engine.run("select * from stage.stored.generation").row(0, named=True)
    accounts = tables.engine.run("select * from stage.stored.export_account").to_dicts()
    return {
        "as_of": generation["as_of"],
        "people": tables.rows("stage.people.person"),
        "withheld_people": generation["withheld_people"],
        "withdrawn": generation["withdrawn"],
        "linked_events": generation["linked_events"],
        "ambiguous_links": generation["ambiguous_links"],
        "accounts": tuple(accounts),
    }
