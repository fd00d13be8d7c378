"""What the sample's people say: surveys, service, journeys, credit and official figures."""

import json
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
TRUTHS: dict[str, Any] = json.loads((SAMPLE / "truths.json").read_text("utf-8"))
FACTORS = ("product", "service", "convenience", "security", "profitability", "relationship")


@cache
def read(name: str) -> pl.DataFrame:
    folder = SAMPLE / name
    return pl.read_parquet(folder / "*.parquet" if folder.is_dir() else SAMPLE / f"{name}.parquet")


@cache
def mine(name: str) -> pl.DataFrame:
    """Rows of people with consent."""
    agreed = read("customers").filter(pl.col("consent_analytics"))
    return read(name).join(agreed, on="customer_id", how="semi")


def relationship() -> pl.DataFrame:
    return mine("survey_answers").filter(pl.col("survey_kind") == "relationship")


def test_nps_dips_among_app_users_in_the_quarter_of_the_incident() -> None:
    truth = TRUTHS["nps_dip"]
    events = read("events").filter("is_initiated", pl.col("scene_user_id").is_null())
    for wave, groups in truth["waves"].items():
        first = date(int(wave[:4]), 3 * int(wave[5]) - 2, 1)
        after = pl.lit(first).dt.offset_by("3mo")
        users = events.filter(pl.col("occurred_at") >= first, pl.col("occurred_at") < after)
        of_app = pl.col("customer_id").is_in(users["customer_id"].unique().implode())
        asked = relationship().filter(pl.col("question") == "nps", pl.col("wave") == wave)
        for name, group in (("app_users", of_app), ("others", ~of_app)):
            score = asked.filter(group)["score"]
            counted = [len(score), (score >= 9).sum(), (score <= 6).sum()]
            assert counted == groups[name]
    before, dip, after_ = truth["nps"].values()
    assert dip < min(before, after_) - 12
    calendar = read("calendar").filter(pl.col("kind") == "incident")
    assert date.fromisoformat(truth["incident_on"]) in calendar["on"].to_list()


def test_drivers_of_satisfaction_come_back_in_the_order_of_their_weights() -> None:
    truth = TRUTHS["drivers"]
    asked = relationship().filter(pl.col("respondent_kind") == "customer")
    wide = asked.pivot("question", index=["respondent_id", "answered_at"], values="score")
    x = wide.select(f"factor:{name}" for name in FACTORS).to_numpy().astype(float)
    y = wide["csat"].to_numpy().astype(float)
    x, y = (x - x.mean(axis=0)) / x.std(axis=0), (y - y.mean()) / y.std()
    found = np.linalg.lstsq(x, y, rcond=None)[0]
    assert found == pytest.approx([truth["standardised"][name] for name in FACTORS], abs=1e-3)
    weights = np.array([truth["weights"][name] for name in FACTORS])
    assert weights.sum() == pytest.approx(1.0)
    assert np.corrcoef(found, weights)[0, 1] > 0.9
    assert found.argmax() == weights.argmax()


def test_executives_believe_one_factor_to_be_better_than_it_is() -> None:
    truth = TRUTHS["perception_gap"]
    asked = read("survey_answers").filter(
        pl.col("wave") == truth["wave"], pl.col("question") == f"factor:{truth['factor']}"
    )
    shares = {}
    for kind in ("executive", "staff", "customer"):
        rows = asked.filter(pl.col("respondent_kind") == kind)
        if kind == "customer":
            rows = rows.join(mine("survey_answers"), on="customer_id", how="semi")
        counted = [rows.height, (rows["score"] >= 4).sum()]
        assert counted == truth[kind]
        shares[kind] = counted[1] / counted[0]
    assert 100 * (shares["executive"] - shares["customer"]) == pytest.approx(
        truth["points"], abs=1e-3
    )


def test_those_who_answer_were_invited() -> None:
    answered = read("survey_invitations").filter("answered")
    given = read("survey_answers").filter(pl.col("respondent_kind") == "customer")
    for kind in ("relationship", "transactional"):
        questionnaires = given.filter(pl.col("survey_kind") == kind)
        said = questionnaires.unique(["customer_id", "answered_at"])
        assert said.height == answered.filter(pl.col("survey_kind") == kind).height
        assert said["customer_id"].is_in(answered["customer_id"].implode()).all()


def test_wanted_is_asked_of_factors_and_calls_are_made_to_detractors() -> None:
    given = read("survey_answers").filter(pl.col("respondent_kind") == "customer")
    factor = pl.col("question").str.starts_with("factor:")
    assert given.filter(factor != pl.col("wanted").is_not_null()).is_empty()
    called = given.drop_nulls("followed_up_at")
    assert set(called["question"]) == {"nps"}
    assert called["score"].max() == 6


def test_complaints_by_reason_with_a_spike() -> None:
    truth = TRUTHS["complaints"]
    complaints = mine("service_contacts").filter(pl.col("kind") == "complaint")
    assert dict(complaints["reason"].value_counts().iter_rows()) == truth["by_reason"]
    one = complaints.filter(pl.col("reason") == truth["reason"])
    months = dict(one["started_at"].dt.strftime("%Y-%m").value_counts().iter_rows())
    assert months.pop(truth["month"]) == truth["complaints"]
    assert max(months.values()) == truth["most_in_another_month"]


def test_contacts_with_the_bot_alone_are_never_handed_over() -> None:
    contacts = read("service_contacts")
    handed = pl.col("handed_over_at").is_not_null()
    assert contacts.filter(handed & (pl.col("handled_by") != "both")).is_empty()
    again = contacts.sort("started_at").select(
        pl.col("started_at").diff().over("customer_id", "reason").alias("since")
    )
    assert again.filter(pl.col("since") < timedelta(days=7)).height > 0.03 * contacts.height


def test_the_journey_breaks_at_the_face_check() -> None:
    truth = TRUTHS["journey_break"]
    over = mine("journey_steps").filter(pl.col("outcome") != "ongoing")
    counted = over.group_by("touchpoint").agg(
        pl.len(), (pl.col("outcome") == "completed").sum().alias("done")
    )
    assert {name: [n, done] for name, n, done in counted.iter_rows()} == truth["steps"]
    share = {name: done / n for name, n, done in counted.iter_rows()}
    assert min(share, key=share.__getitem__) == truth["touchpoint"]


def test_the_approval_rate_reverses_within_every_city_tier() -> None:
    truth = TRUTHS["simpsons_paradox"]
    customers = read("customers").select("customer_id", "city_tier")
    rows = mine("applications").join(customers, on="customer_id").drop_nulls("city_tier")
    decided = rows.filter(pl.coalesce("approved_at", "declined_at").is_not_null())
    rates = {}
    for channel in ("app", "branch"):
        cells = decided.filter(pl.col("channel") == channel)
        counted = cells.group_by("city_tier").agg(pl.len(), pl.col("approved_at").count())
        by_tier = {tier: [n, yes] for tier, n, yes in counted.iter_rows()}
        assert by_tier == truth["by_city_tier"][channel]
        assert [cells.height, cells["approved_at"].count()] == truth["overall"][channel]
        rates[channel] = {tier: yes / n for tier, (n, yes) in by_tier.items()}
    assert all(rate > rates["branch"][tier] for tier, rate in rates["app"].items())
    app, branch = (truth["overall"][channel] for channel in ("app", "branch"))
    assert app[1] / app[0] < branch[1] / branch[0]


def test_official_figures_are_met_but_for_one_month() -> None:
    truth, actual = TRUTHS["official_figure"], TRUTHS["mau"]["months"]
    ours = read("reference_figures").filter(pl.col("institution").is_null())
    mau = ours.filter(pl.col("metric") == "mau").select("month", "value", "tolerance")
    off = [f"{month:%Y-%m}" for month, value, tolerance in mau.iter_rows()
           if abs(value / actual[f"{month:%Y-%m}"] - 1) > tolerance]  # fmt: skip
    assert off == [truth["month"]]
    holdings = mine("holdings").filter(pl.col("net_flow").is_not_null())
    for basis, column in (("management", "balance_average"), ("published", "balance_end")):
        sums = holdings.group_by("month").agg(pl.col(column).sum().alias("ours"))
        aum = ours.filter(pl.col("metric") == "aum", pl.col("basis") == basis)
        both = aum.join(sums, on="month")
        assert ((both["value"] / both["ours"] - 1).abs() <= both["tolerance"]).all()
        assert both.height == aum.height


def test_the_official_figure_counted_pushes() -> None:
    truth = TRUTHS["official_figure"]
    month = pl.col("occurred_at").dt.strftime("%Y-%m") == truth["month"]
    pushed = mine("events").filter(month, pl.col("event_type") == "push")
    assert truth["ours"] == TRUTHS["mau"]["months"][truth["month"]]
    assert 0 < truth["official"] - truth["ours"] <= pushed["customer_id"].n_unique()


def test_partners_cost_only_while_they_live() -> None:
    costs = read("partner_costs").join(read("partners"), on="partner_id")
    assert (costs["amount"] > 0).all()
    assert (costs["month"].dt.month_end() >= costs["onboarded_on"]).all()
    assert costs.filter(pl.col("month") > pl.col("ended_on")).is_empty()
