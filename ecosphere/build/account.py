"""What a generation is made of: every row of every export kept, set aside, withheld or dropped."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime

from ecosphere import contract
from ecosphere.build.tables import Tables
from ecosphere.config import ROOT, Config
from ecosphere.library import read_query
from ecosphere.model import GenerationFailed

FATES = ("kept", "quarantined", "withheld", "dropped")


def describe(
    tables: Tables,
    report: contract.Report,
    config: Config,
    fingerprint: str,
    today: date,
    withdrawn: int,
) -> None:
    """Tables stage.stored.generation, export_account and quarantine; the last to read an export.

    `withdrawn` is how many people the generation before held who have withdrawn consent.

    Raises GenerationFailed when a row is unaccounted for, ExportRefused when a file has changed.
    """
    tables.engine.execute(
        "create or replace table stage.stored.generation as select $built_at as built_at, as_of, "
        "$timezone as timezone, $fingerprint as fingerprint, $checked_on as checked_on, "
        "$withheld_people as withheld_people, $withdrawn as withdrawn, "
        "(select cast(coalesce(sum(linked), 0) as bigint) from stage.stored.match_month) "
        "as linked_events, "
        "(select count(distinct scene_user) from stage.people.link "
        "where is_ambiguous) as ambiguous_links "
        "from stage.stored.as_of",
        {
            "built_at": datetime.now(UTC).replace(tzinfo=None, microsecond=0),
            "timezone": config.timezone,
            "fingerprint": fingerprint,
            "checked_on": today,
            "withheld_people": _withheld_people(tables, report),
            "withdrawn": withdrawn,
        },
    )
    _account(tables, report)
    _set_aside(tables, report)
    tables.engine.execute(
        "create or replace table stage.stored.export_column as from work.delivered"
    )


def _account(tables: Tables, report: contract.Report) -> None:
    """Table stored.export_account: export, as_of, rows_in, what became of these, is_monthly."""
    accounts = list(_accounts(tables, report))
    contract.at_rest(report)
    for account in accounts:
        if account["rows_in"] != sum(int(str(account[fate])) for fate in FATES):
            raise GenerationFailed("rows_unaccounted", **account)
    kinds = {"export": "varchar", "as_of": "date", "rows_in": "bigint"}
    columns = {
        name: (kind, [account[name] for account in accounts])
        for name, kind in (kinds | dict.fromkeys(FATES, "bigint")).items()
    }
    monthly = [_is_monthly(report, account) for account in accounts]
    tables.fill("stored.export_account", columns | {"is_monthly": ("boolean", monthly)})


def list_delivered(tables: Tables, report: contract.Report) -> None:
    """Table work.delivered: the columns of every export that is there."""
    tables.engine.execute("create table work.delivered (export varchar, name varchar)")
    for name, source in report.sources.items():
        for column in sorted(source.present):
            tables.engine.execute(
                "insert into work.delivered values ($export, $name)",
                {"export": name, "name": column},
            )


def verify(tables: Tables) -> None:
    """Every file of queries/checks returns the rows that are wrong: one row is one too many."""
    for path in sorted((ROOT / "queries" / "checks").glob("*.sql")):
        wrong = tables.run(read_query(path))
        if wrong.height:
            raise GenerationFailed(
                "check_failed",
                check=path.stem,
                count=wrong.height,
                example=wrong.row(0, named=True),
            )


def has_consent(report: contract.Report) -> bool:
    """Whether the customers export says who has consented. Where it does, null is no consent."""
    source = report.sources.get("customers")
    return source is not None and "consent_analytics" in source.present


def _accounts(tables: Tables, report: contract.Report) -> Iterator[dict[str, object]]:
    events = tables.engine.run(
        "select cast(coalesce(sum(known + linked + unmatched), 0) as bigint), "
        "cast(coalesce(sum(withheld), 0) as bigint) from stage.stored.match_month"
    )
    people = (tables.rows("stage.people.person"), _withheld_people(tables, report))
    counted = {"events": events.row(0), "customers": people}
    as_of = tables.value("select as_of from stage.stored.as_of")
    for name, source in report.sources.items():
        kept, withheld = counted.get(name) or (tables.rows(f"checked.{name}"), 0)
        yield {
            "export": name,
            "as_of": as_of if name == "events" else source.last_day,
            "rows_in": source.rows_in,
            "kept": kept,
            "quarantined": sum(source.quarantined.values()),
            "withheld": withheld,
            "dropped": source.dropped,
        }


def _is_monthly(report: contract.Report, account: Mapping[str, object]) -> bool:
    """Whether the days of an export are months: then it speaks of them to their last day."""
    told = report.sources[str(account["export"])].contract
    return any(column.name == told.day and column.type == "month" for column in told.columns)


def _set_aside(tables: Tables, report: contract.Report) -> None:
    """Table stored.quarantine: export, rule, column_name, rows. Each row under its first rule."""
    found = [
        (source.name, *rule.split(".", 1), rows)
        for source in report.sources.values()
        for rule, rows in source.quarantined.items()
        if rows
    ]
    kinds = {"export": "varchar", "rule": "varchar", "column_name": "varchar", "rows": "bigint"}
    tables.fill(
        "stored.quarantine",
        {
            name: (kind, [row[place] for row in found])
            for place, (name, kind) in enumerate(kinds.items())
        },
    )


def _withheld_people(tables: Tables, report: contract.Report) -> int:
    if not has_consent(report):
        return 0
    sql = "select count(*) as n from checked.customers where not coalesce(consent_analytics, false)"
    return int(tables.engine.run(sql).item())
