"""Read queries/; refuse a file whose header is incomplete or whose SQL reaches past its header."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ecosphere.config import ROOT
from ecosphere.library.rules import check_question, check_tables
from ecosphere.library.shapes import COMPARE, KINDS, PER_GROUP, SPLIT, Query, Question
from ecosphere.model import Problem

__all__ = [
    "COMPARE",
    "GIVEN",
    "KINDS",
    "LIVE",
    "PER_GROUP",
    "SPLIT",
    "TOLD",
    "Query",
    "Question",
    "exports_behind",
    "of_stem",
    "placed",
    "query",
    "question",
    "questions",
    "read_query",
    "says_where",
]

HEADER_BLOCK = re.compile(r"\[|[a-z_]+ *=")
FOLDER = ROOT / "queries"

# Tables that the build puts together, and the export behind each: what is in an export differs from
# bank to bank, and what an earlier generation knew is there from the second build on.
GIVEN = {
    "delivered": "events",  # (export, name): the columns that are there
    "event_day": "events",  # (day, events): rows by local day
    "profile_now": "customers",
    "profile_history": "customer_history",
    "profile_carried": "customers",  # as an earlier generation knew them
    "person_known": "customers",
    "withheld_known": "customers",
    "person_profile_known": "customers",
    "person_cell_known": "customers",
    "cell_known": "customers",
    "partner_known": "partners",
    "channel_known": "events",
    "match_month_known": "events",
    "link_told_known": "identity_links",
    "link_known": "events",
    "link_seen_known": "events",
    "person_place_known": "events",
    "person_month_known": "events",
    "month_known": "events",
    "added_place": "events",  # (month, person): to whom something was added
}
# Tables in which the build tells of itself, and their column of months: no file makes them. What
# counts people there is asked of the whole bank only, or hidden at the privacy door.
TOLD = {
    "generation": "",
    "export_account": "",
    "export_column": "",
    "export_day": "",
    "part": "",
    "quarantine": "",
    "attribute": "",
    "fact": "",
    "redone": "month",
    "published": "month",
}
# What no generation holds: builds refused since, and what measures mean.
LIVE = frozenset({"refusal", "measure"})
# Where the tables of a folder stand.
SCHEMAS = {"exports": "export", "people": "people", "facts": "stored", "checks": ""}


@cache
def query(name: str) -> Query:
    """A query that builds a table, by the table's name."""
    for folder in SCHEMAS:
        path = FOLDER / folder / f"{name}.sql"
        if path.exists():
            return read_query(path)
    if name in TOLD or name in LIVE:
        schema = "live" if name in LIVE else "stored"
        return Query(name=name, sql="", reads=(), month=TOLD.get(name, ""), schema=schema)
    raise Problem("unknown_query", value=name)


@cache
def questions() -> Mapping[str, Question]:
    """Every question a reader can ask, by `stem/exhibit`."""
    paths = sorted((FOLDER / "metrics").glob("*/*.sql"))
    return {found.name: found for found in map(_question, paths)}


def question(name: str) -> Question:
    """One question by its name; a Problem when there is none."""
    known = questions()
    if name not in known:
        raise Problem("unknown_stem", value=name, known=", ".join(known))
    return known[name]


def of_stem(stem: str, exhibit: str | None = None) -> Question:
    """The question of a stem: the named exhibit, or the one marked as default."""
    if exhibit:
        return question(f"{stem}/{exhibit}")
    for found in questions().values():
        if found.stem == stem and found.default:
            return found
    stems = sorted({found.stem for found in questions().values()})
    raise Problem("unknown_stem", value=stem, known=", ".join(stems))


@cache
def exports_behind(name: str) -> frozenset[str]:
    """The exports that a question comes from, through every table between."""
    behind: set[str] = set()
    followed: set[str] = set()  # a month's people and the state between months read each other
    ahead = set(question(name).reads)
    while ahead:
        read = ahead.pop()
        followed.add(read)
        if not _exists(read):
            behind.add(GIVEN.get(read, read))
            continue
        found = query(read)
        if found.schema == "export":  # a view has the name of its export
            behind.add(read)
        ahead |= set(found.reads) - followed
    return frozenset(behind)


@cache
def says_where(name: str) -> bool:
    """Whether a table is counted from rows that say where something was done."""
    if name in GIVEN or not _exists(name):
        return False
    found = query(name)
    return found.places or (
        found.schema in ("people", "stored") and any(says_where(read) for read in found.reads)
    )


def placed(sql: str, tables: Mapping[str, str], order: tuple[str, ...] = ()) -> str:
    """The select over tables that exist only here: each bare name it reads stands for a select."""
    ctes = ",\n".join(f"{name} as (\n{body}\n)" for name, body in tables.items())
    head = f"with {ctes}\n" if ctes else ""
    tail = f"\norder by {', '.join(order)}" if order else ""
    return f"{head}select * from (\n{sql}\n) as answer{tail}"


def _exists(name: str) -> bool:
    return any((FOLDER / folder / f"{name}.sql").exists() for folder in SCHEMAS)


def _split(path: Path) -> tuple[str, dict[str, Any], str]:
    """Description, header and SQL of a file. Comment lines up to the first blank one, or prose."""
    lines = path.read_text(encoding="utf-8").splitlines()
    comments = [line for line in lines if line.startswith("--")]
    if lines[: len(comments)] != comments:
        raise Problem("query_header", file=path.name, detail="comments stand at the top, unbroken")
    blocks = "\n".join(line[3:] for line in comments).split("\n\n")
    header = "\n".join(filter(HEADER_BLOCK.match, blocks[1:]))  # the others are prose
    try:
        return blocks[0], tomllib.loads(header), "\n".join(lines[len(comments) :])
    except tomllib.TOMLDecodeError as broken:
        raise Problem("query_header", file=path.name, detail=str(broken)) from broken


def read_query(path: Path) -> Query:
    """A query that builds a table, or checks some, from its file."""
    _, header, sql = _split(path)
    keys = {key: _tuple(value) for key, value in header.items()}
    try:
        found = Query(name=path.stem, sql=sql, schema=SCHEMAS[path.parent.name], **keys)
    except TypeError as incomplete:
        raise Problem("query_header", file=path.name, detail=str(incomplete)) from incomplete
    check_tables(found.name, sql, found.reads)
    return found


def _question(path: Path) -> Question:
    description, header, sql = _split(path)
    name = f"{path.parent.name}/{path.stem}"
    keys = {key: _tuple(value) for key, value in header.items()}
    if keys.get("where") == "none":
        keys["where"] = ()
    try:
        found = Question(name=name, description=description, sql=sql, **keys)
    except TypeError as incomplete:
        raise Problem("query_header", file=name, detail=str(incomplete)) from incomplete
    check_question(found)
    check_tables(name, sql, found.reads)
    return found


def _tuple(value: Any) -> Any:
    """Lists of a header become tuples, so that a question is a value."""
    if isinstance(value, list):
        return tuple(_tuple(item) for item in value)
    if isinstance(value, dict):
        return {key: _tuple(item) for key, item in value.items()}
    return value
