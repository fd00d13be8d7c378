"""The sample's further exports hold together, and their truths are found by counting."""

import json
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from ecosphere.demo import make
from ecosphere.demo.exports import EXPORTS

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
TRUTHS: dict[str, Any] = json.loads((SAMPLE / "truths.json").read_text("utf-8"))
AUM = ("deposit", "wealth", "fund", "insurance", "trust", "metals")
FROM = {"mass": 0.0, "affluent": 50_000.0, "wealth": 500_000.0, "private": 6_000_000.0}
UP_TO = {"mass": 50_000.0, "affluent": 500_000.0, "wealth": 6_000_000.0, "private": 1e12}


@cache
def read(name: str) -> pl.DataFrame:
    folder = SAMPLE / name
    return pl.read_parquet(folder / "*.parquet" if folder.is_dir() else SAMPLE / f"{name}.parquet")


def month_of(column: str) -> pl.Expr:
    return pl.col(column).dt.truncate("1mo").cast(pl.Date)


def day(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def ago(month: str, count: int) -> date:
    first = day(month)
    for _ in range(count):
        first = (first - timedelta(days=1)).replace(day=1)
    return first


@cache
def agreed() -> pl.DataFrame:
    return read("customers").filter(pl.col("consent_analytics"))


def mine(name: str) -> pl.DataFrame:
    """Rows of people with consent."""
    return read(name).join(agreed(), on="customer_id", how="semi")


@cache
def active() -> pl.DataFrame:
    """Customer and month of initiated events, scene users linked by identity_links as well."""
    events = read("events").filter("is_initiated")
    both = events.drop_nulls(["customer_id", "scene_user_id"])
    links = pl.concat(
        [table.select("partner_id", "scene_user_id", linked="customer_id")
         for table in (both, read("identity_links"))]
    ).unique()  # fmt: skip
    person = pl.coalesce("customer_id", "linked").alias("customer_id")
    found = events.join(links, on=["partner_id", "scene_user_id"], how="left")
    return found.select(person, month=month_of("occurred_at")).drop_nulls().unique()


@cache
def wealth() -> pl.DataFrame:
    """AUM and its net flow by customer and month."""
    of_aum = read("holdings").filter(pl.col("category").is_in(AUM))
    return of_aum.group_by("customer_id", "month").agg(
        aum=pl.col("balance_average").sum(), flow=pl.col("net_flow").sum()
    )


def test_every_export_is_in_the_sample_and_small() -> None:
    assert {path.stem for path in SAMPLE.iterdir()} == {*EXPORTS, "README", "truths"}
    assert sum(file.stat().st_size for file in SAMPLE.rglob("*.*")) < 9_000_000


def test_the_matches_of_identity_links_do_not_change_who_is_active() -> None:
    counted = active().join(agreed(), on="customer_id", how="semi").group_by("month").len()
    assert {f"{month:%Y-%m}": n for month, n in counted.iter_rows()} == TRUTHS["mau"]["months"]


def test_a_match_begins_with_the_first_event_that_carries_both_ids() -> None:
    keys = ["partner_id", "scene_user_id"]
    both = read("events").drop_nulls(["customer_id", "scene_user_id"])
    first = both.group_by(keys).agg(on=pl.col("occurred_at").min().dt.date())
    shown = read("identity_links").join(first, on=keys, how="left")
    truth = TRUTHS["identity_links"]
    assert shown["on"].count() == truth["shown"] == TRUTHS["linked_later"]["later"]
    assert shown["on"].null_count() == truth["not_shown"] > 0
    assert shown.filter(pl.col("on") != pl.col("linked_on")).is_empty()


def test_38_branches_stand_below_the_bank_and_outlets_manage_customers() -> None:
    branches = read("branches")
    assert branches["level"].value_counts().sort("level").rows()[:2] == [("1", 1), ("2", 38)]
    outlets = branches.filter(pl.col("level") == "4")
    customers = read("customers")
    assert customers["branch_id"].drop_nulls().is_in(outlets["branch_id"].implode()).all()
    managed = pl.col("branch_id").is_not_null()
    unstated = pl.any_horizontal(pl.col("became_customer_on", "region").is_null())
    assert customers.filter(managed == unstated).is_empty()


def test_the_first_account_is_opened_on_the_day_of_becoming_a_customer() -> None:
    first = read("accounts").group_by("customer_id").agg(pl.col("opened_at").min().dt.date())
    holders = read("customers").drop_nulls("became_customer_on").join(first, on="customer_id")
    assert holders.height == first.height == read("customers")["became_customer_on"].count()
    assert (holders["opened_at"] == holders["became_customer_on"]).all()


def test_only_customers_hold_and_amounts_fit_the_tier_of_the_next_month() -> None:
    known = wealth().join(read("customers"), on="customer_id")
    assert (known["became_customer_on"] <= known["month"].dt.month_end()).all()
    known = known.with_columns(on=pl.col("month").dt.offset_by("1mo"))
    past = read("customer_history").select("customer_id", "valid_from", "valid_to", "official_tier")
    then = (pl.col("valid_from") <= pl.col("on")) & (pl.col("on") < pl.col("valid_to"))
    earlier = known.join(past, on="customer_id", suffix="_then").filter(then)
    keys = ["customer_id", "month"]
    tiers = known.join(earlier.select(*keys, "official_tier_then"), on=keys, how="left")
    tiers = tiers.with_columns(tier=pl.coalesce("official_tier_then", "official_tier"))
    tiers = tiers.drop_nulls("tier").with_columns(
        least=pl.col("tier").replace_strict(FROM), most=pl.col("tier").replace_strict(UP_TO)
    )
    assert tiers.filter(pl.col("aum") >= pl.col("most")).is_empty()
    below = tiers.filter(pl.col("aum") < pl.col("least"))
    # The bank's grace: at most two months below, then the tier falls (private banking: five).
    assert 0 < below.height < 0.01 * tiers.height
    assert below.group_by("customer_id", "tier").len()["len"].max() <= 5


def test_risk_of_leaving_by_the_three_features() -> None:
    truth = TRUTHS["churn"]
    flow, first, last = wealth().sort("customer_id", "month"), day(truth["from"]), day(truth["to"])
    trailing = sum(pl.col("aum").shift(k) for k in (1, 2, 3)).over("customer_id") / 3
    flow = flow.with_columns(trailing=trailing, before=pl.col("aum").shift(1).over("customer_id"))
    gone = flow.filter(-pl.col("flow") > 0.5 * pl.col("trailing")).select("customer_id", "month")
    gone = gone.group_by("customer_id").agg(left=pl.col("month").min())
    steady = read("customer_history").group_by("customer_id").agg(
        tiers=pl.col("official_tier").n_unique()
    )  # fmt: skip
    steady = steady.filter(pl.col("tiers") > 1)
    able = flow.join(agreed(), on="customer_id").join(steady, on="customer_id", how="anti")
    able = able.join(gone, on="customer_id", how="left").filter(
        pl.col("month").is_between(first, last),
        pl.col("before") >= 10_000,
        pl.col("became_customer_on") < pl.col("month").dt.offset_by("-3mo"),
        pl.col("left").is_null() | (pl.col("month") <= pl.col("left")),
    )
    left = able.filter(pl.col("month") == pl.col("left"))
    assert left.height == truth["left"]
    closed = mine("accounts").group_by("customer_id").agg(pl.col("closed_at").is_null().any())
    assert closed.filter(~pl.col("closed_at")).height >= truth["closed"]
    cells = able.select("customer_id", "month", "left", "is_payroll")
    cells = _flag(cells, active(), "silent").with_columns(~pl.col("silent"))
    complaints = read("service_contacts").filter(pl.col("kind") == "complaint")
    complaints = complaints.select("customer_id", month=month_of("started_at")).unique()
    cells = _as_of(_flag(cells, complaints, "complaint"))
    names = pl.concat_str(pl.col("silent", "is_payroll", "complaint").cast(pl.Int8))
    counted = cells.group_by(names.alias("cell")).agg(
        pl.len(), (pl.col("left") == pl.col("month")).sum().alias("left")
    )
    assert {cell: [n, left] for cell, n, left in counted.iter_rows()} == truth["cells"]


def _flag(cells: pl.DataFrame, months: pl.DataFrame, name: str) -> pl.DataFrame:
    """Whether one of the three months before is among the months."""
    near = [months.with_columns(pl.col("month").dt.offset_by(f"{k}mo")) for k in (1, 2, 3)]
    some = pl.concat(near).unique().with_columns(pl.lit(value=True).alias(name))
    found = cells.join(some, on=["customer_id", "month"], how="left")
    return found.with_columns(pl.col(name).fill_null(value=False))


def _as_of(cells: pl.DataFrame) -> pl.DataFrame:
    """is_payroll as it was on the first of the month."""
    past = read("customer_history").select("customer_id", "valid_from", "valid_to", "is_payroll")
    then = (pl.col("valid_from") <= pl.col("month")) & (pl.col("month") < pl.col("valid_to"))
    earlier = cells.join(past, on="customer_id", suffix="_then").filter(then)
    keys = ["customer_id", "month"]
    found = cells.join(earlier.select(*keys, "is_payroll_then"), on=keys, how="left")
    return found.with_columns(is_payroll=pl.coalesce("is_payroll_then", "is_payroll"))


def test_salaries_stop_in_one_region() -> None:
    truth = TRUTHS["payroll_lost"]
    paid = mine("holdings").filter(pl.col("product") == "payroll")
    month = day(truth["month"])
    after = [month, (month + timedelta(days=31)).replace(day=1)]
    before = paid.filter(pl.col("month") == ago(truth["month"], 1)).select("customer_id")
    lost = before.join(paid.filter(pl.col("month").is_in(after)), on="customer_id", how="anti")
    regions = lost.join(agreed(), on="customer_id")["region"].drop_nulls()
    assert (regions == truth["region"]).sum() == truth["lost"]
    assert (regions != truth["region"]).sum() == truth["elsewhere"]
    assert truth["lost"] / truth["of"] > 0.4


def test_the_branch_that_drags() -> None:
    truth = TRUTHS["branch_drags"]
    above = dict(read("branches").select("branch_id", "parent_id").iter_rows())
    customers = agreed().drop_nulls("branch_id").select("customer_id", outlet="branch_id")
    branch = pl.col("outlet").replace_strict(above).replace_strict(above)
    rows = wealth().join(customers, on="customer_id").with_columns(branch=branch)
    for column, mine_ in (("aum", pl.col("branch") == truth["branch_id"]), ("all", pl.lit(True))):
        sums = [rows.filter(mine_, pl.col("month") == day(truth[key]))["aum"].sum()
                for key in ("from", "to")]  # fmt: skip
        assert sums == pytest.approx(truth[column])
    assert truth["aum"][1] < truth["aum"][0]
    assert truth["all"][1] > truth["all"][0]


def test_low_activity_customers_who_come_back() -> None:
    truth = TRUTHS["reactivated"]
    month, before = day(truth["month"]), ago(truth["month"], 1)
    rich = wealth().filter(pl.col("month") == before, pl.col("aum") >= 10_000)
    last = active().filter(pl.col("month").is_between(ago(truth["month"], 3), before))
    low = agreed().filter(pl.col("became_customer_on") < month)
    low = low.join(rich, on="customer_id", how="anti").join(last, on="customer_id", how="anti")
    now = active().filter(pl.col("month") == month)
    assert low.height == truth["low"]
    assert low.join(now, on="customer_id", how="semi").height == truth["back"]


@pytest.mark.parametrize(
    ("name", "effect"),
    [("initiative_effect", 15), ("initiative_null", 0), ("initiative_chosen", 10)],
)
def test_initiatives_by_arm(name: str, effect: int) -> None:
    truth = TRUTHS[name]
    members = read("initiative_members").filter(pl.col("initiative_id") == truth["initiative_id"])
    rows = read("holdings").filter(pl.col("category") == truth["category"])
    for key, share in (("before", 0), ("month", None)):
        held = rows.filter(pl.col("month") == day(truth[key])).select("customer_id").unique()
        for arm in ("treated", "control"):
            who = members.filter(pl.col("arm") == arm)
            some = who.join(held, on="customer_id", how="semi").height
            assert [who.height, some] == ([who.height, 0] if share == 0 else truth[arm])
    assert truth["lift"] == effect
    assert members["customer_id"].is_in(agreed()["customer_id"].implode()).all()


@pytest.mark.parametrize(("people", "months"), [(1, 1), (1, 30), (60, 1), (60, 14)])
def test_nothing_is_claimed_of_a_small_world(people: int, months: int, tmp_path: Path) -> None:
    truths = make(tmp_path, people, months)
    claimed = "churn payroll_lost branch_drags initiative_effect simpsons_paradox drivers nps_dip"
    assert truths.keys().isdisjoint(claimed.split())
    files = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.parquet")}
    assert files == set(truths["rows"])


def test_only_some_exports(tmp_path: Path) -> None:
    truths = make(tmp_path, people=80, months=3, only=("events",))
    assert {path.name for path in tmp_path.iterdir()} == {"events", "truths.json"}
    assert {"mau", "consent", "complaints"}.isdisjoint(truths)
    with pytest.raises(ValueError, match="nothing: found no such export"):
        make(tmp_path, people=80, months=3, only=("nothing",))
