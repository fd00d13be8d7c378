"""What a generation is made of: every row of every export kept, set aside, withheld or dropped."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

from ecosphere import contract
from ecosphere.build.tables import Tables
from ecosphere.config import ROOT, Config
from ecosphere.library import read_query
from ecosphere.model import GenerationFailed

FATES = ("kept", "quarantined", "withheld", "dropped")


def describe(
    tables: Tables, report: contract.Report, config: Config, fingerprint: str, today: date
) -> None:
    """Tables stage.stored.generation and stored.export_account; the last to read an export.

    Raises GenerationFailed when a row is unaccounted for, ExportRefused when a file has changed.
    """
    tables.engine.execute(
        "create or replace table stage.stored.generation as select $built_at as built_at, as_of, "
        "$timezone as timezone, $fingerprint as fingerprint, $checked_on as checked_on, "
        "$withheld_people as withheld_people, "
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
        },
    )
    accounts = list(_accounts(tables, report))
    contract.at_rest(report)
    for account in accounts:
        if account["rows_in"] != sum(int(str(account[fate])) for fate in FATES):
            raise GenerationFailed("rows_unaccounted", **account)
    kinds = {"export": "varchar", "as_of": "date", "rows_in": "bigint"}
    tables.fill(
        "stored.export_account",
        {
            name: (kind, [account[name] for account in accounts])
            for name, kind in (kinds | dict.fromkeys(FATES, "bigint")).items()
        },
    )
    tables.engine.execute(
        "create or replace table stage.stored.export_column as from work.delivered"
    )


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


def _withheld_people(tables: Tables, report: contract.Report) -> int:
    if not has_consent(report):
        return 0
    sql = "select count(*) as n from checked.customers where not coalesce(consent_analytics, false)"
    return int(tables.engine.run(sql).item())
