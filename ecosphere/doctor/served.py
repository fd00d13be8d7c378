"""The generation being served: whole, answering every role, and not too old."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from ecosphere import config, journal
from ecosphere.contract.quote import identifier
from ecosphere.doctor.sign import Case, Sign, Unopened
from ecosphere.library import questions
from ecosphere.model import Filters, Problem, Role
from ecosphere.source import Source


def generation(case: Case) -> Iterator[Sign]:
    """Whether CURRENT leads to a generation that can be read to its last row."""
    number = case.home.served()
    told: dict[str, object] = {"number": number, "home": case.home.path}
    try:
        rows = _read(case)
    except Unopened as unopened:
        yield _broken(case, number, unopened.__cause__ or unopened)
    except Exception as broken:  # noqa: BLE001  # a damaged file fails in as many ways as it has bytes
        yield _broken(case, number, broken)
    else:
        is_named = (case.home.path / "CURRENT").exists()
        told["rows"] = f"{rows:,}"
        if is_named:
            yield Sign("generation", "ok", "generation_whole", told)
        else:
            yield Sign("generation", "warn", "generation_unnamed", told)


def settings(case: Case) -> Iterator[Sign]:
    """Whether ecosphere.toml is valid."""
    found = config.load(case.home.path)
    name = config.FILE_NAME if (case.home.path / config.FILE_NAME).exists() else "–"
    yield Sign("settings", "ok", "settings_valid", {"file": name, "count": len(found.roles)})


def roles(case: Case) -> Iterator[Sign]:
    """Whether the rows of every role name attributes and values that the generation has."""
    source = case.opened.source
    refused = {role.name: problem for role in case.settings.roles.values()
               if (problem := _refusal(source, role))}  # fmt: skip
    for name, problem in refused.items():
        yield Sign("roles", "fail", "roles_unanswered", {"role": name}, problem)
    if not refused:
        yield Sign("roles", "ok", "roles_answered", {"count": len(case.settings.roles)})


def data(case: Case) -> Iterator[Sign]:
    """How long ago the data ends."""
    as_of = case.opened.source.catalog.as_of
    days = (case.now.astimezone(ZoneInfo(case.settings.timezone)).date() - as_of).days
    told = {"day": as_of, "days": days, "limit": case.settings.stale_after_days}
    is_old = days > case.settings.stale_after_days
    yield Sign("data", *(("warn", "data_old") if is_old else ("ok", "data_recent")), told)


def last_build(case: Case) -> Iterator[Sign]:
    """How the last build ended, and how long ago the last good one was."""
    last = journal.last_build(case.home.path)
    if last and last.outcome == "refused":
        told = {"at": _minute(last.at), "count": last.findings_total, "home": case.home.path}
        yield Sign("build", "warn", "build_refused", told)
    elif last and last.outcome == "failed":
        told = {"at": _minute(last.at), "problem": last.problem, "code": last.exit_code}
        yield Sign("build", "warn", "build_failed", told)
    else:
        yield _age(case, last.at if last else case.opened.built_at)


def clock(case: Case) -> Iterator[Sign]:
    """Whether what was built is dated before now."""
    built_at = case.opened.built_at
    told = {"at": _minute(built_at), "now": _minute(case.now)}
    is_back = built_at > case.now
    yield Sign("clock", *(("warn", "clock_back") if is_back else ("ok", "clock_right")), told)


def _read(case: Case) -> int:
    """How many rows all tables hold. A row's hash needs every byte: reading fails at a bad one."""
    engine = case.opened.engine
    tables = engine.run("select schema_name, table_name from duckdb_tables() "
                        "where database_name = 'generation'")  # fmt: skip
    rows = 0
    for schema, table in tables.iter_rows():
        name = f"generation.{identifier(schema)}.{identifier(table)}"
        sql = f"select count(*) as n, bit_xor(hash(line)) as all_bytes from {name} as line"
        rows += int(engine.run(sql)["n"].item())
    return rows


def _broken(case: Case, number: int, broken: BaseException) -> Sign:
    others = [str(other) for other in case.home.numbers() if other != number]
    told = {"number": number, "home": case.home.path, "others": ", ".join(others) or "–"}
    if isinstance(broken, Problem):
        return Sign("generation", "fail", "generation_broken", told, broken)
    detail = f"{type(broken).__name__}: {broken}".splitlines()[0]
    return Sign("generation", "fail", "generation_broken", {**told, "detail": detail})


def _refusal(source: Source, role: Role) -> Problem | None:
    """Why the role is not answered: the first question that it may ask is put."""
    for name in questions():
        try:
            source.ask(name, Filters(), {}, role)
        except Problem as problem:
            if problem.key != "not_for_role":
                return problem
        else:
            return None
    return None


def _age(case: Case, at: datetime) -> Sign:
    limit = case.settings.stale_after_days
    told = {"at": _minute(at), "limit": limit}
    if case.now - at > timedelta(days=limit):
        return Sign("build", "warn", "build_old", told)
    return Sign("build", "ok", "build_recent", told)


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
