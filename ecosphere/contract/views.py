"""Exports as views that other parts read."""

from ecosphere.contract.quote import identifier
from ecosphere.contract.report import Report
from ecosphere.contract.shape import absent
from ecosphere.contract.terms import Contract, contracts
from ecosphere.model import Engine


def attach(engine: Engine, report: Report) -> None:
    """Views raw.<export>, and checked.<export> without the rows set aside.

    An export that was not delivered is a view without rows, so that queries need no second form.
    The views name the files of the export: drop both schemas before the database is handed on.
    """
    for schema in ("raw", "checked"):
        engine.execute(f"create schema if not exists {schema}")
    for name, source in report.sources.items():
        engine.execute(f"create or replace view raw.{identifier(name)} as {source.raw}")
    for name, source in report.sources.items():
        engine.execute(f"create or replace view checked.{identifier(name)} as {source.checked}")
    for name, contract in contracts().items():
        if name not in report.sources:
            nothing = f"select {_nulls(contract)} where false"
            engine.execute(f"create or replace view checked.{identifier(name)} as {nothing}")


def _nulls(contract: Contract) -> str:
    columns = contract.columns
    return ", ".join(f"{absent(column)} as {identifier(column.name)}" for column in columns)
