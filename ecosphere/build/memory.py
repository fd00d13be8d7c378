"""What a generation remembers of its exports, and whether the next one can carry on from it."""

from datetime import date
from hashlib import sha256
from itertools import chain

from ecosphere import contract
from ecosphere.build.tables import Tables
from ecosphere.config import ROOT, Config
from ecosphere.contract.memory import Memory, Part
from ecosphere.engines import duckdb
from ecosphere.generations import Home
from ecosphere.model import Month

# Whatever decides how rows become numbers. When any of it differs, nothing is carried on.
DECIDES = (
    "queries/exports/*.sql",
    "queries/people/*.sql",
    "queries/facts/*.sql",
    "data/contract/*.toml",
    "ecosphere/contract/*.py",
    "ecosphere/build/*.py",
    "ecosphere/engines/*.py",
)
# With a customers export, these alone decide who is counted and in which group.
TELL_OF_PEOPLE = ("customers", "customer_history", "branches")


def fingerprint(mapping: contract.Mapping, config: Config) -> str:
    """A digest of all that decides how exports become numbers."""
    decided = (duckdb.version(), config.timezone, config.definitions, mapping.exports)
    digest = sha256(repr(decided).encode())
    for pattern in DECIDES:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def attach_previous(home: Home, tables: Tables) -> bool:
    """Attach the served generation as `previous`; False before the first build."""
    number = home.current()
    if number is not None:
        duckdb.attach(tables.engine, home.generation(number), "previous", read_only=True)
    return number is not None


def withdrew(tables: Tables) -> bool:
    """Whether the served generation let people go: a build that was killed once it was served has
    not deleted the earlier ones, which hold them."""
    if "withdrawn" not in _columns(tables, "generation"):
        return False
    return bool(tables.value("select withdrawn > 0 from previous.stored.generation"))


def recall(tables: Tables, fingerprint: str, today: date) -> Memory | None:
    """What the check of the served generation found; None when it cannot be carried on from.

    A clock that was set back is one such case: what was in order then may lie in the future now.
    """
    if "fingerprint" not in _columns(tables, "generation"):
        return None
    before = tables.engine.run("select * from previous.stored.generation").row(0, named=True)
    if before["fingerprint"] != fingerprint or before["checked_on"] > today:
        return None
    days: dict[tuple[str, str], dict[date, tuple[int, int]]] = {}
    for row in tables.engine.run("select * from previous.stored.part_day").iter_rows(named=True):
        of_file = days.setdefault((row["export"], row["file"]), {})
        of_file[row["day"]] = (row["rows"], row["own_rows"])
    parts = tables.engine.run("select * from previous.stored.part").iter_rows(named=True)
    return Memory(
        parts={
            (row["export"], row["file"]): Part(
                export=row["export"],
                file=row["file"],
                stamp=(row["bytes"], row["changed_ns"], row["touched_ns"]),
                digest=row["digest"],
                rows=row["rows"],
                aside=row["aside"],
                days=days.get((row["export"], row["file"]), {}),
            )
            for row in parts
        },
        held={"customers.customer_id": _held_customers(tables)},
    )


def remember(tables: Tables, report: contract.Report) -> None:
    """Tables stored.part, part_day, export_day: each file, and its rows by day.

    part: export, file, bytes, changed_ns, touched_ns, digest, rows, aside. part_day: export, file,
    day, rows, own_rows (without what the system did). export_day: export, day, rows.
    """
    parts = [part for source in report.sources.values() for part in source.parts]
    tables.fill(
        "stored.part",
        {
            "export": ("varchar", [part.export for part in parts]),
            "file": ("varchar", [part.file for part in parts]),
            "bytes": ("bigint", [part.stamp[0] for part in parts]),
            "changed_ns": ("bigint", [part.stamp[1] for part in parts]),
            "touched_ns": ("bigint", [part.stamp[2] for part in parts]),
            "digest": ("varchar", [part.digest for part in parts]),
            "rows": ("bigint", [part.rows for part in parts]),
            "aside": ("bigint", [part.aside for part in parts]),
        },
    )
    days = [(part, day, rows) for part in parts for day, rows in part.days.items()]
    tables.fill(
        "stored.part_day",
        {
            "export": ("varchar", [part.export for part, _, _ in days]),
            "file": ("varchar", [part.file for part, _, _ in days]),
            "day": ("date", [day for _, day, _ in days]),
            "rows": ("bigint", [rows for _, _, (rows, _) in days]),
            "own_rows": ("bigint", [own for _, _, (_, own) in days]),
        },
    )
    tables.engine.execute(
        "create or replace table stage.stored.export_day as select export, day, "
        "cast(sum(rows) as bigint) as rows from stage.stored.part_day group by export, day"
    )


def fits(tables: Tables, report: contract.Report) -> bool:
    """Whether the exports hold the columns that they held, so that months can be carried on."""
    before = tables.engine.run("select export, name from previous.stored.export_column").rows()
    now = [(name, column) for name, source in report.sources.items() for column in source.present]
    return set(before) == set(now)


def changed_months(memory: Memory, report: contract.Report) -> dict[int, int]:
    """Months of events in files that are new, gone or other than before, and how many files."""
    months: dict[int, set[str]] = {}
    for part in chain(*_changed(memory, report, "events")):
        for day in part.days:
            months.setdefault(Month.of(day).code, set()).add(part.file)
    return {month: len(files) for month, files in months.items()}


def added_days(memory: Memory, report: contract.Report) -> dict[int, tuple[date, date]]:
    """Months to which new files add days, and change nothing: the first and the last of them."""
    new, others = _changed(memory, report, "events")
    changed = {Month.of(day).code for part in others for day in part.days}
    known = {day for key, part in memory.parts.items() if key[0] == "events" for day in part.days}
    added: dict[int, list[date]] = {}
    for day in sorted(day for part in new for day in part.days):
        added.setdefault(Month.of(day).code, []).append(day)
    return {
        month: (days[0], days[-1])
        for month, days in added.items()
        if month not in changed and not any(days[0] <= day <= days[-1] for day in known)
    }


def changed(memory: Memory, report: contract.Report, *exports: str) -> bool:
    """Whether a file of these exports is new, gone or other than before."""
    return any(_changed(memory, report, name) != ([], []) for name in exports)


def people_told_anew(tables: Tables, memory: Memory, report: contract.Report) -> bool:
    """Whether the exports that say who is who have changed, or say more since a day has passed.

    Also when months came or went: how many attributes the facts carry depends on their number.
    """
    if "customers" not in report.sources or changed(memory, report, *TELL_OF_PEOPLE):
        return True
    if tables.rows("previous.stored.month") != tables.rows("stage.stored.month"):
        return True
    days = "(select as_of from {}.stored.as_of)"
    before, now = days.format("previous"), days.format("stage")
    told = f"valid_from > least({before}, {now}) and valid_from <= greatest({before}, {now})"
    return bool(tables.rows(f"(from checked.customer_history where {told})"))


def links_told_until(tables: Tables, memory: Memory | None, report: contract.Report) -> date | None:
    """The day up to which the links that the bank declares are known; None where they may have
    changed. Where rows are set aside, other exports decide which: then they may have."""
    if memory is None:
        return None
    source = report.sources.get("identity_links")
    has_aside = source is not None and any(part.aside for part in source.parts)
    before, now = (tables.value(f"select as_of from {of}.stored.as_of")
                   for of in ("previous", "stage"))  # fmt: skip
    assert isinstance(before, date) and isinstance(now, date)  # noqa: S101, PT018  # column types
    is_same = not has_aside and _changed(memory, report, "identity_links") == ([], [])
    return before if is_same and before <= now else None


def _changed(memory: Memory, report: contract.Report, export: str) -> tuple[list[Part], list[Part]]:
    """Files of an export that are new; and those that are gone or not what they were, both ways."""
    source = report.sources.get(export)
    now = {(part.export, part.file): part for part in source.parts} if source else {}
    before = {key: part for key, part in memory.parts.items() if key[0] == export}
    new = [part for key, part in now.items() if key not in before]
    others = [part for key, part in before.items() if key not in now]
    for key in now.keys() & before.keys():
        here, there = now[key], before[key]
        if (here.digest, here.aside) != (there.digest, there.aside):
            others += [here, there]
    return new, others


def _held_customers(tables: Tables) -> tuple[int, str]:
    """How many customers there were, and a select of the digests of their ids."""
    digests = (
        "select customer from previous.people.person "
        "union all select customer from previous.people.withheld"
    )
    return tables.rows(f"({digests})"), digests


def _columns(tables: Tables, name: str) -> set[str]:
    found = tables.engine.run(
        "select column_name from duckdb_columns() where database_name = 'previous' "
        "and schema_name = 'stored' and table_name = $name",
        {"name": name},
    )
    return set(found["column_name"])
